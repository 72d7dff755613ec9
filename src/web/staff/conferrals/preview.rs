//! An award of a conferral as it would be issued now, learner by learner, before somebody approves it.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::existing;
use crate::{
    models::{Conferral, Profile, conferral, profile},
    registrar::confer::{self, Foreseen},
    values::{ConferralState, Id},
    web::{
        State,
        error::Error,
        frame::{Frame, page},
        guards::{May, ReadAwards},
    },
};

#[derive(Template)]
#[template(path = "conferrals/preview.html")]
struct PreviewPage {
    frame: Frame,
    one: Conferral,
    learner: Profile,
    foreseen: Foreseen,
    /// Who comes next by name.
    next: Option<Id<Profile>>,
}

/// Whose award is looked at; the first one's, where nobody is named.
#[derive(Deserialize)]
pub struct Whose {
    learner: Option<Id<Profile>>,
}

/// `GET /admin/conferrals/{id}/preview`
pub async fn preview(
    may: May<ReadAwards>,
    state: web::Data<State>,
    id: web::Path<Id<Conferral>>,
    whose: web::Query<Whose>,
) -> Result<HttpResponse, Error> {
    let (by, portal) = (may.by, state.portal.clone());
    let (one, learner, foreseen, next) = state
        .db
        .try_out(move |conn| {
            let (one, ..) = existing(conn, &id, &by)?;
            if one.state != ConferralState::Prepared {
                return Err(Error::Conflict(
                    "This conferral was decided about; its page says what came of it.".to_owned(),
                ));
            }
            let member = match &whose.learner {
                Some(learner) => conferral::member(conn, &one.id, learner)?,
                None => conferral::waiting_after(conn, &one.id, None)?.ok_or(Error::NotFound)?,
            };
            let learner = profile::find(conn, &member.learner_id)?;
            let foreseen = confer::preview(conn, &one, &member, &portal)?;
            let next = conferral::waiting_after(conn, &one.id, Some(&member))?.map(|next| next.learner_id);
            Ok((one, learner, foreseen, next))
        })
        .await?;
    page(&PreviewPage { frame: may.frame, one, learner, foreseen, next })
}
