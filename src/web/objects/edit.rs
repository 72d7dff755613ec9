//! Making an object and changing it: one form, one page, and what saving came to.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::{Template, filters::HtmlSafe};

use super::{Kind, Managed, Shared, existing};
use crate::{
    db::Conn,
    models::{Actor, audit},
    values::Id,
    web::{
        error::Error,
        forms::{Form, Submitted},
        frame::{Frame, page, page_with, see},
        guards::{May, encode},
        kept::{self, Kept},
        passing,
    },
};

#[derive(Template)]
#[template(path = "objects/form.html")]
struct FormPage<F: Template + HtmlSafe> {
    frame: Frame,
    kind: Kind,
    /// Where it is sent to.
    action: String,
    /// Where "Cancel" leads.
    back: String,
    heading: String,
    form: F,
    errors: Vec<(String, String)>,
    /// What somebody else saved meanwhile.
    conflict: Vec<audit::Change>,
    revision: i32,
    is_new: bool,
    /// Why it can't be saved any more.
    locked: Option<&'static str>,
    /// The address of this page, told to whoever leads back to it.
    page: String,
    /// Why what was typed earlier stands in it.
    kept: Kept,
}

/// `GET /admin/KIND/new`. What stands in the query fills the form: `?kind=person`.
pub(super) async fn new<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (by, query, address) = (may.by.clone(), request.query_string().to_owned(), request.path().to_owned());
    let (form, kept) = state
        .db
        .read(move |conn| {
            let (typed, kept) = kept::typed(conn, &query, &by, &address)?;
            let mut form: T::Form = serde_html_form::from_str(typed.as_deref().unwrap_or(&query)).unwrap_or_default();
            form.prepare(conn, &by)?;
            Ok::<_, Error>((form, kept))
        })
        .await?;
    let mut shown = new_page::<T>(may.frame, form, passing::way_back(request.query_string()));
    shown.kept = kept;
    page(&shown)
}

/// `then` is where the form was come to from in passing.
fn new_page<T: Managed>(frame: Frame, form: T::Form, then: Option<String>) -> FormPage<T::Form> {
    let list = format!("/admin/{}", T::KIND.path);
    let query = then.as_ref().map(|then| format!("?then={}", encode(then))).unwrap_or_default();
    let back = form.back().or(then.map(|then| passing::without_pick(&then))).unwrap_or_else(|| list.clone());
    FormPage {
        frame,
        kind: T::KIND,
        action: format!("{list}{query}"),
        page: format!("{list}/new{query}"),
        back,
        heading: T::KIND.create.to_owned(),
        errors: form.summary(),
        form,
        conflict: Vec::new(),
        kept: Kept::No,
        locked: None,
        revision: 0,
        is_new: true,
    }
}

/// What saving a form came to.
enum Saved<T: Managed> {
    /// The id of what was saved, and where one goes on.
    Done(String, String),
    Refused(T::Form, String),
    Conflict(T::Form, T, String),
    Locked(T::Form, String, &'static str),
}

/// `POST /admin/KIND`
pub(super) async fn create<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    form: Submitted<T::Form>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let mut form = form.0;
    form.stand_at(&state.config.base_url);
    let then = passing::way_back(request.query_string());
    let saved = state.db.write(move |conn| try_create::<T>(conn, form.clone(), &by)).await?;
    state.site.forget();
    match saved {
        Saved::Done(id, address) => Ok(see(then.map_or(address, |then| format!("{then}={id}")))),
        Saved::Refused(form, _) | Saved::Conflict(form, ..) | Saved::Locked(form, ..) => {
            page_with(not_saved(&form), &new_page::<T>(may.frame, form, then))
        }
    }
}

/// A form that was sent to get another row is shown again without anything being wrong.
fn not_saved<T>(form: &impl Form<T>) -> StatusCode {
    if form.summary().is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
}

fn try_create<T: Managed>(conn: &mut Conn, mut form: T::Form, by: &Actor) -> Result<Saved<T>, Error> {
    match form.parse(conn, None, by)? {
        Some(made) => {
            made.insert(conn, &form, by)?;
            Ok(Saved::Done(made.id().to_string(), after_saving(&made, &form)))
        }
        None => {
            form.prepare(conn, by)?;
            Ok(Saved::Refused(form, String::new()))
        }
    }
}

/// The page that the form was opened from, at the object's place on it; else the object's own.
fn after_saving<T: Managed>(saved: &T, form: &T::Form) -> String {
    let page = form.back().or_else(|| saved.whole());
    page.map_or_else(|| saved.address(), |page| format!("{page}#p-{}", saved.id()))
}

/// `GET /admin/KIND/{id}/edit`
pub(super) async fn edit<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (by, query, address) = (may.by.clone(), request.query_string().to_owned(), request.path().to_owned());
    let (found, label, locked, form, kept) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let (typed, kept) = kept::typed(conn, &query, &by, &address)?;
            let typed = typed.and_then(|typed| serde_html_form::from_str::<T::Form>(&typed).ok());
            let mut form = typed.unwrap_or_else(|| T::Form::fill(&found));
            form.come_from(&query);
            form.prepare(conn, &by)?;
            let (label, locked) = (found.label(conn)?, found.locked(conn)?);
            Ok::<_, Error>((found, label, locked, form, kept))
        })
        .await?;
    if let Some(why) = locked {
        return Err(Error::Conflict(why.to_owned()));
    }
    let mut shown = edit_page::<T>(may.frame, found.address(), label, form);
    shown.kept = kept;
    page(&shown)
}

fn edit_page<T: Managed>(frame: Frame, address: String, label: String, form: T::Form) -> FormPage<T::Form> {
    FormPage {
        frame,
        kind: T::KIND,
        action: address.clone(),
        page: format!("{address}/edit"),
        back: form.back().unwrap_or(address),
        heading: label,
        errors: form.summary(),
        revision: form.revision(),
        form,
        conflict: Vec::new(),
        kept: Kept::No,
        locked: None,
        is_new: false,
    }
}

/// `POST /admin/KIND/{id}`
pub(super) async fn update<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
    form: Submitted<T::Form>,
) -> Result<HttpResponse, Error> {
    let (by, mut form, own) = (may.by.clone(), form.0, id.clone());
    form.stand_at(&state.config.base_url);
    let saved = state.db.write(move |conn| try_update::<T>(conn, &own, form.clone(), &by)).await?;
    state.site.forget();
    match saved {
        Saved::Done(_, address) => Ok(see(address)),
        Saved::Refused(form, label) => {
            let address = format!("/admin/{}/{id}", T::KIND.path);
            page_with(not_saved(&form), &edit_page::<T>(may.frame, address, label, form))
        }
        Saved::Locked(form, label, why) => {
            let address = format!("/admin/{}/{id}", T::KIND.path);
            let mut page = edit_page::<T>(may.frame, address, label, form);
            page.locked = Some(why);
            page_with(StatusCode::CONFLICT, &page)
        }
        Saved::Conflict(form, theirs, label) => {
            let (kind, id) = (T::KIND.audit, theirs.id().to_string());
            let saved = usize::try_from(theirs.revision() - form.revision()).unwrap_or(1).max(1);
            let latest = state.db.read(move |conn| audit::history(conn, kind, &id).map_err(Error::from)).await?;
            // Everything that was saved since this form was opened, oldest first: saving again overwrites all of it.
            let changed = latest.into_iter().filter(|entry| entry.action == "changed").take(saved).collect::<Vec<_>>();
            let since: Vec<_> = changed.into_iter().rev().flat_map(|entry| entry.changes.into_inner()).collect();
            let mut page = edit_page::<T>(may.frame, theirs.address(), label, form);
            // Saving again is a choice made in sight of what the other one wrote.
            page.revision = theirs.revision();
            page.conflict = since;
            if page.conflict.is_empty() {
                page.conflict.push(audit::Change { field: "This object".to_owned(), before: None, after: None });
            }
            page_with(StatusCode::CONFLICT, &page)
        }
    }
}

fn try_update<T: Managed>(conn: &mut Conn, id: &Id<T>, mut form: T::Form, by: &Actor) -> Result<Saved<T>, Error> {
    let found = existing::<T>(conn, id, by)?;
    if let Some(why) = found.locked(conn)? {
        // Issued by somebody else meanwhile: what was typed is shown again, though it can't be saved here any more.
        form.prepare(conn, by)?;
        return Ok(Saved::Locked(form, found.label(conn)?, why));
    }
    let is_stale = form.revision() != found.revision();
    match form.parse(conn, Some(found.clone()), by)? {
        None if !is_stale => {
            form.prepare(conn, by)?;
            Ok(Saved::Refused(form, found.label(conn)?))
        }
        Some(changed) if !is_stale && changed.update(conn, &form, by)? => {
            Ok(Saved::Done(changed.id().to_string(), after_saving(&changed, &form)))
        }
        _ => {
            form.prepare(conn, by)?;
            let theirs = T::find(conn, id)?;
            let label = theirs.label(conn)?;
            Ok(Saved::Conflict(form, theirs, label))
        }
    }
}
