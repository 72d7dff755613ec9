//! A form whose session had ended, or that was opened in another session: what was typed is kept, and shown again in its
//! form, after signing in where that is needed. It is never sent by itself.

use actix_session::SessionExt;
use actix_web::{HttpRequest, web::Bytes};
use serde::de::DeserializeOwned;

use super::{State, error::Error, guards::encode, routes, sessions};
use crate::{
    db::Conn,
    models::{Actor, Staff, kept_form},
    values::Id,
};

/// Marks a request whose body the gate has taken, because the session had ended: the gate answers, nobody else.
pub struct BodyIsTaken;

/// Why what was typed earlier stands in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It does not.
    No,
    /// The session had ended, or was another one.
    AfterSession,
    /// Something it refers to was made in passing, and is chosen now.
    InPassing,
}

/// Keeps what was typed, if it is known by whom, and sends them to sign in.
pub async fn then_sign_in(request: &HttpRequest, state: &State, body: Option<Bytes>) -> Error {
    let staff = sessions::was_staff(&request.get_session());
    match keep(request, state, staff, typed_in(request, body)).await {
        Ok((page, _)) => Error::SignInFirst(format!("/sign-in?next={}", encode(&page))),
        Err(error) => error,
    }
}

/// Keeps what was typed in a form that another session was given, for whoever of staff is signed in now.
pub async fn then_refuse(request: &HttpRequest, state: &State, body: Bytes) -> Error {
    let staff = sessions::staff_id(&request.get_session());
    // A button alone, with nothing beside its token, has nothing to lose.
    let typed = Some(body).filter(|body| body.contains(&b'&'));
    refused(keep(request, state, staff, typed_in(request, typed)).await)
}

/// The same of a form with files, which are not kept.
pub async fn then_refuse_fields(request: &HttpRequest, state: &State, fields: Vec<(String, String)>) -> Error {
    let staff = sessions::staff_id(&request.get_session());
    let has_typed = fields.iter().any(|(name, value)| name != "csrf" && !value.trim().is_empty());
    let typed = has_typed.then(|| without_token(fields)).flatten();
    refused(keep(request, state, staff, typed.filter(|(typed, _)| typed.len() <= kept_form::MOST_BYTES)).await)
}

fn refused(kept: Result<(String, bool), Error>) -> Error {
    match kept {
        Ok((page, true)) => Error::OldForm(page),
        Ok(_) => Error::WrongToken,
        Err(error) => error,
    }
}

/// The page that a form stands on, and whether what was typed waits there: then its address says so.
async fn keep(
    request: &HttpRequest,
    state: &State,
    staff: Option<Id<Staff>>,
    typed: Option<(String, Option<String>)>,
) -> Result<(String, bool), Error> {
    let (typed, told) = typed.map_or((None, None), |(typed, page)| (Some(typed), page));
    // A form says which page it stands on; the others stand on the page that belongs to their address.
    let page = told.filter(|page| is_form_page(page)).unwrap_or_else(|| page_of_form(request.path()));
    let (Some(staff), Some(typed)) = (staff, typed) else { return Ok((page, false)) };
    let (address, _) = page.split_once('?').unwrap_or((&page, ""));
    let address = address.to_owned();
    let secret =
        state.db.write(move |conn| Ok::<_, crate::db::Error>(kept_form::keep(conn, &staff, &address, &typed)?)).await?;
    let sign = if page.contains('?') { '&' } else { '?' };
    Ok((format!("{page}{sign}kept={secret}"), true))
}

fn typed_in(request: &HttpRequest, body: Option<Bytes>) -> Option<(String, Option<String>)> {
    let is_form = request.headers().get("content-type").is_none_or(|kind| {
        // Files are not kept, and what a script sends it keeps itself.
        !kind.as_bytes().starts_with(b"multipart/") && !kind.as_bytes().starts_with(b"application/json")
    });
    let typed = body.filter(|body| is_form && !body.is_empty() && body.len() <= kept_form::MOST_BYTES)?;
    without_token(serde_html_form::from_bytes(&typed).ok()?)
}

/// The one address to which a learner sends something typed, and the page on which it is shown again.
pub const OF_LEARNERS: (&str, &str) = ("/record/shares", "/record/shares/new?kept=yes");

/// Keeps what a learner was typing. That it could not be kept changes nothing about the answer.
pub async fn of_learner(request: &HttpRequest, state: &State, body: Option<Bytes>) {
    let Some(learner) = sessions::was_learner(&request.get_session()) else { return };
    let Some((typed, _)) = typed_in(request, body).filter(|_| request.path() == OF_LEARNERS.0) else { return };
    let keep = move |conn: &mut Conn| Ok::<_, crate::db::Error>(kept_form::keep_of_learner(conn, &learner, &typed)?);
    if let Err(error) = state.db.write(keep).await {
        tracing::warn!(%error, "what a learner was typing was not kept");
    }
}

/// What was typed on this page earlier, if the address says that something was kept, with what the address says besides
/// in the place of what was typed: the id of what was made in passing.
pub fn typed(conn: &mut Conn, query: &str, by: &Actor, address: &str) -> Result<(Option<String>, Kept), Error> {
    let secret = query.split('&').find_map(|pair| pair.strip_prefix("kept="));
    let (Some(secret), Some(staff)) = (secret, by.id.as_deref()) else { return Ok((None, Kept::No)) };
    let Some(typed) = kept_form::find(conn, secret, staff, address)? else { return Ok((None, Kept::No)) };
    let read = |text: &str| serde_html_form::from_str::<Vec<(String, String)>>(text).unwrap_or_default();
    let picked: Vec<_> = read(query).into_iter().filter(|(name, _)| name.ends_with("_id")).collect();
    if picked.is_empty() {
        return Ok((Some(typed), Kept::AfterSession));
    }
    let mut fields = read(&typed);
    for (name, _) in &picked {
        let entry = name.trim_end_matches("_id").to_owned();
        fields.retain(|(own, _)| own != name && *own != entry);
    }
    fields.extend(picked);
    Ok((serde_html_form::to_string(fields).ok(), Kept::InPassing))
}

/// The form that was typed on this page before the session ended, if one was kept.
pub async fn form<F: DeserializeOwned>(state: &State, request: &HttpRequest, by: &Actor) -> Result<Option<F>, Error> {
    let (by, query, address) = (by.clone(), request.query_string().to_owned(), request.path().to_owned());
    let (typed, _) = state.db.read(move |conn| typed(conn, &query, &by, &address)).await?;
    Ok(typed.and_then(|typed| serde_html_form::from_str(&typed).ok()))
}

/// What was typed, and the page it was typed on where the form says so. The old session's token is of no use to the new
/// one, and a password is never kept.
pub fn without_token(fields: Vec<(String, String)>) -> Option<(String, Option<String>)> {
    let page = fields.iter().find(|(name, _)| name == "page").map(|(_, value)| value.clone());
    let left_out = ["csrf", "password", "again", "page", "pick"];
    let kept: Vec<_> = fields.into_iter().filter(|(name, _)| !left_out.contains(&name.as_str())).collect();
    Some((serde_html_form::to_string(kept).ok()?, page))
}

/// Whether this is the address of a page of staff with a form on it, with whatever query.
pub fn is_form_page(address: &str) -> bool {
    let (path, _) = address.split_once('?').unwrap_or((address, ""));
    let is_plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_plain && path.starts_with("/admin/") && (path.ends_with("/new") || path.ends_with("/edit")) && is_page(path)
}

fn is_page(address: &str) -> bool {
    let is_get = |route: &&routes::Mounted| route.method == actix_web::http::Method::GET;
    routes::table().iter().filter(is_get).any(|route| fits(&route.path, address))
}

/// The page whose form posts to this address: a list's is `…/new`, an object's `…/edit`; others show their own form.
fn page_of_form(path: &str) -> String {
    [format!("{path}/new"), format!("{path}/edit"), path.to_owned()]
        .into_iter()
        .find(|address| is_page(address))
        .unwrap_or_else(|| "/admin".to_owned())
}

fn fits(pattern: &str, address: &str) -> bool {
    let (mut wanted, mut parts) = (pattern.split('/'), address.split('/'));
    loop {
        match (wanted.next(), parts.next()) {
            (None, None) => return true,
            (Some(wanted), Some(part)) if wanted == part || (wanted.starts_with('{') && part.len() == 36) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{page_of_form, without_token};

    #[test]
    fn a_form_is_shown_again_on_its_own_page() {
        let id = "01a20944-83f7-743b-ac13-1552e7c8a814";
        assert_eq!(page_of_form("/admin/profiles"), "/admin/profiles/new");
        assert_eq!(page_of_form(&format!("/admin/profiles/{id}")), format!("/admin/profiles/{id}/edit"));
        let revocation = format!("/admin/assertions/{id}/revocation");
        assert_eq!(page_of_form(&revocation), revocation);
        assert_eq!(page_of_form("/admin/nothing"), "/admin");
    }

    #[test]
    fn no_token_and_no_password_is_kept() {
        let fields = [("csrf", "x"), ("name", "Zoë"), ("password", "p"), ("page", "/admin/profiles/new")];
        let kept = without_token(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert_eq!(kept, Some(("name=Zo%C3%AB".to_owned(), Some("/admin/profiles/new".to_owned()))));
    }
}
