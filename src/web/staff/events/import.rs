//! Events from a file: a list with columns, a workbook, a calendar. Handed in, its columns named, looked at row by row, and
//! brought in whole or not at all. Nothing is stored before that: the text travels with the form.

mod shown;

use actix_web::{HttpResponse, http::StatusCode, web};
use serde::Deserialize;

use self::shown::{ImportPage, reasons};
use crate::{
    db::Conn,
    models::{Actor, setting},
    registrar::{
        Refusal,
        plan::{
            MOST_EVENTS,
            bring::{Brought, bring_in},
            columns::{Columns, What},
            judge::{Choice, Judged, judge},
            when::Slashes,
        },
        rows::{self, List, Written, calendar},
    },
    values::{Line, TimeZone},
    web::{
        State, csv,
        error::Error,
        forms::{
            Errors, Submitted,
            event::{host_chosen, programs_chosen},
            multipart::Document,
        },
        frame::{page, page_with, see},
        guards::{ChangeEvents, May},
    },
};

/// What was chosen of a list. `content` is its text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Mapped {
    content: String,
    written: String,
    headed: bool,
    /// A column or nothing for each of [`What::CHOSEN`].
    column: Vec<String>,
    slashes: String,
    time_zone: String,
    host: Option<String>,
    host_id: String,
    area: Vec<String>,
    counts_for: Vec<String>,
    program: Option<String>,
    program_id: String,
    public: String,
    leave_wrong_out: bool,
    step: String,
}

/// What came of it, as the address says it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    new: usize,
    changed: usize,
    known: usize,
    left_out: usize,
}

/// `GET /admin/events/import`
pub async fn ask(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    told: web::Query<Told>,
    request: actix_web::HttpRequest,
) -> Result<HttpResponse, Error> {
    let told = request.query_string().contains("new=").then(|| told.into_inner());
    let mut shown = built(may, &state, Mapped::default(), Errors::default()).await?;
    shown.told = told;
    page(&shown)
}

/// `POST /admin/events/import`: reads the file and asks which column is which.
pub async fn hand_in(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    document: Document,
) -> Result<HttpResponse, Error> {
    // Unpacking a workbook takes the processor; and whatever a library makes of a strange file ends there.
    let read = web::block(move || opened(&document)).await;
    match read.unwrap_or_else(|_| Err(Refusal::conflict("This file can’t be read."))) {
        Ok(entered) => page(&built(may, &state, entered, Errors::default()).await?),
        Err(Refusal::Conflict(why)) => {
            let mut errors = Errors::default();
            errors.add("file", why);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, Mapped::default(), errors).await?)
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
    let (content, written) = match rows::text(&document.content)? {
        (text, Written::Utf8 | Written::Windows1252) if calendar::is_one(&text) => {
            (calendar::text(&text)?, Written::Calendar)
        }
        other => other,
    };
    let list = rows::read(&content, written)?;
    let columns = Columns::proposed(&list);
    few_enough(&list, &columns)?;
    let column = What::CHOSEN.iter().map(|what| columns.of(*what).map(|at| at.to_string()).unwrap_or_default());
    Ok(Mapped {
        column: column.collect(),
        content,
        written: written.as_str().to_owned(),
        headed: columns.headed,
        ..Mapped::default()
    })
}

fn few_enough(list: &List, columns: &Columns) -> Result<(), Refusal> {
    match columns.rows(list).count() {
        0 => Err(Refusal::conflict("There is no event in this file, only headings.")),
        many if many > MOST_EVENTS => {
            Err(Refusal::conflict(format!("This file has {many} events. Take at most {MOST_EVENTS} at once.")))
        }
        _ => Ok(()),
    }
}

/// `POST /admin/events/import/rows`: looks at the rows, brings them in, or gives those that can't come in as a file.
pub async fn submit(
    may: May<ChangeEvents>,
    state: web::Data<State>,
    form: Submitted<Mapped>,
) -> Result<HttpResponse, Error> {
    let (entered, by) = (form.0, may.by.clone());
    let asked = entered.clone();
    let (chosen, errors) = state
        .db
        .read(move |conn| {
            let mut errors = Errors::default();
            Ok::<_, Error>((asked.chosen(conn, &by, &mut errors)?, errors))
        })
        .await?;
    let Some((list, choice)) = chosen else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may, &state, entered, errors).await?);
    };
    let by = may.by.clone();
    if entered.step == "bring" {
        let leave = entered.leave_wrong_out;
        let brought = state.db.write(move |conn| bring_in(conn, &list, &choice, leave, &by)).await?;
        return match brought {
            Ok(Brought { new, changed, known, left_out }) => {
                Ok(see(format!("/admin/events/import?new={new}&changed={changed}&known={known}&left_out={left_out}")))
            }
            Err(judged) => refused(may, &state, entered, &judged).await,
        };
    }
    let (of, headed) = (list.clone(), choice.columns.headed);
    let judged = state.db.read(move |conn| judge(conn, &list, &choice, &by)).await?;
    if entered.step == "rejected" {
        let wrong: Vec<_> = judged.iter().filter_map(|one| Some((one.line, reasons(one)?))).collect();
        return csv::rejected(&of, headed, &wrong, "events");
    }
    let mut shown = built(may, &state, entered, errors).await?;
    shown.show(&judged);
    page(&shown)
}

async fn refused(
    may: May<ChangeEvents>,
    state: &State,
    entered: Mapped,
    judged: &[Judged],
) -> Result<HttpResponse, Error> {
    let mut errors = Errors::default();
    errors.add("judged", "Some rows are wrong, so nothing was brought in. Mend the file, or leave them out.");
    let mut shown = built(may, state, entered, errors).await?;
    shown.show(judged);
    page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

async fn built(may: May<ChangeEvents>, state: &State, entered: Mapped, errors: Errors) -> Result<ImportPage, Error> {
    let (frame, by) = (may.frame, may.by);
    state.db.read(move |conn| ImportPage::read(conn, frame, entered, errors, &by)).await
}

impl Mapped {
    fn written(&self) -> Written {
        Written::named(&self.written)
    }

    fn list(&self) -> Result<List, Refusal> {
        rows::read(&self.content, self.written())
    }

    fn columns(&self, list: &List) -> Columns {
        Columns::chosen(list, self.headed, self.column.iter().map(|at| at.parse().ok()).collect())
    }

    /// The list and how it is to be read, or what is wrong with the choices.
    fn chosen(&self, conn: &mut Conn, by: &Actor, errors: &mut Errors) -> Result<Option<(List, Choice)>, Error> {
        let list = match self.list().and_then(|list| few_enough(&list, &self.columns(&list)).map(|()| list)) {
            Ok(list) => list,
            Err(why) => {
                errors.add("file", why);
                return Ok(None);
            }
        };
        let columns = self.columns(&list);
        if columns.of(What::Code).is_none() {
            errors.add("column-0", "Choose the column that holds the codes");
        }
        let zone = match self.time_zone.trim() {
            "" => Some(setting::time_zone(conn)?),
            name => errors.check("time_zone", TimeZone::parse(name)),
        };
        let host = host_chosen(conn, (&self.host, &self.host_id), by, errors)?;
        let further = (&self.program, self.program_id.as_str());
        let programs = programs_chosen(conn, &self.counts_for, further, by, errors)?;
        let (Some(zone), Some(host), true) = (zone, host, errors.is_empty()) else { return Ok(None) };
        let areas = self.area.iter().filter_map(|area| Line::parse(area).ok()).map(String::from).collect();
        let (slashes, is_public) = (Slashes::named(&self.slashes), !self.public.is_empty());
        Ok(Some((list, Choice { columns, slashes, zone, host, areas, programs, is_public })))
    }
}
