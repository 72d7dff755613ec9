//! From when until when a credential is valid, by what it says.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{super::report::Report, proofs};

/// Writes down whether it has begun and has not ended.
pub fn report(now: DateTime<Utc>, credential: &Value, about: &str, report: &mut Report) {
    let instant = |members: [&str; 2]| {
        let written = members.iter().find_map(|member| credential[*member].as_str())?;
        DateTime::parse_from_rfc3339(written).ok()
    };
    let mut at = report.at(about);
    match instant(["validUntil", "expirationDate"]) {
        Some(until) if until < now => at.failed("expiration", format!("It expired on {}.", until.format("%-d %B %Y"))),
        Some(until) => at.passed("expiration", format!("It is valid until {}.", until.format("%-d %B %Y"))),
        None if proofs::may_hide(credential) => {
            at.unchecked(
                "expiration",
                "Its holder may leave out parts of it, and when it expires is not among what is shown.",
            );
        }
        None => at.passed("expiration", "It does not expire."),
    }
    match instant(["validFrom", "issuanceDate"]) {
        Some(from) if from > now => {
            at.failed("issuance", format!("It is not valid yet: it begins on {}.", from.format("%-d %B %Y")));
        }
        Some(from) => at.passed("issuance", format!("It has been valid since {}.", from.format("%-d %B %Y"))),
        None => at.failed("issuance", "It does not say since when it is valid."),
    }
}
