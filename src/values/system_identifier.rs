//! What another system calls a profile or an achievement (CLR 1.0 `SystemIdentifier`).

use super::IdentifierType;

/// The kind of a profile id that a learner had before two who were one person were merged.
pub const FORMER_PROFILE_ID: &str = "ext:formerProfileId";
/// The kind of a student number that a learner had before.
pub const FORMER_STUDENT_ID: &str = "ext:formerStudentId";

/// An identifier and the kind of system in which it means something.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SystemIdentifier {
    /// The kind of identifier.
    pub identifier_type: IdentifierType,
    /// The identifier itself.
    pub identifier: String,
}

impl std::fmt::Display for SystemIdentifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.identifier_type, self.identifier)
    }
}

/// Several of them in one line, as people read them.
pub fn in_one_line(identifiers: &[SystemIdentifier]) -> String {
    identifiers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
