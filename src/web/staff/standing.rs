//! Revoking, suspending and lifting, of an award and of a published record alike: who is affected, what the public is
//! told, what stays in the office, who gets a mail.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::findings::page_of;
use crate::{
    clock,
    models::{Assertion, Clr, Credential, Profile, profile},
    registrar::standing::{self, Step, Subject, Why},
    values::{Id, Invalid, Line, Prose, Reading, Status, optional},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{May, Revoke},
        kept,
        objects::Managed,
    },
};

/// What has a standing that the office changes.
pub trait Stands: Managed {
    /// It, as the verb knows it.
    fn subject(id: Id<Self>) -> Subject;
    /// `award`.
    const CALLED: &'static str;
}

impl Stands for Assertion {
    fn subject(id: Id<Self>) -> Subject {
        Subject::Award(id)
    }
    const CALLED: &'static str = "award";
}

impl Stands for Clr {
    fn subject(id: Id<Self>) -> Subject {
        Subject::Record(id)
    }
    const CALLED: &'static str = "record";
}

/// What is done, as a noun of the address.
pub trait Doing: 'static {
    /// It, as the verb knows it.
    const STEP: Step;
}

/// `…/revocation`
pub struct Revocation;
/// `…/suspension`
pub struct Suspension;
/// `…/reinstatement`
pub struct Reinstatement;

impl Doing for Revocation {
    const STEP: Step = Step::Revoke;
}
impl Doing for Suspension {
    const STEP: Step = Step::Suspend;
}
impl Doing for Reinstatement {
    const STEP: Step = Step::Lift;
}

#[derive(Template)]
#[template(path = "standing/change.html")]
struct StandingPage {
    frame: Frame,
    address: String,
    step: Step,
    called: &'static str,
    credential: Credential,
    learner: Profile,
    mail_is_on: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// The key of a listed reason; none for a wording of one's own.
    reason: String,
    /// What the public is told.
    public_reason: String,
    /// What stays in the office.
    internal_note: String,
    /// Whether the learner is told by mail.
    notify: bool,
}

impl StandingPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn noun(&self) -> &'static str {
        match self.step {
            Step::Revoke => "revocation",
            Step::Suspend => "suspension",
            Step::Lift => "reinstatement",
        }
    }

    /// `Revoke`, `Suspend`.
    fn verb(&self) -> &'static str {
        match self.step {
            Step::Revoke => "Revoke",
            Step::Suspend => "Suspend",
            Step::Lift => "Lift the suspension of",
        }
    }

    fn leave(&self) -> &'static str {
        match self.credential.standing(clock::now()).reading {
            Reading::Valid => "Leave it valid",
            Reading::Suspended => "Leave it suspended",
            // Of what has expired nothing is left but that it was once true.
            Reading::Expired | Reading::Revoked | Reading::Replaced => "Leave it as it is",
        }
    }

    /// Whether what is lifted from it has expired meanwhile.
    fn expires_by_then(&self) -> bool {
        let until = self.credential.expires_at.map(|at| at.and_utc());
        Status::InForce.at(clock::now(), until) == Reading::Expired
    }

    fn reasons(&self) -> Vec<(String, String)> {
        let shown = |one: &standing::Listed| (one.key.to_owned(), format!("{}: “{}”", one.label, one.wording));
        self.step.reasons().iter().map(shown).collect()
    }
}

/// `GET …/{id}/revocation`, `…/suspension`, `…/reinstatement`
pub async fn ask<T: Stands, D: Doing>(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<T>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let kept: Option<Entered> = kept::form(&state, &request, &may.by).await?;
    let entered = kept.unwrap_or_else(|| Entered { notify: true, ..Entered::default() });
    page(&built::<T, D>(may, &state, id.into_inner(), entered, Errors::default()).await?)
}

async fn built<T: Stands, D: Doing>(
    may: May<Revoke>,
    state: &State,
    id: Id<T>,
    entered: Entered,
    errors: Errors,
) -> Result<StandingPage, Error> {
    let (address, by, subject) = (page_of(&id), may.by.clone(), T::subject(id));
    let (credential, learner) = state
        .db
        .read(move |conn| {
            let credential = standing::of(conn, &subject, &by)?;
            D::STEP.refuse_unless_it_fits(credential.status)?;
            let learner = profile::find(conn, &credential.learner_id)?;
            Ok::<_, Error>((credential, learner))
        })
        .await?;
    Ok(StandingPage {
        frame: may.frame,
        address,
        step: D::STEP,
        called: T::CALLED,
        credential,
        learner,
        mail_is_on: state.config.smtp_url.is_some(),
        entered,
        errors: errors.0,
    })
}

/// `POST …/{id}/revocation`, `…/suspension`, `…/reinstatement`
pub async fn submit<T: Stands, D: Doing>(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<T>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let id = id.into_inner();
    let why = match why(&form.0, D::STEP) {
        Ok(why) => why,
        Err(errors) => {
            let page = built::<T, D>(may, &state, id, form.0, errors).await?;
            return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let (by, portal, address, subject) = (may.by, state.portal.clone(), page_of(&id), T::subject(id));
    state.db.write(move |conn| standing::change(conn, (&subject, D::STEP), &why, &portal, &by)).await?;
    Ok(see(address))
}

/// Why, as it was entered, or what was wrong with it. A wording of one's own stands before the list's.
fn why(entered: &Entered, step: Step) -> Result<Why, Errors> {
    let mut errors = Errors::default();
    let listed = step.reasons().iter().find(|one| one.key == entered.reason);
    if listed.is_none() && !entered.reason.is_empty() {
        errors.add("reason", "Choose one of the reasons of the list");
    }
    let typed = errors.check("public_reason", optional(&entered.public_reason, Line::parse)).flatten();
    let wording = listed.map(|one| Line::parse(one.wording)).and_then(Result::ok);
    let public = typed.or(wording).filter(|_| step != Step::Lift);
    if public.is_none() && step != Step::Lift && errors.is_empty() {
        errors.add("public_reason", Invalid::Missing("the reason that the public is told"));
    }
    let internal = errors.check("internal_note", optional(&entered.internal_note, Prose::parse)).flatten();
    let why = Why { listed: listed.map(|one| one.label), public, internal, notify: entered.notify };
    if errors.is_empty() { Ok(why) } else { Err(errors) }
}
