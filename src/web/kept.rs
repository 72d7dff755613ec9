//! A form whose session had ended: what was typed is kept, and shown again after signing in. It is never sent by itself.

use actix_session::SessionExt;
use actix_web::{HttpRequest, web::Bytes};
use serde::de::DeserializeOwned;

use super::{State, error::Error, guards::encode, routes, sessions};
use crate::{
    db::Conn,
    models::{Actor, kept_form},
};

/// Marks a request whose body the gate has taken, because the session had ended: the gate answers, nobody else.
pub struct BodyIsTaken;

/// Keeps what was typed, if it is known by whom, and sends them to sign in.
pub async fn then_sign_in(request: &HttpRequest, state: &State, body: Option<Bytes>) -> Error {
    let page = page_of_form(request.path());
    let typed = body.filter(|body| !body.is_empty() && body.len() <= kept_form::MOST_BYTES);
    let typed = typed.and_then(|body| String::from_utf8(body.to_vec()).ok()).and_then(|body| without_token(&body));
    let (Some(staff), Some(typed)) = (sessions::was_staff(&request.get_session()), typed) else {
        return Error::SignInFirst(format!("/sign-in?next={}", encode(&page)));
    };
    let address = page.clone();
    let kept =
        state.db.write(move |conn| Ok::<_, crate::db::Error>(kept_form::keep(conn, &staff, &address, &typed)?)).await;
    match kept {
        Ok(secret) => Error::SignInFirst(format!("/sign-in?next={}", encode(&format!("{page}?kept={secret}")))),
        Err(error) => error.into(),
    }
}

/// What was typed on this page before the session ended, if the address says that something was kept.
pub fn typed(conn: &mut Conn, query: &str, by: &Actor, address: &str) -> Result<Option<String>, Error> {
    let secret = query.split('&').find_map(|pair| pair.strip_prefix("kept="));
    let (Some(secret), Some(staff)) = (secret, by.id.as_deref()) else { return Ok(None) };
    Ok(kept_form::find(conn, secret, staff, address)?)
}

/// The form that was typed on this page before the session ended, if one was kept.
pub async fn form<F: DeserializeOwned>(state: &State, request: &HttpRequest, by: &Actor) -> Result<Option<F>, Error> {
    let (by, query, address) = (by.clone(), request.query_string().to_owned(), request.path().to_owned());
    let typed = state.db.read(move |conn| typed(conn, &query, &by, &address)).await?;
    Ok(typed.and_then(|typed| serde_html_form::from_str(&typed).ok()))
}

/// The old session's token is of no use to the new one, and a password is never kept.
fn without_token(body: &str) -> Option<String> {
    let fields: Vec<(String, String)> = serde_html_form::from_str(body).ok()?;
    let kept: Vec<_> =
        fields.into_iter().filter(|(name, _)| !matches!(name.as_str(), "csrf" | "password" | "again")).collect();
    serde_html_form::to_string(kept).ok()
}

/// The page whose form posts to this address: a list's is `…/new`, an object's `…/edit`; others show their own form.
fn page_of_form(path: &str) -> String {
    let mounted = routes::table();
    let is_page = |address: &str| {
        mounted.iter().any(|route| route.method == actix_web::http::Method::GET && fits(&route.path, address))
    };
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
        assert_eq!(without_token("csrf=x&name=Zo%C3%AB&password=p").as_deref(), Some("name=Zo%C3%AB"));
    }
}
