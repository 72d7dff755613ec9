//! Filters that templates use. What they return is escaped by the template engine like everything else.

#![allow(missing_docs)] // The attribute makes items of its own.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

use crate::{
    clock,
    words::{self, Words},
};

/// A text that another sentence follows: with a full stop, unless it ends with a mark of its own.
#[askama::filter_fn]
pub fn sentence(text: &str, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(ended(text))
}

fn ended(text: &str) -> String {
    let text = text.trim_end();
    // What closes a quotation or a bracket may stand behind the mark.
    let last = text.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']']).chars().last();
    let is_ended =
        last.is_none_or(|last| matches!(last, '.' | '!' | '?' | '…' | ';' | ':' | '。' | '！' | '？' | '؟' | '۔'));
    if is_ended { text.to_owned() } else { format!("{text}.") }
}

/// `2019-11-07T13:12:45Z`: for the `datetime` of a `<time>`.
#[askama::filter_fn]
pub fn machine(at: &DateTime<Utc>, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// `7 November 2019`.
#[askama::filter_fn]
pub fn day(date: &NaiveDate, _: &dyn askama::Values, words: &Words) -> askama::Result<String> {
    Ok(words::date(words, *date))
}

/// `7 Nov 2019`.
#[askama::filter_fn]
pub fn short_day(date: &NaiveDate, _: &dyn askama::Values, words: &Words) -> askama::Result<String> {
    Ok(words::date_short(words, *date))
}

/// `23 November 2026, 08:55 UTC`.
#[askama::filter_fn]
pub fn moment(at: &DateTime<Utc>, _: &dyn askama::Values, words: &Words) -> askama::Result<String> {
    Ok(words::instant(words, *at))
}

/// A time of a row, as an instant of UTC.
#[askama::filter_fn]
pub fn utc(at: &NaiveDateTime, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::instant(&Words::default(), at.and_utc()))
}

/// How long ago: `5 minutes ago`, `yesterday, 14:05`, `7 Nov 2019`. Beside it stands the whole time.
#[askama::filter_fn]
pub fn ago(at: &NaiveDateTime, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(since(*at, clock::now().naive_utc()))
}

/// The time of a row as `datetime` has it.
#[askama::filter_fn]
pub fn machine_utc(at: &NaiveDateTime, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(at.and_utc().to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn since(at: NaiveDateTime, now: NaiveDateTime) -> String {
    let passed = now - at;
    let plural = |number: i64, unit: &str| match number {
        1 => format!("1 {unit} ago"),
        many => format!("{many} {unit}s ago"),
    };
    match (passed.num_minutes(), (now.date() - at.date()).num_days()) {
        (..=0, _) => "just now".to_owned(),
        (minutes @ 1..=59, _) => plural(minutes, "minute"),
        (minutes @ 60..=719, _) => plural(minutes / 60, "hour"),
        (_, 0) => format!("today, {}", at.format("%H:%M")),
        (_, 1) => format!("yesterday, {}", at.format("%H:%M")),
        _ => words::date_short(&Words::default(), at.date()),
    }
}

/// `52,310`.
#[askama::filter_fn]
pub fn number(number: &i64, _: &dyn askama::Values) -> askama::Result<String> {
    Ok(words::plain_number(&Words::default(), *number))
}

/// Criteria and narratives, which are Markdown.
#[askama::filter_fn]
pub fn markdown(text: &str, _: &dyn askama::Values) -> askama::Result<super::markdown::Shown> {
    Ok(super::markdown::shown(text))
}

#[cfg(test)]
mod tests {
    use super::{ended, since};

    #[test]
    fn times_are_told_as_people_tell_them() {
        let at = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
        let now = at("2026-11-27 18:00:00");
        for (then, told) in [
            ("2026-11-27 17:59:31", "just now"),
            ("2026-11-27 18:01:00", "just now"),
            ("2026-11-27 17:58:59", "1 minute ago"),
            ("2026-11-27 17:05:00", "55 minutes ago"),
            ("2026-11-27 16:59:00", "1 hour ago"),
            ("2026-11-27 05:30:00", "today, 05:30"),
            ("2026-11-26 23:00:00", "yesterday, 23:00"),
            ("2019-11-07 13:12:45", "7 Nov 2019"),
        ] {
            assert_eq!(since(at(then), now), told);
        }
    }

    #[test]
    fn a_reason_ends_once_before_the_next_sentence() {
        for (reason, told) in [
            ("Its description was amended", "Its description was amended."),
            ("It was issued twice. ", "It was issued twice."),
            ("Why not?", "Why not?"),
            ("See the notice (2026)", "See the notice (2026)."),
            ("He said “I withdraw it.”", "He said “I withdraw it.”"),
            ("事務上の誤り。", "事務上の誤り。"),
            ("", ""),
        ] {
            assert_eq!(ended(reason), told);
        }
    }
}
