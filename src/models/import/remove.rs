//! Removing one record of another publisher: it goes with its bytes, its assertions and what was said of them, and with
//! those achievements and profiles that came with it and that nothing else names.

use diesel::prelude::*;

use super::{ImportObject, objects, undo};
use crate::{
    db::{
        Conn,
        schema::{achievement, assertion, clr, clr_assertion, endorsement, import_object},
    },
    models::{Clr, achievement as achievement_noun, assertion as assertion_noun, clr as clr_noun, profile},
    values::{Id, Origin},
};

/// What goes with a record.
#[derive(Debug, Clone, Default)]
pub struct Removal {
    /// Its objects, in the order in which they were made.
    objects: Vec<ImportObject>,
}

impl Removal {
    /// How many objects of a kind go.
    pub fn count(&self, kind: &str) -> usize {
        self.objects.iter().filter(|one| one.object_kind == kind).count()
    }
}

/// Who uses a foreign record or an assertion of it, as sentences; empty when it can be removed.
pub fn dependents(conn: &mut Conn, record: &Clr) -> QueryResult<Vec<String>> {
    let going = own(conn, record)?;
    undo::on_record(conn, &going)
}

/// What would go with a foreign record.
pub fn of(conn: &mut Conn, record: &Clr) -> QueryResult<Removal> {
    let mut going = own(conn, record)?;
    let (came_with, is_last) = came_with(conn, record)?;
    let awarded = awarded(conn, &going)?;
    let candidates = came_with.iter().rev();
    for one in candidates.clone().filter(|one| one.object_kind == achievement_noun::KIND) {
        // A related achievement is named by no row, only by documents: it stays for the other records of its file.
        if (is_last || awarded.contains(&one.object_id)) && undo::is_unused(conn, &going, one)? {
            going.push(one.clone());
        }
    }
    // The import made the wholes before their parts; so the parts are looked at first.
    for one in candidates.filter(|one| one.object_kind == profile::KIND) {
        if undo::is_unused(conn, &going, one)? {
            going.push(one.clone());
        }
    }
    going.sort_by_key(|one| one.position);
    Ok(Removal { objects: going })
}

/// Deletes it all. Call it only when nothing depends on the record.
pub fn remove(conn: &mut Conn, removal: &Removal) -> QueryResult<()> {
    undo::take_objects_back(conn, &removal.objects)?;
    for one in &removal.objects {
        diesel::delete(
            import_object::table
                .filter(import_object::object_kind.eq(&one.object_kind))
                .filter(import_object::object_id.eq(&one.object_id)),
        )
        .execute(conn)?;
    }
    Ok(())
}

/// The record, its assertions that are in no other record, and what others said of these.
fn own(conn: &mut Conn, record: &Clr) -> QueryResult<Vec<ImportObject>> {
    let taken: Vec<String> = clr_assertion::table
        .inner_join(assertion::table.on(assertion::id.eq(clr_assertion::assertion_id)))
        .filter(clr_assertion::clr_id.eq(&record.id))
        .filter(assertion::origin.eq(Origin::Foreign))
        .order(clr_assertion::position)
        .select(clr_assertion::assertion_id)
        .load(conn)?;
    let elsewhere: Vec<String> = clr_assertion::table
        .filter(clr_assertion::assertion_id.eq_any(&taken))
        .filter(clr_assertion::clr_id.ne(&record.id))
        .inner_join(clr::table.on(clr::id.eq(clr_assertion::clr_id)))
        .filter(clr::origin.eq(Origin::Foreign))
        .select(clr_assertion::assertion_id)
        .load(conn)?;
    let own: Vec<String> = taken.into_iter().filter(|id| !elsewhere.contains(id)).collect();
    let said: Vec<String> = endorsement::table
        .filter(endorsement::origin.eq(Origin::Foreign))
        .filter(
            endorsement::clr_id
                .eq(&record.id)
                .assume_not_null()
                .or(endorsement::assertion_id.eq_any(&own).assume_not_null()),
        )
        .select(endorsement::id)
        .load(conn)?;
    let made = |kind: &str, id: String| ImportObject {
        import_id: Id::fresh(),
        object_kind: kind.to_owned(),
        object_id: id,
        digest: String::new(),
        revision: 1,
        before: None,
        position: 0,
    };
    let mut objects = vec![made(clr_noun::KIND, record.id.to_string())];
    objects.extend(own.into_iter().map(|id| made(assertion_noun::KIND, id)));
    objects.extend(said.into_iter().map(|id| made("endorsement", id)));
    Ok(objects)
}

/// What came with the file of a record, and whether this is the last record that is left of it.
fn came_with(conn: &mut Conn, record: &Clr) -> QueryResult<(Vec<ImportObject>, bool)> {
    let imports: Vec<Id<super::Import>> = import_object::table
        .filter(import_object::object_kind.eq(clr_noun::KIND))
        .filter(import_object::object_id.eq(record.id.as_str()))
        .select(import_object::import_id)
        .load(conn)?;
    let mut all: Vec<ImportObject> = Vec::new();
    for import in &imports {
        all.extend(objects(conn, import)?);
    }
    let others = all.iter().any(|one| one.object_kind == clr_noun::KIND && one.object_id != record.id.as_str());
    Ok((all, !others))
}

/// The achievements that the assertions which go award.
fn awarded(conn: &mut Conn, going: &[ImportObject]) -> QueryResult<Vec<String>> {
    let assertions = going.iter().filter(|one| one.object_kind == assertion_noun::KIND).map(|one| &one.object_id);
    assertion::table
        .inner_join(achievement::table.on(achievement::id.eq(assertion::achievement_id)))
        .filter(assertion::id.eq_any(assertions))
        .filter(achievement::origin.eq(Origin::Foreign))
        .select(achievement::id)
        .load(conn)
}
