//! Taking an import back: exactly what it made goes, while nothing else depends on it.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use super::{Import, ImportObject, UNDOING, UNDONE};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            achievement, achievement_version, assertion, association, attendance, clr, clr_assertion, credential,
            credential_document, endorsement, event, evidence, hold, import, import_object, learner_card,
            one_time_link, outbox, profile, result, session, share_award, signing_key, staff, status_place,
        },
    },
    models::{
        achievement as achievement_noun, achievement_parts, assertion as assertion_noun, clr as clr_noun,
        profile as profile_noun, setting, tombstone,
    },
    values::{CeDiD, Id, Iri, Origin, Status},
};

/// Ids are compared in lists of this length, which both databases take.
const AT_ONCE: usize = 500;

/// The row ids of what an import made, by kind.
struct Own<'a> {
    profiles: Vec<&'a str>,
    achievements: Vec<&'a str>,
    assertions: Vec<&'a str>,
    clrs: Vec<&'a str>,
    credentials: Vec<&'a str>,
    endorsements: Vec<&'a str>,
    /// Also the records whose document it renewed.
    records: Vec<&'a str>,
}

impl<'a> Own<'a> {
    fn of(objects: &'a [ImportObject]) -> Self {
        let records = objects.iter().filter(|one| one.object_kind == clr_noun::KIND);
        let of = |kind: &str| -> Vec<&'a str> {
            let made = objects.iter().filter(|one| one.object_kind == kind && one.before.is_none());
            made.map(|one| one.object_id.as_str()).collect()
        };
        Self {
            profiles: of(profile_noun::KIND),
            achievements: of(achievement_noun::KIND),
            assertions: of(assertion_noun::KIND),
            clrs: of(clr_noun::KIND),
            credentials: of("credential"),
            endorsements: of("endorsement"),
            records: records.map(|one| one.object_id.as_str()).collect(),
        }
    }
}

/// How many rows of a table name one of these ids in a column, those of the import left out.
macro_rules! others {
    ($conn:expr, $table:ident, $column:ident, $ids:expr, $own:expr) => {{
        let mut number = 0;
        for ids in $ids.chunks(AT_ONCE) {
            let rows: Vec<String> = $table::table.filter($table::$column.eq_any(ids)).select($table::id).load($conn)?;
            number += rows.iter().filter(|id| !$own.contains(&id.as_str())).count();
        }
        number
    }};
}

/// Nothing of the import is of this kind.
const NONE: [&str; 0] = [];

/// A number of things, and what to say of one and of many.
type Told = (usize, &'static str, &'static str);

/// What depends on what an import made, as sentences; empty when it can be taken back.
pub fn dependents(conn: &mut Conn, import: &Import, objects: &[ImportObject]) -> QueryResult<Vec<String>> {
    let own = Own::of(objects);
    let mut told = on_profiles(conn, &own)?;
    told.extend(on_achievements(conn, &own, import.done_at.unwrap_or(import.created_at))?);
    told.extend(on_awards(conn, &own)?);
    told.push((changed_since(conn, objects)?, "of its objects was changed since", "of its objects were changed since"));
    let mut found = sentences(told);
    if setting::publisher_id(conn)?.is_some_and(|id| own.profiles.contains(&id.as_str())) {
        found.push("It brought the publisher of this portal".to_owned());
    }
    Ok(found)
}

fn sentences(told: Vec<Told>) -> Vec<String> {
    let sentence = |(number, one, many): Told| format!("{number} {}", if number == 1 { one } else { many });
    told.into_iter().filter(|(number, ..)| *number > 0).map(sentence).collect()
}

fn on_profiles(conn: &mut Conn, own: &Own) -> QueryResult<Vec<Told>> {
    let profiles = &own.profiles;
    let issued = others!(conn, achievement, issuer_id, profiles, own.achievements);
    let awarded = others!(conn, assertion, learner_id, profiles, own.assertions)
        + others!(conn, assertion, source_id, profiles, own.assertions);
    let parts = others!(conn, profile, parent_id, profiles, profiles);
    let members = others!(conn, staff, office_id, profiles, NONE);
    let events = others!(conn, event, host_id, profiles, NONE);
    let attended = others!(conn, attendance, learner_id, profiles, NONE);
    let records =
        others!(conn, clr, learner_id, profiles, own.clrs) + others!(conn, clr, publisher_id, profiles, own.clrs);
    let endorsed = others!(conn, endorsement, issuer_id, profiles, own.endorsements)
        + others!(conn, endorsement, profile_id, profiles, own.endorsements);
    let keys = others!(conn, signing_key, profile_id, profiles, NONE);
    let held = others!(conn, hold, learner_id, profiles, NONE);
    Ok(vec![
        (held, "hold was placed on a learner of it", "holds were placed on learners of it"),
        (keys, "key signs for a profile of it", "keys sign for profiles of it"),
        (
            issued,
            "other achievement is issued by an organisation of it",
            "other achievements are issued by organisations of it",
        ),
        (awarded, "other assertion names a profile of it", "other assertions name profiles of it"),
        (parts, "other profile is part of an organisation of it", "other profiles are part of organisations of it"),
        (members, "member of staff works for an office of it", "members of staff work for offices of it"),
        (events, "event is hosted by an office of it", "events are hosted by offices of it"),
        (cards(conn, profiles)?, "card is of a learner of it", "cards are of learners of it"),
        (attended, "attendance names a learner of it", "attendances name learners of it"),
        (records, "other record names a profile of it", "other records name profiles of it"),
        (endorsed, "other endorsement concerns a profile of it", "other endorsements concern profiles of it"),
        (mailed(conn, profiles)?, "mail was written to a learner of it", "mails were written to learners of it"),
    ])
}

fn cards(conn: &mut Conn, profiles: &[&str]) -> QueryResult<usize> {
    let mut number = 0;
    for ids in profiles.chunks(AT_ONCE) {
        let own = learner_card::table.filter(learner_card::learner_id.eq_any(ids));
        number += own.select(learner_card::card_folded).load::<String>(conn)?.len();
    }
    Ok(number)
}

fn on_achievements(conn: &mut Conn, own: &Own, since: NaiveDateTime) -> QueryResult<Vec<Told>> {
    let achievements = &own.achievements;
    let awarded = others!(conn, assertion, achievement_id, achievements, own.assertions);
    let events = others!(conn, event, achievement_id, achievements, NONE);
    let endorsed = others!(conn, endorsement, achievement_id, achievements, own.endorsements);
    let tied = later_ties(conn, since, achievements)?;
    Ok(vec![
        (awarded, "other assertion awards an achievement of it", "other assertions award achievements of it"),
        (events, "event owns an achievement of it", "events own achievements of it"),
        (endorsed, "other endorsement concerns an achievement of it", "other endorsements concern achievements of it"),
        (tied, "other achievement refers to one of it", "other achievements refer to ones of it"),
    ])
}

fn on_awards(conn: &mut Conn, own: &Own) -> QueryResult<Vec<Told>> {
    let issued = others!(conn, credential, assertion_id, own.assertions, own.credentials)
        + others!(conn, credential, clr_id, own.clrs, own.credentials);
    let replaced = others!(conn, credential, replaces_id, own.credentials, own.credentials);
    let endorsed = others!(conn, endorsement, assertion_id, own.assertions, own.endorsements)
        + others!(conn, endorsement, clr_id, own.clrs, own.endorsements);
    let mut chosen = 0;
    for ids in own.assertions.chunks(AT_ONCE) {
        let rows: Vec<String> = clr_assertion::table
            .filter(clr_assertion::assertion_id.eq_any(ids))
            .select(clr_assertion::clr_id)
            .load(conn)?;
        chosen += rows.iter().filter(|id| !own.records.contains(&id.as_str())).count();
    }
    let (mut signed, mut shared) = (0, 0);
    for ids in own.credentials.chunks(AT_ONCE) {
        let places = status_place::table.filter(status_place::credential_id.eq_any(ids));
        signed += usize::try_from(places.count().get_result::<i64>(conn)?).unwrap_or(usize::MAX);
        let shown = share_award::table.filter(share_award::credential_id.eq_any(ids));
        shared += usize::try_from(shown.count().get_result::<i64>(conn)?).unwrap_or(usize::MAX);
    }
    Ok(vec![
        // A signed file goes on naming its place in our list; taken back, it would look valid for ever.
        (signed, "signed file of it was handed out", "signed files of it were handed out"),
        (shared, "award of it was shared by its learner", "awards of it were shared by their learners"),
        (issued, "credential was issued from it since", "credentials were issued from it since"),
        (replaced, "credential of it was replaced", "credentials of it were replaced"),
        (endorsed, "other endorsement concerns an award of it", "other endorsements concern awards of it"),
        (chosen, "other record takes an assertion of it", "other records take assertions of it"),
    ])
}

/// Who depends on a record of another publisher and on the assertions that go with it, as sentences.
pub(super) fn on_record(conn: &mut Conn, going: &[ImportObject]) -> QueryResult<Vec<String>> {
    Ok(sentences(on_awards(conn, &Own::of(going))?))
}

/// Whether nothing but what goes names an achievement or a profile of another publisher.
pub(super) fn is_unused(conn: &mut Conn, going: &[ImportObject], one: &ImportObject) -> QueryResult<bool> {
    let mut own = Own::of(going);
    let told = if one.object_kind == profile_noun::KIND {
        if !is_foreign(conn, &one.object_id)? {
            return Ok(false);
        }
        own.profiles.push(&one.object_id);
        on_profiles(conn, &own)?
    } else {
        own.achievements.push(&one.object_id);
        on_achievements(conn, &own, DateTime::<Utc>::MAX_UTC.naive_utc())?
    };
    Ok(told.iter().all(|(number, ..)| *number == 0))
}

/// Organisations of ours may be named by the documents of others; they are nobody's to remove.
fn is_foreign(conn: &mut Conn, id: &str) -> QueryResult<bool> {
    let origin: Option<Origin> =
        profile::table.filter(profile::id.eq(id)).select(profile::origin).first(conn).optional()?;
    Ok(origin == Some(Origin::Foreign))
}

/// Ties that others made to achievements of the import since. Older ones, which had waited for them, wait again.
fn later_ties(conn: &mut Conn, since: NaiveDateTime, achievements: &[&str]) -> QueryResult<usize> {
    let mut number = 0;
    for ids in achievements.chunks(AT_ONCE) {
        let from: Vec<String> = association::table
            .filter(association::target_id.eq_any(ids))
            .filter(association::created_at.gt(since))
            .select(association::achievement_id)
            .load(conn)?;
        number += from.iter().filter(|id| !achievements.contains(&id.as_str())).count();
    }
    Ok(number)
}

fn mailed(conn: &mut Conn, profiles: &[&str]) -> QueryResult<usize> {
    let mut number = 0;
    for ids in profiles.chunks(AT_ONCE) {
        let mails: i64 = outbox::table.filter(outbox::learner_id.eq_any(ids)).count().get_result(conn)?;
        number += usize::try_from(mails).unwrap_or(0);
    }
    Ok(number)
}

/// How many objects have another revision, or another status, than the import gave them.
fn changed_since(conn: &mut Conn, objects: &[ImportObject]) -> QueryResult<usize> {
    let mut changed = 0;
    for one in objects {
        let id = one.object_id.as_str();
        let revision: Option<i32> = match one.object_kind.as_str() {
            profile_noun::KIND => {
                profile::table.filter(profile::id.eq(id)).select(profile::revision).first(conn).optional()?
            }
            achievement_noun::KIND => achievement::table
                .filter(achievement::id.eq(id))
                .select(achievement::revision)
                .first(conn)
                .optional()?,
            assertion_noun::KIND => {
                assertion::table.filter(assertion::id.eq(id)).select(assertion::revision).first(conn).optional()?
            }
            clr_noun::KIND => clr::table.filter(clr::id.eq(id)).select(clr::revision).first(conn).optional()?,
            "endorsement" => endorsement::table
                .filter(endorsement::id.eq(id))
                .select(endorsement::revision)
                .first(conn)
                .optional()?,
            "credential" => {
                let status: Option<Status> = credential::table
                    .filter(credential::id.eq(id))
                    .select(credential::status)
                    .first(conn)
                    .optional()?;
                status.map(|status| i32::from(status != Status::InForce))
            }
            _ => None,
        };
        changed += usize::from(revision.is_some_and(|revision| revision != one.revision));
    }
    Ok(changed)
}

/// Deletes what an import made, and puts back the documents it put others in the place of. Call it only when nothing
/// depends on it.
pub fn take_back(conn: &mut Conn, id: &Id<Import>, objects: &[ImportObject]) -> QueryResult<()> {
    diesel::update(import::table.find(id)).set(import::state.eq(UNDOING)).execute(conn)?;
    take_objects_back(conn, objects)?;
    diesel::delete(import_object::table.filter(import_object::import_id.eq(id))).execute(conn)?;
    diesel::update(import::table.find(id))
        .set((import::state.eq(UNDONE), import::undone_at.eq(Some(clock::now().naive_utc()))))
        .execute(conn)?;
    Ok(())
}

/// Deletes objects in an order in which nothing names what is gone.
pub(super) fn take_objects_back(conn: &mut Conn, objects: &[ImportObject]) -> QueryResult<()> {
    for kind in [
        "endorsement",
        "credential",
        clr_noun::KIND,
        assertion_noun::KIND,
        "achievement version",
        achievement_noun::KIND,
    ] {
        for one in objects.iter().filter(|one| one.object_kind == kind) {
            take_one_back(conn, one)?;
        }
    }
    // Profiles last, those that are part of others first: the import made the wholes before the parts.
    for one in objects.iter().rev().filter(|one| one.object_kind == profile_noun::KIND) {
        take_one_back(conn, one)?;
    }
    Ok(())
}

/// A code that was public stays with the award it was for.
fn bury_code(conn: &mut Conn, id: &str) -> QueryResult<()> {
    let (code, iri): (CeDiD, Iri) = credential::table
        .inner_join(assertion::table.on(credential::assertion_id.eq(assertion::id.nullable())))
        .filter(credential::id.eq(id))
        .select((credential::cedid, assertion::iri))
        .first(conn)?;
    tombstone::bury(conn, code, iri)
}

fn take_one_back(conn: &mut Conn, one: &ImportObject) -> QueryResult<()> {
    let id = one.object_id.as_str();
    match one.object_kind.as_str() {
        "endorsement" => {
            diesel::delete(endorsement::table.filter(endorsement::id.eq(id))).execute(conn)?;
        }
        "credential" => {
            bury_code(conn, id)?;
            diesel::delete(credential_document::table.filter(credential_document::credential_id.eq(id)))
                .execute(conn)?;
            diesel::delete(credential::table.filter(credential::id.eq(id))).execute(conn)?;
        }
        clr_noun::KIND => match &one.before {
            Some(before) => {
                diesel::update(clr::table.filter(clr::id.eq(id)))
                    .set((clr::document.eq(Some(before)), clr::revision.eq(one.revision - 1)))
                    .execute(conn)?;
            }
            None => {
                diesel::delete(clr_assertion::table.filter(clr_assertion::clr_id.eq(id))).execute(conn)?;
                diesel::delete(clr::table.filter(clr::id.eq(id))).execute(conn)?;
            }
        },
        assertion_noun::KIND => {
            diesel::delete(clr_assertion::table.filter(clr_assertion::assertion_id.eq(id))).execute(conn)?;
            diesel::delete(result::table.filter(result::assertion_id.eq(id))).execute(conn)?;
            diesel::delete(evidence::table.filter(evidence::assertion_id.eq(id))).execute(conn)?;
            diesel::delete(assertion::table.filter(assertion::id.eq(id))).execute(conn)?;
        }
        "achievement version" => {
            if let Some((achievement, number)) = id.split_once('/') {
                let number: i32 = number.parse().unwrap_or_default();
                diesel::delete(achievement_version::table.find((achievement, number))).execute(conn)?;
            }
        }
        achievement_noun::KIND => {
            if let Ok(own) = id.parse() {
                achievement_parts::delete_all(conn, &own)?;
            }
            diesel::update(association::table.filter(association::target_id.eq(id)))
                .set(association::target_id.eq(None::<String>))
                .execute(conn)?;
            diesel::delete(achievement_version::table.filter(achievement_version::achievement_id.eq(id)))
                .execute(conn)?;
            diesel::delete(achievement::table.filter(achievement::id.eq(id))).execute(conn)?;
        }
        _ => {
            diesel::delete(session::table.filter(session::learner_id.eq(id))).execute(conn)?;
            diesel::delete(one_time_link::table.filter(one_time_link::learner_id.eq(id))).execute(conn)?;
            diesel::delete(profile::table.filter(profile::id.eq(id))).execute(conn)?;
        }
    }
    Ok(())
}
