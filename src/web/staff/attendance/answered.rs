//! What came of entries, as pages tell it: numbers, and each entry that needs a look.

use crate::{
    registrar::attend::{Answered, Outcome},
    values::Code,
};

/// Lines that a page tells of one group; the rest is told as a number.
const MOST_LINES: usize = 200;

/// An entry that is told.
#[derive(Debug, Clone)]
pub struct Line {
    /// The learner's name, or what was typed.
    pub who: String,
    /// The student number, or what was typed for a learner.
    pub below: String,
    /// What came of it.
    pub says: String,
}

/// Entries with the same outcome.
#[derive(Debug, Clone)]
pub struct Group {
    /// Style class.
    pub tone: &'static str,
    /// Icon.
    pub icon: &'static str,
    /// Heading.
    pub label: &'static str,
    /// How many.
    pub number: usize,
    /// The first of them.
    pub lines: Vec<Line>,
}

impl Group {
    /// How many are not told one by one.
    pub fn further(&self) -> usize {
        self.number - self.lines.len()
    }
}

/// Style class, icon and label of a group, and what belongs to it.
type Kind = (&'static str, &'static str, &'static str, fn(&Outcome) -> bool);

/// The groups of a list that was recorded, or looked at: `done` tells which.
pub fn groups(answered: &[Answered], done: bool) -> Vec<Group> {
    let kinds: [Kind; 5] = [
        ("ok", "check", if done { "Recorded" } else { "To be recorded" }, |it| *it == Outcome::Recorded),
        ("info", "swap", if done { "Changed" } else { "To be changed" }, |it| matches!(it, Outcome::Changed(_))),
        ("mute", "copy", "Stood so already, or named twice: counted once", |it| {
            matches!(it, Outcome::Known | Outcome::Twice | Outcome::Repeated)
        }),
        ("warn", "question", if done { "Kept to be resolved" } else { "To be kept and resolved" }, |it| {
            matches!(it, Outcome::Parked(_))
        }),
        ("bad", "cross", "Not recorded", |it| matches!(it, Outcome::Refused(_))),
    ];
    let group = |(tone, icon, label, fits): Kind| {
        let all: Vec<&Answered> = answered.iter().filter(|one| fits(&one.outcome)).collect();
        let lines = all.iter().take(MOST_LINES).map(|one| line(one)).collect();
        Group { tone, icon, label, number: all.len(), lines }
    };
    kinds.into_iter().map(group).filter(|group| group.number > 0).collect()
}

fn line(one: &Answered) -> Line {
    let (who, below) = match &one.learner {
        Some(learner) => {
            let number = learner.student_id.as_ref().map(Code::to_string).unwrap_or_default();
            (learner.name.to_string(), if one.typed == number { number } else { format!("{number} {}", one.typed) })
        }
        None => (one.typed.clone(), String::new()),
    };
    Line { who, below: below.trim().to_owned(), says: says(one) }
}

/// What came of an entry, in a few words.
pub fn says(one: &Answered) -> String {
    let status = one.status.label();
    match &one.outcome {
        Outcome::Recorded => status.to_owned(),
        Outcome::Changed(before) => format!("{status}, was {}", before.label().to_lowercase()),
        Outcome::Known => format!("{status} already"),
        Outcome::Twice => "named before in this list".to_owned(),
        Outcome::Repeated => "sent before".to_owned(),
        Outcome::Parked(why) => why.label().to_owned(),
        Outcome::Refused(why) => why.clone(),
    }
}
