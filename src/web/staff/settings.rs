//! What the institution chose: its name, and which profile publishes.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    config::Sourced,
    models::{
        audit::{self, Change},
        profile, setting,
    },
    registrar::Refusal,
    values::{Email, Line, Name, TimeZone, optional},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted},
        frame::{Frame, page, page_with, see},
        guards::{ManageSettings, May},
        kept,
    },
};

#[derive(Template)]
#[template(path = "staff/settings.html")]
struct SettingsPage {
    frame: Frame,
    entered: Entered,
    organizations: Vec<(String, String)>,
    errors: Vec<(&'static str, String)>,
    /// The settings of the process, without those that hold secrets.
    process: Vec<Sourced>,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    institution: String,
    #[serde(default)]
    publisher: String,
    #[serde(default)]
    time_zone: String,
    /// One a line.
    #[serde(default)]
    areas: String,
    #[serde(default)]
    checkpoints_to: String,
}

/// `GET /admin/settings`
pub async fn show(
    may: May<ManageSettings>,
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    if let Some(entered) = kept::form(&state, &request, &may.by).await? {
        return page(&built(may.frame, &state, entered, Errors::default()).await?);
    }
    let entered = state
        .db
        .read(|conn| {
            Ok::<_, Error>(Entered {
                institution: setting::get(conn, setting::INSTITUTION)?.unwrap_or_default(),
                publisher: setting::publisher_id(conn)?.map(|id| id.to_string()).unwrap_or_default(),
                time_zone: setting::time_zone(conn)?.to_string(),
                areas: setting::areas(conn)?.join("\n"),
                checkpoints_to: setting::get(conn, setting::CHECKPOINTS_TO)?.unwrap_or_default(),
            })
        })
        .await?;
    page(&built(may.frame, &state, entered, Errors::default()).await?)
}

async fn built(frame: Frame, state: &State, entered: Entered, errors: Errors) -> Result<SettingsPage, Error> {
    let organizations = state.db.read(|conn| profile::organizations(conn).map_err(Error::from)).await?;
    let secret = ["DATABASE_URL", "SMTP_URL"];
    Ok(SettingsPage {
        frame,
        entered,
        organizations: organizations.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect(),
        errors: errors.0,
        process: state.config.sources.iter().filter(|one| !secret.contains(&one.name)).cloned().collect(),
    })
}

/// `POST /admin/settings`
pub async fn submit(
    may: May<ManageSettings>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let entered = form.0;
    let mut errors = Errors::default();
    let institution = errors.check("institution", optional(&entered.institution, Name::parse)).flatten();
    let checkpoints_to = errors.check("checkpoints_to", optional(&entered.checkpoints_to, Email::parse)).flatten();
    let wanted = entered.publisher.clone();
    let publisher = state.db.read(move |conn| profile::organization_named(conn, &wanted).map_err(Error::from)).await?;
    if publisher.is_none() {
        errors.add("publisher", "Choose the organisation that publishes");
    }
    let zone = errors.check("time_zone", optional(&entered.time_zone, TimeZone::parse));
    let areas = areas(&entered.areas, &mut errors);
    let (Some(publisher), Some(zone), true) = (publisher, zone, errors.is_empty()) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, entered, errors).await?);
    };
    let by = may.by;
    let institution = institution.map(String::from).unwrap_or_default();
    let checkpoints_to = checkpoints_to.map(|address| address.to_string()).unwrap_or_default();
    state
        .db
        .write(move |conn| {
            let mut changes = Vec::new();
            // Left empty, it stays as it is.
            let zone = zone.map_or_else(|| setting::time_zone(conn), Ok)?;
            for (name, label, value) in [
                (setting::INSTITUTION, "Institution", institution.as_str()),
                (setting::PUBLISHER, "Publisher", publisher.id.as_str()),
                (setting::TIME_ZONE, "Time zone", zone.as_str()),
                (setting::AREAS, "Areas of events", areas.as_str()),
                (setting::CHECKPOINTS_TO, "Checkpoints go to", checkpoints_to.as_str()),
            ] {
                let before = setting::get(conn, name)?;
                if before.as_deref().unwrap_or_default() != value {
                    setting::set(conn, name, value)?;
                    changes.push(Change { field: label.to_owned(), before, after: Some(value.to_owned()) });
                }
            }
            Ok::<_, Refusal>(audit::write(conn, &by, "changed", ("settings", "settings"), changes)?)
        })
        .await?;
    state.site.forget();
    Ok(see("/admin/settings"))
}

/// Most areas of events.
const MOST_AREAS: usize = 50;

/// The areas, each once, one a line.
fn areas(entered: &str, errors: &mut Errors) -> String {
    let lines = entered.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut areas: Vec<String> =
        lines.filter_map(|line| errors.check("areas", Line::parse(line))).map(String::from).collect();
    let mut seen = std::collections::BTreeSet::new();
    areas.retain(|area| seen.insert(area.clone()));
    if areas.len() > MOST_AREAS {
        errors.add("areas", format!("Name at most {MOST_AREAS} areas"));
    }
    areas.join("\n")
}

impl SettingsPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }
}
