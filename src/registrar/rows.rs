//! Rows in a file that somebody hands in: plain text with columns, a spreadsheet, a calendar. Each becomes one text of
//! comma-separated cells, which travels with the form; nothing of it is stored before it is brought in.
//!
//! What cannot be read is refused in words that say what to do. How it was written is kept, so that a row is named as the
//! people who made the file find it.

pub mod calendar;
pub mod spreadsheet;
mod text;

pub use text::text;

use super::Refusal;

/// Most bytes of a file that is handed in on a page, and of what is read out of it.
pub const MOST_BYTES: usize = 1024 * 1024;

/// How a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Written {
    /// Text in UTF-8.
    #[default]
    Utf8,
    /// Text in Windows-1252, as it seems.
    Windows1252,
    /// The first sheet of a workbook.
    Spreadsheet,
    /// A calendar.
    Calendar,
}

/// Rows as they were read.
#[derive(Debug, Clone)]
pub struct List {
    /// How they came.
    pub written: Written,
    /// What stands between columns.
    pub delimiter: char,
    /// The rows, each with its place in the file; the first may hold headings.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in the file, from 1: the line where it begins, or the row of the sheet.
    pub line: u64,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

impl Written {
    const NAMES: [(Written, &str); 4] = [
        (Written::Utf8, "utf-8"),
        (Written::Windows1252, "windows-1252"),
        (Written::Spreadsheet, "spreadsheet"),
        (Written::Calendar, "calendar"),
    ];

    /// As a form carries it.
    pub fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(own, _)| *own == self).map_or("", |(_, name)| name)
    }

    /// What a form carried; text in UTF-8 for anything else.
    pub fn named(name: &str) -> Self {
        Self::NAMES.iter().find(|(_, own)| *own == name).map_or(Self::Utf8, |(written, _)| *written)
    }

    /// How a place in such a file is called: `line 6`, `row 6`, `entry 5`.
    pub fn place(self, line: u64) -> String {
        match self {
            Self::Utf8 | Self::Windows1252 => format!("line {line}"),
            Self::Spreadsheet => format!("row {line}"),
            // The first row holds headings of ours.
            Self::Calendar => format!("entry {}", line.saturating_sub(1)),
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Utf8 | Self::Windows1252)
    }
}

impl Row {
    /// A cell; empty where the row is too short.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }

    /// The cells as a page shows them to choose columns by: long ones are cut.
    pub fn shown(&self) -> Vec<String> {
        self.cells.iter().map(|cell| cut(cell)).collect()
    }
}

/// A cell that is told in a sentence or as an example: at most 80 characters of it.
pub fn cut(cell: &str) -> String {
    const MOST: usize = 80;
    match cell.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &cell[..at]),
        None => cell.to_owned(),
    }
}

impl List {
    /// The most columns that a row has.
    pub fn width(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default()
    }
}

/// The rows of a text. A text without any row is refused.
pub fn read(text: &str, written: Written) -> Result<List, Refusal> {
    let delimiter = if written.is_text() { delimiter(text) } else { ',' };
    // The library counts a line of two signs at its end as begun before the second, and so one too low.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (nth, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|why| Refusal::conflict(format!("This list can’t be read: {why}")))?;
        let line = if written.is_text() { record.position().map_or(0, csv::Position::line) } else { nth };
        let cells: Vec<String> = record.iter().map(|cell| unguarded(cell).to_owned()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    if rows.is_empty() {
        return Err(Refusal::conflict("There is nothing in this file."));
    }
    Ok(List { written, delimiter, rows })
}

/// Signs with which a spreadsheet's formula begins, wide ones among them, and those that a spreadsheet passes over first.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Whether a spreadsheet would take a cell for a formula. In a file of ours an apostrophe stands before it: what people
/// typed is shown, never run.
pub fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches(' ').starts_with(FORMULA)
}

/// A cell without the apostrophe that a file of ours has before a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// The rows that did not go in, with the headings, and with the reason of each in a last column: to be mended and handed in
/// again. `wrong` names a row by its line.
pub fn rejected(list: &List, headed: bool, wrong: &[(u64, String)]) -> Result<String, Refusal> {
    let guarded = |cell: &str| if is_formula(cell) { format!("'{cell}") } else { cell.to_owned() };
    let with = |row: &Row, last: &str| {
        let cells = (0..list.width()).map(|at| guarded(row.cell(at)));
        cells.chain([guarded(last)]).collect::<Vec<_>>()
    };
    let head = list.rows.first().filter(|_| headed).map(|row| with(row, "reason"));
    let rows = wrong.iter().filter_map(|(line, why)| Some(with(list.rows.iter().find(|row| row.line == *line)?, why)));
    text_of(&head.into_iter().chain(rows).collect::<Vec<_>>())
}

/// Rows as the text that travels; an empty row keeps its place.
fn written(rows: &[Vec<String>]) -> Result<String, Refusal> {
    let text = text_of(rows)?;
    if text.len() > MOST_BYTES { Err(too_much()) } else { Ok(text) }
}

fn text_of(rows: &[Vec<String>]) -> Result<String, Refusal> {
    let failed = |why: &dyn std::fmt::Display| Refusal::Defect(format!("rows could not be written as text: {why}"));
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        let done = if row.is_empty() { out.write_record([""]) } else { out.write_record(row) };
        done.map_err(|why| failed(&why))?;
    }
    let bytes = out.into_inner().map_err(|why| failed(&why))?;
    String::from_utf8(bytes).map_err(|why| failed(&why))
}

fn too_much() -> Refusal {
    Refusal::conflict("There is more text in this file than is taken at once, which is 1 MB. Take it in parts.")
}

/// What the first line has most of; a comma where it has none of them.
fn delimiter(text: &str) -> char {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let mut quoted = false;
    let mut counted = [(',', 0), (';', 0), ('\t', 0), ('|', 0)];
    for sign in first.chars() {
        quoted ^= sign == '"';
        if let Some((_, count)) = counted.iter_mut().find(|(own, _)| *own == sign && !quoted) {
            *count += 1;
        }
    }
    let best = counted.iter().rev().max_by_key(|(_, count)| *count);
    best.filter(|(_, count)| *count > 0).map_or(',', |(sign, _)| *sign)
}

#[cfg(test)]
mod tests {
    use super::{Written, read, rejected, written};

    #[test]
    fn what_did_not_go_in_comes_back_with_its_reason_and_is_read_as_it_was() {
        let list = read("id,note\n1,=SUM(A1)\n2,\n3,fine,more\n", Written::Utf8).unwrap();
        let wrong = [(2, "Nobody, here".to_owned()), (4, "Twice".to_owned())];
        let text = rejected(&list, true, &wrong).unwrap();
        assert_eq!(text, "id,note,,reason\n1,'=SUM(A1),,\"Nobody, here\"\n3,fine,more,Twice\n");
        let again = read(&text, Written::Utf8).unwrap();
        assert_eq!(again.rows[1].cell(1), "=SUM(A1)");
        assert!(rejected(&list, false, &wrong).unwrap().starts_with("1,"));
        assert_eq!(read("'quoted\n", Written::Utf8).unwrap().rows[0].cell(0), "'quoted");
    }

    #[test]
    fn a_quoted_cell_may_hold_whatever_divides_the_others() {
        let list = read("\"id, or e-mail\"\tstatus\n\"a\n b\"\tx\n", Written::Utf8).unwrap();
        assert_eq!(list.delimiter, '\t');
        assert_eq!(list.rows[1].cell(0), "a\n b");
        assert_eq!(list.rows[1].cell(7), "");
    }

    #[test]
    fn rows_that_travel_keep_their_places_and_a_text_without_any_is_refused() {
        let rows = [vec!["a".to_owned(), "two\nlines".to_owned()], Vec::new(), vec!["x;y".to_owned()]];
        let list = read(&written(&rows).unwrap(), Written::Spreadsheet).unwrap();
        let places: Vec<_> = list.rows.iter().map(|row| (row.line, row.cell(0))).collect();
        assert_eq!(places, [(1, "a"), (3, "x;y")]);
        assert_eq!(Written::Spreadsheet.place(3), "row 3");
        assert!(read(" \n\n", Written::Utf8).is_err());
    }
}
