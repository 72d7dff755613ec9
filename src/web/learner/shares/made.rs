//! Making a share: what, for whom, for how long, and what may be taken along. Sending the form is the consent.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{
    super::held::{self, Held},
    LinkPage,
};
use crate::{
    models::{Credential, Share, kept_form},
    registrar::share::{self, Lasts, Terms},
    values::{Id, Line, Reading},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::Learned,
    },
    words::Words,
};

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// The row id that the share gets: the same form sent twice makes one share.
    id: String,
    /// Row ids of the credentials that were chosen.
    award: Vec<String>,
    recipient: String,
    purpose: String,
    /// Days, or `off` for a link that is switched off by hand.
    lasts: String,
    pdf: bool,
    json: bool,
    vc: bool,
    copy: bool,
}

#[derive(Template)]
#[template(path = "learner/share_new.html")]
struct NewPage {
    frame: Frame,
    entered: Entered,
    awards: Vec<Credential>,
    held: Held,
    email: Option<String>,
    /// Whether it is what was typed before the session ended.
    is_kept: bool,
    errors: Vec<(&'static str, String)>,
}

impl NewPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn is_chosen(&self, award: &Credential) -> bool {
        self.entered.award.iter().any(|id| id == award.id.as_str())
    }

    fn is_expired(&self, award: &Credential) -> bool {
        reading(award) == Reading::Expired
    }

    /// Value and words of each choice.
    fn terms(&self) -> Vec<(String, String)> {
        let days = |days: i64| self.frame.words.with("share-days", "days", days);
        Lasts::ALL
            .iter()
            .map(|lasts| match lasts {
                Lasts::Days(365) => ("365".to_owned(), self.frame.words.get("share-year")),
                Lasts::Days(number) => (number.to_string(), days(*number)),
                Lasts::UntilOff => (UNTIL_OFF.to_owned(), self.frame.words.get("share-until-off-choice")),
            })
            .collect()
    }
}

const UNTIL_OFF: &str = "off";

fn reading(award: &Credential) -> Reading {
    award.standing(crate::clock::now()).reading
}

/// Which award the form was opened at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    award: String,
    /// Set when it is opened after the session had ended.
    kept: String,
}

/// `GET /record/shares/new`: all valid awards are chosen; with `?award=` the one with this code.
pub async fn ask(learned: Learned, state: web::Data<State>, from: web::Query<From>) -> Result<HttpResponse, Error> {
    let learner = learned.learner.id.clone();
    let typed = match from.kept.as_str() {
        "" => None,
        _ => state.db.read(move |conn| kept_form::of_learner(conn, &learner).map_err(Error::from)).await?,
    };
    if let Some(entered) = typed.and_then(|typed| serde_html_form::from_str(&typed).ok()) {
        let again = built(learned, &state, entered, Errors::default()).await?;
        return page(&NewPage { is_kept: true, ..again });
    }
    let mut made = built(learned, &state, Entered::default(), Errors::default()).await?;
    let is_wanted = |one: &&Credential| match from.award.as_str() {
        "" => reading(one) == Reading::Valid,
        code => one.cedid.to_string() == code,
    };
    let award = made.awards.iter().filter(is_wanted).map(|one| one.id.to_string()).collect();
    made.entered = Entered {
        id: Id::<Share>::fresh().to_string(),
        award,
        lasts: "30".to_owned(),
        pdf: true,
        copy: true,
        ..Entered::default()
    };
    page(&made)
}

async fn built(learned: Learned, state: &State, entered: Entered, errors: Errors) -> Result<NewPage, Error> {
    let learner = learned.learner.id.clone();
    let held = held::of(state, &learner).await?;
    let awards = state.db.read(move |conn| share::choosable(conn, &learner)).await?;
    let email = learned.learner.email.as_ref().map(ToString::to_string);
    Ok(NewPage { frame: learned.frame, entered, awards, held, email, is_kept: false, errors: errors.0 })
}

/// `POST /record/shares`: the link is shown here and never again. The same form sent twice leads to the share.
pub async fn make(learned: Learned, state: web::Data<State>, form: Submitted<Entered>) -> Result<HttpResponse, Error> {
    held::refuse_documents(&state, &learned).await?;
    let (entered, mut errors) = (form.0, Errors::default());
    let Some(terms) = entered.parse(&learned.frame.words, &mut errors) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(learned, &state, entered, errors).await?);
    };
    let (by, portal, learner) = (learned.by(), state.portal.clone(), learned.learner);
    let id = terms.id.clone();
    let made = state.db.write(move |conn| {
        kept_form::forget_of_learner(conn, &learner.id)?;
        share::make(conn, &learner, &terms, &portal, &by)
    });
    let made = made.await?;
    match made {
        Some((share, token)) => page_with(StatusCode::CREATED, &LinkPage::new(learned.frame, &state, share, &token)),
        None => Ok(see(format!("/record/shares/{id}"))),
    }
}

impl Entered {
    /// What is consented to, or notes what was wrong.
    fn parse(&self, words: &Words, errors: &mut Errors) -> Option<Terms> {
        let awards: Result<Vec<Id<Credential>>, _> = self.award.iter().map(|id| id.parse()).collect();
        let awards = awards.ok().filter(|chosen| !chosen.is_empty());
        if awards.is_none() {
            errors.add("awards", words.get("share-no-award"));
        }
        let line = |raw: &str, field, missing: &str, errors: &mut Errors| {
            if raw.trim().is_empty() {
                errors.add(field, words.get(missing));
                return None;
            }
            Line::parse(raw).map_err(|_| errors.add(field, words.get("share-too-long"))).ok()
        };
        let recipient = line(&self.recipient, "recipient", "share-no-recipient", errors);
        let purpose = line(&self.purpose, "purpose", "share-no-purpose", errors);
        let lasts = Lasts::ALL.into_iter().find(|one| match one {
            Lasts::Days(days) => days.to_string() == self.lasts,
            Lasts::UntilOff => self.lasts == UNTIL_OFF,
        });
        if lasts.is_none() {
            errors.add("lasts", words.get("share-no-term"));
        }
        Some(Terms {
            id: self.id.parse().unwrap_or_else(|_| Id::fresh()),
            recipient: recipient?,
            purpose: purpose?,
            awards: awards?,
            lasts: lasts?,
            with_pdf: self.pdf,
            with_json: self.json,
            with_vc: self.vc,
            copy: self.copy,
        })
    }
}
