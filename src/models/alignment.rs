//! The alignment: where an achievement, a result description or a level stands in a framework (CLR 1.0 `Alignment`).

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Achievement, Level, ResultDescription,
    achievement_parts::{self as parts, Part},
    audit::{self, Actor, Facts},
    issued::{Extensions, IssuedAlignment, members},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    part_place::{self, Placed, Ways},
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, alignment, result_description, rubric_criterion_level},
    },
    values::{Id, Iri, Json, Line, Name, Prose, TargetType, fold},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "alignment";

/// A node of a framework (CLR 1.0 `Alignment`) on an achievement, a description or a level.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = alignment, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Alignment {
    /// Row id.
    pub id: Id<Alignment>,
    /// On an achievement …
    pub achievement_id: Option<Id<Achievement>>,
    /// … or a description …
    pub result_description_id: Option<Id<ResultDescription>>,
    /// … or a level.
    pub rubric_criterion_level_id: Option<Id<Level>>,
    /// Name of the node.
    pub target_name: Name,
    /// Its address.
    pub target_url: Iri,
    /// Its code.
    pub target_code: Option<Line>,
    /// Its description.
    pub target_description: Option<Prose>,
    /// The framework.
    pub target_framework: Option<Line>,
    /// Its type.
    pub target_type: Option<TargetType>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Its own public id, where another system gave it one.
    pub iri: Option<Iri>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by: set by [`Alignment::refold`].
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// What an alignment is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Aligned {
    /// The achievement itself.
    Achievement(Id<Achievement>),
    /// One of its result descriptions.
    Description(Id<ResultDescription>),
    /// A level of one of these.
    Level(Id<Level>),
}

impl Alignment {
    /// A new alignment with a node of a framework, at a place.
    pub fn new(on: Aligned, target_name: Name, target_url: Iri, position: i32) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            achievement_id: None,
            result_description_id: None,
            rubric_criterion_level_id: None,
            target_name,
            target_url,
            target_code: None,
            target_description: None,
            target_framework: None,
            target_type: None,
            position,
            created_at: now,
            iri: None,
            extensions: Json::new(Extensions::new()),
            revision: 1,
            sort_name: String::new(),
            search_text: String::new(),
            updated_at: now,
        };
        match on {
            Aligned::Achievement(id) => new.achievement_id = Some(id),
            Aligned::Description(id) => new.result_description_id = Some(id),
            Aligned::Level(id) => new.rubric_criterion_level_id = Some(id),
        }
        new.refold();
        new
    }

    /// What it is on.
    pub fn on(&self) -> Option<Aligned> {
        let (achievement, description) = (self.achievement_id.clone(), self.result_description_id.clone());
        achievement
            .map(Aligned::Achievement)
            .or(description.map(Aligned::Description))
            .or(self.rubric_criterion_level_id.clone().map(Aligned::Level))
    }

    /// Sets what is derived from the node's name, code and framework.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.target_name.as_str());
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let words = [
            self.target_name.to_string(),
            line(&self.target_code),
            line(&self.target_framework),
            self.target_url.to_string(),
        ];
        self.search_text = fold(&words.join(" "));
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        vec![
            ("Name", self.target_name.to_string()),
            ("Address", self.target_url.to_string()),
            ("Code", line(&self.target_code)),
            ("Framework", line(&self.target_framework)),
            ("Type", self.target_type.as_ref().map(TargetType::shown).unwrap_or_default()),
            ("Description", self.target_description.as_ref().map(Prose::to_string).unwrap_or_default()),
            ("Public id", self.iri.as_ref().map(Iri::to_string).unwrap_or_default()),
            ("Members of other systems", members(&self.extensions)),
        ]
    }

    /// Stores it; the caller writes the audit entry.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        let mut row = self.clone();
        row.refold();
        diesel::insert_into(alignment::table).values(row).execute(conn).map(|_| ())
    }
}

/// The alignments of the achievement itself, as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Achievement>) -> QueryResult<Vec<IssuedAlignment>> {
    let own = on(conn, &Aligned::Achievement(id.clone()))?;
    Ok(own.iter().map(issued_alignment).collect())
}

/// An alignment as it is frozen.
pub(super) fn issued_alignment(alignment: &Alignment) -> IssuedAlignment {
    let text = |line: &Option<Line>| line.as_ref().map(Line::to_string);
    IssuedAlignment {
        id: alignment.iri.as_ref().map(Iri::to_string),
        target_name: alignment.target_name.to_string(),
        target_url: alignment.target_url.to_string(),
        target_code: text(&alignment.target_code),
        target_description: alignment.target_description.as_ref().map(Prose::to_string),
        target_framework: text(&alignment.target_framework),
        target_type: alignment.target_type.as_ref().map(TargetType::to_string),
        extensions: alignment.extensions.get().clone(),
    }
}

/// The alignments on one thing, in their order.
pub fn on(conn: &mut Conn, on: &Aligned) -> QueryResult<Vec<Alignment>> {
    let rows = alignment::table.into_boxed();
    let rows = match on {
        Aligned::Achievement(id) => rows.filter(alignment::achievement_id.eq(id)),
        Aligned::Description(id) => rows.filter(alignment::result_description_id.eq(id)),
        Aligned::Level(id) => rows.filter(alignment::rubric_criterion_level_id.eq(id)),
    };
    rows.order((alignment::position, alignment::id)).select(Alignment::as_select()).load(conn)
}

/// The alignments on these descriptions and levels, in the order of each.
pub fn on_parts(conn: &mut Conn, descriptions: &[ResultDescription], levels: &[Level]) -> QueryResult<Vec<Alignment>> {
    let descriptions: Vec<_> = descriptions.iter().map(|one| &one.id).collect();
    let levels: Vec<_> = levels.iter().map(|one| &one.id).collect();
    alignment::table
        .filter(
            alignment::result_description_id
                .eq_any(descriptions)
                .or(alignment::rubric_criterion_level_id.eq_any(levels)),
        )
        .order((alignment::position, alignment::id))
        .select(Alignment::as_select())
        .load(conn)
}

fn siblings(conn: &mut Conn, one: &Alignment) -> QueryResult<Vec<Alignment>> {
    match one.on() {
        Some(aligned) => on(conn, &aligned),
        None => Ok(Vec::new()),
    }
}

/// One of them.
pub fn find(conn: &mut Conn, id: &Id<Alignment>) -> QueryResult<Alignment> {
    alignment::table.find(id).select(Alignment::as_select()).first(conn)
}

fn matching<'a>(query: &Query) -> alignment::BoxedQuery<'a, MultiBackend> {
    let mut rows = alignment::table.into_boxed();
    for pattern in query.patterns() {
        rows = rows.filter(alignment::search_text.like(pattern).escape('\\'));
    }
    if let Some(office) = &query.office {
        let theirs = achievement::table.filter(achievement::issuer_id.eq(office.clone())).select(achievement::id);
        let descriptions = result_description::table
            .filter(result_description::achievement_id.eq_any(theirs.clone()))
            .select(result_description::id);
        let levels = rubric_criterion_level::table
            .filter(rubric_criterion_level::result_description_id.eq_any(descriptions.clone()))
            .select(rubric_criterion_level::id);
        rows = rows.filter(
            alignment::achievement_id
                .eq_any(theirs.nullable())
                .or(alignment::result_description_id.eq_any(descriptions.nullable()))
                .or(alignment::rubric_criterion_level_id.eq_any(levels.nullable())),
        );
    }
    if let Some(wanted) = query.filter("achievement") {
        let descriptions = result_description::table
            .filter(result_description::achievement_id.eq(wanted.to_owned()))
            .select(result_description::id);
        let levels = rubric_criterion_level::table
            .filter(rubric_criterion_level::result_description_id.eq_any(descriptions.clone()))
            .select(rubric_criterion_level::id);
        rows = rows.filter(
            alignment::achievement_id
                .eq(wanted.to_owned())
                .or(alignment::result_description_id.eq_any(descriptions.nullable()))
                .or(alignment::rubric_criterion_level_id.eq_any(levels.nullable())),
        );
    }
    if let Some(origin) = query.origin() {
        let whole = || achievement::table.filter(achievement::origin.eq(origin));
        let described =
            || whole().inner_join(result_description::table.on(result_description::achievement_id.eq(achievement::id)));
        let levelled = described().inner_join(
            rubric_criterion_level::table.on(rubric_criterion_level::result_description_id.eq(result_description::id)),
        );
        rows = rows.filter(
            exists(whole().filter(achievement::id.nullable().eq(alignment::achievement_id)))
                .or(exists(described().filter(result_description::id.nullable().eq(alignment::result_description_id))))
                .or(exists(
                    levelled.filter(rubric_criterion_level::id.nullable().eq(alignment::rubric_criterion_level_id)),
                )),
        );
    }
    if let Some(wanted) = query.filter("type") {
        rows = rows.filter(alignment::target_type.eq(wanted.to_owned()));
    }
    rows = match query.filter("on") {
        Some("achievement") => rows.filter(alignment::achievement_id.is_not_null()),
        Some("description") => rows.filter(alignment::result_description_id.is_not_null()),
        Some("level") => rows.filter(alignment::rubric_criterion_level_id.is_not_null()),
        _ => rows,
    };
    rows
}

/// A page of them with the ways to them. Sorts by `name` or `updated`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Placed<Alignment>>> {
    let rows = matching(query).select(Alignment::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<Alignment> =
            keyset!(rows, query, alignment::updated_at, alignment::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<Alignment> = keyset!(rows, query, alignment::sort_name, alignment::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    };
    let ways = Ways::read(
        conn,
        page.rows.iter().filter_map(|one| one.rubric_criterion_level_id.as_ref()).collect(),
        page.rows.iter().filter_map(|one| one.result_description_id.as_ref()).collect(),
        page.rows.iter().filter_map(|one| one.achievement_id.as_ref()).collect(),
    )?;
    Ok(page.map(|part| Placed { way: ways.to_aligned(&part), part }))
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Alignment>> = matching(query).select(alignment::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

impl Alignment {
    /// Adds it: an edit of its achievement.
    pub fn add(&self, conn: &mut Conn, by: &Actor) -> QueryResult<()> {
        self.insert(conn)?;
        let achievement = part_place::of_alignment(conn, self)?;
        self.part(conn, &achievement)?.added(conn, by)
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
        let same_revision = alignment::table.find(&self.id).filter(alignment::revision.eq(self.revision));
        if diesel::update(same_revision).set(after).execute(conn)? == 0 {
            return Ok(false);
        }
        let achievement = part_place::of_alignment(conn, self)?;
        self.part(conn, &achievement)?.changed(conn, changes, by)?;
        Ok(true)
    }

    /// Moves it a place up or down among its siblings.
    pub fn shift(&self, conn: &mut Conn, up: bool, by: &Actor) -> QueryResult<()> {
        let siblings = siblings(conn, self)?;
        let Some(order) = parts::moved(&siblings, up, |one| one.id == self.id) else { return Ok(()) };
        for (place, one) in (0..).zip(&order) {
            diesel::update(alignment::table.find(&one.id)).set(alignment::position.eq(place)).execute(conn)?;
        }
        let names = |all: &[Alignment]| all.iter().map(|one| one.target_name.to_string()).collect();
        let achievement = part_place::of_alignment(conn, self)?;
        let part = self.part(conn, &achievement)?;
        parts::reordered(conn, &part, (names(&siblings), names(&order)), by)
    }

    /// As the audit trail names it.
    fn part<'a>(&'a self, conn: &mut Conn, achievement: &'a Id<Achievement>) -> QueryResult<Part<'a>> {
        let rubric = part_place::rubric_of_alignment(conn, self)?;
        Ok(Part { kind: KIND, id: self.id.as_str(), name: self.target_name.as_str(), achievement, rubric })
    }
}

/// Deletes it: an edit of its achievement.
pub fn delete(conn: &mut Conn, id: &Id<Alignment>, by: &Actor) -> QueryResult<()> {
    let gone = find(conn, id)?;
    let achievement = part_place::of_alignment(conn, &gone)?;
    diesel::delete(alignment::table.find(id)).execute(conn)?;
    gone.part(conn, &achievement)?.deleted(conn, &gone.facts(), by)
}

/// Deletes those on a description or level that is going.
pub(super) fn delete_on(
    conn: &mut Conn,
    descriptions: &[Id<ResultDescription>],
    levels: &[Id<Level>],
) -> QueryResult<()> {
    let gone = alignment::table.filter(
        alignment::result_description_id.eq_any(descriptions).or(alignment::rubric_criterion_level_id.eq_any(levels)),
    );
    diesel::delete(gone).execute(conn).map(|_| ())
}
