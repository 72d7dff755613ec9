//! What was disclosed of a learner: written down before the answer, and never changed or deleted (a trigger of the
//! database refuses). To whom and what for stands on the share.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::{
    dsl::{count_star, max},
    prelude::*,
};

use super::{Profile, Share};
use crate::{
    clock,
    db::{
        Conn,
        schema::{disclosure, share},
    },
    values::{Id, Line},
};

/// The basis of a disclosure: the learner consented.
const CONSENT: &str = "consent";

/// The form in which something is disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Looked at.
    Page,
    /// As PDF.
    Pdf,
    /// As CLR 1.0.
    Json,
    /// As signed CLR 2.0.
    Vc,
}

impl Form {
    const ALL: [Form; 4] = [Form::Page, Form::Pdf, Form::Json, Form::Vc];

    /// The name it is stored by.
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Page => "page",
            Form::Pdf => "pdf",
            Form::Json => "json",
            Form::Vc => "vc",
        }
    }

    /// The message that says it in a word.
    pub fn word_key(self) -> &'static str {
        match self {
            Form::Page => "disclosed-page",
            Form::Pdf => "disclosed-pdf",
            Form::Json => "disclosed-json",
            Form::Vc => "disclosed-vc",
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = disclosure)]
struct Row<'a> {
    id: Id<Disclosed>,
    learner_id: &'a Id<Profile>,
    share_id: &'a Id<Share>,
    basis: &'a str,
    form: &'a str,
    at: NaiveDateTime,
}

/// A disclosure, with whom it was made to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosed {
    /// When.
    pub at: NaiveDateTime,
    /// In which form.
    pub form: Form,
    /// The share it was made through.
    pub share_id: Id<Share>,
    /// Whose the share was.
    pub recipient: Line,
}

/// How often a share was opened, and when last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opened {
    /// How often, in whatever form.
    pub times: i64,
    /// When last.
    pub last: Option<NaiveDateTime>,
}

/// Writes down that a share is about to be shown.
pub fn write(conn: &mut Conn, share: &Share, form: Form) -> QueryResult<()> {
    let row = Row {
        id: Id::fresh(),
        learner_id: &share.learner_id,
        share_id: &share.id,
        basis: CONSENT,
        form: form.as_str(),
        at: clock::now().naive_utc(),
    };
    diesel::insert_into(disclosure::table).values(row).execute(conn).map(|_| ())
}

/// How often each of these shares was opened, by row id; those that never were are left out.
pub fn opened(conn: &mut Conn, shares: &[Id<Share>]) -> QueryResult<HashMap<String, Opened>> {
    let rows: Vec<(String, i64, Option<NaiveDateTime>)> = disclosure::table
        .filter(disclosure::share_id.eq_any(shares))
        .group_by(disclosure::share_id)
        .select((disclosure::share_id, count_star(), max(disclosure::at)))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, times, last)| (id, Opened { times, last })).collect())
}

type Columns = (NaiveDateTime, String, Id<Share>, Line);

fn read((at, form, share_id, recipient): Columns) -> Disclosed {
    let form = Form::ALL.into_iter().find(|one| one.as_str() == form).unwrap_or(Form::Page);
    Disclosed { at, form, share_id, recipient }
}

/// The latest disclosures through a share, the newest first.
pub fn through(conn: &mut Conn, id: &Id<Share>, most: i64) -> QueryResult<Vec<Disclosed>> {
    let rows: Vec<Columns> = disclosure::table
        .inner_join(share::table)
        .filter(disclosure::share_id.eq(id))
        .order((disclosure::at.desc(), disclosure::id.desc()))
        .limit(most)
        .select((disclosure::at, disclosure::form, disclosure::share_id, share::recipient))
        .load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}

/// Disclosures of a learner's awards, the newest first, from a place on.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>, (from, most): (i64, i64)) -> QueryResult<Vec<Disclosed>> {
    let rows: Vec<Columns> = disclosure::table
        .inner_join(share::table)
        .filter(disclosure::learner_id.eq(learner))
        .order((disclosure::at.desc(), disclosure::id.desc()))
        .offset(from)
        .limit(most)
        .select((disclosure::at, disclosure::form, disclosure::share_id, share::recipient))
        .load(conn)?;
    Ok(rows.into_iter().map(read).collect())
}
