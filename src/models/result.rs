//! The result: what a learner reached in one of the achievement's result descriptions (CLR 1.0 `Result`).

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};

use super::{
    Assertion, Level, ResultDescription,
    assertion::{self, Listed as Award, Those},
    audit::{self, Actor, Change},
    issued::{Extensions, IssuedAlignment, IssuedResult},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    search_index,
};
use crate::{
    clock,
    db::{
        Conn,
        schema::{achievement, assertion as assertions, result, result_description, rubric_criterion_level},
    },
    values::{Id, Iri, Json, Line, Name, ResultStatus},
};

/// The name of the kind in the audit trail.
pub const KIND: &str = "result";

/// What was reached (CLR 1.0 `Result`).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = result, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct AwardResult {
    /// Row id.
    pub id: Id<AwardResult>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub assertion_id: Id<Assertion>,
    /// What it is a result of.
    pub result_description_id: Id<ResultDescription>,
    /// The level reached.
    pub achieved_level_id: Option<Id<Level>>,
    /// Value, as text.
    pub value: Option<Line>,
    /// Status.
    pub status: Option<ResultStatus>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Where it stands in frameworks, beside what its description says.
    pub alignments: Json<Vec<IssuedAlignment>>,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
}

impl AwardResult {
    /// A new result with nothing reached yet.
    pub fn new(assertion_id: Id<Assertion>, result_description_id: Id<ResultDescription>, position: i32) -> Self {
        Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            assertion_id,
            result_description_id,
            achieved_level_id: None,
            value: None,
            status: None,
            position,
            created_at: clock::now().naive_utc(),
            alignments: Json::new(Vec::new()),
            extensions: Json::new(Extensions::new()),
            revision: 1,
        }
    }
}

/// A line of the list: what was reached, in words, with the award it belongs to.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The result.
    pub result: AwardResult,
    /// What it is a result of.
    pub description: String,
    /// What was reached.
    pub reached: String,
    /// Whose it is.
    pub award: Award,
}

/// The results of an assertion in words: what was reached in what.
pub fn in_words(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<String> {
    type Row = (String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Row> = result::table
        .inner_join(result_description::table.on(result_description::id.eq(result::result_description_id)))
        .left_join(
            rubric_criterion_level::table.on(result::achieved_level_id.eq(rubric_criterion_level::id.nullable())),
        )
        .filter(result::assertion_id.eq(id))
        .order((result::position, result::id))
        .select((result_description::name, rubric_criterion_level::name.nullable(), result::value, result::status))
        .load(conn)?;
    let reached = |(name, level, value, status): Row| {
        format!("{name}: {}", [level, value, status].into_iter().flatten().collect::<Vec<_>>().join(" "))
    };
    Ok(rows.into_iter().map(reached).collect::<Vec<_>>().join("; "))
}

/// "2 drafts have results in it: Ann Lee, Zoë Łukasiewicz", naming three at most; nothing without drafts.
pub(super) fn drafts_in_words(learners: &[Name], one: &str, many: &str) -> Vec<String> {
    let named = learners.iter().take(3).map(Name::to_string).collect::<Vec<_>>().join(", ");
    match learners.len() {
        0 => Vec::new(),
        1 => vec![format!("1 draft {one}: {named}")],
        number => vec![format!("{number} drafts {many}: {named}{}", if number > 3 { " …" } else { "" })],
    }
}

/// "3 issued awards have a result in it and keep it as it was."
pub(super) fn keepers_in_words(awards: i64) -> Option<String> {
    match awards {
        0 => None,
        1 => Some("1 issued award has a result in it, and keeps it as it was.".to_owned()),
        _ => Some(format!("{awards} issued awards have a result in it, and keep it as it was.")),
    }
}

/// One result.
pub fn find(conn: &mut Conn, id: &Id<AwardResult>) -> QueryResult<AwardResult> {
    result::table.find(id).select(AwardResult::as_select()).first(conn)
}

/// The results of an award, in their order.
pub fn of(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Vec<AwardResult>> {
    result::table
        .filter(result::assertion_id.eq(id))
        .order((result::position, result::id))
        .select(AwardResult::as_select())
        .load(conn)
}

/// Puts these results in place of those a draft had. What the award's form does not know of a result (its public id,
/// its alignments, a second result of the same description) stays.
pub fn replace(conn: &mut Conn, id: &Id<Assertion>, results: &[AwardResult]) -> QueryResult<()> {
    let mut known = of(conn, id)?;
    for (place, one) in results.iter().enumerate() {
        let same = known.iter().position(|old| old.result_description_id == one.result_description_id);
        let Some(old) = same.map(|at| known.remove(at)) else {
            diesel::insert_into(result::table).values(one.clone()).execute(conn)?;
            continue;
        };
        let row = AwardResult {
            achieved_level_id: one.achieved_level_id.clone(),
            value: one.value.clone(),
            status: one.status,
            position: place as i32,
            revision: old.revision + 1,
            ..old
        };
        diesel::update(result::table.find(row.id.clone())).set(row).execute(conn)?;
    }
    let kept: Vec<_> = results.iter().map(|one| &one.result_description_id).collect();
    known.retain(|old| !kept.contains(&&old.result_description_id));
    let gone: Vec<_> = known.iter().map(|old| &old.id).collect();
    diesel::delete(result::table.filter(result::id.eq_any(gone))).execute(conn).map(|_| ())
}

/// The results as they are frozen.
pub fn issued(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Vec<IssuedResult>> {
    type Row = (Iri, Iri, Option<Iri>, Option<Line>, Option<ResultStatus>, Json<Vec<IssuedAlignment>>);
    let rows: Vec<Row> = result::table
        .inner_join(result_description::table.on(result_description::id.eq(result::result_description_id)))
        .left_join(
            rubric_criterion_level::table.on(result::achieved_level_id.eq(rubric_criterion_level::id.nullable())),
        )
        .filter(result::assertion_id.eq(id))
        .order((result::position, result::id))
        .select((
            result::iri,
            result_description::iri,
            rubric_criterion_level::iri.nullable(),
            result::value,
            result::status,
            result::alignments,
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, description, level, value, status, alignments)| IssuedResult {
            id: id.to_string(),
            result_description: description.to_string(),
            achieved_level: level.map(String::from),
            value: value.map(String::from),
            status,
            alignments: alignments.into_inner(),
        })
        .collect())
}

diesel::define_sql_function! {
    /// Small letters.
    fn lower(text: diesel::sql_types::Nullable<diesel::sql_types::Text>)
        -> diesel::sql_types::Nullable<diesel::sql_types::Text>;
}

/// Narrows a list of results. The award is looked at row by row, so that the list is read in the order of its index
/// however many results there are; where the awards in question are few, theirs are read first.
fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<result::BoxedQuery<'a, crate::db::MultiBackend>> {
    let mut rows = result::table.into_boxed();
    if let Some((parts, awards)) = search_index::narrowed_parts(conn, search_index::Of::Results, &query.words)? {
        rows = rows.filter(result::id.eq_any(parts).or(result::assertion_id.eq_any(awards)));
    }
    let award = || assertions::table.filter(assertions::id.eq(result::assertion_id));
    for pattern in query.patterns() {
        // What was searched is folded, and a value is kept as it was entered.
        let own = lower(result::value).like(pattern.clone()).escape('\\').assume_not_null();
        rows = rows.filter(own.or(exists(award().filter(assertions::search_text.like(pattern).escape('\\')))));
    }
    if let Some(office) = &query.office {
        let ours = assertions::table
            .inner_join(achievement::table.on(assertions::achievement_id.eq(achievement::id)))
            .filter(achievement::issuer_id.eq(office.clone()));
        rows = if assertion::are_few(conn, Those::OfOffice(office))? {
            rows.filter(result::assertion_id.eq_any(ours.select(assertions::id)))
        } else {
            rows.filter(exists(ours.filter(assertions::id.eq(result::assertion_id))))
        };
    }
    if let Some(status) = query.filter("status") {
        rows = rows.filter(result::status.eq(status.to_owned()));
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(exists(award().filter(assertions::origin.eq(origin))));
    }
    let draft = assertions::issued_at.is_null();
    let issued = assertions::issued_at.is_not_null();
    Ok(match query.filter("state") {
        Some("draft") if assertion::are_few(conn, Those::Drafts)? => {
            let few = assertions::table.filter(assertions::standing.eq(assertion::DRAFT));
            rows.filter(result::assertion_id.eq_any(few.select(assertions::id)))
        }
        Some("draft") => rows.filter(exists(award().filter(draft))),
        Some("issued") if assertion::are_few(conn, Those::Issued)? => {
            let few = assertions::table.filter(assertions::standing.gt(assertion::DRAFT));
            rows.filter(result::assertion_id.eq_any(few.select(assertions::id)))
        }
        Some("issued") => rows.filter(exists(award().filter(issued))),
        _ => rows,
    })
}

/// A page of results. Sorts by `recorded` alone; filters by `status` and `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(conn, query)?.select(AwardResult::as_select());
    let rows: Vec<AwardResult> = keyset!(rows, query, result::created_at, result::id, NaiveDateTime).load(conn)?;
    let page = Page::of(rows, query, |row| Cursor::at(&row.created_at, row.id.as_str()));
    Ok(Page { rows: listed(conn, page.rows)?, next: page.next, previous: page.previous })
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<AwardResult>> = matching(conn, query)?.select(result::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// Adds words and awards to results, with a fixed number of queries.
pub fn listed(conn: &mut Conn, rows: Vec<AwardResult>) -> QueryResult<Vec<Listed>> {
    let ids: Vec<_> = rows.iter().map(|row| row.assertion_id.clone()).collect();
    let awards = assertion::listed_by_id(conn, &ids)?;
    let ids: Vec<_> = rows.iter().map(|row| &row.result_description_id).collect();
    let descriptions: Vec<(Id<ResultDescription>, String)> = result_description::table
        .filter(result_description::id.eq_any(ids))
        .select((result_description::id, result_description::name))
        .load(conn)?;
    let ids: Vec<_> = rows.iter().filter_map(|row| row.achieved_level_id.as_ref()).collect();
    let levels: Vec<(Id<Level>, String)> = rubric_criterion_level::table
        .filter(rubric_criterion_level::id.eq_any(ids))
        .select((rubric_criterion_level::id, rubric_criterion_level::name))
        .load(conn)?;
    let with_words = |result: AwardResult| {
        let award = awards.iter().find(|award| award.assertion.id == result.assertion_id)?.clone();
        let description = descriptions.iter().find(|(id, _)| *id == result.result_description_id);
        let level = levels.iter().find(|(id, _)| Some(id) == result.achieved_level_id.as_ref());
        let parts = [
            level.map(|(_, name)| name.clone()),
            result.value.as_ref().map(Line::to_string),
            result.status.map(|status| status.to_string()),
        ];
        Some(Listed {
            description: description.map(|(_, name)| name.clone()).unwrap_or_default(),
            reached: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            award,
            result,
        })
    };
    Ok(rows.into_iter().filter_map(with_words).collect())
}

/// One change of a draft's results: the result's own entry, and the award's.
fn note(conn: &mut Conn, by: &Actor, action: &str, own: &AwardResult, before: String) -> QueryResult<()> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let after = in_words(conn, &own.assertion_id)?;
    let change = Change { field: "Results".to_owned(), before: some(before), after: some(after) };
    audit::write(conn, by, action, (KIND, own.id.as_str()), vec![change.clone()])?;
    audit::write(conn, by, "changed", (assertion::KIND, own.assertion_id.as_str()), vec![change])
}

impl AwardResult {
    /// Records a new result at the end. `false` when the award was issued meanwhile.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = in_words(conn, &self.assertion_id)?;
        let place = of(conn, &self.assertion_id)?.last().map_or(0, |last| last.position + 1);
        if !assertion::part_changed(conn, &self.assertion_id)? {
            return Ok(false);
        }
        let row = Self { position: place, ..self.clone() };
        diesel::insert_into(result::table).values(row).execute(conn)?;
        note(conn, by, "created", self, before)?;
        Ok(true)
    }

    /// Stores a change. `false` when somebody else changed it, or the award was issued meanwhile.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = in_words(conn, &self.assertion_id)?;
        let same_revision = result::table.find(&self.id).filter(result::revision.eq(self.revision));
        let row = Self { revision: self.revision + 1, ..self.clone() };
        if !assertion::part_changed(conn, &self.assertion_id)?
            || diesel::update(same_revision).set(row).execute(conn)? == 0
        {
            return Ok(false);
        }
        note(conn, by, "changed", self, before)?;
        Ok(true)
    }
}

/// Deletes a result of a draft. `false` when the award was issued.
pub fn delete(conn: &mut Conn, id: &Id<AwardResult>, by: &Actor) -> QueryResult<bool> {
    let gone = find(conn, id)?;
    let before = in_words(conn, &gone.assertion_id)?;
    if !assertion::part_changed(conn, &gone.assertion_id)? {
        return Ok(false);
    }
    diesel::delete(result::table.find(id)).execute(conn)?;
    note(conn, by, "deleted", &gone, before)?;
    Ok(true)
}

/// Moves a result one place up or down. `false` when the award was issued.
pub fn shift(conn: &mut Conn, id: &Id<AwardResult>, up: bool, by: &Actor) -> QueryResult<bool> {
    let own = find(conn, id)?;
    let before = in_words(conn, &own.assertion_id)?;
    let mut all = of(conn, &own.assertion_id)?;
    let Some(at) = all.iter().position(|one| one.id == *id) else { return Ok(false) };
    let to = if up { at.saturating_sub(1) } else { (at + 1).min(all.len() - 1) };
    if !assertion::part_changed(conn, &own.assertion_id)? {
        return Ok(false);
    }
    all.swap(at, to);
    for (place, one) in all.iter().enumerate() {
        diesel::update(result::table.find(&one.id)).set(result::position.eq(place as i32)).execute(conn)?;
    }
    note(conn, by, "moved", &own, before)?;
    Ok(true)
}
