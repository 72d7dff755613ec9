//! The sheet to sign by hand, as a PDF.

use actix_web::{HttpResponse, web};

use crate::{
    models::{Event, Profile, attendance::roster, profile},
    pdf::{self, Expected},
    registrar::export,
    values::{Code, Id},
    web::{
        State, drawn,
        error::Error,
        guards::{ChangeEvents, May},
        occasion::Occasion,
    },
};

/// Most names on a sheet; more are for a list on a screen.
const MOST: i64 = 1_000;

/// `GET /admin/events/{id}/sheet.pdf`: who is on the roster, by name, and empty lines.
pub async fn show(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let (shown, learners, publisher) = state
        .db
        .read(move |conn| {
            let shown = Occasion::read(conn, &id, &by)?;
            let publisher = profile::publisher(conn)?.map(|own| own.as_organization(None)).unwrap_or_default();
            Ok::<_, Error>((shown, roster::learners(conn, &id, MOST)?, publisher))
        })
        .await?;
    let facts = vec![
        ("What", "the sheet to sign of an event, as PDF".to_owned()),
        ("Chosen by", shown.event.code.to_string()),
        ("Rows", learners.len().to_string()),
    ];
    let by = may.by;
    state.db.write(move |conn| export::note(conn, &facts, &by)).await?;
    let place = shown.event.place.as_ref().map(|place| format!(" · {place}")).unwrap_or_default();
    let name = |one: &Profile| (one.name.to_string(), one.student_id.as_ref().map(Code::to_string).unwrap_or_default());
    let expected = Expected {
        about: format!("{} · {}{place}", shown.event.code, shown.when),
        title: shown.title,
        starts_at: shown.event.starts_at.and_utc(),
        learners: learners.iter().map(name).collect(),
    };
    let words = may.frame.words;
    drawn::pdf(state, "attendance-sheet.pdf", move |_, fonts| {
        Ok(pdf::attendance(&expected, &publisher, &words, fonts)?.bytes)
    })
    .await
}
