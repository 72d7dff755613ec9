//! What the institution chose: its name, and which profile publishes.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    config::Sourced,
    models::{
        audit::{self, Change},
        profile,
        setting::{self, StatusMethod},
    },
    registrar::Refusal,
    values::{Invalid, Name, optional},
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
    status_method: String,
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
                status_method: setting::status_method(conn)?.as_str().to_owned(),
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
    let institution = errors.check("institution", optional(&entered.institution, Name::parse)).flatten();
    let wanted = entered.publisher.clone();
    let publisher = state.db.read(move |conn| profile::organization_named(conn, &wanted).map_err(Error::from)).await?;
    if publisher.is_none() {
        errors.add("publisher", "Choose the organisation that publishes");
    }
    let chosen = optional(&entered.status_method, |name| {
        StatusMethod::named(name.trim())
            .ok_or(Invalid::Malformed("Choose by which list new credentials tell their status"))
    });
    let method = errors.check("status_method", chosen).flatten();
    let (Some(publisher), true) = (publisher, errors.is_empty()) else {
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &built(may.frame, &state, entered, errors).await?);
    };
    let by = may.by;
    let institution = institution.map(String::from).unwrap_or_default();
    state
        .db
        .write(move |conn| {
            let mut changes = Vec::new();
            let told_by = method.map_or_else(|| setting::status_method(conn), Ok)?;
            for (name, label, value) in [
                (setting::INSTITUTION, "Institution", institution.as_str()),
                (setting::PUBLISHER, "Publisher", publisher.id.as_str()),
                (setting::STATUS_METHOD, "Status of new credentials", told_by.as_str()),
            ] {
                let unset = (name == setting::STATUS_METHOD).then(|| StatusMethod::default().as_str().to_owned());
                let before = setting::get(conn, name)?.or(unset);
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

impl SettingsPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }
}
