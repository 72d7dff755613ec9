//! The form of an assertion (a draft).
//!
//! The learner is found by name, number, e-mail or id, without a script: a doubtful entry comes back with the
//! candidates to choose from. Results are entered for the achievement's own result descriptions.

mod scoring;
mod shown;

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use self::scoring::Scoring;
use super::{Errors, Form, achievement::credits_of};
use crate::{
    clock,
    db::Conn,
    models::{
        Achievement, Actor, Assertion, Level, Profile, ResultDescription, achievement, credential, profile,
        result::{self, AwardResult},
        rubric_grid::Criterion,
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
    rubrics: Vec<Scoring>,
    /// The draft whose results are still to be filled in.
    #[serde(skip)]
    filled_from: Option<Id<Assertion>>,
    #[serde(skip)]
    results: Vec<AwardResult>,
    #[serde(skip)]
    errors: Errors,
}

impl HtmlSafe for AssertionForm {}

impl AssertionForm {
    fn is_new(&self) -> bool {
        self.revision == 0
    }

    /// What is entered by itself: not in the grid of a rubric.
    fn single(&self) -> Vec<&Criterion> {
        self.criteria.iter().filter(|one| !scoring::is_in_grid(one)).collect()
    }

    /// Whether a status is asked for.
    fn is_status(&self, criterion: &Criterion) -> bool {
        is_status(criterion)
    }

    /// What was entered under a name, for rows of a grid, whose ids are texts.
    fn is_picked(&self, row: &str, cell: &str) -> bool {
        self.entered.get(&format!("level-{row}")).map_or("", String::as_str) == cell
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
        let chosen = if self.learner_id.is_empty() { self.learner.trim().to_owned() } else { self.learner_id.clone() };
        if chosen.is_empty() {
            self.errors.add("learner", "Enter the learner’s student number, e-mail address or name");
            return Ok(None);
        }
        if let Ok(id) = chosen.parse::<Id<Profile>>()
            && let Ok(found) = profile::find(conn, &id)
            && found.is_person()
        {
            return Ok(Some(found));
        }
        let mut found = profile::candidates(conn, &chosen)?;
        match found.len() {
            1 => Ok(found.pop()),
            0 => {
                self.errors.add("learner", "No learner has this number, address or name");
                Ok(None)
            }
            _ => {
                self.errors.add("learner", "Several learners fit; choose one of them");
                self.candidates = found;
                Ok(None)
            }
        }
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
        self.criteria = scoring::criteria_of(conn, &assertion.achievement_id)?;
        self.results = Vec::new();
        for criterion in self.criteria.clone() {
            let id = criterion.description.id.clone();
            let value = self.value_of(&criterion);
            let level = criterion.levels.iter().find(|level| self.is_entered("level", &id, level.id.as_str()));
            let status = ResultStatus::parse(self.entered("status", &id)).ok();
            if let Some(value) = &value
                && let Some(why) = scoring::refusal(&criterion.description, value.as_str())
            {
                self.errors.add("results", format!("{}: {why}", criterion.description.name));
            }
            if value.is_none() && level.is_none() && status.is_none() {
                continue;
            }
            if is_status(&criterion) && status.is_none() {
                self.errors.add("results", format!("{}: choose a status", criterion.description.name));
            }
            self.results.push(AwardResult {
                id: Id::fresh(),
                iri: Iri::fresh(),
                assertion_id: assertion.id.clone(),
                result_description_id: id,
                achieved_level_id: level.map(|level| level.id.clone()),
                value,
                status,
                position: self.results.len() as i32,
                created_at: clock::now().naive_utc(),
            });
        }
        Ok(())
    }

    /// The value as typed; a total that was not typed is the sum of the levels.
    fn value_of(&mut self, criterion: &Criterion) -> Option<Line> {
        let typed = optional(self.entered("value", &criterion.description.id), Line::parse);
        let typed = self.errors.check("results", typed).flatten();
        if typed.is_some() || !criterion.is_total() {
            return typed;
        }
        let picked = |level: &Level| self.is_entered("level", &level.result_description_id, level.id.as_str());
        let sum = scoring::sum(criterion, &self.criteria, picked);
        sum.and_then(|sum| Line::parse(&sum.to_string()).ok())
    }

    /// The results of a draft as the form has them. A total that is the sum is left to be counted again.
    fn fill_results(&mut self, conn: &mut Conn, id: &Id<Assertion>) -> Result<(), Error> {
        let stored = result::entered_for(conn, id)?;
        for one in &stored {
            let own = &one.result_description_id;
            let criterion = self.criteria.iter().find(|criterion| criterion.description.id == *own);
            let is_sum = criterion
                .is_some_and(|total| total.is_total() && scoring::is_the_sum(one, total, &self.criteria, &stored));
            let mut enter = |what: &str, text: Option<String>| {
                self.entered.extend(text.map(|text| (format!("{what}-{own}"), text)));
            };
            enter("level", one.achieved_level_id.as_ref().map(ToString::to_string));
            enter("value", one.value.as_ref().filter(|_| !is_sum).map(ToString::to_string));
            enter("status", one.status.map(|status| status.to_string()));
        }
        Ok(())
    }
}

fn is_status(criterion: &Criterion) -> bool {
    criterion.description.result_type.as_str() == "Status"
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
            filled_from: Some(object.id.clone()),
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
            self.criteria = scoring::criteria_of(conn, &id)?;
            self.rubrics = scoring::rubrics_of(conn, &id, &self.criteria)?;
        }
        if let Some(id) = self.filled_from.take() {
            self.fill_results(conn, &id)?;
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
