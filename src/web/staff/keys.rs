//! The signing keys: how they stand, rotating them, and what to do when one was lost to somebody else.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;

use crate::{
    clock,
    db::Conn,
    models::{
        Credential, Profile, SigningKey, audit_checkpoint, profile, signed_form,
        signing_key::{self, KeyState},
    },
    registrar::{Portal, Refusal, correct, keys},
    values::{Id, Invalid, Line},
    web::{
        State, confirmed,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ManageKeys, May, ReadKeys},
        kept,
    },
};

/// Credentials that are named on a page; of more only the number is told.
const NAMED: i64 = 100;
/// Awards that are issued again at one press.
const AT_ONCE: usize = 500;

/// A key with what its row shows.
struct Row {
    key: SigningKey,
    owner: Profile,
    signed: i64,
}

impl Row {
    fn is(&self, state: &str) -> bool {
        self.key.state.as_str() == state
    }

    fn means(&self) -> &'static str {
        means(self.key.state)
    }
}

/// What a state means, in a sentence or two.
fn means(state: KeyState) -> &'static str {
    match state {
        KeyState::Next => {
            "Published already, and signs nothing yet. It takes over at the next rotation; whoever checks signatures \
             knows it by then."
        }
        KeyState::Active => "Signs what is issued and published now.",
        KeyState::Retired => {
            "Signs nothing more: its private half is wiped. Its public half stays published, so what it signed stays valid."
        }
        KeyState::Compromised => {
            "Somebody else may have had it. What it signed from the time of the compromise on is not believed; what it \
             signed before stays valid."
        }
    }
}

#[derive(Template)]
#[template(path = "keys/index.html")]
struct IndexPage {
    frame: Frame,
    rows: Vec<Row>,
    did_web: bool,
    wrong: Option<String>,
    may_manage: bool,
    /// When the youngest of the next keys will be known to everybody, where that is still to come.
    known_from: Option<NaiveDateTime>,
    states: Vec<(KeyState, &'static str)>,
    errors: Vec<(&'static str, String)>,
}

/// `GET /admin/keys`
pub async fn index(may: May<ReadKeys>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    page(&index_page(may.frame, &state, Vec::new()).await?)
}

async fn index_page(frame: Frame, state: &State, errors: Vec<(&'static str, String)>) -> Result<IndexPage, Error> {
    let portal = state.portal.clone();
    let (rows, wrong) = state
        .db
        .read(move |conn| {
            let wrong = keys::check(conn, &portal).err().map(|refusal| refusal.to_string());
            Ok::<_, Refusal>((rows(conn)?, wrong))
        })
        .await?;
    let next = rows.iter().filter(|row| row.key.state == KeyState::Next).map(|row| row.key.created_at).max();
    let known_from = next.map(|made| made + keys::PUBLISHED_FOR).filter(|at| *at > clock::now().naive_utc());
    Ok(IndexPage {
        may_manage: frame.may::<ManageKeys>(),
        states: KeyState::ALL.map(|state| (state, means(state))).to_vec(),
        did_web: keys::has_did_web(&state.portal),
        frame,
        rows,
        wrong,
        known_from,
        errors,
    })
}

impl IndexPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// All keys, the newest first.
fn rows(conn: &mut Conn) -> Result<Vec<Row>, Refusal> {
    let counts = signed_form::counts(conn)?;
    let row = |key: SigningKey, conn: &mut Conn| {
        let signed = counts.iter().find(|(id, _)| *id == key.id).map_or(0, |(_, count)| *count);
        Ok(Row { owner: profile::find(conn, &key.profile_id)?, signed, key })
    };
    signing_key::all(conn)?.into_iter().rev().map(|key| row(key, conn)).collect()
}

#[derive(Template)]
#[template(path = "keys/show.html")]
struct KeyPage {
    frame: Frame,
    row: Row,
    id: String,
    url: String,
    pem: String,
    affected: Vec<Credential>,
    affected_count: i64,
    /// Awards in force among them.
    in_force: i64,
    reissue: Reissue,
    /// Checkpoints of the audit trail that count for nothing.
    void_checkpoints: i64,
    may_manage: bool,
    errors: Vec<(&'static str, String)>,
}

/// `GET /admin/keys/{id}`
pub async fn show(
    may: May<ReadKeys>,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
) -> Result<HttpResponse, Error> {
    page(&shown(may.frame, &state, id.into_inner(), Vec::new()).await?)
}

/// The page of a key, with what was wrong with what was entered on it.
async fn shown(
    frame: Frame,
    state: &State,
    id: Id<SigningKey>,
    errors: Vec<(&'static str, String)>,
) -> Result<KeyPage, Error> {
    let portal = state.portal.clone();
    let page = state.db.read(move |conn| key_page(conn, &portal, &id, frame)).await?;
    Ok(KeyPage { errors, ..page })
}

fn key_page(conn: &mut Conn, portal: &Portal, id: &Id<SigningKey>, frame: Frame) -> Result<KeyPage, Refusal> {
    let key = signing_key::find(conn, id)?;
    let (mut affected, mut affected_count, mut in_force, mut void_checkpoints) = (Vec::new(), 0, 0, 0);
    if let Some(since) = key.compromised_since {
        affected = signed_form::credentials_since(conn, id, since, NAMED)?;
        affected_count = signed_form::count_since(conn, id, since)?;
        in_force = signed_form::count_awards_since(conn, id, since)?;
        void_checkpoints = audit_checkpoint::count_since(conn, id, since)?;
    }
    Ok(KeyPage {
        errors: Vec::new(),
        may_manage: frame.may::<ManageKeys>(),
        frame,
        id: keys::key_id(portal, &key)?,
        url: keys::key_url(portal, &key),
        pem: keys::public(&key)?.to_pem()?,
        affected,
        affected_count,
        in_force,
        reissue: Reissue { public_reason: correct::SIGNED_ANEW.to_owned(), ..Reissue::default() },
        void_checkpoints,
        row: Row {
            owner: profile::find(conn, &key.profile_id)?,
            signed: signed_form::count_since(conn, id, DateTime::UNIX_EPOCH.naive_utc())?,
            key,
        },
    })
}

/// A form that asks for nothing but the password.
#[derive(Debug, Default, Deserialize)]
pub struct Confirmation {
    #[serde(default)]
    password: String,
}

/// `POST /admin/keys/rotation`: all of them.
pub async fn rotate(
    may: May<ManageKeys>,
    state: web::Data<State>,
    request: HttpRequest,
    form: Submitted<Confirmation>,
) -> Result<HttpResponse, Error> {
    if let Err(wrong) = confirmed::password(&state, &request, &may.by, &form.0.password).await? {
        let errors = vec![(confirmed::FIELD, wrong.sentence.clone())];
        return wrong.page(&index_page(may.frame, &state, errors).await?);
    }
    keys::rotate(&state.db, &state.portal, None, &may.by).await?;
    Ok(see("/admin/keys"))
}

/// `POST /admin/keys/{id}/retirement`
pub async fn retire(
    may: May<ManageKeys>,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
    request: HttpRequest,
    form: Submitted<Confirmation>,
) -> Result<HttpResponse, Error> {
    if let Err(wrong) = confirmed::password(&state, &request, &may.by, &form.0.password).await? {
        let errors = vec![(confirmed::FIELD, wrong.sentence.clone())];
        return wrong.page(&shown(may.frame, &state, id.into_inner(), errors).await?);
    }
    keys::retire(&state.db, &state.portal, &id, &may.by).await?;
    Ok(see(format!("/admin/keys/{id}")))
}

/// How what is not believed any more is issued again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Reissue {
    public_reason: String,
    notify: bool,
    password: String,
}

/// `POST /admin/keys/{id}/reissue`: the next awards that a compromised key signed, in batches, each whole.
pub async fn reissue(
    may: May<ManageKeys>,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
    request: HttpRequest,
    form: Submitted<Reissue>,
) -> Result<HttpResponse, Error> {
    let (reissue, mut errors) = (form.0, Errors::default());
    let said = Line::parse(&reissue.public_reason).map_err(|why| why.wanting("what the public is told"));
    let Some(public) = errors.check("public_reason", said) else {
        let page = shown(may.frame, &state, id.into_inner(), errors.0).await?;
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &KeyPage { reissue, ..page });
    };
    if let Err(wrong) = confirmed::password(&state, &request, &may.by, &reissue.password).await? {
        let errors = vec![(confirmed::FIELD, wrong.sentence.clone())];
        let page = shown(may.frame, &state, id.into_inner(), errors).await?;
        return wrong.page(&KeyPage { reissue, ..page });
    }
    let why = correct::Why { listed: None, public, internal: None, notify: reissue.notify };
    correct::sign_anew(&state.db, &state.portal, (&id, AT_ONCE), &why, &may.by).await?;
    Ok(see(format!("/admin/keys/{id}")))
}

/// What was entered about a compromise.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    since: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    password: String,
}

#[derive(Template)]
#[template(path = "keys/compromise.html")]
struct CompromisePage {
    frame: Frame,
    row: Row,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

impl CompromisePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }
}

/// `GET /admin/keys/{id}/compromise`
pub async fn ask(
    may: May<ManageKeys>,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&asked(may.frame, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn asked(
    frame: Frame,
    state: &State,
    id: Id<SigningKey>,
    entered: Entered,
    errors: Errors,
) -> Result<CompromisePage, Error> {
    let KeyPage { frame, row, errors, .. } = shown(frame, state, id, errors.0).await?;
    Ok(CompromisePage { frame, row, entered, errors })
}

/// `POST /admin/keys/{id}/compromise`
pub async fn mark(
    may: May<ManageKeys>,
    state: web::Data<State>,
    id: web::Path<Id<SigningKey>>,
    request: HttpRequest,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let what = match parsed(&form.0) {
        Ok(what) => what,
        Err(errors) => {
            let page = asked(may.frame, &state, id.into_inner(), form.0, errors).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    if let Err(wrong) = confirmed::password(&state, &request, &may.by, &form.0.password).await? {
        let mut errors = Errors::default();
        errors.add(confirmed::FIELD, &wrong.sentence);
        return wrong.page(&asked(may.frame, &state, id.into_inner(), form.0, errors).await?);
    }
    keys::mark_compromised(&state.db, &state.portal, &id, what, &may.by).await?;
    Ok(see(format!("/admin/keys/{id}")))
}

/// Since when and why, or what was wrong with it.
fn parsed(entered: &Entered) -> Result<(DateTime<Utc>, Line), Errors> {
    let mut errors = Errors::default();
    let since = errors.check("since", instant(&entered.since));
    let reason = errors.check("reason", Line::parse(&entered.reason).map_err(|why| why.wanting("what happened")));
    match (since, reason) {
        (Some(since), Some(reason)) if since <= clock::now() => Ok((since, reason)),
        (Some(_), Some(_)) => {
            errors.add("since", "Enter a time that is past: nothing was signed later yet");
            Err(errors)
        }
        _ => Err(errors),
    }
}

/// `2026-11-07 14:30` or RFC 3339; UTC where no zone is named.
fn instant(raw: &str) -> Result<DateTime<Utc>, Invalid> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(Invalid::Missing("since when"));
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"];
    let at = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(NaiveDateTime::from);
    at.or_else(day)
        .map(|at| at.and_utc())
        .ok_or(Invalid::Malformed("Enter a day or a time in UTC, such as 2026-11-07 14:30"))
}

impl KeyPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    /// Whether every credential with a form that is not believed is named.
    fn names_all(&self) -> bool {
        (self.affected.len() as i64) < NAMED
    }

    /// How many are issued again at one press.
    fn next(&self) -> i64 {
        self.in_force.min(AT_ONCE as i64)
    }

    fn may_retire(&self) -> bool {
        self.may_manage && matches!(self.row.key.state, KeyState::Next | KeyState::Active)
    }
}
