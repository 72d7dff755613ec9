//! What was entered about a correction, and what it means.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Row, rows};
use crate::{
    models::issued::{IssuedEvidence, IssuedResult},
    registrar::correct::{Correction, Earlier, REASONS, Which, Why},
    values::{Invalid, Line, Name, Prose, ResultStatus, optional, parse_date},
    web::forms::{Errors, achievement::credits_of},
};

/// Why something is issued again, as it was entered.
#[derive(Debug, Clone, Default)]
pub struct Reason<'a> {
    /// The key of a listed reason; none for a wording of one's own.
    pub reason: &'a str,
    /// What the public is told.
    pub public_reason: &'a str,
    /// What stays in the office.
    pub internal_note: &'a str,
    /// Whether the learner is told by mail.
    pub notify: bool,
}

impl Reason<'_> {
    /// What it means, or a note of what was wrong with it.
    pub fn parse(&self, errors: &mut Errors) -> Option<Why> {
        let listed = REASONS.iter().find(|one| one.key == self.reason);
        if listed.is_none() && !self.reason.is_empty() {
            errors.add("reason", "Choose one of the reasons of the list");
        }
        let typed = errors.check("public_reason", optional(self.public_reason, Line::parse)).flatten();
        let public = typed.or_else(|| listed.and_then(|one| Line::parse(one.wording).ok()));
        if public.is_none() && errors.of("reason").is_none() && errors.of("public_reason").is_none() {
            errors.add("public_reason", Invalid::Missing("the reason that the public is told"));
        }
        let internal = errors.check("internal_note", optional(self.internal_note, Prose::parse)).flatten();
        Some(Why { listed: listed.map(|one| one.label), public: public?, internal, notify: self.notify })
    }
}

/// The reasons to pick from.
pub fn reasons() -> Vec<(String, String)> {
    REASONS.iter().map(|one| (one.key.to_owned(), format!("{}: “{}”", one.label, one.wording))).collect()
}

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    pub(super) reason: String,
    pub(super) public_reason: String,
    pub(super) internal_note: String,
    pub(super) notify: bool,
    /// `now` for the name that the learner has now.
    pub(super) holder: String,
    /// `now` for the achievement as it is now.
    pub(super) achievement: String,
    /// `now` for the events that count now.
    pub(super) events: String,
    pub(super) expires_on: String,
    pub(super) activity_start: String,
    pub(super) activity_end: String,
    pub(super) credits_earned: String,
    pub(super) term: String,
    pub(super) role: String,
    pub(super) license_number: String,
    pub(super) narrative: String,
    /// `value-N`, `level-N` and `status-N` for each line of results, `keep-N`, `name-N` and `about-N` for each piece of
    /// evidence.
    #[serde(flatten)]
    lines: BTreeMap<String, String>,
}

impl Entered {
    /// The form as it is opened: with what was issued.
    pub(super) fn of(earlier: &Earlier, rows: &[Row]) -> Self {
        let issued = &earlier.issued.assertion;
        let date = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let mut lines = BTreeMap::new();
        for (at, row) in rows.iter().enumerate() {
            let Some(was) = &row.was else { continue };
            lines.insert(format!("value-{at}"), text(&was.value));
            lines.insert(format!("level-{at}"), text(&was.achieved_level));
            lines.insert(format!("status-{at}"), was.status.map(|status| status.to_string()).unwrap_or_default());
        }
        for (at, piece) in issued.evidence.iter().enumerate() {
            lines.insert(format!("keep-{at}"), "true".to_owned());
            lines.insert(format!("name-{at}"), piece.name.clone());
            lines.insert(format!("about-{at}"), text(&piece.description));
        }
        Self {
            notify: true,
            expires_on: date(issued.last_day()),
            activity_start: date(issued.activity_start),
            activity_end: date(issued.activity_end),
            credits_earned: issued.credits_earned.map(|credits| credits.to_string()).unwrap_or_default(),
            term: text(&issued.term),
            role: text(&issued.role),
            license_number: text(&issued.license_number),
            narrative: text(&issued.narrative),
            lines,
            ..Self::default()
        }
    }

    /// What was entered in a line.
    pub(super) fn line(&self, what: &str, at: &usize) -> String {
        self.lines.get(&format!("{what}-{at}")).cloned().unwrap_or_default()
    }

    /// Whether a choice or a box of a line was taken.
    pub(super) fn is(&self, what: &str, at: &usize, value: &str) -> bool {
        self.line(what, at) == value
    }

    /// What it means, or what was wrong with it.
    pub(super) fn parse(&self, earlier: &Earlier) -> Result<(Correction, Why), Errors> {
        let mut errors = Errors::default();
        let mut date = |field, raw: &str| errors.check(field, optional(raw, parse_date)).flatten();
        let expires_on = date("expires_on", &self.expires_on);
        let (activity_start, activity_end) =
            (date("activity_start", &self.activity_start), date("activity_end", &self.activity_end));
        let mut line = |field, raw: &str| errors.check(field, optional(raw, Line::parse)).flatten();
        let (term, role) = (line("term", &self.term), line("role", &self.role));
        let license_number = line("license_number", &self.license_number);
        let narrative = errors.check("narrative", optional(&self.narrative, Prose::parse)).flatten();
        let credits_earned = credits_of(&mut errors, "credits_earned", &self.credits_earned);
        if expires_on.is_some_and(|last| last < earlier.issued.assertion.conferral_date) {
            errors.add("expires_on", "The last day cannot be before the conferral date");
        }
        if activity_start.is_some_and(|begun| activity_end.is_some_and(|ended| ended < begun)) {
            errors.add("activity_end", "The activity cannot end before it begins");
        }
        let which = |entered: &str| if entered == "now" { Which::AsNow } else { Which::AsIssued };
        let correction = Correction {
            holder: which(&self.holder),
            achievement: which(&self.achievement),
            expires_on,
            activity_start,
            activity_end,
            credits_earned,
            term,
            role,
            license_number,
            narrative,
            results: self.results(earlier, &mut errors),
            evidence: self.evidence(earlier, &mut errors),
            events: which(&self.events),
        };
        let reason = Reason {
            reason: &self.reason,
            public_reason: &self.public_reason,
            internal_note: &self.internal_note,
            notify: self.notify,
        };
        let why = reason.parse(&mut errors);
        why.filter(|_| errors.is_empty()).map(|why| (correction, why)).ok_or(errors)
    }

    fn results(&self, earlier: &Earlier, errors: &mut Errors) -> Vec<IssuedResult> {
        let mut results = Vec::new();
        for (at, row) in rows(earlier).into_iter().enumerate() {
            let value = errors.check("results", optional(&self.line("value", &at), Line::parse)).flatten();
            let level = row.of.levels.iter().find(|level| self.is("level", &at, &level.id));
            let status = ResultStatus::parse(&self.line("status", &at)).ok();
            let is_unknown = level.is_none() && !self.line("level", &at).is_empty()
                || status.is_none() && !self.line("status", &at).is_empty();
            if is_unknown {
                errors.add("results", format!("{}: choose what the form offers", row.of.name));
            }
            if value.is_none() && level.is_none() && status.is_none() {
                continue;
            }
            let new = || IssuedResult {
                id: String::new(),
                result_description: row.of.id.clone(),
                achieved_level: None,
                value: None,
                status: None,
                alignments: Vec::new(),
            };
            results.push(IssuedResult {
                achieved_level: level.map(|level| level.id.clone()),
                value: value.map(|value| value.to_string()),
                status,
                ..row.was.unwrap_or_else(new)
            });
        }
        results
    }

    fn evidence(&self, earlier: &Earlier, errors: &mut Errors) -> Vec<IssuedEvidence> {
        let mut kept = Vec::new();
        for (at, piece) in earlier.issued.assertion.evidence.iter().enumerate() {
            if !self.is("keep", &at, "true") {
                continue;
            }
            let name = errors.check("evidence", Name::parse(&self.line("name", &at)));
            let about = errors.check("evidence", optional(&self.line("about", &at), Prose::parse)).flatten();
            let name = name.map_or_else(|| piece.name.clone(), |name| name.to_string());
            kept.push(IssuedEvidence { name, description: about.map(|about| about.to_string()), ..piece.clone() });
        }
        kept
    }
}
