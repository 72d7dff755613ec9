//! Who may: the permission is the type of a handler's first argument, so a handler without one cannot be mounted.
//!
//! `May<P>` lets in staff whose role has the permission `P`; `Learned` lets in a learner who is signed in; `Anyone` lets
//! in anybody and knows nobody. Staff of an office carry it in their `Actor`; what belongs to another office does not
//! exist for them (404), which each query sees to.

use std::{future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use actix_session::SessionExt;
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, dev::Payload, web};

use super::{
    State,
    error::Error,
    frame::{Frame, SignedIn},
    kept, sessions,
};
use crate::{
    models::{Actor, Profile, profile, staff},
    values::Role,
};

/// Who is let in by a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Anybody, with a form's token in a cookie.
    Stranger,
    /// A learner who is signed in.
    Learner,
    /// Staff with one of these roles, by the name of the permission.
    Staff(&'static str, &'static [Role]),
}

/// A first argument that decides who is let in.
pub trait Gate: FromRequest + 'static {
    /// Whom it lets in.
    const ACCESS: Access;
}

/// A permission of staff: its name, and the roles that have it.
pub trait Permission: 'static {
    /// Its name.
    const NAME: &'static str;
    /// The roles that have it.
    const ROLES: &'static [Role];
}

/// Names permissions and who has them; this table is the role matrix.
macro_rules! permissions {
    ($($(#[$about:meta])* $name:ident: $($role:ident)+;)+) => {$(
        $(#[$about])*
        pub struct $name;
        impl Permission for $name {
            const NAME: &'static str = stringify!($name);
            const ROLES: &'static [Role] = &[$(Role::$role),+];
        }
    )+};
}

permissions! {
    /// Sees the dashboard.
    SeeDashboard: Administrator Registrar Issuer Host Auditor;
    /// Finds learners by search.
    FindLearners: Administrator Registrar Issuer Host Auditor;
    /// Reads whole records of learners, and profiles.
    ReadRecords: Administrator Registrar Auditor;
    /// Changes profiles.
    ChangeProfiles: Administrator Registrar;
    /// Reads achievements and assertions; issuers those of their office.
    ReadAwards: Administrator Registrar Issuer Auditor;
    /// Changes achievements.
    ChangeAchievements: Administrator Registrar;
    /// Drafts and issues assertions; issuers within their office.
    Award: Administrator Registrar Issuer;
    /// Sees events and who came; hosts those of their office.
    ReadEvents: Administrator Registrar Host Auditor;
    /// Plans events and records who came; hosts for their office.
    ChangeEvents: Administrator Registrar Host;
    /// Revokes.
    Revoke: Administrator Registrar;
    /// Erases a learner's data on legal request.
    EraseLearners: Administrator Registrar;
    /// Merges two learners who are one person, and takes that back.
    MergeLearners: Administrator Registrar;
    /// Sees the holds on learners.
    ReadHolds: Administrator Registrar Auditor;
    /// Places, changes and lifts holds.
    PlaceHolds: Administrator Registrar;
    /// Sees what learners share with whom.
    ReadShares: Administrator Registrar Auditor;
    /// Switches shares off.
    EndShares: Administrator Registrar;
    /// Sees what was imported.
    ReadImports: Administrator Registrar Auditor;
    /// Imports records and takes imports back.
    ImportRecords: Administrator Registrar;
    /// Puts records together and publishes them.
    PublishRecords: Administrator Registrar;
    /// Sees the mail that was sent and waits.
    ReadMail: Administrator Registrar Auditor;
    /// Sends mail again.
    SendMail: Administrator Registrar;
    /// Reads the audit trail.
    ReadAudit: Administrator Auditor Registrar;
    /// Sees which exports were made.
    ReadExports: Administrator Registrar Auditor;
    /// Takes out the records of many learners at once.
    ExportRecords: Administrator Registrar;
    /// Makes backups of the whole portal.
    MakeBackups: Administrator;
    /// Restores a backup into a new portal.
    RestoreBackups: Administrator;
    /// Sees the signing keys.
    ReadKeys: Administrator Registrar Auditor;
    /// Rotates, retires and condemns signing keys.
    ManageKeys: Administrator;
    /// Manages staff accounts.
    ManageStaff: Administrator;
    /// Changes the settings of the institution.
    ManageSettings: Administrator;
}

/// Anybody; nobody is known.
pub struct Anyone {
    /// The frame of the page.
    pub frame: Frame,
}

/// Anybody, with a token for a form: signing in, setting up.
pub struct Stranger {
    /// The frame of the page, with the form's token.
    pub frame: Frame,
}

/// A member of staff who has a permission.
pub struct May<P: Permission> {
    /// Who it is, for the audit trail.
    pub by: Actor,
    /// The frame of the page.
    pub frame: Frame,
    permission: PhantomData<P>,
}

/// A learner who is signed in.
pub struct Learned {
    /// Who it is.
    pub learner: Profile,
    /// The frame of the page.
    pub frame: Frame,
}

impl Learned {
    /// Who it is, for the audit trail.
    pub fn by(&self) -> Actor {
        Actor::learner(&self.learner, Some(self.frame.request_id.clone()))
    }
}

impl Gate for Anyone {
    const ACCESS: Access = Access::Public;
}
impl Gate for Stranger {
    const ACCESS: Access = Access::Stranger;
}
impl<P: Permission> Gate for May<P> {
    const ACCESS: Access = Access::Staff(P::NAME, P::ROLES);
}
impl Gate for Learned {
    const ACCESS: Access = Access::Learner;
}

type Coming<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

fn state(request: &HttpRequest) -> Result<web::Data<State>, Error> {
    request.app_data::<web::Data<State>>().cloned().ok_or_else(|| Error::Defect("the server has no state".to_owned()))
}

async fn frame(request: &HttpRequest, state: &State) -> Frame {
    let site = state.site.get(&state.db).await;
    Frame::new(request, site)
}

impl FromRequest for Anyone {
    type Error = Error;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = state(&request)?;
            Ok(Anyone { frame: frame(&request, &state).await })
        })
    }
}

impl FromRequest for Stranger {
    type Error = Error;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = state(&request)?;
            let mut frame = frame(&request, &state).await;
            frame.csrf = sessions::token_for_stranger(&request, &state);
            Ok(Stranger { frame })
        })
    }
}

impl<P: Permission> FromRequest for May<P> {
    type Error = Error;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let session = request.get_session();
        let id = sessions::staff_id(&session);
        // Nobody else reads the body of a form whose session has ended.
        let typed = (id.is_none() && !request.method().is_safe()).then(|| {
            request.extensions_mut().insert(kept::BodyIsTaken);
            web::Bytes::from_request(&request, payload)
        });
        Box::pin(async move {
            let state = state(&request)?;
            let Some(id) = id else {
                return Err(match typed {
                    None => sign_in_first(&request),
                    Some(body) => kept::then_sign_in(&request, &state, body.await.ok()).await,
                });
            };
            let account = state.db.read(move |conn| staff::find(conn, &id).map_err(Error::from)).await;
            let account = match account {
                Ok(account) if account.disabled_at.is_none() => account,
                Ok(_) | Err(Error::NotFound) => return Err(sign_in_first(&request)),
                Err(other) => return Err(other),
            };
            let mut frame = frame(&request, &state).await;
            frame.csrf = sessions::form_token(&session)?;
            frame.staff = Some(SignedIn { name: account.name.to_string(), role: account.role });
            if !P::ROLES.contains(&account.role) {
                tracing::warn!(staff = %account.id, permission = P::NAME, path = %request.path(), "not allowed");
                return Err(Error::NotAllowed);
            }
            let by = Actor::staff(&account, Some(frame.request_id.clone()));
            Ok(May { by, frame, permission: PhantomData })
        })
    }
}

impl FromRequest for Learned {
    type Error = Error;
    type Future = Coming<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let session = request.get_session();
        let id = sessions::learner_id(&session);
        let typed = (id.is_none() && !request.method().is_safe()).then(|| {
            request.extensions_mut().insert(kept::BodyIsTaken);
            web::Bytes::from_request(&request, payload)
        });
        Box::pin(async move {
            let state = state(&request)?;
            let Some(id) = id else {
                if let Some(body) = typed {
                    kept::of_learner(&request, &state, body.await.ok()).await;
                }
                return Err(sign_in_first(&request));
            };
            let learner = state.db.read(move |conn| profile::find(conn, &id).map_err(Error::from)).await;
            let learner = match learner {
                Ok(learner) => learner,
                Err(Error::NotFound) => return Err(sign_in_first(&request)),
                Err(other) => return Err(other),
            };
            let mut frame = frame(&request, &state).await;
            frame.csrf = sessions::form_token(&session)?;
            frame.learner = Some(learner.name.to_string());
            Ok(Learned { learner, frame })
        })
    }
}

/// Sign in, and come back to the page that was asked for.
fn sign_in_first(request: &HttpRequest) -> Error {
    let next = request.uri().path_and_query().map_or("/admin", |whole| whole.as_str());
    Error::SignInFirst(format!("/sign-in?next={}", encode(next)))
}

/// For a query string: everything but unreserved signs and `/` as percent triplets.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A handler whose first argument is a gate. Only these can be mounted.
pub trait Gated<Args>: Handler<Args> {
    /// Whom its gate lets in.
    const ACCESS: Access;
}

/// For handlers of one to five arguments; the first is the gate.
macro_rules! gated {
    ($($argument:ident)*) => {
        impl<F, G: Gate, $($argument),*> Gated<(G, $($argument,)*)> for F
        where
            F: Handler<(G, $($argument,)*)>,
        {
            const ACCESS: Access = G::ACCESS;
        }
    };
}
gated! {}
gated! { A }
gated! { A B }
gated! { A B C }
gated! { A B C D }

/// Shared by gates that need the state after letting somebody in.
pub type Shared = Arc<State>;
