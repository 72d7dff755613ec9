//! Values as canonical N-Quads write them.

use serde_json::Number;

const BOOLEAN: &str = "http://www.w3.org/2001/XMLSchema#boolean";
const INTEGER: &str = "http://www.w3.org/2001/XMLSchema#integer";
const DOUBLE: &str = "http://www.w3.org/2001/XMLSchema#double";

/// Text.
pub fn text(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 2);
    written.push('"');
    for sign in text.chars() {
        match sign {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{8}' => written.push_str("\\b"),
            '\u{c}' => written.push_str("\\f"),
            '\u{0}'..='\u{1f}' | '\u{7f}' => written.push_str(&format!("\\u{:04X}", u32::from(sign))),
            _ => written.push(sign),
        }
    }
    written.push('"');
    written
}

/// A value of a datatype.
pub fn typed(value: &str, datatype: &str) -> String {
    format!("{}^^<{datatype}>", text(value))
}

/// A truth value, of its own datatype where none is given.
pub fn truth(truth: bool, datatype: Option<&str>) -> String {
    typed(if truth { "true" } else { "false" }, datatype.unwrap_or(BOOLEAN))
}

/// A number: whole ones as they are, others in the canonical form of `xsd:double`. Nothing for one that JSON-LD
/// processors write differently.
pub fn number(number: &Number, datatype: Option<&str>) -> Option<String> {
    let value = number.as_f64()?;
    if value.abs() >= 1e15 {
        return None;
    }
    if value.fract() == 0.0 && datatype != Some(DOUBLE) {
        return Some(typed(&format!("{value:.0}"), datatype.unwrap_or(INTEGER)));
    }
    let scientific = format!("{value:.15e}");
    let (mantissa, exponent) = scientific.split_once('e')?;
    let mantissa = mantissa.trim_end_matches('0');
    let digit = if mantissa.ends_with('.') { "0" } else { "" };
    Some(typed(&format!("{mantissa}{digit}E{exponent}"), datatype.unwrap_or(DOUBLE)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_written_as_json_ld_has_them() {
        let written = |number: &str| super::number(&number.parse().unwrap(), Some("d")).unwrap();
        assert_eq!(written("3"), "\"3\"^^<d>");
        assert_eq!(written("3.0"), "\"3\"^^<d>");
        assert_eq!(written("0.5"), "\"5.0E-1\"^^<d>");
        assert_eq!(written("12.25"), "\"1.225E1\"^^<d>");
    }
}
