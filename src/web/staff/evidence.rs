//! Evidence beyond its seven pages: files that are handed in, their bytes, and the order in which it is shown.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    db::Conn,
    models::{
        Actor, Assertion, AwardResult, Evidence, EvidenceFile, assertion,
        evidence::{self, FileHolder},
        evidence_file::{self, MOST_BYTES, MOST_FILES},
        result,
    },
    registrar::issue::refuse_if_not_ours,
    values::{Id, Invalid, Name, media_type},
    web::{
        State, drawn,
        error::Error,
        forms::{Submitted, evidence::or_frozen, handed_in::HandedIn},
        frame::{Frame, page, page_with, see},
        guards::{Award, May, ReadAwards},
        kept,
    },
};

/// Which way a part is moved.
#[derive(Deserialize)]
pub struct Moved {
    #[serde(default)]
    up: bool,
}

/// Handing files in, after they were refused or what was typed beside them was kept. The files themselves never are.
#[derive(Template)]
#[template(path = "evidence/files.html")]
struct FilesPage {
    frame: Frame,
    address: String,
    award_id: Id<Assertion>,
    /// The piece of evidence they are for; empty for a new one.
    into: String,
    /// What a new one is to be called.
    name: String,
    /// Whether what was typed earlier stands in it.
    kept: bool,
    errors: Vec<(&'static str, String)>,
}

/// What is typed beside the files.
#[derive(Deserialize, Default)]
struct Beside {
    #[serde(default)]
    evidence: String,
    #[serde(default)]
    name: String,
}

/// A draft of this person's, or 404; what was issued is frozen.
fn own_draft(conn: &mut Conn, id: &Id<Assertion>, by: &Actor) -> Result<Assertion, Error> {
    let draft = assertion::find(conn, id)?;
    refuse_if_not_ours(conn, &draft, by)?;
    or_frozen(!draft.is_issued())?;
    Ok(draft)
}

/// `POST /admin/evidence/{id}/move`
pub async fn shift(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Evidence>>,
    moved: Submitted<Moved>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    let to = state
        .db
        .write(move |conn| {
            let found = evidence::find(conn, &id)?;
            own_draft(conn, &found.assertion_id, &by)?;
            or_frozen(evidence::shift(conn, &id, moved.0.up, &by)?)?;
            Ok::<_, Error>(format!("/admin/assertions/{}#p-{}", found.assertion_id, found.id))
        })
        .await?;
    Ok(see(to))
}

/// `POST /admin/results/{id}/move`
pub async fn shift_result(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<AwardResult>>,
    moved: Submitted<Moved>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    let to = state
        .db
        .write(move |conn| {
            let found = result::find(conn, &id)?;
            own_draft(conn, &found.assertion_id, &by)?;
            or_frozen(result::shift(conn, &id, moved.0.up, &by)?)?;
            Ok::<_, Error>(format!("/admin/assertions/{}#p-{}", found.assertion_id, found.id))
        })
        .await?;
    Ok(see(to))
}

/// What came of handing files in.
enum Outcome {
    Taken(Id<Evidence>),
    Refused(Vec<(&'static str, String)>),
}

/// `GET /admin/assertions/{id}/files`
pub async fn files(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (award_id, by) = (id.into_inner(), may.by.clone());
    let own = award_id.clone();
    state.db.read(move |conn| own_draft(conn, &own, &by)).await?;
    let beside: Option<Beside> = kept::form(&state, &request, &may.by).await?;
    let (kept, Beside { evidence: into, name }) = (beside.is_some(), beside.unwrap_or_default());
    let address = format!("/admin/assertions/{award_id}");
    page(&FilesPage { frame: may.frame, address, award_id, into, name, kept, errors: Vec::new() })
}

/// `POST /admin/assertions/{id}/files`: files as artifacts of a piece of evidence that there is (`evidence`), or of a new
/// one that is called `name`, or else like its first file.
pub async fn hand_in(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    handed: HandedIn,
) -> Result<HttpResponse, Error> {
    let (award_id, address, by) = (id.clone(), format!("/admin/assertions/{id}"), may.by);
    let (into, name) = (handed.field("evidence").to_owned(), handed.field("name").to_owned());
    let outcome = state.db.write(move |conn| try_hand_in(conn, &id, &handed, &by)).await?;
    match outcome {
        Outcome::Taken(evidence) => Ok(see(format!("{address}#{evidence}"))),
        Outcome::Refused(errors) => {
            let page = FilesPage { frame: may.frame, address, award_id, into, name, kept: false, errors };
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}

fn try_hand_in(conn: &mut Conn, id: &Id<Assertion>, handed: &HandedIn, by: &Actor) -> Result<Outcome, Error> {
    let draft = own_draft(conn, id, by)?;
    let mut errors = wrong_with(handed);
    let known = evidence_file::of(conn, id)?.len();
    if known + handed.files.len() > MOST_FILES {
        errors.push(("files", format!("An award takes at most {MOST_FILES} files; it has {known} already")));
    }
    let whose = match holder(conn, &draft, handed) {
        Ok(whose) => whose,
        Err(Holder::Refused(why)) => {
            errors.push(("name", why.to_string()));
            return Ok(Outcome::Refused(errors));
        }
        Err(Holder::Failed(error)) => return Err(error),
    };
    if !errors.is_empty() {
        return Ok(Outcome::Refused(errors));
    }
    let own = match &whose {
        FileHolder::Known(known) => known.clone(),
        FileHolder::New(made) => {
            or_frozen(made.insert(conn, by)?)?;
            evidence::find(conn, &made.id)?
        }
    };
    let file = |file: &crate::web::forms::handed_in::File| {
        let kind = media_type(&file.name, &file.content).ok()?;
        Some(EvidenceFile::new(&own, file.name.clone(), kind, file.content.clone()))
    };
    let files: Vec<EvidenceFile> = handed.files.iter().filter_map(file).collect();
    if !evidence::hand_in(conn, &own, &files, by)? {
        return Err(Error::Conflict(
            "Somebody else changed this evidence meanwhile. Hand the files in again.".to_owned(),
        ));
    }
    Ok(Outcome::Taken(own.id))
}

/// Why there is no piece of evidence to hand files in for.
enum Holder {
    Refused(Invalid),
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Holder {
    fn from(error: E) -> Self {
        Holder::Failed(error.into())
    }
}

fn holder(conn: &mut Conn, draft: &Assertion, handed: &HandedIn) -> Result<FileHolder, Holder> {
    if let Ok(id) = handed.field("evidence").parse::<Id<Evidence>>() {
        let known = evidence::find(conn, &id)?;
        if known.assertion_id != draft.id {
            return Err(Holder::Failed(Error::NotFound));
        }
        return Ok(FileHolder::Known(known));
    }
    let first = handed.files.first().map(|file| file.name.as_str()).unwrap_or_default();
    let name = Some(handed.field("name").trim()).filter(|name| !name.is_empty()).unwrap_or(first);
    let name = Name::parse(name).map_err(Holder::Refused)?;
    Ok(FileHolder::New(Evidence::new(draft.id.clone(), name)))
}

fn wrong_with(handed: &HandedIn) -> Vec<(&'static str, String)> {
    let mut errors = Vec::new();
    for name in &handed.too_large {
        let most = MOST_BYTES / 1024 / 1024;
        errors.push((
            "files",
            format!("“{name}” is too large. A file has at most {most} MB, all together at most 50 MB"),
        ));
    }
    if handed.files.is_empty() && errors.is_empty() {
        errors.push(("files", "Choose the files to hand in".to_owned()));
    }
    for file in &handed.files {
        if let Err(why) = media_type(&file.name, &file.content) {
            errors.push(("files", format!("“{}”: {why}", file.name)));
        }
    }
    errors
}

/// `GET /admin/files/{id}`: a file for staff who may see its award, issued or not.
pub async fn file(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<uuid::Uuid>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    let (about, content) = state
        .db
        .read(move |conn| {
            let about = evidence_file::about(conn, &id.to_string())?;
            let award = assertion::find(conn, &about.assertion_id)?;
            refuse_if_not_ours(conn, &award, &by)?;
            let content = evidence_file::content(conn, &about.public_id)?;
            Ok::<_, Error>((about, content))
        })
        .await?;
    Ok(drawn::handed_in(&about.name, &about.media_type, content))
}
