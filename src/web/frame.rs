//! What every page has around it, whoever looks: the words, the institution, the way back, who is signed in.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use askama::Template;

use super::{error::Error, headers::request_id, site::Site};
use crate::{values::Role, words::Words};

/// The frame of a page.
#[derive(Clone)]
pub struct Frame {
    /// The words of the page.
    pub words: Words,
    /// Institution and publisher.
    pub site: Arc<Site>,
    /// The address of the page, path only: for marking the present place.
    pub path: String,
    /// The token that every form of this session carries; empty for visitors.
    pub csrf: String,
    /// The member of staff who is signed in.
    pub staff: Option<SignedIn>,
    /// The name of the learner who is signed in.
    pub learner: Option<String>,
    /// The id of this request, told on error pages and in the log.
    pub request_id: String,
}

/// A member of staff, for the head and the navigation.
#[derive(Clone)]
pub struct SignedIn {
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
}

impl Frame {
    /// The frame of a page for a visitor.
    pub fn new(request: &HttpRequest, site: Arc<Site>) -> Self {
        Self {
            words: words_of(request),
            site,
            path: request.path().to_owned(),
            csrf: String::new(),
            staff: None,
            learner: None,
            request_id: request_id(request),
        }
    }

    /// The language of the page.
    pub fn lang(&self) -> String {
        self.words.language()
    }

    /// Whether a navigation link is the present place.
    pub fn is_at(&self, address: &str) -> bool {
        self.path == address || (address != "/" && address != "/admin" && self.path.starts_with(&format!("{address}/")))
    }

    /// Whether the role of who is signed in is among these, for offering what it may do.
    pub fn may<P: super::guards::Permission>(&self) -> bool {
        self.staff.as_ref().is_some_and(|staff| P::ROLES.contains(&staff.role))
    }

    /// The same by the permission's name, for templates.
    pub fn may_see(&self, permission: &str) -> bool {
        use super::guards::{
            MakeBackups, ManageStaff, Permission, ReadAudit, ReadAwards, ReadEvents, ReadExports, ReadHolds,
            ReadImports, ReadKeys, ReadMail, ReadRecords, ReadShares,
        };
        match permission {
            ReadAwards::NAME => self.may::<ReadAwards>(),
            ReadEvents::NAME => self.may::<ReadEvents>(),
            ReadRecords::NAME => self.may::<ReadRecords>(),
            ReadHolds::NAME => self.may::<ReadHolds>(),
            ReadShares::NAME => self.may::<ReadShares>(),
            ReadImports::NAME => self.may::<ReadImports>(),
            ReadMail::NAME => self.may::<ReadMail>(),
            ReadAudit::NAME => self.may::<ReadAudit>(),
            ReadExports::NAME => self.may::<ReadExports>(),
            ReadKeys::NAME => self.may::<ReadKeys>(),
            MakeBackups::NAME => self.may::<MakeBackups>(),
            ManageStaff::NAME => self.may::<ManageStaff>(),
            _ => false,
        }
    }

    /// Whether the person who is signed in may change records of all offices.
    pub fn is_registrar(&self) -> bool {
        self.staff.as_ref().is_some_and(|staff| matches!(staff.role, Role::Administrator | Role::Registrar))
    }
}

/// `?lang=`, then `Accept-Language`, then English.
pub fn words_of(request: &HttpRequest) -> Words {
    let wanted = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    if let Some(words) = wanted.and_then(Words::known) {
        return words;
    }
    let header = request.headers().get("Accept-Language").and_then(|value| value.to_str().ok());
    header.map(Words::accepted).unwrap_or_default()
}

/// A page as an answer.
pub fn page(template: &impl Template) -> Result<HttpResponse, Error> {
    page_with(StatusCode::OK, template)
}

/// A page as an answer with another status than 200.
pub fn page_with(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(template.render()?))
}

/// After a change: go and look at it (303).
pub fn see(address: impl AsRef<str>) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", address.as_ref())).finish()
}
