//! Filters that templates use. What they return is escaped by the template engine like everything else.

#![allow(missing_docs)] // The attribute makes items of its own.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};

use crate::words::{self, Words};

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
