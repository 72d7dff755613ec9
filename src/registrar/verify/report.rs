//! What verifying found: each check in order, as passed, failed or could not be checked.

use serde_json::{Value, json};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// Nobody could say here.
    Unchecked,
}

impl Outcome {
    /// The name in JSON and in message keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Unchecked => "unchecked",
        }
    }
}

/// What is to be made of all checks together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything holds, now.
    Valid,
    /// Something does not.
    Invalid,
    /// Nothing speaks against it, but something that matters could not be checked.
    Unchecked,
}

impl Verdict {
    /// The name in JSON and in message keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Unchecked => "unchecked",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name, which stays the same.
    pub id: &'static str,
    /// Which credential in the document it is about, as a JSON pointer; empty for the document itself.
    pub about: String,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found, as a sentence.
    pub detail: String,
    /// The same for those who want it exactly.
    pub technical: Vec<String>,
}

/// Everything that was checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What the document is, as people call it.
    pub kind: String,
    /// What it says of itself, by names: not yet to be believed.
    pub facts: Vec<(&'static str, String)>,
    /// What each credential within it is called, by its place.
    pub names: Vec<(String, String)>,
    /// What whoever reads the verdict has to look at themselves.
    pub caution: Option<String>,
    /// The checks in their order.
    pub checks: Vec<Check>,
    /// Whether no credential was found in what was handed in, so that nothing could be wrong with one.
    pub is_empty: bool,
}

/// The most technical lines of a check, and the most signs of each.
const MOST_LINES: usize = 12;
const MOST_SIGNS: usize = 300;
/// The most checks of a document.
const MOST_CHECKS: usize = 4000;

impl Report {
    /// A report of one thing that is wrong with all of it.
    pub fn of_one(detail: impl Into<String>) -> Self {
        let mut report = Self::default();
        report.at("").failed("structure", detail);
        report
    }

    /// A report of what holds no credential.
    pub fn of_nothing(detail: impl Into<String>) -> Self {
        Self { is_empty: true, ..Self::of_one(detail) }
    }

    /// The name in message keys of what a page says above everything: the verdict, or in which way it is not valid where
    /// "do not rely on it" would be the wrong advice.
    pub fn headline(&self) -> &'static str {
        let is_older = |check: &Check| check.outcome == Outcome::Failed && check.id == "newest";
        match self.verdict() {
            Verdict::Invalid if self.is_empty => "nothing",
            // Nothing else speaks against it, and nothing else was left unchecked.
            Verdict::Invalid if self.checks.iter().all(|check| check.outcome == Outcome::Passed || is_older(check)) => {
                "older"
            }
            verdict => verdict.as_str(),
        }
    }

    /// What all of it comes to.
    pub fn verdict(&self) -> Verdict {
        let any = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        if any(Outcome::Failed) {
            Verdict::Invalid
        } else if any(Outcome::Unchecked) || self.checks.is_empty() {
            Verdict::Unchecked
        } else {
            Verdict::Valid
        }
    }

    /// Writes down what a credential within the document is called.
    pub fn named(&mut self, about: &str, name: Option<String>) {
        if let Some(name) = name.filter(|_| !about.is_empty() && self.names.len() < MOST_CHECKS) {
            let name = name.chars().take(MOST_SIGNS).collect();
            self.names.push((about.to_owned(), name));
        }
    }

    /// Writes down checks about one credential of the document.
    pub fn at<'a>(&'a mut self, about: &'a str) -> At<'a> {
        At { report: self, about }
    }

    /// As JSON (contract: `POST /verify`).
    pub fn to_json(&self) -> Value {
        let checks = self.checks.iter().map(|check| {
            json!({
                "id": check.id,
                "outcome": check.outcome.as_str(),
                "detail": check.detail,
                "about": check.about,
                "technical": check.technical,
            })
        });
        let checks: Vec<Value> = checks.collect();
        let mut told = json!({"verdict": self.verdict().as_str(), "kind": self.kind, "checks": checks});
        if let Some(caution) = &self.caution {
            told["caution"] = json!(caution);
        }
        told
    }
}

/// Writes down checks about one credential.
pub struct At<'a> {
    report: &'a mut Report,
    about: &'a str,
}

impl At<'_> {
    /// A check with its outcome.
    pub fn note(&mut self, id: &'static str, outcome: Outcome, detail: impl Into<String>, technical: Vec<String>) {
        if self.report.checks.len() >= MOST_CHECKS && outcome == Outcome::Passed {
            return;
        }
        let short = |line: String| match line.char_indices().nth(MOST_SIGNS) {
            Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
            None => line,
        };
        let further = technical.len().saturating_sub(MOST_LINES);
        let mut lines: Vec<String> = technical.into_iter().take(MOST_LINES).map(short).collect();
        if further > 0 {
            lines.push(format!("and {further} more"));
        }
        let about = self.about.to_owned();
        let check = Check { id, about, outcome, detail: short(detail.into()), technical: lines };
        self.report.checks.push(check);
    }

    /// It holds.
    pub fn passed(&mut self, id: &'static str, detail: impl Into<String>) {
        self.note(id, Outcome::Passed, detail, Vec::new());
    }

    /// It does not.
    pub fn failed(&mut self, id: &'static str, detail: impl Into<String>) {
        self.note(id, Outcome::Failed, detail, Vec::new());
    }

    /// Nobody could say.
    pub fn unchecked(&mut self, id: &'static str, detail: impl Into<String>) {
        self.note(id, Outcome::Unchecked, detail, Vec::new());
    }

    /// It holds where nothing was found to be wrong.
    pub fn none_of(&mut self, id: &'static str, wrong: Vec<String>, holds: &str, does_not: &str) {
        let outcome = if wrong.is_empty() { Outcome::Passed } else { Outcome::Failed };
        self.note(id, outcome, if wrong.is_empty() { holds } else { does_not }, wrong);
    }

    /// As somebody else found.
    pub fn found(&mut self, id: &'static str, found: Result<String, NotHeld>) {
        match found {
            Ok(detail) => self.passed(id, detail),
            Err(NotHeld::Wrong(detail)) => self.failed(id, detail),
            Err(NotHeld::Unknown(detail)) => self.unchecked(id, detail),
        }
    }
}

/// Why something could not be found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotHeld {
    /// Because it does not.
    Wrong(String),
    /// Because it could not be checked.
    Unknown(String),
}

/// It does not hold.
pub fn wrong<T>(detail: impl Into<String>) -> Result<T, NotHeld> {
    Err(NotHeld::Wrong(detail.into()))
}

/// It could not be checked.
pub fn unknown<T>(detail: impl Into<String>) -> Result<T, NotHeld> {
    Err(NotHeld::Unknown(detail.into()))
}
