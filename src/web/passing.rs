//! Making in passing what a form refers to: what was typed is kept, the other form is opened, and once it was saved the
//! first one comes back with the new object chosen and everything typed still there.
//!
//! Without a script, too: the button is a submit button of the first form. The way back travels in the address, as
//! `then`: the page, the secret of what was kept, and the name of the field that awaits the new id.

use actix_web::{HttpResponse, web};

use super::{
    State,
    error::Error,
    forms::Submitted,
    frame::see,
    guards::{ChangeAchievements, ChangeProfiles, May, encode},
    kept,
};
use crate::models::{Actor, kept_form};

type Typed = Submitted<Vec<(String, String)>>;

/// `POST /admin/passing/learners`
pub async fn learner(may: May<ChangeProfiles>, state: web::Data<State>, typed: Typed) -> Result<HttpResponse, Error> {
    pass(may.by, state, typed, "/admin/profiles/new?kind=person&").await
}

/// `POST /admin/passing/organizations`
pub async fn organization(
    may: May<ChangeProfiles>,
    state: web::Data<State>,
    typed: Typed,
) -> Result<HttpResponse, Error> {
    pass(may.by, state, typed, "/admin/profiles/new?kind=organization&").await
}

/// `POST /admin/passing/achievements`
pub async fn achievement(
    may: May<ChangeAchievements>,
    state: web::Data<State>,
    typed: Typed,
) -> Result<HttpResponse, Error> {
    pass(may.by, state, typed, "/admin/achievements/new?").await
}

async fn pass(by: Actor, state: web::Data<State>, typed: Typed, new: &str) -> Result<HttpResponse, Error> {
    const WRONG: Error = Error::BadRequest("the form does not say where it stands");
    let find = |wanted: &str| typed.0.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let page = find("page").filter(|page| kept::is_form_page(page)).ok_or(WRONG)?;
    let pick = find("pick").filter(|pick| is_field(pick)).ok_or(WRONG)?;
    let (body, _) = kept::without_token(typed.0.clone()).ok_or(WRONG)?;
    if body.len() > kept_form::MOST_BYTES {
        return Err(Error::Conflict("There is too much in this form to be kept. Save it first.".to_owned()));
    }
    let path = page.split_once('?').map_or(page.as_str(), |(path, _)| path).to_owned();
    let staff = by.id.as_deref().and_then(|id| id.parse().ok()).ok_or(Error::NotAllowed)?;
    let secret =
        state.db.write(move |conn| Ok::<_, crate::db::Error>(kept_form::keep(conn, &staff, &path, &body)?)).await?;
    let sign = if page.contains('?') { '&' } else { '?' };
    Ok(see(format!("{new}then={}", encode(&format!("{page}{sign}kept={secret}&{pick}")))))
}

fn is_field(name: &str) -> bool {
    name.ends_with("_id") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The way back that stands in an address, if it is one that [`pass`] made: a page of ours with a form on it.
pub fn way_back(query: &str) -> Option<String> {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).ok()?;
    let (_, then) = pairs.into_iter().find(|(name, _)| name == "then")?;
    let field = then.rsplit('&').next().is_some_and(is_field);
    (field && kept::is_form_page(&then)).then_some(then)
}

/// The way back without choosing anything.
pub fn without_pick(then: &str) -> String {
    then.rsplit_once('&').map_or(then, |(page, _)| page).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{way_back, without_pick};
    use crate::web::guards::encode;

    #[test]
    fn the_way_back_leads_to_a_form_of_ours_and_nowhere_else() {
        let then = "/admin/assertions/new?kept=abc&learner_id";
        assert_eq!(way_back(&format!("kind=person&then={}", encode(then))).as_deref(), Some(then));
        assert_eq!(without_pick(then), "/admin/assertions/new?kept=abc");
        for wrong in [
            "https://evil.example/admin/assertions/new?kept=abc&learner_id",
            "//evil.example/new?a&learner_id",
            "/\\evil.example/new?a&learner_id",
            "/admin/assertions/new?kept=abc",
            "/admin/audit?kept=abc&learner_id",
            "/admin/nothing/new?kept=abc&learner_id",
        ] {
            assert_eq!(way_back(&format!("then={}", encode(wrong))), None, "{wrong}");
        }
    }
}
