//! Staff accounts: who may work here. A new one gets a link that works once; nobody ever chooses another one's password.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::Template;
use serde::Deserialize;

use crate::{
    models::{Staff, profile, staff},
    registrar::staff_account::{self, NewAccount, SET_UP_HOURS},
    values::{Email, Id, Name, Role},
    web::{
        State,
        error::Error,
        forms::{Empty, Errors, Submitted, error_of},
        frame::{Frame, page, page_with, see},
        guards::{ManageStaff, May},
        kept,
    },
};

#[derive(Template)]
#[template(path = "staff/accounts.html")]
struct AccountsPage {
    frame: Frame,
    accounts: Vec<Staff>,
}

#[derive(Template)]
#[template(path = "staff/account_new.html")]
struct NewAccountPage {
    frame: Frame,
    entered: Entered,
    offices: Vec<(String, String)>,
    errors: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "staff/account_link.html")]
struct LinkPage {
    frame: Frame,
    account: Staff,
    link: String,
    hours: i64,
    mail_is_on: bool,
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Entered {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    office: String,
}

/// `GET /admin/staff`
pub async fn index(may: May<ManageStaff>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let accounts = state.db.read(|conn| staff::all(conn).map_err(Error::from)).await?;
    page(&AccountsPage { frame: may.frame, accounts })
}

async fn offices(state: &State) -> Result<Vec<(String, String)>, Error> {
    let offices = state.db.read(|conn| profile::organizations(conn).map_err(Error::from)).await?;
    Ok(offices.into_iter().map(|office| (office.id.to_string(), office.name.to_string())).collect())
}

/// `GET /admin/staff/new`
pub async fn new(may: May<ManageStaff>, state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, Error> {
    let entered = kept::form(&state, &request, &may.by).await?.unwrap_or_default();
    page(&NewAccountPage { frame: may.frame, entered, offices: offices(&state).await?, errors: Vec::new() })
}

/// `POST /admin/staff`: the link is shown once, here, and mailed.
pub async fn create(
    may: May<ManageStaff>,
    state: web::Data<State>,
    form: Submitted<Entered>,
) -> Result<HttpResponse, Error> {
    let entered = form.0;
    let mut errors = Errors::default();
    let name = errors.check("name", Name::parse(&entered.name));
    let email = errors.check("email", Email::parse(&entered.email));
    let role = errors.check("role", Role::parse(&entered.role));
    let named = entered.office.clone();
    let office = state.db.read(move |conn| profile::organization_named(conn, &named).map_err(Error::from)).await?;
    let office = office.map(|office| office.id);
    if role.is_some_and(Role::needs_office) && office.is_none() {
        errors.add("office", "Choose the office this person works for");
    }
    if let Some(email) = email.clone()
        && state.db.read(move |conn| staff::by_email(conn, &email).map_err(Error::from)).await?.is_some()
    {
        errors.add("email", "There is already an account for this address");
    }
    let (Some(name), Some(email), Some(role), true) = (name, email, role, errors.is_empty()) else {
        let page = NewAccountPage { frame: may.frame, entered, offices: offices(&state).await?, errors: errors.0 };
        return page_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let office = office.filter(|_| role.needs_office());
    let new = NewAccount { email, name, role, office, notify: state.config.smtp_url.is_some() };
    let (by, portal) = (may.by, state.portal.clone());
    let (account, link) = state.db.write(move |conn| staff_account::add(conn, &new, &portal, &by)).await?;
    page_with(StatusCode::CREATED, &link_page(may.frame, &state, account, link))
}

fn link_page(frame: Frame, state: &State, account: Staff, link: String) -> LinkPage {
    LinkPage { frame, account, link, hours: SET_UP_HOURS, mail_is_on: state.config.smtp_url.is_some() }
}

/// `POST /admin/staff/{id}/link`: a fresh link, for a lost one or a forgotten password.
pub async fn link(
    may: May<ManageStaff>,
    state: web::Data<State>,
    id: web::Path<Id<Staff>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let (by, portal) = (may.by, state.portal.clone());
    let (account, link) = state.db.write(move |conn| staff_account::renew_link(conn, &id, &portal, &by)).await?;
    page(&link_page(may.frame, &state, account, link))
}

/// `POST /admin/staff/{id}/disabling`: switches it off, or on again.
pub async fn disable(
    may: May<ManageStaff>,
    state: web::Data<State>,
    id: web::Path<Id<Staff>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let by = may.by;
    state
        .db
        .write(move |conn| {
            let account = staff::find(conn, &id)?;
            match account.disabled_at {
                None => staff_account::disable(conn, &account, &by),
                Some(_) => Ok(staff::set_disabled(conn, &id, false, &by)?),
            }
        })
        .await?;
    Ok(see("/admin/staff"))
}

impl NewAccountPage {
    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn roles(&self) -> [(Role, &'static str); 5] {
        [
            (Role::Registrar, "The record: learners, achievements, issuing, revoking"),
            (Role::Issuer, "Awards of one office"),
            (Role::Host, "Events of one office"),
            (Role::Auditor, "Reads everything, changes nothing"),
            (Role::Administrator, "Everything, with staff and settings"),
        ]
    }
}
