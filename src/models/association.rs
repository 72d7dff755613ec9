//! The association: how an achievement belongs to another one (CLR 1.0 `Association`).

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Achievement,
    achievement_parts::{self as parts, Part},
    audit::{self, Actor, Facts},
    event,
    issued::{Extensions, IssuedAssociation, members},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    part_place::{Placed, Ways},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, association},
    },
    values::{AssociationType, Id, Iri, Json, Name, fold},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "association";

/// A tie to another achievement (CLR 1.0 `Association`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = association, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Association {
    /// Row id.
    pub id: Id<Association>,
    /// Whose it is.
    pub achievement_id: Id<Achievement>,
    /// Kind of tie.
    pub association_type: AssociationType,
    /// The other achievement's public id.
    pub target_iri: Iri,
    /// The other achievement, where it is known here.
    pub target_id: Option<Id<Achievement>>,
    /// The other achievement's name.
    pub title: Name,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`Association::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

impl Association {
    /// A tie from an achievement to another one, by its public id and title, at a place.
    pub fn new(
        achievement_id: Id<Achievement>,
        association_type: AssociationType,
        (target_iri, title): (Iri, Name),
        position: i32,
    ) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id,
            association_type,
            target_iri,
            target_id: None,
            title,
            position,
            created_at: now,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
        };
        new.refold();
        new
    }

    /// A tie from one achievement to another that is known here.
    pub fn to(achievement_id: Id<Achievement>, association_type: AssociationType, target: &Achievement) -> Self {
        let other = (target.iri.clone(), target.name.clone());
        Self { target_id: Some(target.id.clone()), ..Self::new(achievement_id, association_type, other, 0) }
    }

    /// Sets what is derived from the title and the target.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.title.as_str());
        let words = [self.title.as_str(), self.target_iri.as_str(), self.association_type.as_str()];
        self.search_text = fold(&words.join(" "));
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        vec![
            ("Type", self.association_type.shown()),
            ("Title", self.title.to_string()),
            ("Target", self.target_iri.to_string()),
            ("Members of other systems", members(&self.extensions)),
        ]
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(association::table).values(row).execute(conn)?;
        event::counts_otherwise(conn, &self.achievement_id)
    }
}

/// The ties of the achievement, as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedAssociation>> {
    let own = of_achievement(conn, id)?;
    let issued = |one: Association| IssuedAssociation {
        association_type: one.association_type,
        target_id: one.target_iri.to_string(),
        title: one.title.to_string(),
        extensions: one.extensions.into_inner(),
    };
    Ok(own.into_iter().map(issued).collect())
}

/// The ties of an achievement, in their order.
pub fn of_achievement(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<Association>> {
    association::table
        .filter(association::achievement_id.eq(id))
        .order((association::position, association::id))
        .select(Association::as_select())
        .load(conn)
}

fn siblings(conn: &mut Conn, one: &Association) -> QueryResult<Vec<Association>> {
    of_achievement(conn, &one.achievement_id)
}

/// One of them.
pub fn find(conn: &mut Conn, id: &Id<Association>) -> QueryResult<Association> {
    association::table.find(id).select(Association::as_select()).first(conn)
}

fn matching<'a>(query: &Query) -> association::BoxedQuery<'a, MultiBackend> {
    let mut rows = association::table.into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(association::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        let theirs = achievement::table.filter(achievement::issuer_id.eq(office.clone())).select(achievement::id);
        rows = rows.filter(association::achievement_id.eq_any(theirs));
    }
    if let Some(wanted) = query.filter("achievement") {
        rows = rows.filter(association::achievement_id.eq(wanted.to_owned()));
    }
    if let Some(origin) = query.origin() {
        let whole = achievement::table.filter(achievement::id.eq(association::achievement_id));
        rows = rows.filter(exists(whole.filter(achievement::origin.eq(origin))));
    }
    if let Some(wanted) = query.filter("type") {
        rows = rows.filter(association::association_type.eq(wanted.to_owned()));
    }
    rows
}

/// A page of them with the ways to them. Sorts by `name` or `updated`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Placed<Association>>> {
    let rows = matching(query).select(Association::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<Association> =
            keyset!(rows, query, association::updated_at, association::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<Association> =
            keyset!(rows, query, association::sort_name, association::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    };
    let ways = Ways::read(conn, vec![], vec![], page.rows.iter().map(|one| &one.achievement_id).collect())?;
    Ok(page.map(|part| Placed { way: ways.to_achievement(&part.achievement_id), part }))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Association>> = matching(query).select(association::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

impl Association {
    /// Adds it: an edit of its achievement.
    pub fn add(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        self.insert(conn)?;
        let achievement = self.achievement_id.clone();
        self.part(&achievement).added(conn, by)
    }

    /// Stores a change. Nothing is written when somebody else changed it since it was read: `Ok(false)`.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision {
            return Ok(false);
        }
        let changes = audit::differences(&before.facts(), &self.facts());
        if changes.is_empty() {
            return Ok(true);
        }
        let mut after = self.clone();
        after.refold();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        let same_revision = association::table.find(&self.id).filter(association::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        event::counts_otherwise(conn, &self.achievement_id)?;
        let achievement = self.achievement_id.clone();
        self.part(&achievement).changed(conn, changes, by)?;
        Ok(true)
    }

    /// Moves it a place up or down among its siblings.
    pub fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> QueryResult<()> {
        let siblings = siblings(conn, self)?;
        let Some(order) = parts::moved(&siblings, up, |one| one.id == self.id) else { return Ok(()) };
        for (place, one) in (0..).zip(&order) {
            diesel::update(association::table.find(&one.id)).set(association::position.eq(place)).execute(conn)?;
        }
        let names = |all: &[Association]| all.iter().map(|one| one.title.to_string()).collect();
        let achievement = self.achievement_id.clone();
        parts::reordered(conn, &self.part(&achievement), (names(&siblings), names(&order)), by)
    }

    /// As the audit trail names it.
    fn part<'a>(&'a self, achievement: &'a Id<Achievement>) -> Part<'a> {
        Part { kind: KIND, id: self.id.as_str(), name: self.title.as_str(), achievement, rubric: None }
    }
}

/// Deletes it: an edit of its achievement.
pub fn delete(conn: &mut Conn, id: &Id<Association>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    diesel::delete(association::table.find(id)).execute(conn)?;
    event::counts_otherwise(conn, &gone.achievement_id)?;
    gone.part(&gone.achievement_id).deleted(conn, &gone.facts(), by)
}
