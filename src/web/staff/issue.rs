//! Issuing an award: check what will be frozen, then one button that says what it does.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::findings::{Found, located, refused};
use crate::{
    clock,
    models::{Assertion, Hold, Profile, assertion, hold, issued::Issued, profile},
    registrar::{
        Refusal,
        issue::{How, findings, freeze, issue, refuse_if_not_ours},
    },
    values::{CeDiD, Id},
    web::{
        State,
        error::Error,
        forms::Submitted,
        frame::{Frame, page, see},
        guards::{Award, May, ReadHolds},
        objects::Managed,
    },
};

#[derive(Template)]
#[template(path = "assertions/issue.html")]
struct IssuePage {
    frame: Frame,
    address: String,
    issued: Issued,
    kept: Option<CeDiD>,
    /// The revision of the draft that is looked at: only this one is issued.
    revision: i32,
    learner: Profile,
    /// What stands in the way.
    found: Vec<Found>,
    /// Characters that no font of the PDF can draw.
    missing: Vec<char>,
    mail_is_on: bool,
    holds: Vec<Hold>,
    may_see_holds: bool,
}

/// What was chosen.
#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    notify: bool,
    #[serde(default)]
    revision: i32,
}

/// `GET /admin/assertions/{id}/issue`
pub async fn preview(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
) -> Result<HttpResponse, Error> {
    let (by, portal) = (may.by.clone(), state.portal.clone());
    let (draft, learner, issued, found, holds) = state
        .db
        .read(move |conn| {
            let draft = assertion::find(conn, &id)?;
            refuse_if_not_ours(conn, &draft, &by)?;
            if draft.is_issued() {
                return Err(Error::Conflict("This award was already issued.".to_owned()));
            }
            let learner = profile::find(conn, &draft.learner_id)?;
            // The code is given when it is issued; this one stands in for it and is never shown.
            let code = draft.kept_cedid.clone().unwrap_or_else(CeDiD::fresh);
            let issued = freeze(conn, &draft, &learner, &portal, (code, clock::now()))?;
            let found = located(conn, findings(&issued))?;
            let holds = hold::active(conn, &learner.id)?;
            Ok::<_, Error>((draft, learner, issued, found, holds))
        })
        .await?;
    let drawn =
        format!("{} {} {}", issued.holder.name, issued.achievement.shown_title(), issued.achievement.issuer.name);
    let fonts = state.fonts.clone();
    // The first unusual character lets the folders of fonts be read, which takes a moment.
    let missing = web::block(move || fonts.missing(&drawn)).await.unwrap_or_default();
    page(&IssuePage {
        may_see_holds: may.frame.may::<ReadHolds>(),
        holds,
        frame: may.frame,
        address: draft.address(),
        missing,
        found,
        revision: draft.revision,
        kept: draft.kept_cedid,
        mail_is_on: state.config.smtp_url.is_some(),
        issued,
        learner,
    })
}

/// `POST /admin/assertions/{id}/issue`
pub async fn submit(
    may: May<Award>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    chosen: Submitted<Chosen>,
) -> Result<HttpResponse, Error> {
    let (by, portal, how) = (
        may.by,
        state.portal.clone(),
        How { notify: chosen.0.notify, previewed: Some(chosen.0.revision), issued_on: clock::now() },
    );
    let address = format!("/admin/assertions/{id}");
    match state.db.write(move |conn| issue(conn, &id, &portal, &how, &by)).await {
        Ok(_) => Ok(see(address)),
        Err(Refusal::Findings(found)) => refused(may.frame, &state, found, address).await,
        Err(other) => Err(other.into()),
    }
}
