//! Which message says a closed term of the standard.

use crate::values::{AssociationType, ResultStatus};

/// The message for the status of a result.
pub fn status_key(status: &ResultStatus) -> &'static str {
    match status {
        ResultStatus::Completed => "result-completed",
        ResultStatus::Enrolled => "result-enrolled",
        ResultStatus::Failed => "result-failed",
        ResultStatus::InProgress => "result-in-progress",
        ResultStatus::OnHold => "result-on-hold",
        ResultStatus::Withdrew => "result-withdrew",
    }
}

/// The message for how an achievement belongs to another.
pub fn association_key(kind: &AssociationType) -> &'static str {
    match kind {
        AssociationType::ExactMatchOf => "tie-exact-match-of",
        AssociationType::Exemplar => "tie-exemplar",
        AssociationType::HasSkillLevel => "tie-has-skill-level",
        AssociationType::IsChildOf => "tie-is-child-of",
        AssociationType::IsParentOf => "tie-is-parent-of",
        AssociationType::IsPartOf => "tie-is-part-of",
        AssociationType::IsPeerOf => "tie-is-peer-of",
        AssociationType::IsRelatedTo => "tie-is-related-to",
        AssociationType::Precedes => "tie-precedes",
        AssociationType::ReplacedBy => "tie-replaced-by",
    }
}
