//! The form of an assertion (a draft).
//!
//! The learner is found by name, number, e-mail or id, without a script: a doubtful entry comes back with the
//! candidates to choose from. Results are entered for the achievement's own result descriptions.

mod shown;

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use super::{Errors, Form, achievement::credits_of, learner};
use crate::{
    clock,
    db::Conn,
    models::{
        Achievement, Actor, Assertion, Level, Profile, ResultDescription, achievement, credential, profile,
        result::AwardResult, result_description, rubric_criterion_level,
    },
    values::{CeDiD, Id, Iri, Line, Prose, ResultStatus, optional, parse_date},
    web::error::Error,
};

/// What was entered about an award.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "assertions/form.html")]
#[serde(default)]
pub struct AssertionForm {
    learner: String,
    /// The candidate that was chosen for a doubtful entry.
    learner_id: String,
    achievement: String,
    conferral_date: String,
    expires_on: String,
    activity_start: String,
    activity_end: String,
    credits_earned: String,
    term: String,
    role: String,
    license_number: String,
    narrative: String,
    kept_cedid: String,
    revision: i32,
    /// `value-ID`, `level-ID` and `status-ID` for each result description.
    #[serde(flatten)]
    entered: BTreeMap<String, String>,
    #[serde(skip)]
    candidates: Vec<Profile>,
    #[serde(skip)]
    achievements: Vec<(String, String)>,
    #[serde(skip)]
    criteria: Vec<Criterion>,
    #[serde(skip)]
    results: Vec<AwardResult>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for AssertionForm {}

/// A result description with what can be chosen and what was.
#[derive(Debug, Clone)]
struct Criterion {
    description: ResultDescription,
    levels: Vec<Level>,
}

impl Criterion {
    fn is_status(&self) -> bool {
        self.description.result_type.as_str() == "Status"
    }
}

impl AssertionForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    fn statuses(&self) -> &'static [ResultStatus] {
        ResultStatus::ALL
    }

    fn entered(&self, what: &str, id: &Id<ResultDescription>) -> &str {
        self.entered.get(&format!("{what}-{id}")).map_or("", String::as_str)
    }

    fn is_entered(&self, what: &str, id: &Id<ResultDescription>, value: &str) -> bool {
        self.entered(what, id) == value
    }

    /// Who was meant; a doubtful entry leaves the candidates to choose from.
    fn find_learner(&mut self, conn: &mut Conn) -> Result<Option<Profile>, Error> {
        let (found, candidates) = learner::find(conn, (&self.learner, &self.learner_id), &mut self.errors)?;
        self.candidates = candidates;
        Ok(found)
    }

    fn find_achievement(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Achievement>, Error> {
        let found = match self.achievement.trim().parse::<Id<Achievement>>() {
            Ok(id) => achievement::find(conn, &id).ok(),
            Err(_) => achievement::by_code(conn, &self.achievement)?,
        };
        let ours = found.filter(|one| by.office.as_ref().is_none_or(|office| *office == one.issuer_id));
        match &ours {
            None => self.errors.add("achievement", "Choose what is awarded"),
            Some(one) if one.retired_at.is_some() => {
                self.errors.add("achievement", "This achievement is retired; it is no longer awarded");
            }
            Some(_) => {}
        }
        Ok(ours)
    }

    /// What was entered for each result description, checked against it.
    fn read_results(&mut self, conn: &mut Conn, assertion: &Assertion) -> Result<(), Error> {
        self.criteria = criteria_of(conn, &assertion.achievement_id)?;
        self.results = Vec::new();
        for criterion in self.criteria.clone() {
            let id = criterion.description.id.clone();
            let value = self.errors.check("results", optional(self.entered("value", &id), Line::parse)).flatten();
            let level: Option<Id<Level>> = self
                .entered("level", &id)
                .parse()
                .ok()
                .filter(|chosen| criterion.levels.iter().any(|level| level.id == *chosen));
            let status = ResultStatus::parse(self.entered("status", &id)).ok();
            // A level or a status that the form does not offer is refused, not passed over.
            if level.is_none() && !self.entered("level", &id).is_empty() {
                self.errors.add("results", format!("{}: choose one of its levels", criterion.description.name));
            }
            if status.is_none() && !self.entered("status", &id).is_empty() {
                self.errors.add("results", format!("{}: choose one of the statuses", criterion.description.name));
            }
            if let Some(value) = &value
                && let Some(why) = criterion.refuses(value.as_str())
            {
                self.errors.add("results", format!("{}: {why}", criterion.description.name));
            }
            if value.is_none() && level.is_none() && status.is_none() {
                continue;
            }
            if criterion.is_status() && status.is_none() {
                self.errors.add("results", format!("{}: choose a status", criterion.description.name));
            }
            self.results.push(AwardResult {
                id: Id::fresh(),
                iri: Iri::fresh(),
                assertion_id: assertion.id.clone(),
                result_description_id: id,
                achieved_level_id: level,
                value,
                status,
                position: self.results.len() as i32,
                created_at: clock::now().naive_utc(),
            });
        }
        Ok(())
    }
}

impl Criterion {
    /// Why a value does not fit the description.
    fn refuses(&self, value: &str) -> Option<String> {
        let allowed = self.description.allowed_values.get();
        if !allowed.is_empty() && !allowed.iter().any(|one| one == value) {
            return Some(format!("enter one of {}", allowed.join(", ")));
        }
        let number = |line: &Option<Line>| line.as_ref().and_then(|line| line.as_str().parse::<f64>().ok());
        let (least, most) = (number(&self.description.value_min), number(&self.description.value_max));
        if least.is_none() && most.is_none() {
            return None;
        }
        match value.parse::<f64>() {
            Ok(value) if least.is_none_or(|least| value >= least) && most.is_none_or(|most| value <= most) => None,
            _ => {
                let bound = |line: &Option<Line>| line.as_ref().map_or("…".to_owned(), Line::to_string);
                Some(format!(
                    "enter a number from {} to {}",
                    bound(&self.description.value_min),
                    bound(&self.description.value_max)
                ))
            }
        }
    }
}

fn criteria_of(conn: &mut Conn, id: &Id<Achievement>) -> Result<Vec<Criterion>, Error> {
    let descriptions = result_description::of_achievement(conn, id)?;
    let levels = rubric_criterion_level::of_descriptions(conn, &descriptions)?;
    let with_levels = |description: ResultDescription| Criterion {
        levels: levels.iter().filter(|level| level.result_description_id == description.id).cloned().collect(),
        description,
    };
    Ok(descriptions.into_iter().map(with_levels).collect())
}

impl Form<Assertion> for AssertionForm {
    fn fill(object: &Assertion) -> Self {
        let line = |value: &Option<Line>| value.as_ref().map(Line::to_string).unwrap_or_default();
        let date = |value: Option<chrono::NaiveDate>| value.map(|date| date.to_string()).unwrap_or_default();
        Self {
            learner_id: object.learner_id.to_string(),
            achievement: object.achievement_id.to_string(),
            conferral_date: object.conferral_date.to_string(),
            expires_on: date(object.expires_on),
            activity_start: date(object.activity_start),
            activity_end: date(object.activity_end),
            credits_earned: object.credits_earned.map(|credits| credits.to_string()).unwrap_or_default(),
            term: line(&object.term),
            role: line(&object.role),
            license_number: line(&object.license_number),
            narrative: object.narrative.as_ref().map(Prose::to_string).unwrap_or_default(),
            kept_cedid: object.kept_cedid.as_ref().map(CeDiD::to_string).unwrap_or_default(),
            revision: object.revision,
            ..Self::default()
        }
    }

    fn prepare(&mut self, conn: &mut Conn, by: &Actor) -> Result<(), Error> {
        let known = achievement::awardable(conn, by.office.as_ref())?;
        let label = |one: &Achievement| match &one.code {
            Some(code) => format!("{} ({code})", one.name),
            None => one.name.to_string(),
        };
        self.achievements = known.iter().map(|one| (one.id.to_string(), label(one))).collect();
        if let Ok(id) = self.learner_id.parse::<Id<Profile>>()
            && self.learner.is_empty()
            && let Ok(learner) = profile::find(conn, &id)
        {
            self.learner = learner
                .student_id
                .as_ref()
                .map(ToString::to_string)
                .or(learner.email.as_ref().map(ToString::to_string))
                .unwrap_or(learner.id.to_string());
            self.candidates = vec![learner];
        }
        if self.is_new() && self.conferral_date.is_empty() && self.errors.is_empty() {
            self.conferral_date = clock::now().date_naive().to_string();
        }
        if let Ok(id) = self.achievement.parse::<Id<Achievement>>()
            && known.iter().any(|one| one.id == id)
        {
            self.criteria = criteria_of(conn, &id)?;
        }
        Ok(())
    }

    fn parse(&mut self, conn: &mut Conn, existing: Option<Assertion>, by: &Actor) -> Result<Option<Assertion>, Error> {
        self.errors = Errors::default();
        let learner = self.find_learner(conn)?;
        let awarded = self.find_achievement(conn, by)?;
        let errors = &mut self.errors;
        let conferral_date = errors.check("conferral_date", parse_date(&self.conferral_date));
        let mut date = |field, raw: &str| errors.check(field, optional(raw, parse_date)).flatten();
        let expires_on = date("expires_on", &self.expires_on);
        let (activity_start, activity_end) =
            (date("activity_start", &self.activity_start), date("activity_end", &self.activity_end));
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (term, role) = (line("term", &self.term), line("role", &self.role));
        let license_number = line("license_number", &self.license_number);
        let narrative = errors.check("narrative", optional(&self.narrative, Prose::parse)).flatten();
        let kept_cedid = errors.check("kept_cedid", optional(&self.kept_cedid, CeDiD::parse)).flatten();
        let credits_earned = credits_of(errors, "credits_earned", &self.credits_earned);
        if let (Some(last), Some(conferred)) = (expires_on, conferral_date)
            && last < conferred
        {
            errors.add("expires_on", "The last day cannot be before the conferral date");
        }
        if let (Some(begun), Some(ended)) = (activity_start, activity_end)
            && ended < begun
        {
            errors.add("activity_end", "The activity cannot end before it begins");
        }
        if let Some(kept) = &kept_cedid
            && credential::is_taken(conn, kept)?
        {
            self.errors.add("kept_cedid", "Another credential already has this CeDiD");
        }
        let (Some(learner), Some(awarded), Some(conferral_date)) = (learner, awarded, conferral_date) else {
            return Ok(None);
        };
        let is_new = existing.is_none();
        // The whole address is put before it when it is stored for the first time: a form knows no base address.
        let mut made = existing.unwrap_or_else(|| Assertion::new(Iri::fresh(), &learner, &awarded, conferral_date));
        (made.learner_id, made.achievement_id, made.conferral_date) =
            (learner.id.clone(), awarded.id.clone(), conferral_date);
        (made.expires_on, made.activity_start, made.activity_end) = (expires_on, activity_start, activity_end);
        (made.credits_earned, made.term, made.role, made.license_number) = (credits_earned, term, role, license_number);
        (made.narrative, made.kept_cedid) = (narrative, kept_cedid);
        made.revision = if is_new { 1 } else { self.revision };
        made.refold(&learner, &awarded, None);
        self.read_results(conn, &made)?;
        Ok(self.errors.is_empty().then_some(made))
    }

    fn errors(&self) -> &Errors {
        &self.errors
    }

    fn revision(&self) -> i32 {
        self.revision
    }
}
