//! Which column of a list of events says what.

use crate::{
    registrar::rows::{List, Row, Written},
    values::fold,
};

/// What a column can say of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The code it is known by.
    Code,
    /// What it is called.
    Name,
    /// When it begins.
    Starts,
    /// When it ends.
    Ends,
    /// The day of both, where they are times of day.
    Day,
    /// In which time zone.
    Zone,
    /// Where.
    Place,
    /// What it is.
    Description,
    /// For how many.
    Capacity,
    /// Of which series.
    Series,
    /// In which areas.
    Areas,
    /// For which awards.
    CountsFor,
    /// Whether it was cancelled.
    Status,
    /// What cannot be taken of it; columns of ours only.
    Problem,
}

impl What {
    /// Everything that a person chooses a column for, in the order of the form.
    pub const CHOSEN: [What; 13] = [
        What::Code,
        What::Name,
        What::Starts,
        What::Ends,
        What::Day,
        What::Zone,
        What::Place,
        What::Description,
        What::Capacity,
        What::Series,
        What::Areas,
        What::CountsFor,
        What::Status,
    ];

    /// As the page calls it.
    pub fn label(self) -> &'static str {
        match self {
            What::Code => "Code",
            What::Name => "Name",
            What::Starts => "Begins",
            What::Ends => "Ends",
            What::Day => "Day, where the two are times of day",
            What::Zone => "Time zone",
            What::Place => "Place",
            What::Description => "Description",
            What::Capacity => "Room for",
            What::Series => "Series",
            What::Areas => "Areas",
            What::CountsFor => "Counts for",
            What::Status => "Status",
            What::Problem => "Problem",
        }
    }

    /// What headings call it, folded.
    fn headings(self) -> &'static [&'static str] {
        match self {
            What::Code => &["code", "event code", "event id", "uid", "id"],
            What::Name => &["name", "event name", "event", "title", "event title", "subject", "summary"],
            What::Starts => &["starts", "start", "begins", "starts at", "start time", "from", "begin", "dtstart"],
            What::Ends => &["ends", "end", "ends at", "end time", "to", "until", "dtend"],
            What::Day => &["day", "date", "event date", "start date"],
            What::Zone => &["time zone", "timezone", "zone"],
            What::Place => &["place", "location", "where", "room", "venue"],
            What::Description => &["description", "about", "details", "abstract"],
            What::Capacity => &["capacity", "room for", "seats", "places"],
            What::Series => &["series"],
            What::Areas => &["areas", "area", "category", "categories"],
            What::CountsFor => &["counts for", "program", "programs", "award", "awards"],
            What::Status => &["status", "state"],
            What::Problem => &["problem"],
        }
    }
}

/// Which column says what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// Whether the first row holds headings.
    pub headed: bool,
    chosen: Vec<Option<usize>>,
    problem: Option<usize>,
}

impl Columns {
    /// As they were chosen, in the order of [`What::CHOSEN`].
    pub fn chosen(list: &List, headed: bool, chosen: Vec<Option<usize>>) -> Self {
        Self { headed, chosen, problem: Self::problem(list) }
    }

    /// What the first row proposes.
    pub fn proposed(list: &List) -> Self {
        let chosen: Vec<Option<usize>> = What::CHOSEN.iter().map(|what| found(list, *what)).collect();
        Self { headed: chosen.iter().flatten().count() >= 2, chosen, problem: Self::problem(list) }
    }

    fn problem(list: &List) -> Option<usize> {
        found(list, What::Problem).filter(|_| list.written == Written::Calendar)
    }

    /// The column that says it.
    pub fn of(&self, what: What) -> Option<usize> {
        match What::CHOSEN.iter().position(|own| *own == what) {
            Some(at) => self.chosen.get(at).copied().flatten(),
            None => self.problem,
        }
    }

    /// What a row says of it; empty where it says nothing.
    pub fn cell<'a>(&self, row: &'a Row, what: What) -> &'a str {
        self.of(what).map_or("", |at| row.cell(at))
    }

    /// The rows that hold events.
    pub fn rows<'a>(&self, list: &'a List) -> impl Iterator<Item = &'a Row> {
        list.rows.iter().skip(usize::from(self.headed))
    }
}

fn found(list: &List, what: What) -> Option<usize> {
    let first = list.rows.first()?;
    let named: Vec<String> = first.cells.iter().map(|cell| fold(&cell.replace(['_', '-'], " "))).collect();
    what.headings().iter().find_map(|name| named.iter().position(|own| own == name))
}

#[cfg(test)]
mod tests {
    use super::{Columns, What};
    use crate::registrar::rows::{Written, read};

    #[test]
    fn headings_of_many_hands_tell_which_column_is_which() {
        let list = read("Title,Date,Start_Time,End-Time,Location,EVENT CODE\nx,y,z,a,b,c\n", Written::Utf8).unwrap();
        let columns = Columns::proposed(&list);
        assert!(columns.headed);
        let at =
            [What::Name, What::Day, What::Starts, What::Ends, What::Place, What::Code].map(|what| columns.of(what));
        assert_eq!(at, [0, 1, 2, 3, 4, 5].map(Some));
        assert_eq!(columns.of(What::Series), None);
        assert_eq!(columns.rows(&list).count(), 1);
        let bare = read("FYE-1,Game night\n", Written::Utf8).unwrap();
        assert!(!Columns::proposed(&bare).headed);
    }
}
