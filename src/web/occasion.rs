//! An event as the pages around attendance name it.

use chrono::NaiveDateTime;

use crate::{
    db::Conn,
    models::{
        Actor, Event, achievement,
        attendance::roster::{self, Counts},
        event, parked_attendance,
    },
    values::{Id, TimeZone},
    web::error::Error,
    words::{self, Words},
};

/// An event, with what is told of it on each of its pages.
#[derive(Debug, Clone)]
pub struct Occasion {
    /// The event.
    pub event: Event,
    /// What it is called.
    pub title: String,
    /// When, by the clock of its place.
    pub when: String,
    /// How many stand how.
    pub counts: Counts,
    /// How many entries wait to be resolved.
    pub waiting: i64,
}

impl Occasion {
    /// The event, if it exists for this person.
    pub fn read(conn: &mut Conn, id: &Id<Event>, by: &Actor) -> Result<Self, Error> {
        let event = event::find(conn, id)?;
        if !event.exists_for(by) {
            return Err(Error::NotFound);
        }
        Self::of(conn, event)
    }

    /// An event, for whomever it is shown to.
    pub fn of(conn: &mut Conn, event: Event) -> Result<Self, Error> {
        Ok(Self {
            title: achievement::find(conn, &event.achievement_id)?.name.to_string(),
            when: when(&Words::default(), &event),
            counts: roster::counts(conn, &event.id)?,
            waiting: parked_attendance::waiting_at(conn, &event.id)?,
            event,
        })
    }

    /// The address of its pages.
    pub fn address(&self) -> String {
        format!("/admin/events/{}", self.event.id)
    }

    /// How many more came than find room.
    pub fn over(&self) -> Option<i64> {
        let room = i64::from(self.event.capacity?);
        (self.counts.attended > room).then_some(self.counts.attended - room)
    }
}

/// When an event takes place, by the clock there: `3 November 2026, 18:00–20:00`.
pub fn when(words: &Words, event: &Event) -> String {
    span(words, event.time_zone, (event.starts_at, event.ends_at))
}

/// From one instant to another (UTC), by the clock of a zone.
pub fn span(words: &Words, zone: TimeZone, (starts, ends): (NaiveDateTime, NaiveDateTime)) -> String {
    let (from, to) = (zone.wall_clock(starts), zone.wall_clock(ends));
    let (day, begins) = (words::date(words, from.date()), from.format("%H:%M"));
    if from.date() == to.date() {
        format!("{day}, {begins}–{}", to.format("%H:%M"))
    } else {
        format!("{day}, {begins} – {}, {}", words::date(words, to.date()), to.format("%H:%M"))
    }
}
