//! Comparing two versions of an achievement: what was added, taken away and changed, its parts included.
//!
//! Parts are matched by what they are and not by where they stand: descriptions and levels by their ids, alignments by
//! the node, associations by the other achievement. Every member is taken apart by name, so that a new one cannot be
//! forgotten here.

mod marks;
#[cfg(test)]
mod tests;

pub use marks::{Mark, marks};

use crate::models::issued::{
    Extensions, IssuedAchievement, IssuedAlignment, IssuedAssociation, IssuedLevel, IssuedResultDescription,
    Organization,
};
use crate::values::SystemIdentifier;

/// What differs between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Facts of the achievement itself.
    pub facts: Vec<Fact>,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// A fact that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: &'static str,
    /// What it was and is, word by word.
    pub marks: Vec<Mark>,
}

/// What became of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another one than it was.
    Changed,
}

/// A part that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What kind of part it is.
    pub kind: &'static str,
    /// What it is called, in the later version if it is there.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// Its facts.
    pub facts: Vec<Fact>,
    /// Its own parts.
    pub parts: Vec<Part>,
}

impl Comparison {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.parts.is_empty()
    }

    /// What differs from one version to another.
    pub fn of(from: &IssuedAchievement, to: &IssuedAchievement) -> Self {
        let (old, new) = (taken_apart(from), taken_apart(to));
        let whole = between(Some(&old), Some(&new));
        whole.map(|whole| Self { facts: whole.facts, parts: whole.parts }).unwrap_or_default()
    }
}

/// Something with facts and parts, as it is compared.
struct Thing {
    kind: &'static str,
    /// What its kind is called on a page.
    shown_kind: &'static str,
    /// What it is matched by among its siblings of a kind.
    key: String,
    name: String,
    facts: Vec<(&'static str, String)>,
    parts: Vec<Thing>,
}

/// What differs between two states of a thing, one of which may be missing.
fn between(old: Option<&Thing>, new: Option<&Thing>) -> Option<Part> {
    let shown = new.or(old)?;
    let fate = match (old, new) {
        (None, _) => Fate::Added,
        (_, None) => Fate::Removed,
        _ => Fate::Changed,
    };
    let value = |thing: Option<&Thing>, label: &str| {
        let facts = thing.map(|thing| thing.facts.as_slice()).unwrap_or_default();
        facts.iter().find(|(own, _)| *own == label).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let facts = shown.facts.iter().filter_map(|(label, _)| {
        let (was, is) = (value(old, label), value(new, label));
        (was != is).then(|| Fact { label, marks: marks(&was, &is) })
    });
    let no_parts: &[Thing] = &[];
    let (before, after) =
        (old.map_or(no_parts, |thing| thing.parts.as_slice()), new.map_or(no_parts, |thing| thing.parts.as_slice()));
    let mut facts: Vec<Fact> = facts.collect();
    let pairs = paired(before, after);
    facts.extend(order(before, &pairs));
    let parts: Vec<Part> = pairs.into_iter().filter_map(|(old, new)| between(old, new)).collect();
    let differs = fate != Fate::Changed || !facts.is_empty() || !parts.is_empty();
    differs.then(|| Part { kind: shown.shown_kind, name: shown.name.clone(), fate, facts, parts })
}

type Pair<'a> = (Option<&'a Thing>, Option<&'a Thing>);

/// Parts side by side: those of the later version in its order, then those that are gone.
fn paired<'a>(before: &'a [Thing], after: &'a [Thing]) -> Vec<Pair<'a>> {
    let mut free: Vec<Option<&Thing>> = before.iter().map(Some).collect();
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for new in after {
        let old = free.iter_mut().find(|old| old.is_some_and(|old| (old.kind, &old.key) == (new.kind, &new.key)));
        pairs.push((old.and_then(Option::take), Some(new)));
    }
    pairs.extend(free.into_iter().flatten().map(|gone| (Some(gone), None)));
    pairs
}

/// The order of the parts that are in both, where it changed; kind by kind.
fn order(before: &[Thing], pairs: &[Pair<'_>]) -> Vec<Fact> {
    let kinds = [
        ("Result description", "Order of results"),
        ("Level", "Order of levels"),
        ("Alignment", "Order of alignments"),
        ("Association", "Order of associations"),
    ];
    let named = |things: &[&Thing]| things.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join("\n");
    kinds
        .into_iter()
        .filter_map(|(kind, label)| {
            let kept = pairs.iter().filter_map(|(old, new)| old.zip(*new)).filter(|(_, new)| new.kind == kind);
            let (old_of_kept, now): (Vec<&Thing>, Vec<&Thing>) = kept.unzip();
            let place = |thing: &&&Thing| before.iter().position(|one| std::ptr::eq(one, **thing));
            let places: Vec<_> = old_of_kept.iter().map(|thing| place(&thing)).collect();
            if places.is_sorted() {
                return None;
            }
            let mut was: Vec<(Option<usize>, &Thing)> = places.into_iter().zip(now.iter().copied()).collect();
            was.sort_by_key(|(place, _)| *place);
            let was: Vec<&Thing> = was.into_iter().map(|(_, thing)| thing).collect();
            Some(Fact { label, marks: vec![Mark::Removed(named(&was)), Mark::Added(named(&now))] })
        })
        .collect()
}

fn text(value: &Option<String>) -> String {
    value.clone().unwrap_or_default()
}

fn others(extensions: &Extensions) -> String {
    if extensions.is_empty() { String::new() } else { serde_json::to_string_pretty(extensions).unwrap_or_default() }
}

fn in_lines(identifiers: &[SystemIdentifier]) -> String {
    identifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn taken_apart(achievement: &IssuedAchievement) -> Thing {
    let IssuedAchievement {
        id,
        version: _, // It is what is compared.
        achievement_type,
        name,
        title,
        code,
        description,
        criteria,
        criteria_url,
        credits_available,
        field_of_study,
        level,
        specialization,
        image,
        tags,
        identifiers,
        issuer,
        result_descriptions,
        alignments,
        associations,
        extensions,
        endorsements: _, // Others' words are no part of the definition.
    } = achievement;
    let descriptions = result_descriptions.iter().map(of_description);
    Thing {
        kind: "Achievement",
        shown_kind: "Achievement",
        key: String::new(),
        name: name.clone(),
        facts: vec![
            ("Public id", id.clone()),
            ("Name", name.clone()),
            ("Title on the credential", text(title)),
            ("Type", achievement_type.as_str().to_owned()),
            ("Code", text(code)),
            ("Description", text(description)),
            ("Criteria", text(criteria)),
            ("Criteria page", text(criteria_url)),
            ("Credits available", credits_available.map(|credits| credits.to_string()).unwrap_or_default()),
            ("Field of study", text(field_of_study)),
            ("Level", text(level)),
            ("Specialization", text(specialization)),
            ("Badge image", text(image)),
            ("Tags", tags.join("\n")),
            ("Identifiers of other systems", in_lines(identifiers)),
            ("Issued by", of_organization(issuer)),
            ("Members of other systems", others(extensions)),
        ],
        parts: descriptions
            .chain(alignments.iter().map(of_alignment))
            .chain(associations.iter().map(of_association))
            .collect(),
    }
}

fn of_description(description: &IssuedResultDescription) -> Thing {
    let IssuedResultDescription {
        id,
        name,
        result_type,
        rubric,
        allowed_values,
        required_value,
        required_level,
        value_min,
        value_max,
        levels,
        alignments,
        extensions,
    } = description;
    let passes = required_level.as_ref().map(|id| {
        let level = levels.iter().find(|level| level.id == *id);
        level.map_or(id.clone(), |level| level.name.clone())
    });
    Thing {
        kind: "Result description",
        shown_kind: if rubric.is_some() { "Criterion" } else { "Result description" },
        key: id.clone(),
        name: name.clone(),
        facts: vec![
            ("Name", name.clone()),
            ("Type", result_type.as_str().to_owned()),
            ("Rubric", text(rubric)),
            ("Allowed values", allowed_values.join("\n")),
            ("Lowest value that passes", text(required_value)),
            ("Lowest level that passes", text(&passes)),
            ("Smallest value", text(value_min)),
            ("Largest value", text(value_max)),
            ("Members of other systems", others(extensions)),
        ],
        parts: levels.iter().map(of_level).chain(alignments.iter().map(of_alignment)).collect(),
    }
}

fn of_level(level: &IssuedLevel) -> Thing {
    let IssuedLevel { id, name, description, level, points, alignments, extensions } = level;
    Thing {
        kind: "Level",
        shown_kind: "Level",
        key: id.clone(),
        name: name.clone(),
        facts: vec![
            ("Name", name.clone()),
            ("Points", text(points)),
            ("Level", text(level)),
            ("Description", text(description)),
            ("Members of other systems", others(extensions)),
        ],
        parts: alignments.iter().map(of_alignment).collect(),
    }
}

fn of_alignment(alignment: &IssuedAlignment) -> Thing {
    let IssuedAlignment {
        id,
        target_name,
        target_url,
        target_code,
        target_description,
        target_framework,
        target_type,
        extensions,
    } = alignment;
    Thing {
        kind: "Alignment",
        shown_kind: "Alignment",
        key: target_url.clone(),
        name: target_name.clone(),
        facts: vec![
            ("Name", target_name.clone()),
            ("Address", target_url.clone()),
            ("Code", text(target_code)),
            ("Description", text(target_description)),
            ("Framework", text(target_framework)),
            ("Type", text(target_type)),
            ("Public id", text(id)),
            ("Members of other systems", others(extensions)),
        ],
        parts: Vec::new(),
    }
}

fn of_association(association: &IssuedAssociation) -> Thing {
    let IssuedAssociation { association_type, target_id, title, extensions } = association;
    Thing {
        kind: "Association",
        shown_kind: "Association",
        key: target_id.clone(),
        name: title.clone(),
        facts: vec![
            ("Title", title.clone()),
            ("Kind", association_type.as_str().to_owned()),
            ("Other achievement", target_id.clone()),
            ("Members of other systems", others(extensions)),
        ],
        parts: Vec::new(),
    }
}

/// An organisation in lines, all it has.
fn of_organization(organization: &Organization) -> String {
    let Organization {
        id,
        name,
        url,
        telephone,
        email,
        description,
        image,
        official,
        address,
        identifiers,
        extensions,
        parent,
        endorsements: _,
    } = organization;
    let lines = [Some(name.clone()), Some(id.clone()), url.clone(), telephone.clone(), email.clone()];
    let more = [description.clone(), image.clone(), official.clone(), Some(address.one_line())];
    let known_as = [Some(in_lines(identifiers)), Some(others(extensions))];
    let parent = parent.as_ref().map(|parent| of_organization(parent));
    let lines = lines.into_iter().chain(more).chain(known_as).chain([parent]).flatten().filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
