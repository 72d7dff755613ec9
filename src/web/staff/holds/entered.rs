//! What is entered of a hold, for one learner and for many.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    clock,
    registrar::hold::Terms,
    values::{HoldKind, Invalid, Line, OTHER_REASON, Prose, optional, parse_date},
    web::forms::Errors,
};

/// What was entered.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Entered {
    /// The learner's row id, where it is for one.
    pub learner: String,
    /// Student numbers, e-mail addresses and ids, where it is for many.
    pub learners: String,
    /// Kind and reason: `privacy-ferpa`.
    pub why: String,
    /// The reason in words.
    pub reason: String,
    /// What stays in the office.
    pub internal_note: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
}

impl Entered {
    /// Kinds with their reasons, as the choices of one field.
    pub fn choices(&self) -> Vec<(String, String)> {
        let of = |kind: &HoldKind| {
            let (name, label) = (kind.as_str(), kind.label());
            kind.reasons()
                .iter()
                .map(|(key, reason)| (format!("{name}-{key}"), format!("{label}: {reason}")))
                .collect::<Vec<_>>()
        };
        HoldKind::ALL.iter().flat_map(of).collect()
    }

    /// What is to be placed, or notes what was wrong.
    pub fn parse(&self, errors: &mut Errors) -> Option<Terms> {
        let chosen = self.why.split_once('-').and_then(|(kind, key)| {
            let kind = HoldKind::parse(kind)?;
            kind.reasons().iter().find(|(own, _)| *own == key).map(|(own, _)| (kind, *own))
        });
        if chosen.is_none() {
            errors.add("why", "Choose what kind of hold it is, and why");
        }
        let reason = errors.check("reason", optional(&self.reason, Line::parse)).flatten();
        if chosen.is_some_and(|(_, key)| key == OTHER_REASON) && reason.is_none() {
            errors.add("reason", Invalid::Missing("the reason"));
        }
        let internal_note = errors.check("internal_note", optional(&self.internal_note, Prose::parse)).flatten();
        let from = errors.check("from", optional(&self.from, parse_date)).flatten();
        let until = errors.check("until", optional(&self.until, parse_date)).flatten();
        refuse_past(until, errors);
        if let (Some(from), Some(until)) = (from, until)
            && until < from
        {
            errors.add("until", "The last day cannot be before the first");
        }
        let (kind, key) = chosen.filter(|_| errors.is_empty())?;
        Some(Terms { kind, reason_code: key.to_owned(), reason, internal_note, from, until })
    }
}

/// A last day that is over would place a hold that never was on.
pub fn refuse_past(until: Option<NaiveDate>, errors: &mut Errors) {
    if until.is_some_and(|last| last < clock::now().date_naive()) {
        errors.add("until", "This day is over. To end the hold at once, lift it");
    }
}
