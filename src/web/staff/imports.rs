//! Imports: a file is handed in, looked at, chosen from, brought in, and taken back while nothing depends on it.

pub mod claims;
pub mod copy;
pub mod received;
mod shown;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{
        Import,
        import::{self, DONE, Listed, UNDONE, WAITING},
    },
    registrar::{
        Refusal,
        import_clr::{self, Choice, Chosen, Plan, PlannedRecord, Standing, Who},
    },
    values::Id,
    web::{
        State,
        error::Error,
        filters,
        forms::{Empty, Submitted, error_of, multipart::Document},
        frame::{Frame, page, page_with, see},
        guards::{ImportRecords, ManageSettings, May, ReadImports},
        kept,
    },
};

use shown::{Made, Noted};

/// Why what another publisher wrote is not edited.
pub const FOREIGN: &str =
    "It is another publisher’s and stays as it came: it is shown and found, and never changed here.";

/// Records that are chosen from one by one; of a larger file the rest comes in as proposed.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "imports/index.html")]
struct IndexPage {
    frame: Frame,
    imports: Vec<Listed>,
    pasted: String,
    errors: Vec<(&'static str, String)>,
    may_import: bool,
}

#[derive(Template)]
#[template(path = "imports/plan.html")]
struct PlanPage {
    frame: Frame,
    upload: Listed,
    plan: Plan,
    /// What was read leniently, the same remarks together.
    noted: Vec<Noted>,
    may_import: bool,
    may_claim: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "imports/done.html")]
struct DonePage {
    frame: Frame,
    done: Listed,
    made: Vec<Made>,
    dependents: Vec<String>,
    may_import: bool,
}

/// `GET /admin/imports`
pub async fn index(
    may: May<ReadImports>,
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let typed: Option<Typed> = kept::form(&state, &request, &may.by).await?;
    page(&index_page(may.frame, &state, typed.unwrap_or_default().pasted, Vec::new()).await?)
}

/// What is typed in the form of a new import.
#[derive(Deserialize, Default)]
struct Typed {
    #[serde(default)]
    pasted: String,
}

async fn index_page(
    frame: Frame,
    state: &State,
    pasted: String,
    errors: Vec<(&'static str, String)>,
) -> Result<IndexPage, Error> {
    let imports = state.db.read(|conn| import::latest(conn, 100).map_err(Error::from)).await?;
    Ok(IndexPage { may_import: frame.may::<ImportRecords>(), frame, imports, pasted, errors })
}

/// `POST /admin/imports`: keeps the file and shows what it holds. Nothing is brought in yet.
pub async fn upload(
    may: May<ImportRecords>,
    state: web::Data<State>,
    document: Document,
) -> Result<HttpResponse, Error> {
    let (by, pasted) = (may.by.clone(), document.pasted.clone());
    let outcome = if document.too_large {
        Err(Refusal::conflict("The file is larger than 25 MB"))
    } else if document.content.is_empty() && pasted.trim().is_empty() {
        Err(Refusal::conflict("Choose a file, or paste a document"))
    } else {
        let (name, content) = match document.content.is_empty() {
            true => ("pasted text".to_owned(), document.pasted.into_bytes()),
            false => (document.name, document.content),
        };
        state.db.write(move |conn| import_clr::upload(conn, &name, content.clone(), &by)).await
    };
    match outcome {
        Ok(upload) => Ok(see(format!("/admin/imports/{}", upload.id))),
        Err(Refusal::Conflict(sentence)) => {
            let shown = index_page(may.frame, &state, pasted, vec![("file", sentence)]).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(other) => Err(other.into()),
    }
}

/// `GET /admin/imports/{id}`: what the file holds, or what came of it.
pub async fn show(
    may: May<ReadImports>,
    state: web::Data<State>,
    id: web::Path<Id<Import>>,
) -> Result<HttpResponse, Error> {
    let own = id.clone();
    let listed = state.db.read(move |conn| import::listed(conn, &own).map_err(Error::from)).await?;
    if listed.state == WAITING {
        return page(&plan_page(may.frame, &state, listed, None).await?);
    }
    let of = listed.clone();
    let (made, dependents) = state
        .db
        .read(move |conn| {
            let dependents = if of.state == DONE { import_clr::dependents(conn, &of.id)? } else { Vec::new() };
            Ok::<_, Error>((shown::made(conn, &of.id)?, dependents))
        })
        .await?;
    page(&DonePage { may_import: may.frame.may::<ImportRecords>(), frame: may.frame, done: listed, made, dependents })
}

async fn plan_page(frame: Frame, state: &State, upload: Listed, error: Option<String>) -> Result<PlanPage, Error> {
    let id = upload.id.clone();
    let plan = state
        .db
        .read(move |conn| {
            let upload = import::find(conn, &id)?;
            Ok::<_, Error>(import_clr::plan(conn, &upload)?.0)
        })
        .await?;
    let noted = shown::noted(&plan.warnings);
    let (may_import, may_claim) = (frame.may::<ImportRecords>(), frame.may::<ManageSettings>());
    Ok(PlanPage { frame, upload, plan, noted, may_import, may_claim, error })
}

type Fields = Vec<(String, String)>;

/// `POST /admin/imports/{id}`: brings in what was chosen.
pub async fn bring_in(
    may: May<ImportRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Import>>,
    form: Submitted<Fields>,
) -> Result<HttpResponse, Error> {
    let own = id.clone();
    let plan = state
        .db
        .read(move |conn| {
            let upload = import::find(conn, &own)?;
            Ok::<_, Error>(import_clr::plan(conn, &upload)?.0)
        })
        .await?;
    let choice = chosen(&plan, &form.0);
    match import_clr::bring_in(&state.db, &id, choice, &may.by).await {
        Ok(_) => {
            state.site.forget();
            Ok(see(format!("/admin/imports/{id}")))
        }
        Err(Refusal::Conflict(sentence)) => {
            let own = id.clone();
            let listed = state.db.read(move |conn| import::listed(conn, &own).map_err(Error::from)).await?;
            if listed.state != WAITING {
                return Err(Error::Conflict(sentence));
            }
            let shown = plan_page(may.frame, &state, listed, Some(sentence)).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &shown)
        }
        Err(other) => Err(other.into()),
    }
}

/// What the form chose. A record that was not shown comes in as it was proposed.
fn chosen(plan: &Plan, fields: &Fields) -> Choice {
    let has = |name: &str, value: &str| fields.iter().any(|(own, told)| own == name && told == value);
    let value = |name: &str| fields.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
    let mut choice = Choice::everything(plan, has("draft", "true"));
    for (at, record) in plan.records.iter().enumerate().take(SHOWN) {
        let Some(own) = choice.records.get_mut(&record.iri) else { continue };
        let takes = own.takes && has("take", &at.to_string());
        let without = import_clr::GROUPS.iter().filter(|group| !has(&format!("with-{at}"), group));
        let learner = match value(&format!("learner-{at}")) {
            Some("new") => Who::New,
            Some(id) => id.parse().map_or(own.learner.clone(), Who::Known),
            None => own.learner.clone(),
        };
        *own = Chosen { takes, without: without.map(|group| (*group).to_owned()).collect(), learner };
    }
    choice
}

/// `POST /admin/imports/{id}/reversal`: takes it back.
pub async fn take_back(
    may: May<ImportRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Import>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let (own, by) = (id.clone(), may.by);
    state.db.write(move |conn| import_clr::take_back(conn, &own, &by)).await?;
    state.site.forget();
    Ok(see(format!("/admin/imports/{id}")))
}

/// `POST /admin/imports/{id}/deletion`: forgets a file that was not brought in.
pub async fn forget(
    _: May<ImportRecords>,
    state: web::Data<State>,
    id: web::Path<Id<Import>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let forgotten = state.db.write(move |conn| Ok::<_, Refusal>(import::forget(conn, &id)?)).await?;
    if forgotten {
        Ok(see("/admin/imports"))
    } else {
        Err(Error::Conflict("This file was brought in; take that back instead.".to_owned()))
    }
}

impl IndexPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn word(&self, one: &Listed) -> (&'static str, &'static str, &'static str) {
        shown::state_word(&one.state)
    }
}

impl PlanPage {
    fn shown(&self) -> impl Iterator<Item = (usize, &PlannedRecord)> {
        self.plan.records.iter().enumerate().take(SHOWN)
    }

    fn unshown(&self) -> usize {
        self.plan.records.len().saturating_sub(SHOWN)
    }

    /// Numbers over the whole file: new, known, different, doubtful.
    fn totals(&self) -> [usize; 4] {
        let groups = || self.plan.records.iter().flat_map(|record| &record.groups);
        let doubtful = self.plan.records.iter().map(|record| record.doubtful.len()).sum::<usize>();
        [
            groups().map(import_clr::Group::fresh).sum(),
            groups().map(import_clr::Group::known).sum(),
            groups().map(|group| group.different().len()).sum(),
            doubtful + self.plan.warnings.len() + self.plan.further,
        ]
    }

    fn is_proposed(&self, record: &PlannedRecord, id: &str) -> bool {
        matches!(import_clr::proposed(record), Who::Known(known) if known.as_str() == id)
    }

    fn proposes_new(&self, record: &PlannedRecord) -> bool {
        import_clr::proposed(record) == Who::New
    }

    fn refused<'a>(&self, record: &'a PlannedRecord) -> Option<&'a str> {
        match &record.standing {
            Standing::Refused(why) => Some(why),
            _ => None,
        }
    }

    fn standing(&self, record: &PlannedRecord) -> (&'static str, &'static str, &'static str) {
        shown::standing_word(&record.standing)
    }

    fn has_ours(&self) -> bool {
        self.plan.records.iter().any(|record| record.ours)
    }
}

impl DonePage {
    fn was_undone(&self) -> bool {
        self.done.state == UNDONE
    }

    fn word(&self) -> (&'static str, &'static str, &'static str) {
        shown::state_word(&self.done.state)
    }
}

/// How an object stands to what is here: tone, icon, word.
pub fn word_of(standing: &Standing) -> (&'static str, &'static str, &'static str) {
    shown::standing_word(standing)
}
