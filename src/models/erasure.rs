//! The erasure of a learner's data on legal request, and the tombstone that it leaves: the codes, and that it was done.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{
    Actor, Assertion, Clr, Credential, Profile, assertion as assertion_noun, audit_chain,
    audit_lawful::Numbers,
    clr as clr_noun,
    credential::{Listed, PublicFacts},
    endorsement as endorsement_noun, evidence as evidence_noun,
    issued::Extensions,
    profile as profile_noun, result as result_noun, share as share_noun,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            assertion, attendance, attendance_dispute, award_flag, clr, clr_assertion, conferral_member, credential,
            credential_document, endorsement, erasure, evidence, evidence_file, hold, import, import_object, kept_form,
            learner_card, one_time_link, outbox, parked_attendance, presence, profile, program_award, program_progress,
            progress_mark, record_refresh, result, session, share, signed_form,
        },
    },
    values::{Address, Id, Iri, Json, Line, Name},
};

/// While it is being done: the database lets that learner's frozen rows go.
const ERASING: &str = "erasing";
/// It was done.
const DONE: &str = "done";

/// What is told of it afterwards.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = erasure, treat_none_as_default_value = false)]
pub struct Erasure {
    /// Row id.
    pub id: Id<Erasure>,
    /// Whose data it was.
    pub learner_id: Id<Profile>,
    /// Why.
    pub reason: Line,
    /// [`ERASING`] or [`DONE`].
    pub state: String,
    /// Who did it.
    pub made_by: String,
    /// When.
    pub made_at: NaiveDateTime,
}

/// The erasure of a learner, if there was one.
pub fn of(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Option<Erasure>> {
    erasure::table.filter(erasure::learner_id.eq(learner)).select(Erasure::as_select()).first(conn).optional()
}

/// The codes that are left of an erased learner, newest first.
pub fn tombstones(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Vec<Credential>> {
    credential::table
        .filter(credential::learner_id.eq(learner))
        .order((credential::issued_at.desc(), credential::id.desc()))
        .select(Credential::as_select())
        .load(conn)
}

/// Ids of what is a learner's.
struct Own {
    assertions: Vec<Id<Assertion>>,
    records: Vec<Id<Clr>>,
    credentials: Vec<Id<Credential>>,
    /// Kind and row id of everything the audit trail may tell of.
    objects: Vec<(&'static str, String)>,
}

fn own(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<Own> {
    let assertions: Vec<Id<Assertion>> =
        assertion::table.filter(assertion::learner_id.eq(learner)).select(assertion::id).load(conn)?;
    let records: Vec<Id<Clr>> = clr::table.filter(clr::learner_id.eq(learner)).select(clr::id).load(conn)?;
    let credentials: Vec<Id<Credential>> =
        credential::table.filter(credential::learner_id.eq(learner)).select(credential::id).load(conn)?;
    let evidences: Vec<String> =
        evidence::table.filter(evidence::assertion_id.eq_any(&assertions)).select(evidence::id).load(conn)?;
    let results: Vec<String> =
        result::table.filter(result::assertion_id.eq_any(&assertions)).select(result::id).load(conn)?;
    let endorsements: Vec<String> = endorsement::table
        .filter(endorsement::assertion_id.eq_any(&assertions))
        .or_filter(endorsement::clr_id.eq_any(&records))
        .or_filter(endorsement::profile_id.eq(learner))
        .select(endorsement::id)
        .load(conn)?;
    let mut objects = vec![(profile_noun::KIND, learner.to_string())];
    objects.extend(assertions.iter().map(|id| (assertion_noun::KIND, id.to_string())));
    objects.extend(records.iter().map(|id| (clr_noun::KIND, id.to_string())));
    objects.extend(credentials.iter().map(|id| (super::credential::KIND, id.to_string())));
    objects.extend(evidences.into_iter().map(|id| (evidence_noun::KIND, id)));
    objects.extend(results.into_iter().map(|id| (result_noun::KIND, id)));
    objects.extend(endorsements.into_iter().map(|id| (endorsement_noun::KIND, id)));
    Ok(Own { assertions, records, credentials, objects })
}

/// What an erasure came to.
pub struct Outcome {
    /// How many codes are left.
    pub codes: usize,
    /// The entries of the audit trail that tell no changes any more …
    pub changes_of: Numbers,
    /// … and those that do not name who acted.
    pub names_of: Numbers,
}

/// Erases whatever tells of a learner, and leaves the tombstone. The caller writes the entry, which must name the emptied
/// entries: without it they count as tampered with. `listed` is what revocation lists tell of those that do not stand.
pub fn erase(
    conn: &mut Conn,
    learner: &Profile,
    (reason, by): (&Line, &Actor),
    listed: &HashMap<Id<Credential>, Listed>,
) -> QueryResult<Outcome> {
    let mark = Erasure {
        id: Id::fresh(),
        learner_id: learner.id.clone(),
        reason: reason.clone(),
        state: ERASING.to_owned(),
        made_by: by.name.clone(),
        made_at: clock::now().naive_utc(),
    };
    diesel::insert_into(erasure::table).values(mark.clone()).execute(conn)?;
    let own = own(conn, &learner.id)?;
    let codes = own.credentials.len();
    leave_codes(conn, &learner.id, &own, listed)?;
    erase_awards(conn, &learner.id, &own)?;
    close_shares(conn, &learner.id)?;
    erase_traces(conn, &learner.id, &own)?;
    let (changes_of, names_of) = empty_trail(conn, &learner.id, &own)?;
    leave_person(conn, learner)?;
    diesel::update(erasure::table.find(&mark.id)).set(erasure::state.eq(DONE)).execute(conn)?;
    Ok(Outcome { codes, changes_of, names_of })
}

/// Of each credential stay its code, its dates, what was awarded, and what revocation lists tell of it.
fn leave_codes(
    conn: &mut Conn,
    learner: &Id<Profile>,
    own: &Own,
    listed: &HashMap<Id<Credential>, Listed>,
) -> QueryResult<()> {
    // The places in status lists stay: who kept a signed file is told of its status, and a place holds no personal data.
    diesel::delete(signed_form::table.filter(signed_form::credential_id.eq_any(&own.credentials))).execute(conn)?;
    diesel::delete(record_refresh::table.filter(record_refresh::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(credential_document::table.filter(credential_document::credential_id.eq_any(&own.credentials)))
        .execute(conn)?;
    for one in tombstones(conn, learner)? {
        let listed = listed.get(&one.id).cloned().unwrap_or_default();
        let facts = PublicFacts { holder: String::new(), record: None, listed, ..one.facts.get().clone() };
        diesel::update(credential::table.find(&one.id))
            .set((
                credential::facts.eq(Json::new(facts)),
                credential::assertion_id.eq(None::<Id<Assertion>>),
                credential::clr_id.eq(None::<Id<Clr>>),
                credential::public_reason.eq(None::<Line>),
                credential::internal_note.eq(None::<String>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

fn erase_awards(conn: &mut Conn, learner: &Id<Profile>, own: &Own) -> QueryResult<()> {
    let (awards, records) = (&own.assertions, &own.records);
    diesel::delete(endorsement::table.filter(endorsement::assertion_id.eq_any(awards))).execute(conn)?;
    diesel::delete(endorsement::table.filter(endorsement::clr_id.eq_any(records))).execute(conn)?;
    diesel::delete(endorsement::table.filter(endorsement::profile_id.eq(learner))).execute(conn)?;
    diesel::delete(evidence_file::table.filter(evidence_file::assertion_id.eq_any(awards))).execute(conn)?;
    diesel::delete(evidence::table.filter(evidence::assertion_id.eq_any(awards))).execute(conn)?;
    diesel::delete(result::table.filter(result::assertion_id.eq_any(awards))).execute(conn)?;
    diesel::delete(clr_assertion::table.filter(clr_assertion::assertion_id.eq_any(awards))).execute(conn)?;
    diesel::delete(clr_assertion::table.filter(clr_assertion::clr_id.eq_any(records))).execute(conn)?;
    diesel::delete(clr::table.filter(clr::id.eq_any(records))).execute(conn)?;
    diesel::delete(award_flag::table.filter(award_flag::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(program_award::table.filter(program_award::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(program_progress::table.filter(program_progress::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(conferral_member::table.filter(conferral_member::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(assertion::table.filter(assertion::id.eq_any(awards))).execute(conn)?;
    diesel::delete(hold::table.filter(hold::learner_id.eq(learner))).execute(conn)?;
    erase_attendance(conn, learner)
}

fn erase_attendance(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<()> {
    diesel::delete(attendance_dispute::table.filter(attendance_dispute::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(presence::table.filter(presence::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(progress_mark::table.filter(progress_mark::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(parked_attendance::table.filter(parked_attendance::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(learner_card::table.filter(learner_card::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(attendance::table.filter(attendance::learner_id.eq(learner))).execute(conn).map(|_| ())
}

/// Shares are switched off, and what they say of anybody goes. That and when each was opened stays written down: it tells
/// of nobody any more.
fn close_shares(conn: &mut Conn, learner: &Id<Profile>) -> QueryResult<()> {
    for one in share_noun::of_learner(conn, learner)? {
        diesel::delete(signed_form::table.filter(signed_form::document_id.eq_any(one.document_ids()))).execute(conn)?;
        let off_at = one.off_at.unwrap_or_else(|| clock::now().naive_utc());
        diesel::update(share::table.find(&one.id))
            .set((
                share::recipient.eq(Line::unnamed()),
                share::purpose.eq(Line::unnamed()),
                share::signed_in_as.eq(None::<String>),
                share::off_at.eq(Some(off_at)),
                share::off_by.eq(None::<String>),
                share::off_reason.eq(None::<Line>),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// Mail, sessions, links, half-typed forms and files that were imported. Half-typed forms and
/// imported files may tell of others too; they are of use for half an hour, or were brought in.
fn erase_traces(conn: &mut Conn, learner: &Id<Profile>, own: &Own) -> QueryResult<()> {
    diesel::delete(outbox::table.filter(outbox::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(outbox::table.filter(outbox::credential_id.eq_any(&own.credentials))).execute(conn)?;
    diesel::delete(session::table.filter(session::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(one_time_link::table.filter(one_time_link::learner_id.eq(learner))).execute(conn)?;
    diesel::delete(kept_form::table).execute(conn)?;
    super::kept_form::forget_of_learner(conn, learner)?;
    let ids: Vec<&str> = own.objects.iter().map(|(_, id)| id.as_str()).collect();
    let files: Vec<String> = import_object::table
        .filter(import_object::object_id.eq_any(&ids))
        .select(import_object::import_id)
        .distinct()
        .load(conn)?;
    diesel::update(import::table.filter(import::id.eq_any(&files)))
        .set((import::content.eq(Vec::<u8>::new()), import::file_name.eq("erased")))
        .execute(conn)?;
    diesel::delete(import_object::table.filter(import_object::object_id.eq_any(&ids))).execute(conn)?;
    Ok(())
}

fn empty_trail(conn: &mut Conn, learner: &Id<Profile>, own: &Own) -> QueryResult<(Numbers, Numbers)> {
    let mut emptied = Vec::new();
    for (kind, id) in &own.objects {
        emptied.extend(audit_chain::erase_changes(conn, kind, id)?);
    }
    let nameless = audit_chain::erase_learner_name(conn, learner.as_str())?;
    Ok((Numbers::of(emptied), Numbers::of(nameless)))
}

/// Of the person stays a row without a name, because codes belong to it.
fn leave_person(conn: &mut Conn, learner: &Profile) -> QueryResult<()> {
    let bare = Profile {
        id: learner.id.clone(),
        iri: Iri::fresh(),
        sort_name: String::new(),
        search_text: String::new(),
        email_folded: None,
        address: Json::new(Address::default()),
        identifiers: Json::new(Vec::new()),
        extensions: Json::new(Extensions::new()),
        revision: learner.revision + 1,
        created_at: learner.created_at,
        ..Profile::new(learner.kind, Name::erased())
    };
    diesel::update(profile::table.find(&learner.id)).set(bare).execute(conn).map(|_| ())
}
