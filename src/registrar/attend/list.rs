//! A list of who came in a file: which column is which.

use crate::{
    registrar::rows::{List, Row},
    values::{AttendanceStatus, fold},
};

/// Which column says what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Columns {
    /// Whether the first row holds headings.
    pub headed: bool,
    /// Who.
    pub who: usize,
    /// How they stand.
    pub status: Option<usize>,
    /// At which event.
    pub event: Option<usize>,
    /// Why, where it changes something.
    pub reason: Option<usize>,
}

impl List {
    /// Which column seems to say what, by the first row.
    pub fn proposed(&self) -> Columns {
        const WHO: &[&str] = &[
            "student id",
            "student number",
            "studentid",
            "learner",
            "learner id",
            "id",
            "university id",
            "card",
            "card number",
            "email",
            "e mail",
            "email address",
            "e mail address",
        ];
        let first = self.rows.first().map(|row| row.cells.clone()).unwrap_or_default();
        let named: Vec<String> = first.iter().map(|cell| fold(&cell.replace(['_', '-'], " "))).collect();
        let find = |names: &[&str]| names.iter().find_map(|name| named.iter().position(|own| own == name));
        let who = find(WHO);
        let status = find(&["status", "attendance", "attended"]);
        let event = find(&["event code", "event"]);
        let reason = find(&["reason", "note", "why"]);
        let headed = who.or(status).or(event).is_some();
        Columns { headed, who: who.unwrap_or_default(), status, event, reason }
    }

    /// The rows that hold entries.
    pub fn entries(&self, columns: &Columns) -> impl Iterator<Item = &Row> {
        self.rows.iter().skip(usize::from(columns.headed))
    }
}

/// How a row says that somebody stands; `None` for a word that is not understood. An empty cell says the usual.
pub fn status(row: &Row, column: Option<usize>, usual: AttendanceStatus) -> Option<AttendanceStatus> {
    match column.map(|at| row.cell(at)).filter(|cell| !cell.is_empty()) {
        Some(word) => AttendanceStatus::read(word),
        None => Some(usual),
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;
    use crate::registrar::rows::{Written, read};

    #[test]
    fn headings_tell_which_column_is_which() {
        let list = read("student_id;status\r\n0000000007;attended\r\n", Written::Utf8).unwrap();
        assert_eq!((list.delimiter, list.rows.len(), list.rows[1].line), (';', 2, 2));
        let expected = Columns { headed: true, who: 0, status: Some(1), event: None, reason: None };
        assert_eq!(list.proposed(), expected);
    }
}
