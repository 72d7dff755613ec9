//! The form of an assertion (a draft).
//!
//! The learner is found by name, number, e-mail or id, without a script: a doubtful entry comes back with the
//! candidates to choose from. Results are entered for the achievement's own result descriptions.

pub mod scoring;
mod shown;

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};
use serde::Deserialize;

use self::scoring::Scoring;
use super::{
    Errors, Form,
    achievement::credits_of,
    picker::{self, Picker, What},
};
use crate::{
    clock,
    db::Conn,
    models::{
        Achievement, Actor, Assertion, Hold, Level, Profile, ResultDescription, achievement, credential, hold,
        result::{self, AwardResult},
        rubric_grid::Criterion,
    },
    values::{CeDiD, Id, Iri, Line, Prose, ResultStatus, WebAddress, optional, parse_date},
    web::error::Error,
};

/// What was entered about an award.
#[derive(Debug, Clone, Default, Deserialize, Template)]
#[template(path = "assertions/form.html")]
#[serde(default)]
pub struct AssertionForm {
    learner: Option<String>,
    learner_id: String,
    achievement: Option<String>,
    achievement_id: String,
    source: Option<String>,
    source_id: String,
    image: String,
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
    holds: Vec<Hold>,
    #[serde(skip)]
    may_see_holds: bool,
    #[serde(skip)]
    learner_picker: Picker,
    #[serde(skip)]
    achievement_picker: Picker,
    #[serde(skip)]
    source_picker: Picker,
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

    fn find_learner(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Profile>, Error> {
        let typed = (&self.learner, self.learner_id.as_str());
        picker::read_learner(conn, typed, by, &mut self.errors)
    }

    fn find_achievement(&mut self, conn: &mut Conn, by: &Actor) -> Result<Option<Achievement>, Error> {
        let typed = (&self.achievement, self.achievement_id.as_str());
        let missing = (&mut self.errors, "Choose what is awarded");
        let found = picker::read_one::<Achievement>(conn, (What::Awardable, "achievement"), typed, by, missing)?;
        let found = found.map(|id| achievement::find(conn, &id)).transpose()?;
        if found.as_ref().is_some_and(|one| one.retired_at.is_some()) {
            self.errors.add("achievement", "This achievement is retired; it is no longer awarded");
        }
        Ok(found)
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
            // A level or a status that the form does not offer is refused, not passed over.
            if level.is_none() && !self.entered("level", &id).is_empty() {
                self.errors.add("results", format!("{}: choose one of its levels", criterion.description.name));
            }
            if status.is_none() && !self.entered("status", &id).is_empty() {
                self.errors.add("results", format!("{}: choose one of the statuses", criterion.description.name));
            }
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
                achieved_level_id: level.map(|level| level.id.clone()),
                value,
                status,
                ..AwardResult::new(assertion.id.clone(), id, self.results.len() as i32)
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
        let stored = result::of(conn, id)?;
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
            achievement_id: object.achievement_id.to_string(),
            source_id: object.source_id.as_ref().map(Id::to_string).unwrap_or_default(),
            image: object.image.as_ref().map(WebAddress::to_string).unwrap_or_default(),
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
        self.learner_picker =
            Picker::new(What::Learner, "learner", "Learner", "Student number, e-mail address or name.").shown(
                conn,
                (&self.learner, &self.learner_id),
                by,
            )?;
        if let Some(learner) = &self.learner_picker.chosen
            && let Ok(id) = learner.id.parse::<Id<Profile>>()
        {
            self.holds = hold::active(conn, &id)?;
            self.may_see_holds = by.office.is_none();
        }
        self.achievement_picker = Picker::new(What::Awardable, "achievement", "Achievement", "Name or code.").shown(
            conn,
            (&self.achievement, &self.achievement_id),
            by,
        )?;
        let source = "An organisation, where the statement is not the issuer’s own.";
        self.source_picker = Picker::new(What::Organization, "source", "Stated by", source).shown(
            conn,
            (&self.source, &self.source_id),
            by,
        )?;
        if self.is_new() && self.conferral_date.is_empty() && self.errors.is_empty() {
            self.conferral_date = clock::now().date_naive().to_string();
        }
        if let Some(awarded) = &self.achievement_picker.chosen
            && let Ok(id) = awarded.id.parse::<Id<Achievement>>()
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
        let learner = self.find_learner(conn, by)?;
        let awarded = self.find_achievement(conn, by)?;
        let typed = (&self.source, self.source_id.as_str());
        let source_id = picker::read(conn, (What::Organization, "source"), typed, by, &mut self.errors)?;
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
        let image = errors.check("image", optional(&self.image, WebAddress::parse)).flatten();
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
        let own = existing.as_ref().map_or_else(Iri::fresh, |draft| draft.iri.clone());
        if let Some(kept) = &kept_cedid
            && credential::is_taken(conn, kept, &own)?
        {
            self.errors.add("kept_cedid", "Another credential has or had this CeDiD");
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
        (made.source_id, made.image) = (source_id, image);
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
