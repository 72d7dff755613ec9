//! The share: a learner's consent to show chosen awards to a recipient, and the link that shows them. The consent never
//! changes and is never deleted; the link opens until it is over, or is switched off. Of the link only a fingerprint is
//! kept. Whether it opens for its recipient is decided in [`super::disclosure`], and nowhere else.

pub mod list;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Actor, Credential, Profile,
    audit::{self, Change},
    disclosed::Form,
    profile,
};
use crate::{
    clock,
    db::{
        Conn, insert_rows,
        schema::{share, share_award},
    },
    values::{Email, Id, Iri, Line},
};

/// A share.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = share, treat_none_as_default_value = false)]
pub struct Share {
    /// Row id.
    pub id: Id<Share>,
    /// Whose awards are shown, and who consented.
    pub learner_id: Id<Profile>,
    /// Fingerprint of the link's token.
    pub fingerprint: String,
    /// What its documents are called; see [`Share::document_id`].
    pub iri: Iri,
    /// To whom the awards are shown.
    pub recipient: Line,
    /// What for.
    pub purpose: Line,
    /// Whether the recipient may take the PDF along.
    pub with_pdf: bool,
    /// Whether the recipient may take CLR 1.0 along.
    pub with_json: bool,
    /// Whether the recipient may take the signed CLR 2.0 along.
    pub with_vc: bool,
    /// The address to which the link was mailed that had signed the learner in.
    pub signed_in_as: Option<Email>,
    /// When the learner consented.
    pub created_at: NaiveDateTime,
    /// From when on the link opens nothing; never without one.
    pub expires_at: Option<NaiveDateTime>,
    /// When it was switched off.
    pub off_at: Option<NaiveDateTime>,
    /// By whom.
    pub off_by: Option<String>,
    /// Whether that was the learner.
    pub off_by_learner: bool,
    /// Why, where the office did it.
    pub off_reason: Option<Line>,
    /// Counts how often what it shows was changed, from 1.
    pub revision: i32,
}

/// How a share stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareState {
    /// Its link opens.
    On,
    /// Its time is over.
    Over,
    /// It was switched off.
    Off,
}

/// An award of a share.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = share_award, treat_none_as_default_value = false)]
pub struct SharedAward {
    /// The share.
    pub share_id: Id<Share>,
    /// The award.
    pub credential_id: Id<Credential>,
    /// When the learner took it out.
    pub taken_out_at: Option<NaiveDateTime>,
}

impl Share {
    /// How it stands now, whatever holds there are.
    pub fn state(&self) -> ShareState {
        if self.off_at.is_some() {
            ShareState::Off
        } else if self.expires_at.is_some_and(|end| end <= clock::now().naive_utc()) {
            ShareState::Over
        } else {
            ShareState::On
        }
    }

    /// Whether the learner allowed this form. The page can always be looked at.
    pub fn allows(&self, form: Form) -> bool {
        match form {
            Form::Page => true,
            Form::Pdf => self.with_pdf,
            Form::Json => self.with_json,
            Form::Vc => self.with_vc,
        }
    }

    /// The public id of its documents. Once an award is taken out, they are others.
    pub fn document_id(&self) -> String {
        self.document_ids().pop().unwrap_or_else(|| self.iri.to_string())
    }

    /// Of all documents that it ever had, the latest last.
    pub fn document_ids(&self) -> Vec<String> {
        let of = |revision: i32| match revision {
            1 => self.iri.to_string(),
            later => format!("{}#{later}", self.iri),
        };
        (1..=self.revision.max(1)).map(of).collect()
    }

    fn facts(&self, awards: usize) -> Vec<Change> {
        let taken = [(self.with_pdf, "PDF"), (self.with_json, "CLR 1.0"), (self.with_vc, "CLR 2.0")];
        let taken: Vec<&str> = taken.into_iter().filter(|(may, _)| *may).map(|(_, form)| form).collect();
        vec![
            fact("Recipient", &self.recipient),
            fact("Purpose", &self.purpose),
            fact("Awards", awards),
            fact("May be taken along", if taken.is_empty() { "nothing".to_owned() } else { taken.join(", ") }),
            fact("Ends", self.expires_at.map_or_else(|| "when it is switched off".to_owned(), at)),
        ]
    }

    /// Records it with what it shows.
    pub fn insert(&self, conn: &mut Conn, awards: &[Id<Credential>], by: &Actor) -> QueryResult<()> {
        diesel::insert_into(share::table).values(self.clone()).execute(conn)?;
        let row = |credential: &Id<Credential>| SharedAward {
            share_id: self.id.clone(),
            credential_id: credential.clone(),
            taken_out_at: None,
        };
        let rows: Vec<SharedAward> = awards.iter().map(row).collect();
        insert_rows!(conn, share_award::table, rows)?;
        audit::write(conn, by, "shared awards of", self.object(), self.facts(awards.len()))
    }

    fn object(&self) -> (&'static str, &str) {
        (profile::KIND, self.learner_id.as_str())
    }

    /// Switches it off. `false` when that was done already. The office says why.
    pub fn switch_off(&self, conn: &mut Conn, reason: Option<&Line>, by: &Actor) -> QueryResult<bool> {
        let on = share::table.find(&self.id).filter(share::off_at.is_null());
        let changed = diesel::update(on)
            .set((
                share::off_at.eq(Some(clock::now().naive_utc())),
                share::off_by.eq(Some(&by.name)),
                share::off_by_learner.eq(by.is_learner()),
                share::off_reason.eq(reason),
            ))
            .execute(conn)?;
        if changed == 0 {
            return Ok(false);
        }
        let reason = reason.map(|reason| fact("Reason", reason));
        let changes = [fact("Recipient", &self.recipient)].into_iter().chain(reason).collect();
        audit::write(conn, by, "switched off a share of", self.object(), changes)?;
        Ok(true)
    }

    /// Takes an award out of what it shows. `false` when that was done already.
    pub fn take_out(&mut self, conn: &mut Conn, award: &Credential, by: &Actor) -> QueryResult<bool> {
        let shown = share_award::table.find((&self.id, &award.id)).filter(share_award::taken_out_at.is_null());
        let out = share_award::taken_out_at.eq(Some(clock::now().naive_utc()));
        if diesel::update(shown).set(out).execute(conn)? == 0 {
            return Ok(false);
        }
        self.revision += 1;
        diesel::update(share::table.find(&self.id)).set(share::revision.eq(self.revision)).execute(conn)?;
        let changes = vec![fact("Recipient", &self.recipient), fact("CeDiD", &award.cedid)];
        audit::write(conn, by, "took an award out of a share of", self.object(), changes)?;
        Ok(true)
    }
}

fn fact(field: &str, after: impl ToString) -> Change {
    Change { field: field.to_owned(), before: None, after: Some(after.to_string()) }
}

fn at(instant: NaiveDateTime) -> String {
    instant.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// One share.
pub fn find(conn: &mut Conn, id: &Id<Share>) -> QueryResult<Share> {
    share::table.find(id).select(Share::as_select()).first(conn)
}

/// The share whose documents are called so.
pub fn by_iri(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Share>> {
    share::table.filter(share::iri.eq(iri)).select(Share::as_select()).first(conn).optional()
}

/// All shares of a learner, the newest first.
pub fn of_learner(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Share>> {
    share::table
        .filter(share::learner_id.eq(learner))
        .order((share::created_at.desc(), share::id.desc()))
        .select(Share::as_select())
        .load(conn)
}

/// What was consented to be shown, with what was taken out.
pub fn awards(conn: &mut Conn, id: &Id<Share>) -> QueryResult<Vec<SharedAward>> {
    share_award::table.filter(share_award::share_id.eq(id)).select(SharedAward::as_select()).load(conn)
}
