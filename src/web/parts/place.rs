//! Where a new part belongs: chosen by coming from its parent's page, or found by code, name or id without a script. A
//! doubtful entry comes back with what it may mean, to choose from.

use serde::Deserialize;

use super::{super::forms::Errors, achievement_page, is_theirs};
use crate::{
    db::{Conn, QueryError},
    models::{
        Achievement, Actor, Level, ResultDescription, achievement, achievement_version, alignment::Aligned, part_place,
        result_description, rubric_criterion_level,
    },
    values::{Id, Origin},
    web::{error::Error, objects::Begins},
};

/// The part of a form that says where the object belongs.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Place {
    /// What was typed.
    pub parent: String,
    /// What was chosen: `achievement:ID`, `description:ID` or `level:ID`.
    pub on: String,
    /// `achievement`, when the form was opened from the achievement's page.
    pub back: String,
    /// `true` once it is agreed that a rubric which awards were scored with gets a new version.
    pub new_version: String,
    /// What an entry may mean: value, name, and what tells it from another one.
    #[serde(skip)]
    pub candidates: Vec<(String, String, String)>,
    /// Where it belongs, once that is known.
    #[serde(skip)]
    pub known: Option<Known>,
}

/// A place that was found.
#[derive(Debug, Clone)]
pub struct Known {
    /// The achievement.
    pub achievement: Achievement,
    /// What of it the part is on.
    pub on: Aligned,
    /// "Capstone › Writing".
    pub way: String,
    /// Whether the present version was awarded, so that a change begins the next.
    pub awarded: bool,
    /// Whether it is, or is in, a criterion of a rubric.
    pub in_rubric: bool,
}

impl Known {
    /// Whether a change has to be wanted, as on the rubric's own page: awards were scored with the rubric as it is.
    pub fn asks_first(&self) -> bool {
        self.awarded && self.in_rubric
    }
}

/// What a kind of part can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// An achievement.
    Achievement,
    /// A result description.
    Description,
    /// An achievement, a description or a level.
    Any,
}

impl Place {
    /// The place of a part that exists.
    pub fn of(on: &Aligned) -> Self {
        let on = match on {
            Aligned::Achievement(id) => format!("achievement:{id}"),
            Aligned::Description(id) => format!("description:{id}"),
            Aligned::Level(id) => format!("level:{id}"),
        };
        Self { on, ..Self::default() }
    }

    /// Takes from an address whether the form was opened from the achievement's page.
    pub fn come_from(&mut self, query: &str) {
        let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
        if let Some((_, back)) = pairs.into_iter().find(|(name, _)| name == "back") {
            self.back = back;
        }
    }

    /// The page it was opened from.
    pub fn page(&self) -> Option<String> {
        let known = self.known.as_ref().filter(|_| self.back == "achievement")?;
        Some(achievement_page(&known.achievement.id))
    }

    /// For a form of a description itself: what it belongs to is the achievement.
    pub fn shorten(&mut self) {
        if let Some(known) = &mut self.known {
            known.way = known.achievement.name.to_string();
        }
    }

    /// Reads what was chosen, for showing it.
    pub fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        if self.known.is_none() && !self.on.is_empty() {
            self.known = chosen(conn, &self.on, by)?;
        }
        Ok(())
    }

    /// Finds what was meant; what is doubtful or wrong is noted beside the field `parent`.
    pub fn resolve(
        &mut self,
        conn: &mut Conn,
        wanted: Wanted,
        by: &Actor,
        errors: &mut Errors,
    ) -> Result<Option<Known>, Error> {
        let on = match self.on.is_empty() {
            false => Some(self.on.clone()),
            true => self.find(conn, wanted, by, errors)?,
        };
        let Some(on) = on else { return Ok(None) };
        let known = chosen(conn, &on, by)?.filter(|known| wanted.fits(&known.on));
        match &known {
            None => errors.add("parent", wanted.ask()),
            Some(known) if known.achievement.origin == Origin::Foreign => errors.add("parent", part_place::FOREIGN),
            Some(known) if known.asks_first() && self.new_version != "true" => errors.add(
                "new_version",
                format!(
                    "Awards were scored with this rubric as it is. Say that version {} begins with this change.",
                    known.achievement.version + 1
                ),
            ),
            Some(_) => {}
        }
        self.known = known.filter(|known| known.achievement.origin == Origin::Own);
        self.on = if self.known.is_some() { on } else { String::new() };
        Ok(self.known.clone())
    }

    /// What a typed entry means, if that is one thing.
    fn find(
        &mut self,
        conn: &mut Conn,
        wanted: Wanted,
        by: &Actor,
        errors: &mut Errors,
    ) -> Result<Option<String>, Error> {
        if self.parent.trim().is_empty() {
            errors.add("parent", wanted.ask());
            return Ok(None);
        }
        let mut found = candidates(conn, wanted, &self.parent, by)?;
        match found.len() {
            0 => errors.add("parent", "Nothing here has this code or name"),
            1 => return Ok(found.pop().map(|(value, _, _)| value)),
            _ => {
                errors.add("parent", "Several fit; choose one of them");
                self.candidates = found;
            }
        }
        Ok(None)
    }
}

impl Wanted {
    fn ask(self) -> &'static str {
        match self {
            Wanted::Achievement => "Enter the code or name of the achievement it belongs to",
            Wanted::Description => "Enter the result description it belongs to, or the code or name of its achievement",
            Wanted::Any => "Enter the code or name of the achievement that is aligned",
        }
    }

    fn fits(self, on: &Aligned) -> bool {
        match self {
            Wanted::Achievement => matches!(on, Aligned::Achievement(_)),
            Wanted::Description => matches!(on, Aligned::Description(_)),
            Wanted::Any => true,
        }
    }
}

/// The place that a chosen value names, if it exists for this person.
fn chosen(conn: &mut Conn, value: &str, by: &Actor) -> Result<Option<Known>, Error> {
    let Some((kind, id)) = value.split_once(':') else { return Ok(None) };
    let found = match kind {
        "achievement" => on_achievement(conn, id),
        "description" => on_description(conn, id),
        "level" => on_level(conn, id),
        _ => Ok(None),
    };
    let Some((id, on, below)) = found? else { return Ok(None) };
    if !is_theirs(conn, &id, by)? {
        return Ok(None);
    }
    let achievement = achievement::find(conn, &id)?;
    let way = format!("{}{below}", achievement.name);
    let awarded = achievement_version::is_frozen(conn, &id, achievement.version)?;
    let in_rubric = is_in_rubric(conn, &on)?;
    Ok(Some(Known { achievement, on, way, awarded, in_rubric }))
}

fn is_in_rubric(conn: &mut Conn, on: &Aligned) -> Result<bool, QueryError> {
    let rubric = match on {
        Aligned::Achievement(_) => None,
        Aligned::Description(id) => part_place::rubric_of(conn, id)?,
        Aligned::Level(id) => {
            let of = rubric_criterion_level::find(conn, id)?.result_description_id;
            part_place::rubric_of(conn, &of)?
        }
    };
    Ok(rubric.is_some())
}

/// The version that begins when a part on this is moved or deleted, where the present one was awarded.
pub fn begins(conn: &mut Conn, id: &Id<Achievement>, on: &Aligned) -> Result<Option<Begins>, QueryError> {
    let achievement = achievement::find(conn, id)?;
    if !achievement_version::is_frozen(conn, id, achievement.version)? {
        return Ok(None);
    }
    let must_agree = is_in_rubric(conn, on)?;
    Ok(Some(Begins { number: achievement.version + 1, achievement: achievement.name.to_string(), must_agree }))
}

type Found = Option<(Id<Achievement>, Aligned, String)>;

fn on_achievement(conn: &mut Conn, id: &str) -> Result<Found, QueryError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let found = optional(achievement::find(conn, &id))?;
    Ok(found.map(|one| (one.id.clone(), Aligned::Achievement(one.id), String::new())))
}

fn on_description(conn: &mut Conn, id: &str) -> Result<Found, QueryError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let found = optional(result_description::find(conn, &id))?;
    Ok(found.map(|one| (one.achievement_id, Aligned::Description(one.id), format!(" › {}", one.name))))
}

fn on_level(conn: &mut Conn, id: &str) -> Result<Found, QueryError> {
    let Ok(id) = id.parse() else { return Ok(None) };
    let Some(level) = optional(rubric_criterion_level::find(conn, &id))? else { return Ok(None) };
    let of = result_description::find(conn, &level.result_description_id)?;
    Ok(Some((of.achievement_id, Aligned::Level(level.id), format!(" › {} › {}", of.name, level.name))))
}

fn optional<T>(found: Result<T, QueryError>) -> Result<Option<T>, QueryError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(QueryError::NotFound) => Ok(None),
        Err(other) => Err(other),
    }
}

type Candidate = (String, String, String);

fn candidates(conn: &mut Conn, wanted: Wanted, entry: &str, by: &Actor) -> Result<Vec<Candidate>, QueryError> {
    let office = by.office.as_ref();
    if wanted == Wanted::Description {
        let found = result_description::meant(conn, entry, office)?;
        let shown = |one: part_place::Placed<ResultDescription>| {
            (format!("description:{}", one.part.id), one.part.name.to_string(), one.way)
        };
        return Ok(found.into_iter().map(shown).collect());
    }
    let found = achievement::meant(conn, entry, office)?;
    match (wanted, found.as_slice()) {
        (Wanted::Any, [one]) => with_parts(conn, one),
        _ => Ok(found.iter().map(of_achievement).collect()),
    }
}

/// An achievement to choose: its code and type tell two of one name apart.
fn of_achievement(one: &Achievement) -> Candidate {
    let code = one.code.as_ref().map(|code| format!("{code} · ")).unwrap_or_default();
    (format!("achievement:{}", one.id), one.name.to_string(), format!("{code}{}", one.achievement_type.shown()))
}

/// The achievement itself, its descriptions and their levels.
fn with_parts(conn: &mut Conn, one: &Achievement) -> Result<Vec<Candidate>, QueryError> {
    let descriptions = result_description::of_achievement(conn, &one.id)?;
    let levels = rubric_criterion_level::of_descriptions(conn, &descriptions)?;
    let mut found = vec![of_achievement(one)];
    for description in &descriptions {
        let value = format!("description:{}", description.id);
        found.push((value, description.name.to_string(), format!("result description of {}", one.name)));
        let own = levels.iter().filter(|level| level.result_description_id == description.id);
        let shown = |level: &Level| {
            (format!("level:{}", level.id), level.name.to_string(), format!("level of {}", description.name))
        };
        found.extend(own.map(shown));
    }
    Ok(found)
}
