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
    guards::{May, Permission},
    kept,
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
    fn locked(&self) -> Option<&'static str> {
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
    /// Records a new one; a form may have parts that are stored with it.
    fn insert(&self, conn: &mut Conn, form: &Self::Form, by: &Actor) -> Result<(), Error>;
    /// Stores a change; `false` when somebody else changed it meanwhile.
    fn update(&self, conn: &mut Conn, form: &Self::Form, by: &Actor) -> Result<bool, Error>;
    /// Deletes it; only called when nothing uses it.
    fn delete(conn: &mut Conn, id: &Id<Self>, by: &Actor) -> Result<(), Error>;

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
    errors: Vec<(&'static str, String)>,
    /// What somebody else saved meanwhile.
    conflict: Vec<audit::Change>,
    revision: i32,
    is_new: bool,
    /// Why it can't be saved any more.
    locked: Option<&'static str>,
    /// The session had ended; this is what was typed then.
    was_kept: bool,
}

#[derive(Template)]
#[template(path = "objects/deletion.html")]
struct DeletionPage {
    frame: Frame,
    kind: Kind,
    address: String,
    label: String,
    uses: Vec<String>,
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
    let (form, was_kept) = state
        .db
        .read(move |conn| {
            let typed = kept::typed(conn, &query, &by, &address)?;
            let mut form: T::Form = serde_html_form::from_str(typed.as_deref().unwrap_or(&query)).unwrap_or_default();
            form.prepare(conn, &by)?;
            Ok::<_, Error>((form, typed.is_some()))
        })
        .await?;
    let mut shown = new_page::<T>(may.frame, form);
    shown.was_kept = was_kept;
    page(&shown)
}

fn new_page<T: Managed>(frame: Frame, form: T::Form) -> FormPage<T::Form> {
    let list = format!("/admin/{}", T::KIND.path);
    FormPage {
        frame,
        kind: T::KIND,
        action: list.clone(),
        back: list,
        heading: T::KIND.create.to_owned(),
        errors: form.errors().0.clone(),
        form,
        conflict: Vec::new(),
        was_kept: false,
        locked: None,
        revision: 0,
        is_new: true,
    }
}

/// What saving a form came to.
enum Saved<T: Managed> {
    Done(T),
    Refused(T::Form, String),
    Conflict(T::Form, T, String),
    Locked(T::Form, String, &'static str),
}

/// `POST /admin/KIND`
async fn create<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    form: Submitted<T::Form>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    let form = form.0;
    let saved = state.db.write(move |conn| try_create::<T>(conn, form.clone(), &by)).await?;
    state.site.forget();
    match saved {
        Saved::Done(made) => Ok(see(made.address())),
        Saved::Refused(form, _) | Saved::Conflict(form, ..) | Saved::Locked(form, ..) => {
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &new_page::<T>(may.frame, form))
        }
    }
}

fn try_create<T: Managed>(conn: &mut Conn, mut form: T::Form, by: &Actor) -> Result<Saved<T>, Error> {
    match form.parse(conn, None, by)? {
        Some(made) => {
            made.insert(conn, &form, by)?;
            Ok(Saved::Done(made))
        }
        None => {
            form.prepare(conn, by)?;
            Ok(Saved::Refused(form, String::new()))
        }
    }
}

/// One that exists for this person, or 404.
fn existing<T: Managed>(conn: &mut Conn, id: &Id<T>, by: &Actor) -> Result<T, Error> {
    let found = T::find(conn, id)?;
    if found.exists_for(conn, by)? { Ok(found) } else { Err(Error::NotFound) }
}

/// `GET /admin/KIND/{id}`
async fn show<T: Managed>(may: May<T::Read>, state: Shared, id: web::Path<Id<T>>) -> Result<HttpResponse, Error> {
    let (by, frame) = (may.by.clone(), may.frame.clone());
    let (found, label, details, history) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let details = found.details(conn, &frame)?;
            let history = audit::history(conn, T::KIND.audit, id.as_str())?;
            let label = found.label(conn)?;
            Ok::<_, Error>((found, label, details, history))
        })
        .await?;
    page(&ShowPage {
        may_change: may.frame.may::<T::Change>(),
        frame: may.frame,
        kind: T::KIND,
        address: found.address(),
        label,
        locked: found.locked(),
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
    let (found, label, form, was_kept) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let typed = kept::typed(conn, &query, &by, &address)?;
            let kept = typed.and_then(|typed| serde_html_form::from_str::<T::Form>(&typed).ok());
            let was_kept = kept.is_some();
            let mut form = kept.unwrap_or_else(|| T::Form::fill(&found));
            form.prepare(conn, &by)?;
            let label = found.label(conn)?;
            Ok::<_, Error>((found, label, form, was_kept))
        })
        .await?;
    if let Some(why) = found.locked() {
        return Err(Error::Conflict(why.to_owned()));
    }
    let mut shown = edit_page::<T>(may.frame, found.address(), label, form);
    shown.was_kept = was_kept;
    page(&shown)
}

fn edit_page<T: Managed>(frame: Frame, address: String, label: String, form: T::Form) -> FormPage<T::Form> {
    FormPage {
        frame,
        kind: T::KIND,
        action: address.clone(),
        back: address,
        heading: label,
        errors: form.errors().0.clone(),
        revision: form.revision(),
        form,
        conflict: Vec::new(),
        was_kept: false,
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
        Saved::Done(saved) => Ok(see(saved.address())),
        Saved::Refused(form, label) => {
            let address = format!("/admin/{}/{id}", T::KIND.path);
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &edit_page::<T>(may.frame, address, label, form))
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
    if let Some(why) = found.locked() {
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
        Some(changed) if !is_stale && changed.update(conn, &form, by)? => Ok(Saved::Done(changed)),
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
    let (found, label, uses) = state
        .db
        .read(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let label = found.label(conn)?;
            Ok::<_, Error>((found, label, T::uses(conn, &id)?))
        })
        .await?;
    page(&DeletionPage { frame: may.frame, kind: T::KIND, address: found.address(), label, uses })
}

/// `POST /admin/KIND/{id}/deletion`
async fn delete<T: Managed>(
    may: May<T::Change>,
    state: Shared,
    id: web::Path<Id<T>>,
    _: Submitted<Empty>,
) -> Result<HttpResponse, Error> {
    let by = may.by.clone();
    state
        .db
        .write(move |conn| {
            let found = existing::<T>(conn, &id, &by)?;
            let uses = T::uses(conn, &id)?;
            if uses.is_empty() {
                T::delete(conn, &id, &by)
            } else {
                Err(Error::Conflict(format!("{} cannot be deleted: {}.", found.label(conn)?, uses.join("; "))))
            }
        })
        .await?;
    state.site.forget();
    Ok(see(format!("/admin/{}", T::KIND.path)))
}
