//! The form of an event, and what the seven pages need to know of events.

use askama::{Template, filters::HtmlSafe};
use chrono::NaiveDateTime;
use serde::Deserialize;

use super::{
    Errors, Form,
    picker::{self, Picker, What},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Event, Profile, achievement, attendance,
        event::{self, list::Listed},
        page::{Page, Query},
        profile, setting,
    },
    registrar::plan::{self, said::capacity},
    values::{AchievementType, Code, Id, Invalid, Json, Line, Name, Prose, TimeZone, optional},
    web::{
        error::Error,
        filters,
        frame::Frame,
        guards::{ChangeEvents, ReadEvents, encode},
        objects::{Kind, Managed},
        occasion::when,
        table::{Cell, Column, Filter},
    },
};

/// What was entered about an event.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "events/form.html")]
#[serde(default)]
pub struct EventForm {
    /// The event that a new one begins as a copy of.
    copy: String,
    name: String,
    code: String,
    description: String,
    host: Option<String>,
    host_id: String,
    place: String,
    starts: String,
    ends: String,
    time_zone: String,
    capacity: String,
    series: String,
    area: Vec<String>,
    counts_for: Vec<String>,
    program: Option<String>,
    program_id: String,
    public: String,
    revision: i32,
    #[serde(skip)]
    host_picker: Option<Picker>,
    #[serde(skip)]
    program_picker: Picker,
    #[serde(skip)]
    areas: Vec<String>,
    #[serde(skip)]
    programs: Vec<(String, String)>,
    /// The event's own achievement as it will be, and what it will be part of.
    #[serde(skip)]
    parsed: Option<(Achievement, Vec<Id<Achievement>>)>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for EventForm {}

/// As a date and time field of the browser sends it, and as people type it.
const WALL_CLOCKS: [&str; 4] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d %B %Y %H:%M"];

/// A time on the clock of the place.
pub fn wall_clock(raw: &str) -> Result<NaiveDateTime, Invalid> {
    if raw.trim().is_empty() {
        return Err(Invalid::Missing("a day and a time"));
    }
    let read = WALL_CLOCKS.iter().find_map(|form| NaiveDateTime::parse_from_str(raw.trim(), form).ok());
    let years = 1900..=2200;
    read.filter(|at| years.contains(&chrono::Datelike::year(at)))
        .ok_or(Invalid::Malformed("Enter a day and a time, such as 2026-09-24 18:00"))
}

/// The office that hosts it: of staff of an office theirs, whatever is chosen.
pub fn host_chosen(
    conn: &mut Conn,
    typed: (&Option<String>, &str),
    by: &Actor,
    errors: &mut Errors,
) -> Result<Option<Id<Profile>>, Error> {
    match &by.office {
        Some(office) => Ok(Some(office.clone())),
        None => {
            picker::read_one(conn, (What::Organization, "host"), typed, by, (errors, "Choose the office that hosts it"))
        }
    }
}

/// What it counts for: of what events count for already those that are ticked, and perhaps one more. What counts is the
/// registrar's to say; staff of an office tick what counts already.
pub fn programs_chosen(
    conn: &mut Conn,
    ticked: &[String],
    further: (&Option<String>, &str),
    by: &Actor,
    errors: &mut Errors,
) -> Result<Vec<Id<Achievement>>, Error> {
    let known: Vec<String> = event::programs(conn)?.into_iter().map(|one| one.id.to_string()).collect();
    let ticked = ticked.iter().filter(|id| known.contains(id)).filter_map(|id| id.parse().ok());
    let mut chosen: Vec<Id<Achievement>> = ticked.collect();
    if by.office.is_none() {
        let further: Option<Id<Achievement>> = picker::read(conn, (What::Awardable, "program"), further, by, errors)?;
        chosen.extend(further.filter(|one| !chosen.contains(one)));
    }
    Ok(chosen)
}

/// What somebody typed into a picker, and what they chose.
type Typed<'a> = (&'a Option<String>, &'a str);

/// The pickers of the host and of a further award, for those who may choose them.
pub fn pickers(
    conn: &mut Conn,
    host: Typed<'_>,
    program: Typed<'_>,
    by: &Actor,
) -> Result<Option<(Picker, Picker)>, Error> {
    if by.office.is_some() {
        return Ok(None);
    }
    let of_host = Picker::new(What::Organization, "host", "Hosted by", "The name of an office.");
    let hint = "An award that events count for; left empty, nothing is added.";
    let of_program = Picker::new(What::Awardable, "program", "Counts for another award", hint);
    Ok(Some((of_host.shown(conn, host, by)?, of_program.shown(conn, program, by)?)))
}

impl EventForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn has(&self, area: &str) -> bool {
        self.area.iter().any(|own| own == area)
    }

    fn counts(&self, program: &str) -> bool {
        self.counts_for.iter().any(|own| own == program)
    }

    /// Takes over what another event says, all but when it takes place and its code.
    fn copy_from(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        let Ok(id) = self.copy.parse::<Id<Event>>() else { return Ok(()) };
        let Ok(other) = event::find(conn, &id) else { return Ok(()) };
        if !other.exists_for(by) {
            return Ok(());
        }
        let mut copied = Self::fill(&other);
        copied.read_own(conn, &other)?;
        (copied.code, copied.starts, copied.ends) = (String::new(), String::new(), String::new());
        (copied.revision, copied.public) = (0, String::new());
        *self = copied;
        Ok(())
    }

    /// What stands in the event's own achievement.
    fn read_own(&mut self, conn: &mut Conn, event: &Event) -> Result<(), Error> {
        let own = achievement::find(conn, &event.achievement_id)?;
        self.name = own.name.to_string();
        self.description = own.description.map(String::from).unwrap_or_default();
        let programs = event::counts_for(conn, &own.id)?;
        self.counts_for = programs.into_iter().map(|one| one.id.to_string()).collect();
        Ok(())
    }

    /// From when to when, as instants.
    fn times(&mut self, zone: Option<TimeZone>) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let errors = &mut self.errors;
        let zone = zone.unwrap_or(TimeZone::UTC);
        let starts = errors.check("starts", wall_clock(&self.starts).and_then(|at| zone.instant(at)));
        let ends = errors.check("ends", wall_clock(&self.ends).and_then(|at| zone.instant(at)));
        let (starts, ends) = (starts?, ends?);
        errors.check("ends", plan::lasts((starts, ends)))?;
        Some((starts, ends))
    }
}

impl Form<Event> for EventForm {
    fn fill(object: &Event) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let at = |instant| object.time_zone.wall_clock(instant).format("%Y-%m-%dT%H:%M").to_string();
        Self {
            code: object.code.to_string(),
            host_id: object.host_id.to_string(),
            place: line(&object.place),
            starts: at(object.starts_at),
            ends: at(object.ends_at),
            time_zone: object.time_zone.to_string(),
            capacity: object.capacity.map(|number| number.to_string()).unwrap_or_default(),
            series: line(&object.series),
            area: object.areas.get().clone(),
            public: if object.is_public { "yes".to_owned() } else { String::new() },
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        if self.is_new() && self.name.is_empty() && !self.copy.is_empty() {
            self.copy_from(conn, by)?;
        }
        // A form that was filled from an event knows it by its code; its name stands in its own achievement.
        if !self.is_new()
            && self.name.is_empty()
            && self.errors.is_empty()
            && let Some(known) = event::by_code(conn, &self.code)?
        {
            self.read_own(conn, &known)?;
        }
        if self.time_zone.is_empty() {
            self.time_zone = setting::time_zone(conn)?.to_string();
        }
        self.areas = setting::areas(conn)?;
        for own in &self.area {
            if !self.areas.contains(own) {
                self.areas.push(own.clone());
            }
        }
        let programs = event::programs(conn)?;
        self.programs = programs.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect();
        let pickers = pickers(conn, (&self.host, &self.host_id), (&self.program, &self.program_id), by)?;
        if let Some((host, program)) = pickers {
            (self.host_picker, self.program_picker) = (Some(host), program);
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Event>, by: &Actor) -> Result<Option<Event>, Error> {
        self.errors = Errors::default();
        let host = host_chosen(conn, (&self.host, &self.host_id), by, &mut self.errors)?;
        let further = (&self.program, self.program_id.as_str());
        let programs = programs_chosen(conn, &self.counts_for, further, by, &mut self.errors)?;
        let zone = self.errors.check("time_zone", TimeZone::parse(&self.time_zone));
        let times = self.times(zone);
        let errors = &mut self.errors;
        let name = errors.check("name", Name::parse(&self.name));
        let code = errors.check("code", Code::parse(&self.code));
        let description = errors.check("description", optional(&self.description, Prose::parse)).flatten();
        let place = errors.check("place", optional(&self.place, Line::parse)).flatten();
        let series = errors.check("series", optional(&self.series, Line::parse)).flatten();
        let room = errors.check("capacity", optional(&self.capacity, capacity)).flatten();
        let areas: Vec<String> = self.area.iter().filter_map(|area| Line::parse(area).ok()).map(String::from).collect();
        if let Some(code) = &code
            && let Some(other) = event::by_code(conn, code.as_str())?
            && existing.as_ref().is_none_or(|known| known.id != other.id)
        {
            self.errors.add("code", "Another event already has this code");
        }
        let (Some(name), Some(code), Some(host), Some(zone), Some(times)) = (name, code, host, zone, times) else {
            return Ok(None);
        };
        let mut own = match &existing {
            Some(known) => achievement::find(conn, &known.achievement_id)?,
            None => Achievement::new(name.clone(), AchievementType::event(), host.clone()),
        };
        (own.name, own.description, own.issuer_id) = (name, description, host.clone());
        own.refold();
        let is_new = existing.is_none();
        let mut made = existing.unwrap_or_else(|| Event::new(&own, code.clone(), times));
        (made.code, made.host_id, made.place, made.series) = (code, host, place, series);
        (made.starts_at, made.ends_at, made.time_zone) = (times.0, times.1, zone);
        (made.capacity, made.areas, made.is_public) = (room, Json::new(areas), !self.public.is_empty());
        made.revision = if is_new { 1 } else { self.revision };
        made.refold(&own);
        self.parsed = Some((own, programs));
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}

/// What an event's page shows.
#[derive(Template)]
#[template(path = "events/details.html")]
pub struct EventDetails {
    event: Event,
    own: Achievement,
    host: String,
    programs: Vec<Achievement>,
    attended: i64,
    uses: Vec<String>,
    others: Vec<Listed>,
    frame: Frame,
    address: String,
    may_change: bool,
}

impl HtmlSafe for EventDetails {}

impl EventDetails {
    fn when(&self) -> String {
        format!("{} ({})", when(&self.frame.words, &self.event), self.event.time_zone)
    }

    fn when_of(&self, other: &Event) -> String {
        when(&self.frame.words, other)
    }

    /// The list of its series.
    fn series_address(&self) -> String {
        self.event.series.as_ref().map(series_address).unwrap_or_default()
    }
}

impl Managed for Event {
    const KIND: Kind = Kind {
        path: "events",
        audit: event::KIND,
        singular: "event",
        plural: "Events",
        about: "What learners attend, and what it counts for.",
        empty: "No event is coming. Plan one, and record who came.",
        create: "New event",
    };
    const COLUMNS: &'static [Column] = &[
        Column { label: "Event", sort: Some("name") },
        Column { label: "When", sort: Some("start") },
        Column { label: "Areas", sort: None },
        Column { label: "Host", sort: None },
        Column { label: "Came", sort: None },
        Column { label: "State", sort: None },
    ];
    const SORT: &'static str = "start";
    type Form = EventForm;
    type Row = Listed;
    type Details = EventDetails;
    type Read = ReadEvents;
    type Change = ChangeEvents;

    fn id(&self) -> &Id<Self> {
        &self.id
    }

    fn label(&self, conn: &mut Conn) -> Result<String, QueryError> {
        Ok(achievement::find(conn, &self.achievement_id)?.name.to_string())
    }

    fn revision(&self) -> i32 {
        self.revision
    }

    fn exists_for(&self, _: &mut Conn, by: &Actor) -> Result<bool, QueryError> {
        Ok(Event::exists_for(self, by))
    }

    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError> {
        event::find(conn, id)
    }

    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError> {
        let pair = |value: &str, label: &str| (value.to_owned(), label.to_owned());
        let when = vec![pair("past", "Past"), pair("cancelled", "Cancelled"), pair("all", "All")];
        let areas = setting::areas(conn)?.iter().map(|area| pair(area, area)).collect();
        let programs = event::programs(conn)?;
        let programs = programs.iter().map(|one| pair(one.id.as_str(), one.name.as_str())).collect();
        let mut filters = vec![
            Filter::new("when", "When", when, address).as_scopes().with_nothing("Coming"),
            Filter::new("area", "Area", areas, address),
            Filter::new("program", "Counts for", programs, address),
        ];
        let series = event::series::names(conn, office)?;
        if !series.is_empty() {
            let series = series.iter().map(|name| pair(name, name)).collect();
            filters.push(Filter::new("series", "Series", series, address));
        }
        if office.is_none() {
            let hosts = profile::organizations(conn)?;
            let hosts = hosts.iter().map(|one| pair(one.id.as_str(), one.name.as_str())).collect();
            filters.push(Filter::new("host", "Host", hosts, address));
        }
        Ok(filters)
    }

    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Listed>, QueryError> {
        event::list::search(conn, query)
    }

    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError> {
        event::list::count(conn, query)
    }

    fn cells(row: Listed) -> Vec<Cell> {
        let Listed { event, name, host, attended } = row;
        let (tone, icon, text) = state(&event);
        let begins = event.time_zone.wall_clock(event.starts_at).format("%-d %b %Y, %H:%M").to_string();
        let came = event.capacity.map_or(attended.to_string(), |room| format!("{attended} of {room}"));
        vec![
            Cell::Name { address: event.address(), text: name, below: event.code.to_string() },
            Cell::Text(begins),
            Cell::Text(event.areas.get().join(", ")),
            Cell::Text(host),
            Cell::Text(came),
            Cell::State { tone, icon, text, below: String::new() },
        ]
    }

    fn views() -> Vec<(&'static str, &'static str)> {
        vec![("As a calendar", "/admin/events/calendar")]
    }

    fn ways_in() -> Vec<(&'static str, &'static str)> {
        vec![("From a file", "/admin/events/import")]
    }

    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<EventDetails, Error> {
        let own = achievement::find(conn, &self.achievement_id)?;
        Ok(EventDetails {
            host: profile::find(conn, &self.host_id)?.name.to_string(),
            programs: event::counts_for(conn, &own.id)?,
            attended: attendance::attended(conn, &self.id)?,
            uses: event::uses(conn, &self.id)?,
            others: event::series::others(conn, self)?,
            own,
            frame: frame.clone(),
            address: self.address(),
            may_change: frame.may::<ChangeEvents>(),
            event: self.clone(),
        })
    }

    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError> {
        event::uses(conn, id)
    }

    fn insert(&self, conn: &mut Conn, form: &EventForm, by: &Actor) -> Result<(), Error> {
        let Some((own, programs)) = &form.parsed else { return Err(unparsed()) };
        Ok(plan::record(conn, (self, own), programs, by)?)
    }

    fn update(&self, conn: &mut Conn, form: &EventForm, by: &Actor) -> Result<bool, Error> {
        let Some((own, programs)) = &form.parsed else { return Err(unparsed()) };
        Ok(plan::change(conn, (self, own), Some(programs), by)?)
    }

    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error> {
        Ok(event::delete(conn, id, by)?)
    }
}

/// The list of the events of a series.
pub fn series_address(series: &Line) -> String {
    format!("/admin/events?when=all&series={}", encode(series.as_str()))
}

fn unparsed() -> Error {
    Error::Defect("an event was saved before its form was read".to_owned())
}

/// Style class, icon and word of how an event stands.
pub fn state(event: &Event) -> (&'static str, &'static str, &'static str) {
    let now = crate::clock::now().naive_utc();
    match event {
        _ if event.cancelled_at.is_some() => ("bad", "x", "Cancelled"),
        _ if event.ends_at < now => ("mute", "check", "Over"),
        _ if event.starts_at <= now => ("ok", "clock", "Under way"),
        _ => ("info", "hourglass", "Coming"),
    }
}
