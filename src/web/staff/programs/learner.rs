//! One learner in a program: how they stand, and of each event whether it counts and why.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    models::{Event, Hold, Profile, Program, achievement, hold, profile, program::rule::Counting},
    registrar::evaluate::{self, Why},
    values::{HoldKind, Id},
    web::{
        State,
        error::Error,
        frame::{Frame, page},
        guards::{May, ReadAwards, ReadEvents},
        objects::{Managed, existing},
        occasion::when,
        staff::learners,
    },
};

#[derive(Template)]
#[template(path = "programs/learner.html")]
struct WhyPage {
    frame: Frame,
    address: String,
    name: String,
    learner: Profile,
    /// Where the name leads, for those who may follow it.
    record: Option<String>,
    why: Option<Why>,
    holds: Vec<Hold>,
    may_see_events: bool,
}

impl WhyPage {
    /// When an event took place.
    fn when(&self, event: &Event) -> String {
        when(&self.frame.words, event)
    }

    /// Style class, icon and word of whether an event counts.
    fn counts(&self, counting: &Counting) -> (&'static str, &'static str, &'static str) {
        match counting {
            Counting::Counts => ("ok", "check", "Counts"),
            _ => ("mute", "cross", "Does not count"),
        }
    }
}

/// `GET /admin/programs/{id}/learners/{learner}`
pub async fn show(
    may: May<ReadAwards>,
    state: web::Data<State>,
    place: web::Path<(Id<Program>, Id<Profile>)>,
) -> Result<HttpResponse, Error> {
    let (by, (id, learner)) = (may.by, place.into_inner());
    let (known, name, learner, why, holds) = state
        .db
        .read(move |conn| {
            let known = existing::<Program>(conn, &id, &by)?;
            let name = achievement::find(conn, &known.achievement_id)?.name.to_string();
            let why = evaluate::why(conn, &known, &learner)?;
            // Who has nothing to do with the program is looked for elsewhere.
            if why.as_ref().is_none_or(|why| why.events.is_empty() && !why.is_awarded) {
                return Err(Error::NotFound);
            }
            let mut holds = hold::active(conn, &learner)?;
            holds.retain(|one| one.kind == HoldKind::Administrative);
            Ok((known, name, profile::find(conn, &learner)?, why, holds))
        })
        .await?;
    let record = learners::address_of(&learner, &may.frame);
    page(&WhyPage {
        may_see_events: may.frame.may::<ReadEvents>(),
        frame: may.frame,
        address: known.address(),
        name,
        learner,
        record,
        why,
        holds,
    })
}
