//! Taking an import back: exactly what it made goes, while nothing else depends on it.

use diesel::prelude::*;

use super::{Import, ImportObject, UNDOING, UNDONE};
use crate::{
    clock,
    db::{
        Conn,
        schema::{
            achievement, achievement_version, assertion, association, attendance, clr, clr_assertion, credential,
            credential_document, endorsement, event, evidence, import, import_object, one_time_link, outbox, profile,
            result, session, staff,
        },
    },
    models::{
        achievement as achievement_noun, achievement_parts, assertion as assertion_noun, clr as clr_noun,
        profile as profile_noun, setting,
    },
    values::{Id, Status},
};

/// Ids are compared in lists of this length, which both databases take.
const AT_ONCE: usize = 500;

/// What depends on what an import made, as sentences; empty when it can be taken back.
pub fn dependents(conn: &mut Conn, import: &Import, objects: &[ImportObject]) -> QueryResult<Vec<String>> {
    let of = |kind: &str| -> Vec<&str> {
        objects
            .iter()
            .filter(|one| one.object_kind == kind && one.before.is_none())
            .map(|one| one.object_id.as_str())
            .collect()
    };
    let (profiles, achievements) = (of(profile_noun::KIND), of(achievement_noun::KIND));
    let (assertions, clrs, credentials, endorsements) =
        (of(assertion_noun::KIND), of(clr_noun::KIND), of("credential"), of("endorsement"));
    let mut found = Vec::new();
    let mut tell = |number: usize, one: &str, many: &str| {
        if number > 0 {
            found.push(format!("{number} {}", if number == 1 { one } else { many }));
        }
    };
    /// How many other rows name one of these, by a column.
    macro_rules! others {
        ($table:ident, $column:ident, $ids:expr, $own:expr) => {{
            let mut number = 0;
            for ids in $ids.chunks(AT_ONCE) {
                let rows: Vec<String> =
                    $table::table.filter($table::$column.eq_any(ids)).select($table::id).load(conn)?;
                number += rows.iter().filter(|id| !$own.contains(&id.as_str())).count();
            }
            number
        }};
    }
    tell(
        others!(achievement, issuer_id, profiles, achievements),
        "other achievement is issued by an organisation of it",
        "other achievements are issued by organisations of it",
    );
    let learners =
        others!(assertion, learner_id, profiles, assertions) + others!(assertion, source_id, profiles, assertions);
    tell(learners, "other assertion names a profile of it", "other assertions name profiles of it");
    tell(
        others!(assertion, achievement_id, achievements, assertions),
        "other assertion awards an achievement of it",
        "other assertions award achievements of it",
    );
    tell(
        others!(profile, parent_id, profiles, profiles),
        "other profile is part of an organisation of it",
        "other profiles are part of organisations of it",
    );
    tell(
        others!(staff, office_id, profiles, [""; 0]),
        "member of staff works for an office of it",
        "members of staff work for offices of it",
    );
    tell(
        others!(event, host_id, profiles, [""; 0]) + others!(event, achievement_id, achievements, [""; 0]),
        "event belongs to it",
        "events belong to it",
    );
    tell(
        others!(attendance, learner_id, profiles, [""; 0]),
        "attendance names a learner of it",
        "attendances name learners of it",
    );
    tell(
        others!(clr, learner_id, profiles, clrs) + others!(clr, publisher_id, profiles, clrs),
        "other record names a profile of it",
        "other records name profiles of it",
    );
    tell(
        later_ties(conn, import, &achievements)?,
        "other achievement refers to one of it",
        "other achievements refer to ones of it",
    );
    let endorsed = others!(endorsement, issuer_id, profiles, endorsements)
        + others!(endorsement, profile_id, profiles, endorsements)
        + others!(endorsement, achievement_id, achievements, endorsements)
        + others!(endorsement, assertion_id, assertions, endorsements)
        + others!(endorsement, clr_id, clrs, endorsements);
    tell(endorsed, "other endorsement concerns it", "other endorsements concern it");
    let issued =
        others!(credential, assertion_id, assertions, credentials) + others!(credential, clr_id, clrs, credentials);
    tell(issued, "credential was issued from it since", "credentials were issued from it since");
    tell(
        others!(credential, replaces_id, credentials, credentials),
        "credential of it was replaced",
        "credentials of it were replaced",
    );
    let mut chosen = 0;
    for ids in assertions.chunks(AT_ONCE) {
        let rows: Vec<String> = clr_assertion::table
            .filter(clr_assertion::assertion_id.eq_any(ids))
            .select(clr_assertion::clr_id)
            .load(conn)?;
        chosen += rows.iter().filter(|id| !clrs.contains(&id.as_str())).count();
    }
    tell(chosen, "other record takes an assertion of it", "other records take assertions of it");
    tell(mailed(conn, &profiles)?, "mail was written to a learner of it", "mails were written to learners of it");
    if setting::publisher_id(conn)?.is_some_and(|id| profiles.contains(&id.as_str())) {
        found.push("It brought the publisher of this portal".to_owned());
    }
    let changed = changed_since(conn, objects)?;
    if changed > 0 {
        found.push(format!("{changed} of its objects {} changed since", if changed == 1 { "was" } else { "were" }));
    }
    Ok(found)
}

/// Ties that others made to achievements of the import since. Older ones, which had waited for them, wait again.
fn later_ties(conn: &mut Conn, import: &Import, achievements: &[&str]) -> QueryResult<usize> {
    let since = import.done_at.unwrap_or(import.created_at);
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
    diesel::delete(import_object::table.filter(import_object::import_id.eq(id))).execute(conn)?;
    diesel::update(import::table.find(id))
        .set((import::state.eq(UNDONE), import::undone_at.eq(Some(clock::now().naive_utc()))))
        .execute(conn)?;
    Ok(())
}

fn take_one_back(conn: &mut Conn, one: &ImportObject) -> QueryResult<()> {
    let id = one.object_id.as_str();
    match one.object_kind.as_str() {
        "endorsement" => {
            diesel::delete(endorsement::table.filter(endorsement::id.eq(id))).execute(conn)?;
        }
        "credential" => {
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
