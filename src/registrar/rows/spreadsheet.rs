//! The first sheet of an Excel workbook (.xlsx), cell by cell as people see it: days and times without their serial
//! numbers, whole numbers without a point, and the zeros in front that a number's format asks for.
//!
//! A workbook is a folder that is packed, so a small file can hold a great deal. It is unpacked once without keeping
//! anything, and refused when there is too much of it, before it is read.

use std::io::{self, Cursor, Read};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{MOST_BYTES, too_much, written};
use crate::registrar::Refusal;

/// Most bytes of a workbook when it is unpacked.
const MOST_UNPACKED: u64 = 32 * 1024 * 1024;
/// Most files in a workbook.
const MOST_FILES: usize = 500;
/// The last row that is read, and the last column.
const MOST_ROWS: u32 = 10_000;
const MOST_COLUMNS: u32 = 100;

/// Whether these bytes are a packed folder, as workbooks are.
pub fn is_one(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The first sheet as text with commas between its cells.
pub fn text(bytes: &[u8]) -> Result<String, Refusal> {
    bounded(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let Some(first) = book.sheet_names().into_iter().next() else { return Err(no_workbook()) };
    let mut cells = book.worksheet_cells_reader(&first).map_err(|_| no_workbook())?;
    let formats: Vec<String> = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref().map(|format| format.format_code.clone()).unwrap_or_default())
        .collect();
    let (mut rows, mut size) = (Vec::<Vec<String>>::new(), 0);
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(|_| no_workbook())? {
        let text = shown(cell.get_value(), formats.get(style).map_or("", String::as_str));
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        size += text.len();
        if size > MOST_BYTES {
            return Err(too_much());
        }
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(Refusal::conflict(format!(
                "This sheet is too large. Take at most {MOST_ROWS} rows and {MOST_COLUMNS} columns at once."
            )));
        }
        put(&mut rows, (row as usize, column as usize), text);
    }
    written(&rows)
}

fn put(rows: &mut Vec<Vec<String>>, (row, column): (usize, usize), text: String) {
    if rows.len() <= row {
        rows.resize(row + 1, Vec::new());
    }
    if let Some(cells) = rows.get_mut(row) {
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        if let Some(cell) = cells.get_mut(column) {
            *cell = text;
        }
    }
}

fn no_workbook() -> Refusal {
    Refusal::conflict(
        "This is no Excel workbook (.xlsx) that can be read. Save it as .xlsx, or as “CSV UTF-8”, and take that file.",
    )
}

/// Unpacks everything without keeping it. What a packed file says of its own size is not believed.
fn bounded(bytes: &[u8]) -> Result<(), Refusal> {
    let mut folder = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let mut left = MOST_UNPACKED;
    if folder.len() > MOST_FILES {
        return Err(no_workbook());
    }
    for nth in 0..folder.len() {
        let file = folder.by_index(nth).map_err(|_| no_workbook())?;
        let read = io::copy(&mut file.take(left + 1), &mut io::sink()).map_err(|_| no_workbook())?;
        left = left.checked_sub(read).ok_or_else(|| {
            Refusal::conflict(format!(
                "This workbook holds more than {} MB when it is unpacked. Take the sheet by itself, as “CSV UTF-8”.",
                MOST_UNPACKED / 1024 / 1024
            ))
        })?;
    }
    Ok(())
}

/// A cell as people see it.
fn shown(value: &DataRef<'_>, format: &str) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number_shown(*number as f64, format),
        DataRef::Float(number) => number_shown(*number, format),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => when_shown(at).unwrap_or_else(|| number_shown(at.as_f64(), "")),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::Error(error) => error.to_string(),
    }
}

fn number_shown(number: f64, format: &str) -> String {
    const EXACT: f64 = 1e15;
    if number.fract() != 0.0 || number.abs() >= EXACT {
        return number.to_string();
    }
    let whole = format!("{number:.0}");
    match zeros(format) {
        Some(template) if number >= 0.0 => filled(&template, &whole),
        _ => whole,
    }
}

/// A format of nothing but zeros, and of what stands between them in numbers of people: `000\-00\-0000`.
fn zeros(format: &str) -> Option<String> {
    let plain: String = format.chars().filter(|c| !matches!(c, '\\' | '"')).collect();
    let only = plain.chars().all(|c| matches!(c, '0' | '-' | ' '));
    (only && plain.matches('0').count() > 1).then_some(plain)
}

/// Digits in the places of a template's zeros, from the right; what finds no place stands in front.
fn filled(template: &str, digits: &str) -> String {
    let mut left = digits.chars().rev();
    let placed: Vec<char> =
        template.chars().rev().map(|sign| if sign == '0' { left.next().unwrap_or('0') } else { sign }).collect();
    left.collect::<Vec<_>>().into_iter().rev().chain(placed.into_iter().rev()).collect()
}

/// A day, a time, or both; as far as the calendar of spreadsheets knows it.
fn when_shown(at: &ExcelDateTime) -> Option<String> {
    if at.is_duration() || at.as_f64() < 1.0 {
        let seconds = (at.as_f64() * 86_400.0).round();
        let (hours, minutes) = ((seconds / 3600.0).floor(), (seconds / 60.0).floor() % 60.0);
        return (0.0..=1e7).contains(&seconds).then(|| format!("{hours:02.0}:{minutes:02.0}"));
    }
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))?;
    let time = NaiveTime::from_hms_milli_opt(u32::from(hour), u32::from(minute), u32::from(second), u32::from(milli))?;
    // Thirds of a day are no round numbers there.
    let at = NaiveDateTime::new(date, time).checked_add_signed(TimeDelta::milliseconds(500))?;
    let form = if at.format("%H:%M:%S").to_string() == "00:00:00" { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    Some(at.format(form).to_string())
}

#[cfg(test)]
mod tests {
    use calamine::{DataRef, ExcelDateTime, ExcelDateTimeType::DateTime};

    use super::shown;

    #[test]
    fn numbers_and_days_are_read_as_people_see_them() {
        let at = |value| DataRef::DateTime(ExcelDateTime::new(value, DateTime, false));
        for (value, format, text) in [
            (DataRef::Float(4104417.0), "General", "4104417"),
            (DataRef::Float(4104417.0), "0000000000", "0004104417"),
            (DataRef::Float(123456789.0), "000\\-00\\-0000", "123-45-6789"),
            (DataRef::Float(7.5), "General", "7.5"),
            (DataRef::Int(-3), "00", "-3"),
            (at(46289.0), "", "2026-09-24"),
            (at(46289.75), "", "2026-09-24 18:00"),
            (at(46289.0 + 1.0 / 3.0), "", "2026-09-24 08:00"),
            (at(0.7638888889), "", "18:20"),
            (DataRef::String(" Zoë ".to_owned()), "", "Zoë"),
            (DataRef::Bool(true), "", "TRUE"),
        ] {
            assert_eq!(shown(&value, format), text, "{value:?}");
        }
    }
}
