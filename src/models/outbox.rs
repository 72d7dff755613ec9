//! The outbox: mail written in the transaction of the change that causes it, delivered afterwards by a job.
//!
//! A link that opens something is not written down: its place in the text is marked, and the link is made when the mail
//! leaves. So neither the outbox nor a copy of the database ever holds one.

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::{Credential, Profile};
use crate::{
    clock,
    db::{Conn, schema::outbox},
    values::{Email, Id, Line},
};

/// Waits to be sent.
pub const QUEUED: &str = "queued";
/// Was handed to the mail server.
pub const SENT: &str = "sent";
/// Will not be tried again.
pub const FAILED: &str = "failed";

/// Tells a learner of an award.
pub const AWARD: &str = "award";
/// Tells a learner of a published record.
pub const RECORD: &str = "record";
/// Tells a learner that an award or a record stands otherwise than before.
pub const STATUS: &str = "status";
/// Gives a learner a copy of a consent, or tells that a share was switched off.
pub const SHARE: &str = "share";
/// Carries a signed checkpoint of the audit trail.
pub const CHECKPOINT: &str = "checkpoint";
/// Carries a link that signs a learner in.
pub const SIGN_IN: &str = "sign-in";
/// Carries a link that sets up a staff account.
pub const SET_UP: &str = "set-up";

/// Stands in the text where the secret of the link will be.
pub const PLACE_OF_SECRET: &str = "MADE-WHEN-SENT";

/// How often a mail is tried: about a day in all.
const MOST_ATTEMPTS: i32 = 10;

/// A mail, composed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
pub struct Mail {
    /// Row id; the Message-ID is made of it, so a repeated delivery can be recognised.
    pub id: Id<Mail>,
    /// What it is about: [`AWARD`], [`RECORD`], [`STATUS`], [`SHARE`], [`CHECKPOINT`], [`SIGN_IN`] or [`SET_UP`].
    pub kind: String,
    /// The learner it is for.
    pub learner_id: Option<Id<Profile>>,
    /// The credential it tells of.
    pub credential_id: Option<Id<Credential>>,
    /// Address.
    pub recipient: Email,
    /// Name.
    pub recipient_name: Line,
    /// Subject.
    pub subject: String,
    /// The text part.
    pub text_body: String,
    /// The HTML part.
    pub html_body: String,
    /// [`QUEUED`], [`SENT`] or [`FAILED`].
    pub state: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is to be tried next.
    pub next_attempt_at: NaiveDateTime,
    /// What the last failure was.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: NaiveDateTime,
    /// When it was sent.
    pub sent_at: Option<NaiveDateTime>,
}

impl Mail {
    /// A mail to be sent now: its subject, text and HTML.
    pub fn new(
        kind: &str,
        recipient: Email,
        recipient_name: Line,
        (subject, text, html): (String, String, String),
    ) -> Self {
        let now = clock::now().naive_utc();
        Self {
            id: Id::fresh(),
            kind: kind.to_owned(),
            learner_id: None,
            credential_id: None,
            recipient,
            recipient_name,
            subject,
            text_body: text,
            html_body: html,
            state: QUEUED.to_owned(),
            attempts: 0,
            next_attempt_at: now,
            last_error: None,
            created_at: now,
            sent_at: None,
        }
    }

    /// Whether it waits to be sent.
    pub fn is_queued(&self) -> bool {
        self.state == QUEUED
    }

    /// Whether it will not be tried again.
    pub fn is_failed(&self) -> bool {
        self.state == FAILED
    }

    /// Writes it into the outbox.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        diesel::insert_into(outbox::table).values(self.clone()).execute(conn).map(|_| ())
    }
}

/// Mails whose time has come, oldest first.
pub fn due(conn: &mut Conn, most: i64) -> QueryResult<Vec<Mail>> {
    outbox::table
        .filter(outbox::state.eq(QUEUED))
        .filter(outbox::next_attempt_at.le(clock::now().naive_utc()))
        .order((outbox::next_attempt_at, outbox::id))
        .limit(most)
        .select(Mail::as_select())
        .load(conn)
}

/// Takes a mail to be sent now: nobody else will for ten minutes. `false` when another one was faster.
pub fn claim(conn: &mut Conn, mail: &Mail) -> QueryResult<bool> {
    let unclaimed =
        outbox::table.find(&mail.id).filter(outbox::state.eq(QUEUED)).filter(outbox::attempts.eq(mail.attempts));
    let later = clock::now().naive_utc() + TimeDelta::minutes(10);
    let claimed = diesel::update(unclaimed)
        .set((outbox::attempts.eq(mail.attempts + 1), outbox::next_attempt_at.eq(later)))
        .execute(conn)?;
    Ok(claimed == 1)
}

/// Notes that it was sent.
pub fn sent(conn: &mut Conn, id: &Id<Mail>) -> QueryResult<()> {
    let now = clock::now().naive_utc();
    diesel::update(outbox::table.find(id))
        .set((outbox::state.eq(SENT), outbox::sent_at.eq(Some(now)), outbox::last_error.eq(None::<String>)))
        .execute(conn)
        .map(|_| ())
}

/// Notes a failure: it is tried again after 1, 2, 4 … minutes (at most 4 hours), unless it can't succeed.
pub fn failed(conn: &mut Conn, mail: &Mail, error: &str, for_good: bool) -> QueryResult<()> {
    let attempts = mail.attempts + 1;
    let minutes = (1_i64 << attempts.clamp(0, 8)).min(240);
    let state = if for_good || attempts >= MOST_ATTEMPTS { FAILED } else { QUEUED };
    diesel::update(outbox::table.find(&mail.id))
        .set((
            outbox::state.eq(state),
            outbox::attempts.eq(attempts),
            outbox::next_attempt_at.eq(clock::now().naive_utc() + TimeDelta::minutes(minutes)),
            outbox::last_error.eq(Some(error.chars().take(500).collect::<String>())),
        ))
        .execute(conn)
        .map(|_| ())
}

/// How many mails of a kind were written to a learner since a time.
pub fn written_since(conn: &mut Conn, kind: &str, learner: &Id<Profile>, since: NaiveDateTime) -> QueryResult<i64> {
    outbox::table
        .filter(outbox::learner_id.eq(learner))
        .filter(outbox::kind.eq(kind))
        .filter(outbox::created_at.ge(since))
        .count()
        .get_result(conn)
}

/// Queues a mail again, from the beginning.
pub fn retry(conn: &mut Conn, id: &Id<Mail>) -> QueryResult<bool> {
    let whole = outbox::table.find(id).filter(outbox::state.eq(FAILED)).filter(outbox::text_body.ne(""));
    let changed = diesel::update(whole)
        .set((outbox::state.eq(QUEUED), outbox::attempts.eq(0), outbox::next_attempt_at.eq(clock::now().naive_utc())))
        .execute(conn)?;
    Ok(changed == 1)
}

/// The latest mails, newest first.
pub fn latest(conn: &mut Conn, most: i64) -> QueryResult<Vec<Mail>> {
    outbox::table.order((outbox::created_at.desc(), outbox::id.desc())).limit(most).select(Mail::as_select()).load(conn)
}

/// One mail.
pub fn find(conn: &mut Conn, id: &Id<Mail>) -> QueryResult<Mail> {
    outbox::table.find(id).select(Mail::as_select()).first(conn)
}

/// How many wait, and how many failed.
pub fn waiting_and_failed(conn: &mut Conn) -> QueryResult<(i64, i64)> {
    let of = |conn: &mut Conn, state: &str| outbox::table.filter(outbox::state.eq(state)).count().get_result(conn);
    Ok((of(conn, QUEUED)?, of(conn, FAILED)?))
}
