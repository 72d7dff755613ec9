//! The bytes of a document before they are parsed: how heavy it is, and where its parts begin and end, so that each
//! record of a set keeps exactly the bytes it came as.

use std::ops::Range;

/// Brackets within brackets; more is no learner's record.
const DEEPEST: usize = 100;
/// Values of all kinds; more would fill the memory.
const MOST_VALUES: usize = 1_500_000;

/// Whether a document can be parsed without harm; says in a sentence why not.
pub(super) fn refuse_too_heavy(bytes: &[u8]) -> Result<(), String> {
    let (mut depth, mut values) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = after_text(bytes, at) - 1,
            b'[' | b'{' => {
                depth += 1;
                values += 1;
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("It is nested more than {DEEPEST} deep, which no learner’s record is"));
        }
        if values > MOST_VALUES {
            return Err(format!("It holds more than {MOST_VALUES} values; split it into several files"));
        }
        at += 1;
    }
    Ok(())
}

/// The place behind the text that begins at a quotation mark.
fn after_text(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The place behind the value that begins here.
fn after_value(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = after_text(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 0 => return at,
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn past_blanks(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| byte.is_ascii_whitespace()) {
        at += 1;
    }
    at
}

/// Where the value of a member stands in an object that was parsed before; the last one, as the parser takes it.
pub(super) fn member(bytes: &[u8], object: Range<usize>, name: &str) -> Option<Range<usize>> {
    let mut found = None;
    let mut at = past_blanks(bytes, object.start) + 1;
    while at < object.end {
        at = past_blanks(bytes, at);
        if bytes.get(at) != Some(&b'"') {
            break;
        }
        let key_end = after_text(bytes, at);
        let key: Option<String> = bytes.get(at..key_end).and_then(|key| serde_json::from_slice(key).ok());
        let start = past_blanks(bytes, past_blanks(bytes, key_end) + 1);
        let end = after_value(bytes, start);
        if key.as_deref() == Some(name) {
            found = Some(start..end);
        }
        at = past_blanks(bytes, end) + 1;
    }
    found
}

/// Where the elements of an array stand that was parsed before.
pub(super) fn elements(bytes: &[u8], array: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = past_blanks(bytes, array.start) + 1;
    while at < array.end {
        let start = past_blanks(bytes, at);
        if matches!(bytes.get(start), None | Some(b']')) {
            break;
        }
        let end = after_value(bytes, start);
        let last = (start..end).rev().find(|at| bytes.get(*at).is_some_and(|byte| !byte.is_ascii_whitespace()));
        found.push(start..last.map_or(end, |last| last + 1));
        at = past_blanks(bytes, end) + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_by_their_bytes() {
        let text = br#" {"a": [ {"b":"]}"} , "x,y", 3 ], "c" : {"d":[]}, "a\u0062": null } "#;
        let whole = 0..text.len();
        let array = member(text, whole.clone(), "a").unwrap();
        let parts: Vec<&str> =
            elements(text, array).into_iter().map(|part| std::str::from_utf8(&text[part]).unwrap()).collect();
        assert_eq!(parts, [r#"{"b":"]}"}"#, "\"x,y\"", "3"]);
        let c = member(text, whole.clone(), "c").unwrap();
        assert_eq!(&text[c], br#"{"d":[]}"#);
        assert!(member(text, whole.clone(), "ab").is_some() && member(text, whole, "d").is_none());
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        assert!(refuse_too_heavy(&b"[".repeat(DEEPEST + 1)).is_err());
        assert!(refuse_too_heavy(&b"[]".repeat(DEEPEST + 1)).is_ok());
        assert!(refuse_too_heavy(br#""[[[[[[""#).is_ok());
    }
}
