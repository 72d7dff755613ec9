//! A list in a file: which letters it is written in, what stands between its columns, which column is which.
//!
//! What is no text is refused in words. UTF-8 is read with its mark or without; what is not UTF-8 is read as
//! Windows-1252, which is what spreadsheets in the West write, and that is told.

use crate::{
    registrar::Refusal,
    values::{AttendanceStatus, fold},
};

/// Most bytes of a file that is handed in on a page.
pub const MOST_BYTES: usize = 1024 * 1024;

/// The letters a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// UTF-8.
    Utf8,
    /// Windows-1252, as it seems.
    Windows1252,
}

/// A list as it was read.
#[derive(Debug, Clone)]
pub struct List {
    /// In which letters it came.
    pub letters: Letters,
    /// What stands between columns.
    pub delimiter: char,
    /// The rows, each with its line in the file; the first may hold headings.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line where it begins, from 1.
    pub line: u64,
    /// Its cells, trimmed.
    pub cells: Vec<String>,
}

impl Row {
    /// A cell; empty where the row is too short.
    pub fn cell(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", String::as_str)
    }
}

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

/// The text of a file, or why it is none.
pub fn text(bytes: &[u8]) -> Result<(String, Letters), Refusal> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Refusal::conflict("This is a spreadsheet. Save it as “CSV UTF-8” there, and take that file."));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(Refusal::conflict("This text is in UTF-16. Save it as “CSV UTF-8”, and take that file."));
    }
    if bytes.contains(&0) {
        return Err(Refusal::conflict("This is no text. Save the list as “CSV UTF-8”, and take that file."));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok((text.to_owned(), Letters::Utf8));
    }
    let read: Option<String> = bytes.iter().map(|byte| windows_1252(*byte)).collect();
    let read = read.map(|text| (text, Letters::Windows1252));
    read.ok_or_else(|| {
        Refusal::conflict(
            "This text is neither in UTF-8 nor in Windows-1252. Save it as “CSV UTF-8”, and take that file.",
        )
    })
}

/// A letter of Windows-1252; five of its places hold none.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”',
        '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().filter(|c| *c != '\0'),
        other => Some(char::from(other)),
    }
}

/// The rows of a text. A text without any row is refused.
pub fn read(text: &str, letters: Letters) -> Result<List, Refusal> {
    let delimiter = delimiter(text);
    // The library counts a line of two signs at its end as begun before the second, and so one too low.
    let text = text.replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter as u8)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|why| Refusal::conflict(format!("This list can’t be read: {why}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(Row { line, cells });
        }
    }
    if rows.is_empty() {
        return Err(Refusal::conflict("There is nothing in this file."));
    }
    Ok(List { letters, delimiter, rows })
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

    /// The most columns that a row has.
    pub fn width(&self) -> usize {
        self.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default()
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
    use super::{Columns, Letters, read, text};

    #[test]
    fn a_list_is_read_with_its_mark_or_without_and_in_the_letters_of_spreadsheets() {
        let (plain, letters) = text("\u{feff}student_id;status\r\n0000000007;attended\r\n".as_bytes()).unwrap();
        assert_eq!(letters, Letters::Utf8);
        let list = read(&plain, letters).unwrap();
        assert_eq!((list.delimiter, list.rows.len(), list.rows[1].line), (';', 2, 2));
        let expected = Columns { headed: true, who: 0, status: Some(1), event: None, reason: None };
        assert_eq!(list.proposed(), expected);
        let (told, letters) = text(b"name,email\nZo\xeb \x96,zoe@iu.example\n").unwrap();
        assert_eq!((told.as_str(), letters), ("name,email\nZoë –,zoe@iu.example\n", Letters::Windows1252));
    }

    #[test]
    fn what_is_no_text_is_refused_in_words() {
        for (bytes, says) in [
            (&b"PK\x03\x04rest"[..], "spreadsheet"),
            (b"\xff\xfes\0t\0", "UTF-16"),
            (b"a\0b", "no text"),
            (b"\x81\x8d", "neither"),
        ] {
            assert!(text(bytes).unwrap_err().to_string().contains(says), "{bytes:?}");
        }
        assert!(read(" \n\n", Letters::Utf8).is_err());
    }

    #[test]
    fn a_quoted_cell_may_hold_whatever_divides_the_others() {
        let list = read("\"id, or e-mail\"\tstatus\n\"a\n b\"\tx\n", Letters::Utf8).unwrap();
        assert_eq!(list.delimiter, '\t');
        assert_eq!(list.rows[1].cell(0), "a\n b");
        assert_eq!(list.rows[1].cell(7), "");
    }
}
