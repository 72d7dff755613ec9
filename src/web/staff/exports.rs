//! Exports: the records of chosen learners, or of all, in the standard's form; and which were made.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Assertion,
        audit::{self, AuditEntry},
        page::Query,
        roll::Roll,
    },
    registrar::{
        Refusal,
        export::{self, Export, Extent, Form, Selection},
    },
    values::fold_words,
    web::{
        State, csv, download,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with},
        guards::{ExportRecords, May, ReadExports},
        kept,
        objects::Managed,
        table::Asked,
    },
};

#[derive(Template)]
#[template(path = "staff/exports.html")]
struct ExportsPage {
    frame: Frame,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
    extent: Extent,
    /// About how many bytes all of it is.
    bytes: i64,
    made: Vec<AuditEntry>,
    has_publisher: bool,
    may_export: bool,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// `all` or `found`.
    what: String,
    q: String,
    /// `ndjson` or `zip`.
    form: String,
}

/// `GET /admin/exports`
pub async fn show(may: May<ReadExports>, state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&built(may.frame, &state, entered, Errors::default()).await?)
}

async fn built(frame: Frame, state: &State, entered: Entered, errors: Errors) -> Result<ExportsPage, Error> {
    let portal = state.portal.clone();
    let (extent, bytes, made, has_publisher) = state
        .db
        .read(move |conn| {
            let everything = Selection::everything();
            let publisher = crate::models::profile::publisher(conn)?.is_some();
            let bytes = if publisher { export::usual_size(conn, &portal)? } else { 0 };
            Ok::<_, Refusal>((
                export::extent(conn, &everything)?,
                bytes,
                audit::of_kind(conn, export::KIND, 20)?,
                publisher,
            ))
        })
        .await?;
    Ok(ExportsPage {
        may_export: frame.may::<ExportRecords>(),
        frame,
        entered,
        errors: errors.0,
        bytes,
        extent,
        made,
        has_publisher,
    })
}

/// `POST /admin/exports`: the file.
pub async fn make(
    may: May<ExportRecords>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let entered = form.0;
    let Some((selection, form)) = selected(&entered) else {
        let mut errors = Errors::default();
        errors.add("q", "Enter what to search for, or choose everything");
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, entered, errors).await?);
    };
    let (noted, by) = (selection.clone(), may.by);
    state.db.write(move |conn| export::begin(conn, &noted, form, &by)).await?;
    let export = Export::new(&state.db, &state.portal, selection, form);
    Ok(match form {
        Form::Lines => download::lines(export, "learner-records.ndjson"),
        Form::Files => download::folder(export, "learner-records.zip"),
    })
}

fn selected(entered: &Entered) -> Option<(Selection, Form)> {
    let form = if entered.form == "zip" { Form::Files } else { Form::Lines };
    if entered.what != "found" {
        return Some((Selection::everything(), form));
    }
    if fold_words(&entered.q).is_empty() {
        return None;
    }
    let roll = Roll::Found(Query::search(&entered.q));
    let chosen = format!("learners, search “{}”", entered.q.trim());
    Some((Selection { roll, received: false, chosen }, form))
}

/// Records of those whom a list shows, a line each: for the lists' own buttons.
pub async fn of_list(
    may: May<ExportRecords>,
    state: web::Data<State>,
    roll: Roll,
    chosen: String,
) -> Result<HttpResponse, Error> {
    let selection = Selection { roll, received: false, chosen };
    let (noted, by) = (selection.clone(), may.by);
    state.db.write(move |conn| export::begin(conn, &noted, Form::Lines, &by)).await?;
    let export = Export::new(&state.db, &state.portal, selection, Form::Lines);
    Ok(download::lines(export, "learner-records.ndjson"))
}

/// `GET /admin/assertions.ndjson`: the records of the learners whose awards the list shows, with these awards only.
pub async fn awards(
    may: May<ExportRecords>,
    state: web::Data<State>,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let address = request.query_string().to_owned();
    let (query, chosen) = state
        .db
        .read(move |conn| {
            let filters = Assertion::filters(conn, &address, None)?;
            let chosen = format!("assertions, {}", csv::in_words(&asked.q, &filters));
            Ok::<_, Error>((asked.query(Assertion::COLUMNS, Assertion::SORT, &filters), chosen))
        })
        .await?;
    of_list(may, state, Roll::Awarded(query), chosen).await
}

impl ExportsPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    /// "About 3 MB".
    fn shown_size(&self) -> String {
        match self.bytes {
            few if few < 1_000_000 => format!("{} kB", (few + 999) / 1000),
            some if some < 1_000_000_000 => format!("{} MB", (some + 500_000) / 1_000_000),
            many => format!("{} GB", (many + 500_000_000) / 1_000_000_000),
        }
    }
}
