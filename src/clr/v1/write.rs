//! Small rules of writing that every class shares: bytes, times, addresses, class names, extensions.

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};
use serde::Serialize;

use super::wire::Extensions;

/// A document as bytes: UTF-8, indented, because people open it, with a line end at its end.
pub fn bytes<T: Serialize>(document: &T) -> Vec<u8> {
    // Writing fails only for a map whose keys are not text; no class has one.
    #[allow(clippy::expect_used)]
    let mut bytes = serde_json::to_vec_pretty(document).expect("every class of CLR 1.0 can be written as JSON");
    bytes.push(b'\n');
    bytes
}

/// A document as bytes on one line, with its line end.
pub fn line<T: Serialize>(document: &T) -> Vec<u8> {
    #[allow(clippy::expect_used)] // As above.
    let mut bytes = serde_json::to_vec(document).expect("every class of CLR 1.0 can be written as JSON");
    bytes.push(b'\n');
    bytes
}

/// The value of `type` of a class.
pub(super) fn kind(class: &str) -> Option<String> {
    Some(class.to_owned())
}

/// An instant as the standard has it: RFC 3339, UTC, whole seconds.
pub(in crate::clr) fn instant(at: &DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A calendar date where the standard wants an instant: its first one, UTC.
pub(in crate::clr) fn midnight(date: &NaiveDate) -> String {
    instant(&date.and_time(NaiveTime::MIN).and_utc())
}

/// A number that JSON can hold.
pub(in crate::clr) fn finite(number: &Option<f64>) -> Option<f64> {
    number.filter(|number| number.is_finite())
}

/// The `prefix:term` members among these. The standard allows no others, so others stay behind.
pub(super) fn extensions(members: &Extensions) -> Extensions {
    let is_extension = |key: &str| matches!(key.split_once(':'), Some((prefix, term)) if !prefix.is_empty() && !term.is_empty() && !term.contains(':'));
    members.iter().filter(|(key, _)| is_extension(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Adds an extension of ours.
pub(super) fn extend(members: &mut Extensions, term: &str, value: impl Into<serde_json::Value>) {
    members.insert(format!("testamur:{term}"), value.into());
}

/// An address as RFC 3986 wants it where the standard's schema says `format: uri`: signs outside ASCII, and those that
/// may not stand in one, are percent-encoded (RFC 3987, 3.1).
pub(in crate::clr) fn uri(address: &str) -> String {
    let mut written = String::with_capacity(address.len());
    let mut in_fragment = false;
    for (at, byte) in address.bytes().enumerate() {
        let allowed = match byte {
            b'#' => !std::mem::replace(&mut in_fragment, true),
            b'%' => address.as_bytes().get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit)),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte),
        };
        if allowed { written.push(char::from(byte)) } else { written.push_str(&format!("%{byte:02X}")) }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_any_script_becomes_a_uri() {
        assert_eq!(uri("https://registrar.indiana.edu/?a=b%20c#d"), "https://registrar.indiana.edu/?a=b%20c#d");
        assert_eq!(uri("https://example.edu/prüfung/100%#a#b"), "https://example.edu/pr%C3%BCfung/100%25#a%23b");
    }

    #[test]
    fn only_prefixed_members_are_extensions() {
        let members = serde_json::json!({"ndt:a": 1, "b": 2, ":c": 3, "d:": 4, "e:f:g": 5});
        let kept = extensions(members.as_object().unwrap());
        assert_eq!(serde_json::Value::from(kept), serde_json::json!({"ndt:a": 1}));
    }
}
