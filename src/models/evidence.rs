//! Evidence: what an award rests on (CLR 1.0 `Evidence`), with its artifacts: links, and files that were handed in.
//!
//! It belongs to a draft and changes with it: each change counts as a change of the draft, so that nobody issues what he
//! did not look at. Once the award was issued it is only how staff find it.

use chrono::NaiveDateTime;
use diesel::{dsl::exists, prelude::*};
use serde::{Deserialize, Serialize};

use super::{
    Assertion, EvidenceFile,
    assertion::{self, Listed as Award, Those},
    audit::{self, Actor, Change, Facts},
    evidence_file,
    issued::{Extensions, IssuedArtifact, IssuedEvidence},
    page::{COUNT_LIMIT, Cursor, Page, Query, keyset},
    search_index,
};
use crate::{
    clock,
    db::{
        Conn, MultiBackend,
        schema::{achievement, assertion as assertions, evidence},
    },
    values::{Id, Iri, Json, Line, Name, Prose, fold},
};

/// The name of the kind in the audit trail and in addresses.
pub const KIND: &str = "evidence";

/// A piece of evidence.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = evidence, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Evidence {
    /// Row id.
    pub id: Id<Evidence>,
    /// Public id.
    pub iri: Iri,
    /// Whose it is.
    pub assertion_id: Id<Assertion>,
    /// Name.
    pub name: Name,
    /// For whom.
    pub audience: Option<Line>,
    /// Description.
    pub description: Option<Prose>,
    /// Kind: a poem, a film, a report.
    pub genre: Option<Line>,
    /// Narrative, in Markdown.
    pub narrative: Option<Prose>,
    /// Links and files.
    pub artifacts: Json<Vec<Artifact>>,
    /// Place among its siblings.
    pub position: i32,
    /// When it was recorded.
    pub created_at: NaiveDateTime,
    /// Members of other systems.
    pub extensions: Json<Extensions>,
    /// Counts the changes.
    pub revision: i32,
    /// What lists are sorted by.
    pub sort_name: String,
    /// What is searched.
    pub search_text: String,
    /// When it was last changed.
    pub updated_at: NaiveDateTime,
}

/// A link or a file (CLR 1.0 `Artifact`): it has an address, or a file that gets one when the award is issued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artifact {
    /// Name.
    pub name: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Web address or data URI.
    pub url: Option<String>,
    /// The public id of a file that was handed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// Where files are handed in.
#[derive(Debug, Clone)]
pub enum FileHolder {
    /// With a piece of evidence that there is.
    Known(Evidence),
    /// With a new one.
    New(Evidence),
}

/// A line of the list: the evidence with the award it belongs to.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The evidence.
    pub evidence: Evidence,
    /// Whose it is.
    pub award: Award,
}

impl Evidence {
    /// A new piece at the end of those a draft has.
    pub fn new(assertion_id: Id<Assertion>, name: Name) -> Self {
        let now = clock::now().naive_utc();
        let mut new = Self {
            id: Id::fresh(),
            iri: Iri::fresh(),
            assertion_id,
            name,
            audience: None,
            description: None,
            genre: None,
            narrative: None,
            artifacts: Json::new(Vec::new()),
            position: 0,
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

    /// Sets what is derived from names.
    pub fn refold(&mut self) {
        self.sort_name = fold(self.name.as_str());
        let artifacts = self.artifacts.get().iter().filter_map(|one| one.name.clone()).collect::<Vec<_>>().join(" ");
        let own = searched(self.name.as_str(), self.genre.as_ref().map(Line::as_str), self.iri.as_str());
        self.search_text = format!("{own} {}", fold(&artifacts));
    }

    /// `Field trip: Report.pdf, Photographs`.
    fn in_a_line(&self) -> String {
        let artifacts: Vec<&str> = self.artifacts.get().iter().filter_map(|one| one.name.as_deref()).collect();
        if artifacts.is_empty() { self.name.to_string() } else { format!("{}: {}", self.name, artifacts.join(", ")) }
    }

    /// What people read of it.
    pub fn facts(&self) -> Facts {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let prose = |value: &Option<Prose>| value.as_ref().map(Prose::to_string).unwrap_or_default();
        let artifact = |one: &Artifact| {
            let url = one.url.as_deref().map(|url| url.chars().take(80).collect::<String>());
            [one.name.clone(), url, one.description.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ")
        };
        vec![
            ("Name", self.name.to_string()),
            ("Genre", line(&self.genre)),
            ("Audience", line(&self.audience)),
            ("Description", prose(&self.description)),
            ("Narrative", prose(&self.narrative)),
            ("Artifacts", self.artifacts.get().iter().map(artifact).collect::<Vec<_>>().join("; ")),
        ]
    }

    /// As it is frozen; files have their address under `base_url`.
    pub fn as_issued(&self, base_url: &str) -> IssuedEvidence {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string);
        let prose = |value: &Option<Prose>| value.as_ref().map(Prose::to_string);
        IssuedEvidence {
            id: self.iri.to_string(),
            name: self.name.to_string(),
            audience: line(&self.audience),
            description: prose(&self.description),
            genre: line(&self.genre),
            narrative: prose(&self.narrative),
            artifacts: self.artifacts.get().iter().map(|one| one.as_issued(base_url)).collect(),
        }
    }
}

impl Artifact {
    fn as_issued(&self, base_url: &str) -> IssuedArtifact {
        let address = self.file.as_ref().map(|file| format!("{base_url}/files/{file}"));
        IssuedArtifact {
            name: self.name.clone(),
            description: self.description.clone(),
            url: address.or_else(|| self.url.clone()),
        }
    }
}

/// One piece.
pub fn find(conn: &mut Conn, id: &Id<Evidence>) -> QueryResult<Evidence> {
    evidence::table.find(id).select(Evidence::as_select()).first(conn)
}

/// The evidence of an award, in its order.
pub fn of(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<Vec<Evidence>> {
    evidence::table
        .filter(evidence::assertion_id.eq(id))
        .order((evidence::position, evidence::id))
        .select(Evidence::as_select())
        .load(conn)
}

/// The evidence as it is frozen.
pub fn issued(conn: &mut Conn, id: &Id<Assertion>, base_url: &str) -> QueryResult<Vec<IssuedEvidence>> {
    Ok(of(conn, id)?.iter().map(|one| one.as_issued(base_url)).collect())
}

/// Narrows the list. The award is looked at row by row, so that the list is read in the order of its index however much
/// evidence there is; where the awards in question are few, theirs is read first.
fn matching<'a>(conn: &mut Conn, query: &Query) -> QueryResult<evidence::BoxedQuery<'a, MultiBackend>> {
    let mut rows = evidence::table.into_boxed();
    if let Some((parts, awards)) = search_index::narrowed_parts(conn, search_index::Of::Evidence, &query.words)? {
        rows = rows.filter(evidence::id.eq_any(parts).or(evidence::assertion_id.eq_any(awards)));
    }
    let award = || assertions::table.filter(assertions::id.eq(evidence::assertion_id));
    for pattern in query.patterns() {
        let own = evidence::search_text.like(pattern.clone()).escape('\\');
        rows = rows.filter(own.or(exists(award().filter(assertions::search_text.like(pattern).escape('\\')))));
    }
    if let Some(office) = &query.office {
        let ours = assertions::table
            .inner_join(achievement::table.on(assertions::achievement_id.eq(achievement::id)))
            .filter(achievement::issuer_id.eq(office.clone()));
        rows = if assertion::are_few(conn, Those::OfOffice(office))? {
            rows.filter(evidence::assertion_id.eq_any(ours.select(assertions::id)))
        } else {
            rows.filter(exists(ours.filter(assertions::id.eq(evidence::assertion_id))))
        };
    }
    if let Some(origin) = query.origin() {
        rows = rows.filter(exists(award().filter(assertions::origin.eq(origin))));
    }
    let draft = assertions::issued_at.is_null();
    let issued = assertions::issued_at.is_not_null();
    Ok(match query.filter("state") {
        Some("draft") if assertion::are_few(conn, Those::Drafts)? => {
            let few = assertions::table.filter(assertions::standing.eq(assertion::DRAFT));
            rows.filter(evidence::assertion_id.eq_any(few.select(assertions::id)))
        }
        Some("draft") => rows.filter(exists(award().filter(draft))),
        Some("issued") if assertion::are_few(conn, Those::Issued)? => {
            let few = assertions::table.filter(assertions::standing.gt(assertion::DRAFT));
            rows.filter(evidence::assertion_id.eq_any(few.select(assertions::id)))
        }
        Some("issued") => rows.filter(exists(award().filter(issued))),
        _ => rows,
    })
}

/// A page of evidence. Sorts by `name` or `updated`; filters by `state`.
pub fn search(conn: &mut Conn, query: &Query) -> QueryResult<Page<Listed>> {
    let rows = matching(conn, query)?.select(Evidence::as_select());
    let page = if query.sort == "updated" {
        let rows: Vec<Evidence> = keyset!(rows, query, evidence::updated_at, evidence::id, NaiveDateTime).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.updated_at, row.id.as_str()))
    } else {
        let rows: Vec<Evidence> = keyset!(rows, query, evidence::sort_name, evidence::id, String).load(conn)?;
        Page::of(rows, query, |row| Cursor::at(&row.sort_name, row.id.as_str()))
    };
    let ids: Vec<_> = page.rows.iter().map(|row| row.assertion_id.clone()).collect();
    let awards = assertion::listed_by_id(conn, &ids)?;
    let award = |id: &Id<Assertion>| awards.iter().find(|award| award.assertion.id == *id).cloned();
    let with_award = |evidence: Evidence| award(&evidence.assertion_id).map(|award| Listed { evidence, award });
    Ok(Page { rows: page.rows.into_iter().filter_map(with_award).collect(), next: page.next, previous: page.previous })
}

/// How many match, up to [`COUNT_LIMIT`] and one more.
pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let ids: Vec<Id<Evidence>> = matching(conn, query)?.select(evidence::id).limit(COUNT_LIMIT + 1).load(conn)?;
    Ok(ids.len() as i64)
}

/// Adds a piece of evidence to a draft that is being made, as another system or a sample tells it.
pub fn add(conn: &mut Conn, id: &Id<Assertion>, told: &IssuedEvidence, position: i32) -> QueryResult<()> {
    let artifact = |one: &IssuedArtifact| Artifact {
        name: one.name.clone(),
        description: one.description.clone(),
        url: one.url.clone(),
        file: None,
    };
    let artifacts: Vec<Artifact> = told.artifacts.iter().map(artifact).collect();
    let now = clock::now().naive_utc();
    diesel::insert_into(evidence::table)
        .values((
            evidence::id.eq(clock::row_id().to_string()),
            evidence::iri.eq(&told.id),
            evidence::assertion_id.eq(id),
            evidence::name.eq(&told.name),
            evidence::audience.eq(told.audience.as_deref()),
            evidence::description.eq(told.description.as_deref()),
            evidence::genre.eq(told.genre.as_deref()),
            evidence::narrative.eq(told.narrative.as_deref()),
            evidence::artifacts.eq(Json::new(artifacts)),
            evidence::position.eq(position),
            evidence::created_at.eq(now),
            evidence::sort_name.eq(fold(&told.name)),
            evidence::search_text.eq(searched(&told.name, told.genre.as_deref(), &told.id)),
            evidence::updated_at.eq(now),
        ))
        .execute(conn)
        .map(|_| ())
}

fn searched(name: &str, genre: Option<&str>, iri: &str) -> String {
    fold(&format!("{name} {} {iri}", genre.unwrap_or_default()))
}

fn changed_in_award(before: Option<&Evidence>, after: Option<&Evidence>) -> Change {
    let told = |one: Option<&Evidence>| one.map(Evidence::in_a_line);
    Change { field: "Evidence".to_owned(), before: told(before), after: told(after) }
}

impl Evidence {
    /// Records a new piece at the end. `false` when the award was issued meanwhile.
    pub fn insert(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let last: Option<i32> = evidence::table
            .filter(evidence::assertion_id.eq(&self.assertion_id))
            .select(diesel::dsl::max(evidence::position))
            .first(conn)?;
        if !assertion::part_changed(conn, &self.assertion_id)? {
            return Ok(false);
        }
        let mut row = self.clone();
        row.position = last.map_or(0, |last| last + 1);
        row.refold();
        diesel::insert_into(evidence::table).values(row).execute(conn)?;
        audit::write(conn, by, "created", (KIND, self.id.as_str()), Vec::new())?;
        let note = changed_in_award(None, Some(self));
        audit::write(conn, by, "changed", (assertion::KIND, self.assertion_id.as_str()), vec![note])?;
        Ok(true)
    }

    /// Stores a change. `false` when somebody else changed it, or the award was issued meanwhile.
    pub fn update(&self, conn: &mut Conn, by: &Actor) -> QueryResult<bool> {
        let before = find(conn, &self.id)?;
        if before.revision != self.revision || !assertion::part_changed(conn, &self.assertion_id)? {
            return Ok(false);
        }
        let mut after = self.clone();
        after.revision += 1;
        after.updated_at = clock::now().naive_utc();
        after.refold();
        let changes = audit::differences(&before.facts(), &after.facts());
        let same_revision = evidence::table.find(&self.id).filter(evidence::revision.eq(self.revision));
        if diesel::update(same_revision).set(after.clone()).execute(conn)? == 0 {
            return Ok(false);
        }
        evidence_file::delete_unused(conn, &after)?;
        audit::write(conn, by, "changed", (KIND, self.id.as_str()), changes)?;
        let note = changed_in_award(Some(&before), Some(&after));
        audit::write(conn, by, "changed", (assertion::KIND, self.assertion_id.as_str()), vec![note])?;
        Ok(true)
    }
}

/// Deletes a piece of a draft with its files. `false` when the award was issued.
pub fn delete(conn: &mut Conn, id: &Id<Evidence>, by: &Actor) -> QueryResult<bool> {
    let gone = find(conn, id)?;
    if !assertion::part_changed(conn, &gone.assertion_id)? {
        return Ok(false);
    }
    evidence_file::delete_of(conn, id)?;
    diesel::delete(evidence::table.find(id)).execute(conn)?;
    let nothing = gone.facts().into_iter().map(|(label, _)| (label, String::new())).collect();
    audit::write(conn, by, "deleted", (KIND, id.as_str()), audit::differences(&gone.facts(), &nothing))?;
    let note = changed_in_award(Some(&gone), None);
    audit::write(conn, by, "changed", (assertion::KIND, gone.assertion_id.as_str()), vec![note])?;
    Ok(true)
}

/// Deletes all evidence of a draft; for deleting the draft itself.
pub fn delete_all(conn: &mut Conn, id: &Id<Assertion>) -> QueryResult<()> {
    evidence_file::delete_all(conn, id)?;
    diesel::delete(evidence::table.filter(evidence::assertion_id.eq(id))).execute(conn).map(|_| ())
}

/// Moves a piece one place up or down. `false` when the award was issued.
pub fn shift(conn: &mut Conn, id: &Id<Evidence>, up: bool, by: &Actor) -> QueryResult<bool> {
    let own = find(conn, id)?;
    let mut all = of(conn, &own.assertion_id)?;
    let Some(at) = all.iter().position(|one| one.id == *id) else { return Ok(false) };
    let to = if up { at.saturating_sub(1) } else { (at + 1).min(all.len() - 1) };
    if !assertion::part_changed(conn, &own.assertion_id)? {
        return Ok(false);
    }
    all.swap(at, to);
    for (place, one) in all.iter().enumerate() {
        diesel::update(evidence::table.find(&one.id)).set(evidence::position.eq(place as i32)).execute(conn)?;
    }
    let order = all.iter().map(|one| one.name.to_string()).collect::<Vec<_>>().join(", ");
    let note = Change { field: "Order of the evidence".to_owned(), before: None, after: Some(order) };
    audit::write(conn, by, "changed", (assertion::KIND, own.assertion_id.as_str()), vec![note])?;
    Ok(true)
}

/// Hands files in as artifacts of a piece of evidence. `false` when the award was issued meanwhile.
pub fn hand_in(conn: &mut Conn, own: &Evidence, files: &[EvidenceFile], by: &Actor) -> QueryResult<bool> {
    let mut after = own.clone();
    let mut artifacts = own.artifacts.get().clone();
    for file in files {
        evidence_file::insert(conn, file)?;
        let name = Some(file.name.clone());
        artifacts.push(Artifact { name, file: Some(file.public_id.clone()), ..Artifact::default() });
    }
    after.artifacts = Json::new(artifacts);
    after.update(conn, by)
}
