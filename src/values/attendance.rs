//! Attendance in words, and out of the words that people's lists use.

use super::{AttendanceDoubt, AttendanceSource, AttendanceStatus};

impl AttendanceStatus {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Attended => "Attended",
            Self::Absent => "Absent",
            Self::Excused => "Excused",
        }
    }

    /// What a list says, in any case; common words for the three are understood.
    pub fn read(raw: &str) -> Option<Self> {
        match raw.trim().to_lowercase().as_str() {
            "attended" | "present" | "yes" | "y" | "x" | "1" | "true" | "here" => Some(Self::Attended),
            "absent" | "no" | "n" | "0" | "false" | "no-show" | "no show" => Some(Self::Absent),
            "excused" | "excused absence" | "e" => Some(Self::Excused),
            _ => None,
        }
    }
}

impl AttendanceSource {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Desk => "Check-in desk",
            Self::CheckedIn => "Self check-in",
            Self::Roster => "Roster",
            Self::Pasted => "Pasted list",
            Self::Import => "File",
            Self::Correction => "By hand",
        }
    }
}

impl AttendanceDoubt {
    /// As a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Unknown => "Nobody here is known by this",
            Self::Several => "Several learners are known by this",
            Self::Otherwise => "The learner was recorded otherwise since",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AttendanceStatus;

    #[test]
    fn lists_say_it_in_several_ways() {
        assert_eq!(AttendanceStatus::read(" PRESENT "), Some(AttendanceStatus::Attended));
        assert_eq!(AttendanceStatus::read("no-show"), Some(AttendanceStatus::Absent));
        assert_eq!(AttendanceStatus::read("Excused"), Some(AttendanceStatus::Excused));
        assert_eq!(AttendanceStatus::read("perhaps"), None);
    }
}
