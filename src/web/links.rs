//! What may become a link on a page, and how addresses and numbers are written for people. A link has a scheme of a
//! short list (ASVS 1.2.2); everything else is shown as text.

/// Whether it is a page of the web.
pub fn is_web(address: &str) -> bool {
    let start = address.get(..8).unwrap_or(address).to_ascii_lowercase();
    start.starts_with("https://") || start.starts_with("http://")
}

/// Whether it is a picture that stands in the document itself. Pictures elsewhere are never fetched for a visitor.
pub fn is_picture(address: &str) -> bool {
    ["png", "jpeg", "gif", "webp"].iter().any(|kind| address.starts_with(&format!("data:image/{kind};base64,")))
}

/// An address without what people do not read: `registrar.indiana.edu`.
pub fn shown(address: &str) -> &str {
    let plain = address.split_once("://").map_or(address, |(_, rest)| rest);
    plain.strip_suffix('/').unwrap_or(plain)
}

/// The address of a telephone number: `tel:+18128556500`.
pub fn dial(number: &str) -> String {
    let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("tel:{digits}")
}

/// A telephone number in groups: `+1 812 855 6500`. Numbers of other plans stay as they were written.
pub fn telephone(number: &str) -> String {
    let national =
        number.strip_prefix("+1").filter(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_digit()));
    match national {
        Some(digits) => format!("+1 {} {} {}", &digits[..3], &digits[3..6], &digits[6..]),
        None => number.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_web_become_links() {
        assert!(is_web("https://example.edu/") && is_web("HTTP://example.edu"));
        for other in ["javascript:alert(1)", "data:text/html,x", "urn:uuid:1", "//example.edu", "", "ünïcödé"] {
            assert!(!is_web(other), "{other}");
        }
        assert!(is_picture("data:image/png;base64,AAAA") && !is_picture("data:image/svg+xml;base64,AAAA"));
    }

    #[test]
    fn addresses_and_numbers_are_written_for_people() {
        assert_eq!(shown("https://registrar.indiana.edu/"), "registrar.indiana.edu");
        assert_eq!(shown("https://a.edu/b/c"), "a.edu/b/c");
        assert_eq!(telephone("+18128556500"), "+1 812 855 6500");
        assert_eq!(telephone("+49 30 1234"), "+49 30 1234");
        assert_eq!(dial("+1 (812) 855-6500"), "tel:+18128556500");
    }
}
