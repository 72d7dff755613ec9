//! The seven pages that every kind of object has: index, new, create, show, edit, update, delete. Written once.
//!
//! A kind supplies a model, a form that is its own template, and its details. A kind with more to say adds routes of its
//! own. The day this file wants to ask which kind it is, that page gets its own handler.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use askama::{Template, filters::HtmlSafe};

use super::{
    State, csv,
    error::Error,
    filters,
    forms::{Empty, Form, Submitted},
    frame::{Frame, page, page_with, see},
    guards::{May, Permission, encode},
    kept::{self, Kept},
    passing,
    routes::Routes,
    table::{Asked, Cell, Column, Filter, Table},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Actor, Profile,
        audit::{self, AuditEntry},
        page::{Page, Query},
    },
    values::Id,
};

/// What a kind is called, and how it is introduced.
pub struct Kind {
    /// In addresses: `profiles`.
    pub path: &'static str,
    /// In the audit trail: `profile`.
    pub audit: &'static str,
    /// `profile`.
    pub singular: &'static str,
    /// `Profiles`.
    pub plural: &'static str,
    /// One sentence of what it is.
    pub about: &'static str,
    /// What a list without any says.
    pub empty: &'static str,
    /// The button that makes one.
    pub create: &'static str,
}

/// A kind of object the registrar manages through the same seven pages.
pub trait Managed: Clone + Send + 'static {
    /// What it is called.
    const KIND: Kind;
    /// The columns of its list.
    const COLUMNS: &'static [Column];
    /// The column its list sorts by at first, with a minus for descending.
    const SORT: &'static str;
    /// Its form.
    type Form: Form<Self>;
    /// A row of its list.
    type Row: Send + 'static;
    /// What its page shows of it; a template of its own.
    type Details: Template + HtmlSafe + Send + 'static;
    /// Who reads it.
    type Read: Permission;
    /// Who changes it.
    type Change: Permission;

    /// Its row id.
    fn id(&self) -> &Id<Self>;
    /// What it is called on pages.
    fn label(&self, conn: &mut Conn) -> Result<String, QueryError>;
    /// Which revision it is.
    fn revision(&self) -> i32;
    /// Whether it exists for this person: staff of an office see what is their office's.
    fn exists_for(&self, conn: &mut Conn, by: &Actor) -> Result<bool, QueryError>;
    /// Why it can't be edited now, as a sentence.
    fn locked(&self, _: &mut Conn) -> Result<Option<&'static str>, QueryError> {
        Ok(None)
    }
    /// The page of what it is a part of, where it is edited in place: one goes on there.
    fn whole(&self) -> Option<String> {
        None
    }
    /// One of them.
    fn find(conn: &mut Conn, id: &Id<Self>) -> Result<Self, QueryError>;
    /// The filters of its list, set to what the address says.
    fn filters(conn: &mut Conn, address: &str, office: Option<&Id<Profile>>) -> Result<Vec<Filter>, QueryError>;
    /// A page of its list.
    fn search(conn: &mut Conn, query: &Query) -> Result<Page<Self::Row>, QueryError>;
    /// How many match.
    fn count(conn: &mut Conn, query: &Query) -> Result<i64, QueryError>;
    /// The cells of a row.
    fn cells(row: Self::Row) -> Vec<Cell>;
    /// Further files of what is filtered, next to the table: the ending of the address, and what the button says.
    fn exports(_: &Frame) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
    /// What its page shows.
    fn details(&self, conn: &mut Conn, frame: &Frame) -> Result<Self::Details, Error>;
    /// Who uses it, as sentences.
    fn uses(conn: &mut Conn, id: &Id<Self>) -> Result<Vec<String>, QueryError>;
    /// Lists that show who uses it: what stands on the link, and where it leads.
    fn where_used(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// Records a new one; a form may have parts that are stored with it.
    fn insert(&self, conn: &mut Conn, form: &Self::Form, by: &Actor) -> Result<(), Error>;
    /// Stores a change; `false` when somebody else changed it meanwhile.
    fn update(&self, conn: &mut Conn, form: &Self::Form, by: &Actor) -> Result<bool, Error>;
    /// Deletes it; only called when nothing uses it.
    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error>;

    /// What keeps it as it was although it is deleted, as a sentence.
    fn keepers(_conn: &mut Conn, _id: &Id<Self>) -> Result<Option<String>, QueryError> {
        Ok(None)
    }

    /// Where deleting it leads.
    fn after_deletion(&self, _conn: &mut Conn) -> Result<String, QueryError> {
        Ok(self.whole().unwrap_or_else(|| format!("/admin/{}", Self::KIND.path)))
    }

    /// The address of its page.
    fn address(&self) -> String {
        format!("/admin/{}/{}", Self::KIND.path, self.id())
    }
}

/// Mounts the seven pages of a kind.
pub fn mount<T: Managed>(routes: &mut Routes) {
    let list = format!("/admin/{}", T::KIND.path);
    routes.get(&list, index::<T>);
    routes.get(&format!("{list}.csv"), table_file::<T>);
    routes.get(&format!("{list}/new"), new::<T>);
    routes.post(&list, create::<T>);
    routes.get(&format!("{list}/{{id}}"), show::<T>);
    routes.get(&format!("{list}/{{id}}/edit"), edit::<T>);
    routes.post(&format!("{list}/{{id}}"), update::<T>);
    routes.get(&format!("{list}/{{id}}/deletion"), ask_to_delete::<T>);
    routes.post(&format!("{list}/{{id}}/deletion"), delete::<T>);
}

#[derive(Template)]
#[template(path = "objects/index.html")]
struct IndexPage {
    frame: Frame,
    kind: Kind,
    table: Table,
    may_change: bool,
}

#[derive(Template)]
#[template(path = "objects/show.html")]
struct ShowPage<D: Template + HtmlSafe> {
    frame: Frame,
    kind: Kind,
    address: String,
    label: String,
    details: D,
    history: Vec<AuditEntry>,
    may_change: bool,
    locked: Option<&'static str>,
}

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

#[derive(Template)]
#[template(path = "objects/deletion.html")]
struct DeletionPage {
    frame: Frame,
    kind: Kind,
    address: String,
    label: String,
    uses: Vec<String>,
    where_used: Vec<(&'static str, String)>,
    keepers: Option<String>,
}

type Shared = web::Data<State>;

/// `GET /admin/KIND`
async fn index<T: Managed>(
    may: May<T::Read>,
    state: Shared,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (asked, address, office) = (asked.into_inner(), request.query_string().to_owned(), may.by.office.clone());
    let mut table = state.db.read(move |conn| list::<T>(conn, &asked, &address, office)).await?;
    table.exports = T::exports(&may.frame);
    table.exports.insert(0, ("csv", "Export what is filtered (CSV)"));
    let may_change = may.frame.may::<T::Change>();
    page(&IndexPage { frame: may.frame, kind: T::KIND, table, may_change })
}

fn list<T: Managed>(
    conn: &mut Conn,
    asked: &Asked,
    address: &str,
    office: Option<Id<Profile>>,
) -> Result<Table, Error> {
    let filters = T::filters(conn, address, office.as_ref())?;
    let query = Query { office, ..asked.query(T::COLUMNS, T::SORT, &filters) };
    let page = T::search(conn, &query)?;
    let mut table = Table::new(format!("/admin/{}", T::KIND.path), T::COLUMNS, &query, page, T::cells);
    table.matching = T::count(conn, &query)?;
    table.filters = filters;
    table.q = asked.q.trim().to_owned();
    Ok(table)
}

/// `GET /admin/KIND.csv`: every row of the list as it is filtered.
async fn table_file<T: Managed>(
    may: May<T::Read>,
    state: Shared,
    asked: web::Query<Asked>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let (address, office) = (request.query_string().to_owned(), may.by.office.clone());
    let list = state
        .db
        .read(move |conn| {
            let filters = T::filters(conn, &address, office.as_ref())?;
            let query = Query { office, ..asked.query(T::COLUMNS, T::SORT, &filters) };
            Ok::<_, Error>(csv::List {
                title: T::KIND.plural,
                name: T::KIND.path,
                columns: T::COLUMNS,
                chosen: csv::in_words(&asked.q, &filters),
                matching: T::count(conn, &query)?,
                query,
                read: Arc::new(|conn, query| Ok(T::search(conn, query)?.map(T::cells))),
            })
        })
        .await?;
    csv::answer(&request, state, list, may.by).await
}

/// `GET /admin/KIND/new`. What stands in the query fills the form: `?kind=person`.
async fn new<T: Managed>(may: May<T::Change>, state: Shared, request: HttpRequest) -> Result<HttpResponse, Error> {
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
async fn create<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    form: Submitted<T::Form>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let form = form.0;
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

/// One that exists for this person, or 404.
pub fn existing<T: Managed>(conn: &mut Conn, id: &Id<T>, by: &Actor) -> Result<T, Error> {
    let found = T::find(conn, id)?;
    if found.exists_for(conn, by)? { Ok(found) } else { Err(Error::NotFound) }
}

/// `GET /admin/KIND/{id}`
async fn show<T: Managed>(may: May<T::Read>, state: Shared, id: web::Path<Id<T>>) -> Result<HttpResponse, Error> {
    let (by, frame) = (may.by.clone(), may.frame.clone());
    let (found, label, locked, details, history) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let details = found.details(conn, &frame)?;
            let history = audit::history(conn, T::KIND.audit, id.as_str())?;
            let (label, locked) = (found.label(conn)?, found.locked(conn)?);
            Ok::<_, Error>((found, label, locked, details, history))
        })
        .await?;
    page(&ShowPage {
        may_change: may.frame.may::<T::Change>(),
        frame: may.frame,
        kind: T::KIND,
        address: found.address(),
        label,
        locked,
        details,
        history,
    })
}

/// `GET /admin/KIND/{id}/edit`
async fn edit<T: Managed>(
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
async fn update<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
    form: Submitted<T::Form>,
) -> Result<HttpResponse, Error> {
    let (by, form, own) = (may.by.clone(), form.0, id.clone());
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

/// `GET /admin/KIND/{id}/deletion`: who uses it, or the button.
async fn ask_to_delete<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let (found, label, uses, keepers) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let label = found.label(conn)?;
            Ok::<_, Error>((found, label, T::uses(conn, &id)?, T::keepers(conn, &id)?))
        })
        .await?;
    let (address, where_used) = (found.address(), found.where_used());
    page(&DeletionPage { frame: may.frame, kind: T::KIND, address, label, uses, where_used, keepers })
}

/// `POST /admin/KIND/{id}/deletion`
async fn delete<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let next = state
        .db
        .write(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let (uses, next) = (T::uses(conn, &id)?, found.after_deletion(conn)?);
            if uses.is_empty() {
                T::delete(conn, &id, &by)?;
                Ok(next)
            } else {
                Err(Error::Conflict(format!("{} cannot be deleted: {}.", found.label(conn)?, uses.join("; "))))
            }
        })
        .await?;
    state.site.forget();
    Ok(see(next))
}
