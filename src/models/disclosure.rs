//! What may be shown to the public: the one condition, and the questions that every public address asks.
//!
//! Each question is one statement, with the condition inside it: what is withheld, not published or erased takes the
//! same path as what never was, and no more work tells them apart.

use chrono::NaiveDateTime;
use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::{Credential, Endorsement, Share, evidence_file::About, hold};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            assertion, credential, endorsement, erasure, evidence_file, hold as holds, record_refresh, share,
            signed_form,
        },
    },
    values::{HoldKind, Iri},
};

/// The one place that decides whether a credential is open to the public at an instant.
#[diesel::dsl::auto_type]
pub(super) fn open_to_the_public(now: NaiveDateTime) -> _ {
    let in_force: hold::in_force = hold::in_force(now);
    let erased = erasure::table.filter(erasure::learner_id.eq(credential::learner_id));
    let held = holds::table.filter(holds::learner_id.eq(credential::learner_id)).filter(in_force);
    not(exists(erased)).and(not(exists(held)))
}

fn now() -> NaiveDateTime {
    clock::now().naive_utc()
}

/// The credential of the assertion with this public id, or of an award with this event behind it. Whatever is not shown
/// asks both questions.
pub fn hosted(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Credential>> {
    let own = credential::table
        .inner_join(assertion::table.on(credential::assertion_id.eq(assertion::id.nullable())))
        .filter(assertion::iri.eq(iri))
        .filter(open_to_the_public(now()))
        .select(Credential::as_select())
        .first(conn)
        .optional()?;
    if own.is_some() {
        return Ok(own);
    }
    credential::table
        .inner_join(signed_form::table.on(signed_form::credential_id.eq(credential::id.nullable())))
        .filter(signed_form::document_id.eq(iri.as_str()))
        .filter(open_to_the_public(now()))
        .select(Credential::as_select())
        .first(conn)
        .optional()
}

/// A file that was handed in for an award whose credential is open.
pub fn file(conn: &mut Conn, public_id: &str) -> QueryResult<Option<About>> {
    evidence_file::table
        .inner_join(credential::table.on(credential::assertion_id.eq(evidence_file::assertion_id.nullable())))
        .filter(evidence_file::public_id.eq(public_id))
        .filter(open_to_the_public(now()))
        .select(About::as_select())
        .first(conn)
        .optional()
}

/// The published records of the learner to whom a refresh address leads, the newest first.
pub fn records_behind(conn: &mut Conn, secret: &str) -> QueryResult<Vec<Credential>> {
    credential::table
        .inner_join(record_refresh::table.on(record_refresh::learner_id.eq(credential::learner_id)))
        .filter(record_refresh::fingerprint.eq(clock::fingerprint(secret)))
        .filter(credential::clr_id.is_not_null())
        .filter(open_to_the_public(now()))
        .order((credential::issued_at.desc(), credential::id.desc()))
        .select(Credential::as_select())
        .load(conn)
}

/// The endorsement with this public id, where what it is of may be shown. What was said of an achievement or an office
/// is held by every credential of it.
pub fn endorsement(conn: &mut Conn, iri: &Iri) -> QueryResult<Option<Endorsement>> {
    let of_award = credential::table
        .filter(credential::assertion_id.eq(endorsement::assertion_id))
        .filter(open_to_the_public(now()));
    let of_record =
        credential::table.filter(credential::clr_id.eq(endorsement::clr_id)).filter(open_to_the_public(now()));
    let of_person =
        holds::table.filter(holds::learner_id.nullable().eq(endorsement::profile_id)).filter(hold::in_force(now()));
    endorsement::table
        .filter(endorsement::iri.eq(iri))
        .filter(endorsement::assertion_id.is_null().or(exists(of_award)))
        .filter(endorsement::clr_id.is_null().or(exists(of_record)))
        .filter(not(exists(of_person)))
        .select(Endorsement::as_select())
        .first(conn)
        .optional()
}

/// What the token of a share opens.
#[derive(Debug)]
pub enum Shared {
    /// The share: what its learner consented to be shown.
    Open(Box<Share>),
    /// Nothing any more: its time is over, it was switched off, its learner is under an administrative hold or was
    /// erased, which look the same.
    Gone,
    /// Nothing: there never was such a share.
    Unknown,
}

/// The one place that decides whether a share opens for its recipient at an instant. The learner's consent stands above
/// a privacy hold, which is the learner's own wish, and never above an administrative one.
#[diesel::dsl::auto_type]
fn open_to_its_recipient(now: NaiveDateTime) -> _ {
    let administrative: HoldKind = HoldKind::Administrative;
    let in_force: hold::in_force = hold::in_force(now);
    let owing = holds::table
        .filter(holds::learner_id.eq(share::learner_id))
        .filter(holds::kind.eq(administrative))
        .filter(in_force);
    let erased = erasure::table.filter(erasure::learner_id.eq(share::learner_id));
    let has_time = share::expires_at.is_null().or(share::expires_at.gt(now));
    share::off_at.is_null().and(has_time).and(not(exists(owing))).and(not(exists(erased)))
}

/// What a token opens. Whatever does not open asks both questions.
pub fn shared(conn: &mut Conn, token: &str) -> QueryResult<Shared> {
    let own = share::table.filter(share::fingerprint.eq(clock::fingerprint(token)));
    let open = own.clone().filter(open_to_its_recipient(now())).select(Share::as_select()).first(conn).optional()?;
    if let Some(share) = open {
        return Ok(Shared::Open(Box::new(share)));
    }
    let was: bool = diesel::select(exists(own)).get_result(conn)?;
    Ok(if was { Shared::Gone } else { Shared::Unknown })
}
