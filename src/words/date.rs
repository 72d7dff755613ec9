//! Dates and numbers as people read them. Months come from the catalogue, the order of the parts as well.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use fluent_bundle::FluentValue;

use super::Words;

/// `7 November 2019`: in text.
pub fn date(words: &Words, date: NaiveDate) -> String {
    write(words, "date-long", "month", date)
}

/// `7 Nov 2019`: in tables.
pub fn date_short(words: &Words, date: NaiveDate) -> String {
    write(words, "date-short", "month-short", date)
}

/// `23 November 2026, 08:55 UTC`.
pub fn instant(words: &Words, at: DateTime<Utc>) -> String {
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    words.with_all("date-instant", [("date", date(words, at.date_naive()).into()), ("time", time.into())])
}

/// A whole number with its thousands apart: `52,310`.
pub fn plain_number(words: &Words, number: i64) -> String {
    let separator = words.get("number-group");
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        grouped.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push_str(&separator);
        }
        grouped.push(digit);
    }
    grouped
}

fn write(words: &Words, form: &str, month: &str, date: NaiveDate) -> String {
    let month = words.get(&format!("{month}-{}", date.month()));
    // As text, so that the catalogue does not group the year's digits.
    let parts: [(&str, FluentValue); 3] =
        [("day", date.day().to_string().into()), ("month", month.into()), ("year", date.year().to_string().into())];
    words.with_all(form, parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_numbers_read_as_in_the_look_book() {
        let words = Words::of("en");
        let day = NaiveDate::from_ymd_opt(2019, 11, 7).unwrap();
        assert_eq!(date(&words, day), "7 November 2019");
        assert_eq!(date_short(&words, day), "7 Nov 2019");
        assert_eq!(plain_number(&words, 52_310), "52,310");
        assert_eq!(plain_number(&words, 310), "310");
    }
}
