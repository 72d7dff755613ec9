//! Pickers: a field that finds an object by name, code, number, address or id, and shows enough to tell two alike apart.
//!
//! Without a script, a doubtful entry comes back with the candidates as radio buttons. With one, they are suggested while
//! typing (`web/staff/suggestions.rs`, the same questions and the same rules). `FIELD` is what was typed and `FIELD_id`
//! what was chosen: the choice counts as long as what was typed still names it.

use super::Errors;
use crate::{
    db::Conn,
    models::{Achievement, Actor, Assertion, Clr, Profile, achievement, assertion, clr, erasure, page::Query, profile},
    values::{Code, Id, Iri, Line, Origin, ProfileKind},
    web::{
        error::Error,
        guards::{ChangeAchievements, ChangeProfiles, Permission},
    },
};

/// Most candidates of an entry.
const MOST: usize = 8;

/// What can be picked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum What {
    /// A person of ours, who can be awarded something.
    #[default]
    Learner,
    /// An organisation of ours.
    Organization,
    /// A person or an organisation.
    Profile,
    /// An achievement of ours, which can be awarded.
    Awardable,
    /// An achievement, retired or not.
    Achievement,
    /// An award that was not issued yet.
    Draft,
    /// An award.
    Assertion,
    /// A record.
    Clr,
}

/// An object that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Choice {
    /// Row id.
    pub id: String,
    /// What stands in the field once it is chosen.
    pub label: String,
    /// What tells it from others of the same name.
    pub details: String,
}

/// What an entry comes to.
#[derive(Debug)]
pub enum Meant {
    /// Nothing was entered.
    Nothing,
    /// This one.
    One(Choice),
    /// One of these.
    Several(Vec<Choice>),
    /// Nothing that is known.
    Unknown,
}

/// A picker as its field shows it.
#[derive(Debug, Clone, Default)]
pub struct Picker {
    /// The name of its field.
    pub field: &'static str,
    /// Its label.
    pub label: &'static str,
    /// What may be entered.
    pub hint: &'static str,
    /// What was typed, or the label of what is chosen.
    pub entry: String,
    /// What is chosen.
    pub chosen: Option<Choice>,
    /// What may be meant by a doubtful entry.
    pub candidates: Vec<Choice>,
    /// Where a new one is made in passing, and the words on that button.
    pub create: Option<(&'static str, &'static str)>,
    what: What,
}

impl What {
    /// Its place among the suggestions.
    pub fn path(self) -> &'static str {
        match self {
            What::Learner => "learners",
            What::Organization => "organizations",
            What::Profile => "profiles",
            What::Awardable => "awardable",
            What::Achievement => "achievements",
            What::Draft => "drafts",
            What::Assertion => "assertions",
            What::Clr => "clrs",
        }
    }

    fn created_in_passing(self, by: &Actor) -> Option<(&'static str, &'static str)> {
        let may = |roles: &[crate::values::Role]| by.role.is_some_and(|role| roles.contains(&role));
        match self {
            What::Learner => may(ChangeProfiles::ROLES).then_some(("learners", "New learner…")),
            What::Organization | What::Profile => {
                may(ChangeProfiles::ROLES).then_some(("organizations", "New organisation…"))
            }
            What::Awardable | What::Achievement => {
                may(ChangeAchievements::ROLES).then_some(("achievements", "New achievement…"))
            }
            What::Draft | What::Assertion | What::Clr => None,
        }
    }

    /// The object with this row id, if it exists for this person.
    pub fn by_id(self, conn: &mut Conn, id: &str, by: &Actor) -> Result<Option<Choice>, Error> {
        Ok(match self {
            What::Learner | What::Organization | What::Profile => {
                let Ok(id) = id.trim().parse::<Id<Profile>>() else { return Ok(None) };
                let found = profile::find(conn, &id).ok().filter(|one| self.takes(one));
                found.map(|one| of_profile(conn, &one)).transpose()?
            }
            What::Awardable | What::Achievement => {
                let Ok(id) = id.trim().parse::<Id<Achievement>>() else { return Ok(None) };
                let found =
                    achievement::find(conn, &id).ok().filter(|one| is_ours(by, &one.issuer_id) && self.awards(one));
                found.map(|one| of_achievement(conn, &one)).transpose()?
            }
            What::Draft | What::Assertion => {
                let Ok(id) = id.trim().parse::<Id<Assertion>>() else { return Ok(None) };
                let Ok(found) = assertion::find(conn, &id) else { return Ok(None) };
                if !is_ours(by, &assertion::office(conn, &found)?) {
                    return Ok(None);
                }
                assertion::listed(conn, vec![found])?.into_iter().next().map(of_assertion)
            }
            What::Clr => {
                let Ok(id) = id.trim().parse::<Id<Clr>>() else { return Ok(None) };
                let found = clr::find(conn, &id).ok().filter(|_| by.office.is_none());
                found.map(|one| of_clr(conn, &one)).transpose()?
            }
        })
    }

    fn takes(self, found: &Profile) -> bool {
        match self {
            What::Learner => found.is_person() && found.origin == Origin::Own,
            What::Organization => found.kind == ProfileKind::Organization && found.origin == Origin::Own,
            _ => true,
        }
    }

    /// What another publisher defined is found, and never awarded.
    fn awards(self, found: &Achievement) -> bool {
        self != What::Awardable || found.origin == Origin::Own
    }

    /// What may be meant by an entry, at most eight; a number, a code, an address or an id means one.
    pub fn named(self, conn: &mut Conn, entry: &str, by: &Actor) -> Result<Vec<Choice>, Error> {
        let entry = entry.trim();
        if let Some(one) = self.by_id(conn, entry, by)? {
            return Ok(vec![one]);
        }
        if let Ok(iri) = Iri::parse(entry) {
            return self.identified(conn, &iri, by);
        }
        let filters = |filters: &[(&str, &str)]| Query {
            filters: filters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            office: by.office.clone(),
            ..Query::search(&entry.replace(['(', ')'], " "))
        };
        match self {
            What::Learner => {
                // "Ann Lee (0000000007)" is how a chosen one stands in the field.
                let number = entry.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, number)| number);
                let found = profile::candidates(conn, number.unwrap_or(entry))?;
                found.iter().map(|one| of_profile(conn, one)).collect()
            }
            What::Organization | What::Profile => {
                let (kind, origin) = if self == What::Organization { ("organization", "own") } else { ("", "") };
                let found = match profile::organization_named(conn, entry)? {
                    Some(exact) if exact.name.as_str() != entry => vec![exact],
                    _ => profile::search(conn, &filters(&[("kind", kind), ("origin", origin)]))?.rows,
                };
                one_or_few(found, |one| one.name.as_str() == entry).iter().map(|one| of_profile(conn, one)).collect()
            }
            What::Awardable | What::Achievement => {
                let (state, origin) = if self == What::Awardable { ("current", "own") } else { ("all", "") };
                let coded = achievement::by_code(conn, entry)?;
                let coded = coded.filter(|one| is_ours(by, &one.issuer_id) && self.awards(one));
                let found = match coded {
                    Some(exact) => vec![exact],
                    None => achievement::search(conn, &filters(&[("state", state), ("origin", origin)]))?.rows,
                };
                one_or_few(found, |one| one.name.as_str() == entry)
                    .iter()
                    .map(|one| of_achievement(conn, one))
                    .collect()
            }
            What::Draft | What::Assertion => {
                let status = if self == What::Draft { "draft" } else { "" };
                let found = assertion::search(conn, &filters(&[("status", status)]))?.rows;
                Ok(found.into_iter().take(MOST).map(of_assertion).collect())
            }
            What::Clr if by.office.is_some() => Ok(Vec::new()),
            What::Clr => {
                let found = clr::named(conn, &filters(&[]), MOST as i64)?;
                found.iter().map(|one| of_clr(conn, one)).collect()
            }
        }
    }

    /// What has this identifier, and never what only begins with it.
    fn identified(self, conn: &mut Conn, iri: &Iri, by: &Actor) -> Result<Vec<Choice>, Error> {
        let ids: Vec<String> = match self {
            What::Learner | What::Organization | What::Profile => {
                profile::by_iri(conn, iri)?.into_iter().map(|one| one.id.to_string()).collect()
            }
            What::Awardable | What::Achievement => {
                // A code such as "MATH:101" looks like one, and so does what another system calls it.
                let found = achievement::meant(conn, iri.as_str(), by.office.as_ref())?;
                found.into_iter().map(|one| one.id.to_string()).collect()
            }
            What::Draft | What::Assertion => {
                assertion::by_iri(conn, iri)?.into_iter().map(|one| one.id.to_string()).collect()
            }
            What::Clr => clr::by_iri(conn, iri)?.into_iter().map(|one| one.id.to_string()).collect(),
        };
        ids.iter().filter_map(|id| self.by_id(conn, id, by).transpose()).collect()
    }

    /// What was meant by what was typed and what was chosen.
    pub fn meant(self, conn: &mut Conn, typed: (&Option<String>, &str), by: &Actor) -> Result<Meant, Error> {
        let (entry, id) = (typed.0.as_deref().map(str::trim), typed.1);
        if let Some(chosen) = self.by_id(conn, id, by)? {
            let still_names_it = match entry {
                None => true,
                Some("") => false,
                Some(entry) => {
                    entry == chosen.label || self.named(conn, entry, by)?.iter().any(|one| one.id == chosen.id)
                }
            };
            if still_names_it {
                return Ok(Meant::One(chosen));
            }
        }
        let Some(entry) = entry.filter(|entry| !entry.is_empty()) else { return Ok(Meant::Nothing) };
        let mut found = self.named(conn, entry, by)?;
        Ok(match (found.pop(), found.is_empty()) {
            (None, _) => Meant::Unknown,
            (Some(one), true) => Meant::One(one),
            (Some(last), false) => {
                found.push(last);
                Meant::Several(found)
            }
        })
    }
}

/// Those that are exactly meant where there are any, or else the first few.
fn one_or_few<T>(found: Vec<T>, is_exact: impl Fn(&T) -> bool) -> Vec<T> {
    let (exact, others): (Vec<T>, Vec<T>) = found.into_iter().partition(is_exact);
    let mut few = if exact.is_empty() { others } else { exact };
    few.truncate(MOST);
    few
}

fn is_ours(by: &Actor, office: &Id<Profile>) -> bool {
    by.office.as_ref().is_none_or(|own| own == office)
}

fn details(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn of_profile(conn: &mut Conn, one: &Profile) -> Result<Choice, Error> {
    let email = one.email.as_ref().map(ToString::to_string);
    let number = one.student_id.as_ref().map(Code::to_string);
    let above = one.parent_id.as_ref().and_then(|id| profile::find(conn, id).ok()).map(|above| above.name.to_string());
    let kind = if one.is_person() { None } else { Some("Organisation".to_owned()) };
    let town = one.address.get().locality.clone().filter(|_| !one.is_person());
    let label = match &number {
        Some(number) => format!("{} ({number})", one.name),
        None => one.name.to_string(),
    };
    Ok(Choice { id: one.id.to_string(), label, details: details([kind, above, town, email]) })
}

fn of_achievement(conn: &mut Conn, one: &Achievement) -> Result<Choice, Error> {
    let issuer = profile::find(conn, &one.issuer_id)?.name.to_string();
    let label = match &one.code {
        Some(code) => format!("{} ({code})", one.name),
        None => one.name.to_string(),
    };
    let retired = one.retired_at.map(|_| "retired".to_owned());
    Ok(Choice {
        id: one.id.to_string(),
        label,
        details: details([Some(one.achievement_type.shown()), Some(issuer), retired]),
    })
}

fn of_assertion(one: assertion::Listed) -> Choice {
    let standing = one.issued.as_ref().map_or("draft".to_owned(), |(code, ..)| code.to_string());
    let term = one.assertion.term.as_ref().map(Line::to_string);
    let conferred = one.assertion.conferral_date.to_string();
    Choice {
        id: one.assertion.id.to_string(),
        label: format!("{} for {}", one.title, one.learner_name),
        details: details([one.student_id, Some(conferred), term, Some(standing)]),
    }
}

fn of_clr(conn: &mut Conn, one: &Clr) -> Result<Choice, Error> {
    let learner = profile::find(conn, &one.learner_id)?;
    let name = one.name.as_ref().map_or("Record".to_owned(), ToString::to_string);
    let number = one.number.map_or("draft".to_owned(), |number| format!("no. {number}"));
    let student = learner.student_id.as_ref().map(Code::to_string);
    Ok(Choice {
        id: one.id.to_string(),
        label: format!("{name} of {}", learner.name),
        details: details([student, Some(number)]),
    })
}

impl Picker {
    /// A picker with nothing in it.
    pub fn new(what: What, field: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self { field, label, hint, what, ..Self::default() }
    }

    /// Where its suggestions come from.
    pub fn path(&self) -> &'static str {
        self.what.path()
    }

    /// The same without a way to make a new one in passing.
    pub fn only_known(mut self) -> Self {
        self.create = None;
        self
    }

    /// The picker with what was typed and chosen; after a refusal with the candidates.
    pub fn shown(mut self, conn: &mut Conn, typed: (&Option<String>, &str), by: &Actor) -> Result<Self, Error> {
        self.create = self.what.created_in_passing(by);
        self.entry = typed.0.clone().unwrap_or_default();
        match self.what.meant(conn, typed, by)? {
            Meant::One(one) => {
                self.entry = one.label.clone();
                self.chosen = Some(one);
            }
            Meant::Several(few) => self.candidates = few,
            Meant::Nothing | Meant::Unknown => {}
        }
        Ok(self)
    }
}

/// Reads a picker that may stay empty, or notes beside the field why it can't be read.
pub fn read<T>(
    conn: &mut Conn,
    (what, field): (What, &'static str),
    typed: (&Option<String>, &str),
    by: &Actor,
    errors: &mut Errors,
) -> Result<Option<Id<T>>, Error> {
    match what.meant(conn, typed, by)? {
        Meant::One(one) => Ok(one.id.parse().ok()),
        Meant::Nothing => Ok(None),
        Meant::Several(_) => {
            errors.add(field, "Several fit; choose one of them");
            Ok(None)
        }
        Meant::Unknown => {
            errors.add(field, "Nothing that is known here has this name, code or id");
            Ok(None)
        }
    }
}

/// The same for one that must not stay empty; `missing` is said then.
pub fn read_one<T>(
    conn: &mut Conn,
    picker: (What, &'static str),
    typed: (&Option<String>, &str),
    by: &Actor,
    (errors, missing): (&mut Errors, &'static str),
) -> Result<Option<Id<T>>, Error> {
    let before = errors.0.len();
    let read = read(conn, picker, typed, by, errors)?;
    if read.is_none() && errors.0.len() == before {
        errors.add(picker.1, missing);
    }
    Ok(read)
}

/// The same for a learner to whom something new is given; one whose data was erased gets nothing any more.
pub fn read_learner(
    conn: &mut Conn,
    typed: (&Option<String>, &str),
    by: &Actor,
    errors: &mut Errors,
) -> Result<Option<Profile>, Error> {
    let missing = (&mut *errors, "Enter the learner’s student number, e-mail address or name");
    let Some(id) = read_one::<Profile>(conn, (What::Learner, "learner"), typed, by, missing)? else { return Ok(None) };
    if erasure::of(conn, &id)?.is_some() {
        errors.add("learner", "The data of this learner was erased; nothing new can be recorded");
        return Ok(None);
    }
    Ok(Some(profile::find(conn, &id)?))
}
