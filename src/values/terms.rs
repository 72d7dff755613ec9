//! The closed and the extensible vocabularies (CLR 1.0 final, enumerations) and our own small ones.

use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::{Invalid, stored_text};

/// A closed vocabulary: a list of terms, stored and exchanged by their names.
macro_rules! closed_terms {
    ($(#[$about:meta])* $type:ident { $($(#[$note:meta])* $variant:ident = $term:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow, serde::Serialize, serde::Deserialize)]
        #[diesel(sql_type = Text)]
        pub enum $type { $($(#[$note])* #[serde(rename = $term)] $variant),+ }

        impl $type {
            /// Every term, in the order of the standard or of daily use.
            pub const ALL: &'static [$type] = &[$($type::$variant),+];

            /// The term as stored and as written in documents.
            pub fn as_str(&self) -> &'static str {
                match self { $($type::$variant => $term),+ }
            }

            /// Parses a term.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                Self::ALL.iter().copied().find(|term| term.as_str() == raw.trim()).ok_or(Invalid::Malformed("Choose one of the list"))
            }

            fn from_stored(text: String) -> Result<Self, String> {
                Self::parse(&text).map_err(|_| format!("unknown {} {text:?} in the database", stringify!($type)))
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        stored_text!($type);
    };
}

/// An extensible vocabulary: the standard's terms and any `ext:` term.
macro_rules! extensible_terms {
    ($(#[$about:meta])* $type:ident [ $($term:literal),+ $(,)? ]) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, AsExpression, FromSqlRow, serde::Serialize, serde::Deserialize)]
        #[diesel(sql_type = Text)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            /// The standard's own terms.
            pub const STANDARD: &'static [&'static str] = &[$($term),+];

            /// Parses a term of the standard, or an extension such as `ext:Transcript`.
            pub fn parse(raw: &str) -> Result<Self, Invalid> {
                let term = raw.trim();
                if term.is_empty() {
                    return Err(Invalid::Missing("a type"));
                }
                let extension = term.strip_prefix("ext:").is_some_and(|own| {
                    !own.is_empty() && own.len() <= 60 && own.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
                });
                if extension || Self::STANDARD.contains(&term) {
                    Ok(Self(term.to_owned()))
                } else {
                    Err(Invalid::Malformed("Choose a type of the standard, or begin your own with ext: and use letters, digits, dots and dashes"))
                }
            }

            /// What stands where a document has no readable term.
            pub fn other() -> Self {
                Self("ext:Other".to_owned())
            }

            /// The term as stored and as written in documents.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The term as people read it: without `ext:`, words apart.
            pub fn shown(&self) -> String {
                let plain = self.0.strip_prefix("ext:").unwrap_or(&self.0);
                let mut words = String::with_capacity(plain.len() + 4);
                let mut previous_lower = false;
                for letter in plain.chars() {
                    if letter.is_uppercase() && previous_lower {
                        words.push(' ');
                        words.extend(letter.to_lowercase());
                    } else {
                        words.push(letter);
                    }
                    previous_lower = letter.is_lowercase();
                }
                words
            }

            fn from_stored(text: String) -> Result<Self, String> {
                Ok(Self(text))
            }
        }
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
        stored_text!($type);
    };
}

extensible_terms! {
    /// CLR 1.0 `achievementType`.
    AchievementType [
        "Achievement", "Assessment", "Assignment", "Award", "Badge", "Certificate", "Certification", "Course",
        "CommunityService", "Competency", "Co-Curricular", "Degree", "Diploma", "Fieldwork", "License", "Membership",
    ]
}
impl AchievementType {
    /// The type of an event's own achievement; hidden from the list of what can be awarded.
    pub const EVENT: &'static str = "ext:Event";

    /// The type of an event's own achievement.
    pub fn event() -> Self {
        Self(Self::EVENT.to_owned())
    }

    /// The type under which the code of a published record is answered.
    pub fn record() -> Self {
        Self("ext:ComprehensiveLearnerRecord".to_owned())
    }
}

extensible_terms! {
    /// CLR 1.0 `resultType`.
    ResultType [
        "GradePointAverage", "LetterGrade", "Percent", "PerformanceLevel", "PredictedScore", "Result", "RawScore",
        "RubricCriterion", "RubricCriterionLevel", "RubricScore", "ScaledScore", "Status",
    ]
}

extensible_terms! {
    /// CLR 1.0 `identifierType`: in which system an identifier means something.
    IdentifierType ["LisSourcedId", "OneRosterSourcedId"]
}

extensible_terms! {
    /// CLR 1.0 alignment `targetType`.
    TargetType ["CFItem", "CFRubric", "CFRubricCriterion", "CFRubricCriterionLevel", "CTDL"]
}

closed_terms! {
    /// CLR 1.0 result `status`.
    ResultStatus {
        /// Done.
        Completed = "Completed",
        /// Signed up.
        Enrolled = "Enrolled",
        /// Not passed.
        Failed = "Failed",
        /// Under way.
        InProgress = "InProgress",
        /// Paused.
        OnHold = "OnHold",
        /// Given up.
        Withdrew = "Withdrew",
    }
}

closed_terms! {
    /// CLR 1.0 `associationType` (not extensible).
    AssociationType {
        /// Equivalent.
        ExactMatchOf = "exactMatchOf",
        /// An example of it.
        Exemplar = "exemplar",
        /// Stands at a skill level.
        HasSkillLevel = "hasSkillLevel",
        /// Below it.
        IsChildOf = "isChildOf",
        /// Above it.
        IsParentOf = "isParentOf",
        /// Part of it: how an event belongs to its program.
        IsPartOf = "isPartOf",
        /// Beside it.
        IsPeerOf = "isPeerOf",
        /// Related.
        IsRelatedTo = "isRelatedTo",
        /// Comes before it.
        Precedes = "precedes",
        /// Given up in favour of it.
        ReplacedBy = "replacedBy",
    }
}

impl AssociationType {
    /// The tie as people read it: "is part of".
    pub fn shown(self) -> String {
        let mut words = String::new();
        for letter in self.as_str().chars() {
            if letter.is_uppercase() {
                words.push(' ');
            }
            words.extend(letter.to_lowercase());
        }
        words
    }
}

closed_terms! {
    /// Whose word an object is: the institution's own, or another publisher's, which stays read-only.
    Origin {
        /// Ours.
        Own = "own",
        /// Another publisher's.
        Foreign = "foreign",
    }
}

closed_terms! {
    /// What a profile describes.
    ProfileKind {
        /// The publisher, an issuer, an office, a source.
        Organization = "organization",
        /// A learner, or another person.
        Person = "person",
        /// A learner who turned out to be another one: nobody's any more, and led from to the one who was kept.
        Merged = "merged",
    }
}

closed_terms! {
    /// Whether somebody came.
    AttendanceStatus {
        /// Came.
        Attended = "attended",
        /// Did not come.
        Absent = "absent",
        /// Did not come, with a reason that was accepted.
        Excused = "excused",
    }
}

closed_terms! {
    /// How an attendance came to be recorded.
    AttendanceSource {
        /// At the check-in desk, by scanner or by typing.
        Desk = "desk",
        /// By the learner, with the code on the screen.
        CheckedIn = "self",
        /// Ticked on the roster.
        Roster = "roster",
        /// Pasted as a list.
        Pasted = "pasted",
        /// From a file.
        Import = "import",
        /// By hand, afterwards.
        Correction = "correction",
    }
}

closed_terms! {
    /// Why an entry about attendance is parked.
    AttendanceDoubt {
        /// Nobody is known by it.
        Unknown = "unknown",
        /// Several are.
        Several = "several",
        /// The learner stands otherwise since.
        Otherwise = "otherwise",
    }
}

closed_terms! {
    /// What a member of staff may do (`contract.md`, Roles).
    Role {
        /// Everything, staff, keys and settings.
        Administrator = "administrator",
        /// The record: learners, all kinds, issuing and revoking.
        Registrar = "registrar",
        /// Awards of the own office.
        Issuer = "issuer",
        /// Events of the own office.
        Host = "host",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
    }
}
impl Role {
    /// Whether the role works for one office and needs it named.
    pub fn needs_office(self) -> bool {
        matches!(self, Role::Issuer | Role::Host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_term_is_anchored() {
        assert!(AchievementType::parse("ext:Transcript").is_ok());
        for wrong in ["Transcript", "foo ext:x", "ext:", "ext:a b", "ext:ü"] {
            assert!(AchievementType::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(AchievementType::parse("CommunityService").unwrap().shown(), "Community service");
        assert_eq!(AchievementType::parse("Co-Curricular").unwrap().shown(), "Co-Curricular");
    }
}

closed_terms! {
    /// How far a learner has come towards an award.
    ProgressState {
        /// By the rule it is theirs.
        Earned = "earned",
        /// One thing is lacking.
        OneShort = "one_short",
        /// More than one thing is lacking.
        OnTheWay = "on_the_way",
        /// It was awarded.
        Awarded = "awarded",
    }
}

impl ProgressState {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Earned => "Earned",
            Self::OneShort => "One short",
            Self::OnTheWay => "On the way",
            Self::Awarded => "Already awarded",
        }
    }
}

closed_terms! {
    /// How a conferral stands.
    ConferralState {
        /// Prepared: who is meant is known, nothing is issued.
        Prepared = "prepared",
        /// Approved: queued work issues it.
        Approved = "approved",
        /// All was issued, or left out with a reason.
        Done = "done",
        /// Given up, or refused by the second person; nothing was issued.
        Dropped = "dropped",
    }
}

impl ConferralState {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Prepared => "Prepared",
            Self::Approved => "Being issued",
            Self::Done => "Done",
            Self::Dropped => "Not conferred",
        }
    }
}

closed_terms! {
    /// What came of one learner in a conferral.
    ConferralOutcome {
        /// Not yet.
        Waiting = "waiting",
        /// The award was issued.
        Issued = "issued",
        /// It was not, for a reason.
        LeftOut = "left_out",
    }
}

impl ConferralOutcome {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Waiting => "To be issued",
            Self::Issued => "Issued",
            Self::LeftOut => "Left out",
        }
    }
}

closed_terms! {
    /// What was decided of an award whose ground changed.
    FlagDecision {
        /// The award stays.
        Kept = "kept",
        /// It was revoked.
        Revoked = "revoked",
        /// It was issued anew, resting on what is true now.
        Reissued = "reissued",
        /// Its ground is as it was again.
        Restored = "restored",
    }
}

impl FlagDecision {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kept => "The award was kept",
            Self::Revoked => "The award was revoked",
            Self::Reissued => "The award was corrected",
            Self::Restored => "What was taken back was put right again",
        }
    }
}

closed_terms! {
    /// A span of days that the institution names.
    TermKind {
        /// A term.
        Term = "term",
        /// An academic year.
        Year = "year",
    }
}

impl TermKind {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Term => "Term",
            Self::Year => "Academic year",
        }
    }
}
