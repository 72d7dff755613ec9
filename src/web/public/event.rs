//! An event's public page, where the institution wants one. Who came is never told.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{
    models::{Achievement, Event, achievement, event, profile},
    web::{
        State,
        error::Error,
        frame::{Frame, page},
        guards::Anyone,
        occasion::when,
    },
};

#[derive(Template)]
#[template(path = "public/event.html")]
struct EventPage {
    frame: Frame,
    event: Event,
    own: Achievement,
    host: String,
}

impl EventPage {
    fn begins(&self) -> String {
        self.event.time_zone.with_offset(self.event.starts_at)
    }

    fn when(&self) -> String {
        when(&self.frame.words, &self.event)
    }
}

/// `GET /events/{code}`
pub async fn show(anyone: Anyone, state: web::Data<State>, code: web::Path<String>) -> Result<HttpResponse, Error> {
    let (event, own, host) = state
        .db
        .read(move |conn| {
            let event = event::by_code(conn, &code)?.filter(|event| event.is_public).ok_or(Error::NotFound)?;
            let own = achievement::find(conn, &event.achievement_id)?;
            let host = profile::find(conn, &event.host_id)?.name.to_string();
            Ok::<_, Error>((event, own, host))
        })
        .await?;
    page(&EventPage { frame: anyone.frame, event, own, host })
}
