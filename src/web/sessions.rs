//! Sessions in the database: the store that actix-session asks, and what we keep in a session.

use std::collections::HashMap;

use actix_session::{
    Session, SessionExt, SessionMiddleware,
    config::{CookieContentSecurity, PersistentSession},
    storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError},
};
use actix_web::{
    HttpMessage, HttpRequest,
    body::MessageBody,
    cookie::{Cookie, CookieJar, SameSite, time::Duration},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};

use super::{State, error::Error};
use crate::{
    clock,
    db::Db,
    models::{Profile, Staff, session},
    values::Id,
};

const STAFF: &str = "staff";
const LEARNER: &str = "learner";
const TOKEN: &str = "token";
/// Who was signed in when the session ended: nobody is now, but what they were typing can be kept for them.
const WAS: &str = "was";
/// The same of a learner.
const WAS_LEARNER: &str = "was-learner";

/// The store: a row a session, under the fingerprint of its key.
pub struct Store(Db);

type Contents = HashMap<String, String>;

/// The ids stand in columns of their own, so that the sessions of a person can be ended.
fn owners(contents: &Contents) -> (Option<Id<Staff>>, Option<Id<Profile>>) {
    let id = |name: &str| contents.get(name).and_then(|json| serde_json::from_str::<String>(json).ok());
    (id(STAFF).and_then(|id| id.parse().ok()), id(LEARNER).and_then(|id| id.parse().ok()))
}

impl SessionStore for Store {
    async fn load(&self, key: &SessionKey) -> Result<Option<Contents>, LoadError> {
        let name = key.as_ref().to_owned();
        let wrong = |error: crate::db::Error| LoadError::Other(error.into());
        let found = self.0.read(move |conn| Ok(session::find(conn, &name)?)).await.map_err(wrong)?;
        let now = clock::now().naive_utc();
        let Some(found) = found else { return Ok(None) };
        if found.is_over(now) {
            let json = |id: &str| serde_json::to_string(id).ok();
            let staff = found.staff_id.and_then(|id| Some((WAS.to_owned(), json(id.as_str())?)));
            let learner = found.learner_id.and_then(|id| Some((WAS_LEARNER.to_owned(), json(id.as_str())?)));
            return Ok(staff.or(learner).map(|was| HashMap::from([was])));
        }
        if now - found.seen_at > chrono::TimeDelta::minutes(1) {
            let name = key.as_ref().to_owned();
            // Noting that it is in use never fails the request.
            if let Err(error) = self.0.write(move |conn| Ok::<_, crate::db::Error>(session::touch(conn, &name)?)).await
            {
                tracing::warn!(%error, "a session's last use was not noted");
            }
        }
        serde_json::from_str(&found.state).map(Some).map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(&self, contents: Contents, _: &Duration) -> Result<SessionKey, SaveError> {
        let state = serde_json::to_string(&contents).map_err(|error| SaveError::Serialization(error.into()))?;
        let (staff, learner) = owners(&contents);
        let saved = self.0.write(move |conn| {
            Ok::<_, crate::db::Error>(session::insert(conn, staff.clone(), learner.clone(), &state)?)
        });
        let key = saved.await.map_err(|error| SaveError::Other(error.into()))?;
        SessionKey::try_from(key).map_err(|error| SaveError::Other(error.into()))
    }

    async fn update(&self, key: SessionKey, contents: Contents, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        let state = serde_json::to_string(&contents).map_err(|error| UpdateError::Serialization(error.into()))?;
        let (staff, learner) = owners(&contents);
        let name = key.as_ref().to_owned();
        let updated = self.0.write(move |conn| {
            // A session that is over is not brought back: its contents go on under a new key.
            let is_over = session::find(conn, &name)?.is_none_or(|found| found.is_over(clock::now().naive_utc()));
            if is_over {
                return Ok(false);
            }
            Ok::<_, crate::db::Error>(session::update(conn, &name, staff.clone(), learner.clone(), &state)?)
        });
        if updated.await.map_err(|error| UpdateError::Other(error.into()))? {
            return Ok(key);
        }
        self.save(contents, ttl).await.map_err(|error| UpdateError::Other(error.into()))
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(()) // `load` has noted the use; the latest end stands from the beginning.
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let name = key.as_ref().to_owned();
        Ok(self.0.write(move |conn| Ok::<_, crate::db::Error>(session::delete(conn, &name)?)).await?)
    }
}

/// The middleware around every page that knows somebody. Public pages do without.
pub fn middleware(state: &State) -> SessionMiddleware<Store> {
    let secure = state.config.is_https();
    SessionMiddleware::builder(Store(state.db.clone()), state.cookie_key.clone())
        .cookie_name(if secure { "__Host-session" } else { "session" }.to_owned())
        .cookie_secure(secure)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(PersistentSession::default().session_ttl(Duration::days(session::KNOWN_DAYS)))
        .build()
}

fn keep(session: &Session, name: &str, value: &str) -> Result<(), Error> {
    session.insert(name, value).map_err(|error| Error::Defect(error.to_string()))
}

/// The token that forms of this session carry; made when first asked for.
pub fn form_token(session: &Session) -> Result<String, Error> {
    if let Ok(Some(token)) = session.get::<String>(TOKEN) {
        return Ok(token);
    }
    let token = clock::secret();
    keep(session, TOKEN, &token)?;
    Ok(token)
}

/// Whether a form came from a page that this browser was given.
pub fn token_fits(request: &HttpRequest, state: &State, sent: &str) -> bool {
    use subtle::ConstantTimeEq;
    let own = request.get_session().get::<String>(TOKEN).ok().flatten();
    let own = own.or_else(|| strangers_token(request, state));
    own.is_some_and(|own| own.as_bytes().ct_eq(sent.as_bytes()).into())
}

/// The token of forms that somebody sends who is not signed in. It stands in a signed cookie of the browser and nowhere
/// else: pages that anybody may open as often as they like write nothing.
pub fn token_for_stranger(request: &HttpRequest, state: &State) -> String {
    if let Ok(Some(token)) = request.get_session().get::<String>(TOKEN) {
        return token;
    }
    if let Some(token) = strangers_token(request, state) {
        return token;
    }
    let token = clock::secret();
    request.extensions_mut().insert(NewToken(token.clone()));
    token
}

fn strangers_token(request: &HttpRequest, state: &State) -> Option<String> {
    let mut jar = CookieJar::new();
    jar.add_original(request.cookie(strangers_cookie(state))?);
    jar.signed(&state.cookie_key).get(strangers_cookie(state)).map(|cookie| cookie.value().to_owned())
}

fn strangers_cookie(state: &State) -> &'static str {
    if state.config.is_https() { "__Host-form" } else { "form" }
}

/// A token that this request made; its cookie goes out with the answer.
struct NewToken(String);

/// Around each page that knows somebody: gives a stranger's browser the cookie of the token it was just shown.
pub async fn give_token(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> actix_web::Result<ServiceResponse<impl MessageBody>> {
    let mut answer = next.call(request).await?;
    let http = answer.request().clone();
    let token = http.extensions_mut().remove::<NewToken>();
    if let (Some(NewToken(token)), Some(state)) = (token, http.app_data::<web::Data<State>>()) {
        let cookie = Cookie::build(strangers_cookie(state), token)
            .path("/")
            .http_only(true)
            .secure(state.config.is_https())
            .same_site(SameSite::Lax)
            .finish();
        let mut jar = CookieJar::new();
        jar.signed_mut(&state.cookie_key).add(cookie);
        for cookie in jar.delta() {
            answer.response_mut().add_cookie(cookie)?;
        }
    }
    Ok(answer)
}

/// Who of staff is signed in.
pub fn staff_id(session: &Session) -> Option<Id<Staff>> {
    session.get::<String>(STAFF).ok().flatten()?.parse().ok()
}

/// Who of staff was signed in until the session ended.
pub fn was_staff(session: &Session) -> Option<Id<Staff>> {
    session.get::<String>(WAS).ok().flatten()?.parse().ok()
}

/// Which learner was signed in until the session ended.
pub fn was_learner(session: &Session) -> Option<Id<Profile>> {
    session.get::<String>(WAS_LEARNER).ok().flatten()?.parse().ok()
}

/// Which learner is signed in.
pub fn learner_id(session: &Session) -> Option<Id<Profile>> {
    session.get::<String>(LEARNER).ok().flatten()?.parse().ok()
}

/// Signs a member of staff in, under a new key and a new form token.
pub fn begin_staff(session: &Session, id: &Id<Staff>) -> Result<(), Error> {
    session.clear();
    session.renew();
    keep(session, STAFF, id.as_str())?;
    form_token(session).map(|_| ())
}

/// Signs a learner in, under a new key and a new form token.
pub fn begin_learner(session: &Session, id: &Id<Profile>) -> Result<(), Error> {
    session.clear();
    session.renew();
    keep(session, LEARNER, id.as_str())?;
    form_token(session).map(|_| ())
}
