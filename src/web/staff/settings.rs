//! What the institution chose: its name, and which profile publishes.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    config::Sourced,
    models::{
        audit::{self, Change},
        profile, program,
        setting::{self, StatusMethod},
    },
    registrar::Refusal,
    values::{Email, Invalid, Line, Name, TimeZone, optional},
    web::{
        State,
        error::Error,
        forms::{Errors, Submitted, error_of},
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
    status_methods: Vec<(String, String)>,
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
    #[serde(default)]
    status_method: String,
    /// `yes` or nothing; sent along with its form's mark, because a box that is not ticked is not sent.
    #[serde(default)]
    two_people: String,
    #[serde(default)]
    asks_two_people: String,
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
                status_method: setting::status_method(conn)?.as_str().to_owned(),
                two_people: if setting::two_people_confer(conn)? { "yes".to_owned() } else { String::new() },
                asks_two_people: String::new(),
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
        status_methods: StatusMethod::ALL.map(|one| (one.as_str().to_owned(), one.shown().to_owned())).into(),
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
    let wanted = entered.publisher.clone();
    let publisher = state.db.read(move |conn| profile::organization_named(conn, &wanted).map_err(Error::from)).await?;
    if publisher.is_none() {
        errors.add("publisher", "Choose the organisation that publishes");
    }
    let chosen = chosen(&entered, publisher.map(|one| one.id.to_string()), &mut errors);
    if !errors.is_empty() {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, entered, errors).await?);
    }
    let by = may.by;
    state
        .db
        .write(move |conn| {
            let mut changes = Vec::new();
            for (name, label, value) in &chosen {
                let before = setting::get(conn, name)?.or_else(|| unset(name));
                if before.as_deref().unwrap_or_default() != value {
                    setting::set(conn, name, value)?;
                    if *name == setting::TIME_ZONE {
                        program::evaluate_all_again(conn)?;
                    }
                    changes.push(Change { field: (*label).to_owned(), before, after: Some(value.clone()) });
                }
            }
            Ok::<_, Refusal>(audit::write(conn, &by, "changed", ("settings", "settings"), changes)?)
        })
        .await?;
    state.site.forget();
    Ok(see("/admin/settings"))
}

/// What was chosen: name, label and value of each setting, or notes what was wrong. A choice that was not sent along stays
/// as it is.
fn chosen(
    entered: &Entered,
    publisher: Option<String>,
    errors: &mut Errors,
) -> Vec<(&'static str, &'static str, String)> {
    let institution = errors.check("institution", optional(&entered.institution, Name::parse)).flatten();
    let checkpoints_to = errors.check("checkpoints_to", optional(&entered.checkpoints_to, Email::parse)).flatten();
    let zone = errors.check("time_zone", optional(&entered.time_zone, TimeZone::parse)).flatten();
    let areas = areas(&entered.areas, errors);
    let method = optional(&entered.status_method, |name| {
        StatusMethod::named(name.trim())
            .ok_or(Invalid::Malformed("Choose by which list new credentials tell their status"))
    });
    let method = errors.check("status_method", method).flatten();
    let mut chosen = vec![
        (setting::INSTITUTION, "Institution", institution.map(String::from).unwrap_or_default()),
        (
            setting::CHECKPOINTS_TO,
            "Checkpoints go to",
            checkpoints_to.map(|address| address.to_string()).unwrap_or_default(),
        ),
        (setting::AREAS, "Areas of events", areas),
    ];
    chosen.extend(publisher.map(|id| (setting::PUBLISHER, "Publisher", id)));
    if !entered.asks_two_people.is_empty() {
        let wanted = if entered.two_people.is_empty() { "no" } else { "yes" };
        chosen.push((setting::TWO_PEOPLE, "Two people confer", wanted.to_owned()));
    }
    chosen.extend(zone.map(|zone| (setting::TIME_ZONE, "Time zone", zone.to_string())));
    chosen.extend(method.map(|told| (setting::STATUS_METHOD, "Status of new credentials", told.as_str().to_owned())));
    chosen
}

/// What a setting comes to that nobody chose yet.
fn unset(name: &str) -> Option<String> {
    match name {
        setting::STATUS_METHOD => Some(StatusMethod::default().as_str().to_owned()),
        setting::TIME_ZONE => Some(TimeZone::UTC.to_string()),
        setting::TWO_PEOPLE => Some("no".to_owned()),
        _ => None,
    }
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
        error_of(&self.errors, field)
    }
}
