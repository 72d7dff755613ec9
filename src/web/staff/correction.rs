//! Correcting an issued award: a form with what was issued, a reason, and a new credential in the place of the old one.

mod entered;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;

pub use self::entered::{Entered, Reason, reasons};
use crate::{
    models::{
        Assertion, assertion,
        issued::{IssuedEvent, IssuedEvidence, IssuedResult, IssuedResultDescription},
    },
    registrar::{
        Refusal,
        correct::{self, Earlier},
    },
    values::{Id, ResultStatus},
    web::{
        State,
        error::Error,
        filters,
        forms::{Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{May, Revoke},
        kept,
    },
};

#[derive(Template)]
#[template(path = "standing/correction.html")]
struct CorrectionPage {
    frame: Frame,
    address: String,
    earlier: Earlier,
    /// The names of the events that count now, where those are others than it was issued with.
    events_now: Option<Vec<String>>,
    rows: Vec<Row>,
    reasons: Vec<(String, String)>,
    mail_is_on: bool,
    entered: Entered,
    errors: Vec<(&'static str, String)>,
}

/// What was, or could be, reached: a line of the form.
pub struct Row {
    /// What is reached.
    pub of: IssuedResultDescription,
    /// What was, where anything was.
    pub was: Option<IssuedResult>,
}

/// The lines of an award: its results in their order, then what it could have reached and has not.
pub fn rows(earlier: &Earlier) -> Vec<Row> {
    let (known, results) = (&earlier.issued.achievement.result_descriptions, &earlier.issued.assertion.results);
    let reached = results.iter().filter_map(|was| {
        let of = known.iter().find(|of| of.id == was.result_description)?.clone();
        Some(Row { of, was: Some(was.clone()) })
    });
    let is_missing = |of: &&IssuedResultDescription| results.iter().all(|was| was.result_description != of.id);
    let missing = known.iter().filter(is_missing).map(|of| Row { of: of.clone(), was: None });
    reached.chain(missing).collect()
}

impl CorrectionPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn evidence(&self) -> &[IssuedEvidence] {
        &self.earlier.issued.assertion.evidence
    }

    fn has_other_name(&self) -> bool {
        self.earlier.issued.holder != self.earlier.learner.as_holder()
    }

    fn has_other_version(&self) -> bool {
        self.earlier.issued.achievement.version != self.earlier.achievement.version
    }

    fn is_status(&self, row: &Row) -> bool {
        row.of.result_type.as_str() == "Status"
    }

    fn statuses(&self) -> &'static [ResultStatus] {
        ResultStatus::ALL
    }

    fn levels(&self, row: &Row) -> Vec<(String, String)> {
        row.of.levels.iter().map(|level| (level.id.clone(), level.name.clone())).collect()
    }
}

/// `GET /admin/assertions/{id}/correction`
pub async fn ask(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let kept = kept::form(&state, &request, &may.by).await?;
    let mut built = built(may, &state, id.into_inner(), kept, Errors::default()).await?;
    // A flag leads here with the events that count now.
    if request.query_string() == "events=now" {
        built.entered.events = "now".to_owned();
    }
    page(&built)
}

async fn built(
    may: May<Revoke>,
    state: &State,
    id: Id<Assertion>,
    entered: Option<Entered>,
    errors: Errors,
) -> Result<CorrectionPage, Error> {
    let (by, address) = (may.by.clone(), format!("/admin/{}s/{id}", assertion::KIND));
    let portal = state.portal.clone();
    let (earlier, events) = state
        .db
        .read(move |conn| {
            let earlier = correct::earlier(conn, &id, &by)?;
            let events = correct::events_now(conn, &earlier, &portal)?;
            Ok::<_, Error>((earlier, events))
        })
        .await?;
    let rows = rows(&earlier);
    let names = |events: &[IssuedEvent]| events.iter().map(|one| one.achievement.name.clone()).collect::<Vec<_>>();
    let events_now = Some(names(&events)).filter(|now| *now != names(&earlier.issued.events));
    Ok(CorrectionPage {
        frame: may.frame,
        address,
        entered: entered.unwrap_or_else(|| Entered::of(&earlier, &rows)),
        rows,
        events_now,
        reasons: reasons(),
        mail_is_on: state.config.smtp_url.is_some(),
        earlier,
        errors: errors.0,
    })
}

/// `POST /admin/assertions/{id}/correction`
pub async fn submit(
    may: May<Revoke>,
    state: web::Data<State>,
    id: web::Path<Id<Assertion>>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let (id, by, portal, entered) = (id.into_inner(), may.by.clone(), state.portal.clone(), form.0.clone());
    let wanted = id.clone();
    let known = may.by.clone();
    let earlier = state.db.read(move |conn| correct::earlier(conn, &wanted, &known).map_err(Error::from)).await?;
    let parsed = entered.parse(&earlier);
    let outcome = match parsed {
        Ok((correction, why)) => {
            let own = id.clone();
            let made = state.db.write(move |conn| correct::correct(conn, &own, (&correction, &why), &portal, &by));
            match made.await {
                Ok(made) => Ok(made),
                Err(Refusal::Findings(found)) => {
                    let mut errors = Errors::default();
                    found.iter().for_each(|finding| errors.add("results", finding));
                    Err(errors)
                }
                Err(other) => return Err(other.into()),
            }
        }
        Err(errors) => Err(errors),
    };
    match outcome {
        Ok(made) => Ok(see(made.assertion_id.map_or("/admin".to_owned(), |id| format!("/admin/assertions/{id}")))),
        Err(errors) => {
            let page = built(may, &state, id, Some(form.0), errors).await?;
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
    }
}
