//! The seven pages that every kind of object has: index, new, create, show, edit, update, delete. Written once.
//!
//! A kind supplies a model, a form that is its own template, and its details. A kind with more to say adds routes of its
//! own. The day this file wants to ask which kind it is, that page gets its own handler.

mod deletion;
mod edit;
mod list;
mod show;

use actix_web::web;
use askama::{Template, filters::HtmlSafe};

use super::{
    State,
    error::Error,
    forms::Form,
    frame::Frame,
    guards::Permission,
    routes::Routes,
    table::{Cell, Column, Filter},
};
use crate::{
    db::{Conn, QueryError},
    models::{
        Actor, Profile,
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

/// A version of an achievement that begins with a change of what was awarded.
pub struct Begins {
    /// Its number.
    pub number: i32,
    /// The achievement's name.
    pub achievement: String,
    /// Whether it has to be wanted, as on a rubric's own page: awards were scored with the rubric as it is.
    pub must_agree: bool,
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
    /// Other ways to look at the list: what stands on the button, and where it leads.
    fn views() -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
    /// Other ways to make some, for those who may: what stands on the button, and where it leads.
    fn ways_in() -> Vec<(&'static str, &'static str)> {
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

    /// The version of an achievement that begins when it is deleted or moved.
    fn begins(&self, _conn: &mut Conn) -> Result<Option<Begins>, QueryError> {
        Ok(None)
    }

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
    let at = format!("/admin/{}", T::KIND.path);
    routes.get(&at, list::index::<T>);
    routes.get(&format!("{at}.csv"), list::table_file::<T>);
    routes.get(&format!("{at}/new"), edit::new::<T>);
    routes.post(&at, edit::create::<T>);
    routes.get(&format!("{at}/{{id}}"), show::show::<T>);
    routes.get(&format!("{at}/{{id}}/edit"), edit::edit::<T>);
    routes.post(&format!("{at}/{{id}}"), edit::update::<T>);
    routes.get(&format!("{at}/{{id}}/deletion"), deletion::ask::<T>);
    routes.post(&format!("{at}/{{id}}/deletion"), deletion::submit::<T>);
}

type Shared = web::Data<State>;

/// One that exists for this person, or 404.
pub fn existing<T: Managed>(conn: &mut Conn, id: &Id<T>, by: &Actor) -> Result<T, Error> {
    let found = T::find(conn, id)?;
    if found.exists_for(conn, by)? { Ok(found) } else { Err(Error::NotFound) }
}
