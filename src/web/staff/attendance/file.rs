//! A list in a file: handed in, its columns named, looked at, and recorded. Nothing of it is stored before it is recorded:
//! the text travels with the form.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use super::{
    answered::{Group, groups, says},
    paste::through,
    statuses,
};
use crate::{
    models::Event,
    registrar::{
        Refusal,
        attend::{
            Answered, Entry, MOST_ENTRIES, Outcome, Way,
            list::{self, Columns},
        },
        rows::{self, List, Row, Written},
    },
    values::{AttendanceSource, AttendanceStatus, Id, Line, optional},
    web::{
        State, csv,
        error::Error,
        forms::{Errors, Submitted, error_of, multipart::Document},
        frame::{Frame, page, page_with},
        guards::{ChangeEvents, May},
        occasion::Occasion,
    },
};

/// Rows that the page shows of a list.
const SHOWN: usize = 6;

/// What was chosen of a list. `content` is its text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mapped {
    content: String,
    written: String,
    headed: bool,
    who: usize,
    /// Empty: every row says `usual`.
    status: String,
    usual: String,
    reason: String,
    step: String,
}

#[derive(Template)]
#[template(path = "attendance/file.html")]
struct FilePage {
    frame: Frame,
    shown: Occasion,
    tab: &'static str,
    may_change: bool,
    list: Option<List>,
    entered: Mapped,
    statuses: Vec<(String, String)>,
    groups: Vec<Group>,
    done: bool,
    errors: Vec<(&'static str, String)>,
}

impl FilePage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    /// The columns as the choices of a field, by their headings or numbers.
    fn columns(&self) -> Vec<(String, String)> {
        let Some(list) = &self.list else { return Vec::new() };
        let heads = list.rows.first().filter(|_| self.entered.headed);
        let label = |at: usize| match heads.map_or("", |row| row.cell(at)) {
            "" => format!("Column {}", at + 1),
            heading => format!("{} ({heading})", at + 1),
        };
        (0..list.width()).map(|at| (at.to_string(), label(at))).collect()
    }

    fn who(&self) -> String {
        self.entered.who.to_string()
    }

    fn sample(&self) -> Vec<Vec<String>> {
        self.list.iter().flat_map(|list| list.rows.iter().take(SHOWN)).map(Row::shown).collect()
    }

    /// Whether some rows did not go in, or would not: then a file of them is offered.
    fn has_rejected(&self) -> bool {
        self.groups.iter().any(|group| matches!(group.tone, "warn" | "bad"))
    }

    fn is_western(&self) -> bool {
        Written::named(&self.entered.written) == Written::Windows1252
    }
}

/// `GET /admin/events/{id}/attendance/file`
pub async fn ask(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
) -> Result<HttpResponse, Error> {
    page(&built(may, &state, id.into_inner(), Mapped::default(), Errors::default()).await?)
}

async fn built(
    may: May<ChangeEvents>,
    state: &State,
    id: Id<Event>,
    entered: Mapped,
    errors: Errors,
) -> Result<FilePage, Error> {
    let by = may.by;
    let shown = state.db.read(move |conn| Occasion::read(conn, &id, &by)).await?;
    let list = rows::read(&entered.content, Written::named(&entered.written)).ok();
    Ok(FilePage {
        frame: may.frame,
        shown,
        tab: "file",
        may_change: true,
        list,
        entered,
        statuses: statuses(),
        groups: Vec::new(),
        done: false,
        errors: errors.0,
    })
}

/// `POST /admin/events/{id}/attendance/file`: reads the file and asks which column is which.
pub async fn hand_in(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    document: Document,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    // Unpacking a workbook takes the processor; and whatever a library makes of a strange one ends there.
    let read = web::block(move || opened(&document)).await;
    match read.unwrap_or_else(|_| Err(Refusal::conflict("This file can’t be read."))) {
        Ok(entered) => page(&built(may, &state, id, entered, errors).await?),
        Err(Refusal::Conflict(why)) => {
            errors.add("file", why);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, Mapped::default(), errors).await?)
        }
        Err(other) => Err(other.into()),
    }
}

fn opened(document: &Document) -> Result<Mapped, Refusal> {
    if document.content.is_empty() && !document.too_large {
        return Err(Refusal::conflict("Choose a file"));
    }
    if document.too_large || document.content.len() > rows::MOST_BYTES {
        return Err(Refusal::conflict("This file is too large. Take at most 1 MB at once."));
    }
    let (content, written) = rows::text(&document.content)?;
    let list = rows::read(&content, written)?;
    if list.rows.len() > MOST_ENTRIES {
        return Err(Refusal::conflict(format!(
            "This file has {} rows. Take at most {MOST_ENTRIES} at once.",
            list.rows.len()
        )));
    }
    let Columns { headed, who, status, .. } = list.proposed();
    Ok(Mapped {
        content,
        written: written.as_str().to_owned(),
        headed,
        who,
        status: status.map(|at| at.to_string()).unwrap_or_default(),
        usual: AttendanceStatus::Attended.to_string(),
        ..Mapped::default()
    })
}

/// `POST /admin/events/{id}/attendance/rows`: looks at the rows, records them, or gives those that do not go in as a file.
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    id: web::Path<Id<Event>>,
    form: Submitted<Mapped>,
) -> Result<HttpResponse, Error> {
    let (id, mut errors) = (id.into_inner(), Errors::default());
    let entered = form.0;
    let Some(read) = entered.read(&mut errors) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, id, entered, errors).await?);
    };
    let done = entered.step == "record";
    let way = Way { event: id.clone(), source: AttendanceSource::Import };
    let mut answered = through(&state, way, read.entries, may.by.clone(), done).await?;
    if entered.step == "rejected" {
        let lines = read.lines.iter().chain(read.wrong.iter().map(|(line, _)| line)).copied();
        let all = lines.zip(answered.iter().chain(read.wrong.iter().map(|(_, one)| one)));
        let left = all.filter(|(_, one)| matches!(one.outcome, Outcome::Refused(_) | Outcome::Parked(_)));
        let mut left: Vec<_> = left.map(|(line, one)| (line, says(one))).collect();
        left.sort();
        return csv::rejected(&read.list, entered.headed, &left, "attendance");
    }
    answered.extend(read.wrong.into_iter().map(|(_, one)| one));
    let mut shown = built(may, &state, id, entered, errors).await?;
    shown.groups = groups(&answered, done);
    shown.done = done;
    page(&shown)
}

/// What was read out of a list.
struct Read {
    list: List,
    entries: Vec<Entry>,
    /// Where each entry stands.
    lines: Vec<u64>,
    /// The rows that cannot be any, each with where it stands.
    wrong: Vec<(u64, Answered)>,
}

impl Mapped {
    fn read(&self, errors: &mut Errors) -> Option<Read> {
        let written = Written::named(&self.written);
        let list = match rows::read(&self.content, written) {
            Ok(list) if list.rows.len() <= MOST_ENTRIES => list,
            Ok(_) => {
                errors.add("file", format!("Take at most {MOST_ENTRIES} rows at once"));
                return None;
            }
            Err(why) => {
                errors.add("file", why);
                return None;
            }
        };
        let usual = errors.check("usual", AttendanceStatus::parse(&self.usual));
        let reason = errors.check("reason", optional(&self.reason, Line::parse)).flatten();
        let usual = usual.filter(|_| errors.is_empty())?;
        let columns = Columns { headed: self.headed, ..Columns::default() };
        let (mut entries, mut lines, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
        for row in list.entries(&columns) {
            let typed = row.cell(self.who);
            let mut is_wrong = |why| wrong.push((row.line, refused(&written.place(row.line), typed, why)));
            match list::status(row, self.status.parse().ok(), usual) {
                _ if typed.is_empty() => is_wrong("Names nobody"),
                None => is_wrong("The status is none of attended, absent and excused"),
                Some(status) => {
                    entries.push(Entry::typed(typed, status).because(reason.clone()));
                    lines.push(row.line);
                }
            }
        }
        Some(Read { list, entries, lines, wrong })
    }
}

fn refused(place: &str, typed: &str, why: &str) -> Answered {
    Answered {
        typed: format!("{place}: {}", rows::cut(typed)),
        learner: None,
        status: AttendanceStatus::Attended,
        key: None,
        outcome: Outcome::Refused(why.to_owned()),
    }
}
