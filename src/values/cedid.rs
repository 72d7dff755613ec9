//! The CeDiD: the human-sized identifier of an issued credential, twelve symbols shown as `XXXX-XXXX-XXXX`.
//!
//! New codes use 32 symbols (digits and letters without I, L, O, U), eleven of them random and the last a check symbol
//! over GF(32) that catches every single wrong symbol and every swap of two. Imported codes are any twelve capital
//! letters and digits. A CeDiD is a locator, not a secret.

use diesel::{AsExpression, FromSqlRow, sql_types::Text};

use super::{Invalid, stored_text};

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The code of a credential, as stored: twelve of `[0-9A-Z]`, without dashes.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, serde::Serialize, serde::Deserialize,
)]
#[diesel(sql_type = Text)]
#[serde(try_from = "String", into = "String")]
pub struct CeDiD(String);

/// What somebody typed into the CeDiD box, read in any way of typing one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// Nothing was typed.
    Nothing,
    /// Twelve letters and digits: it can be looked up.
    Code(CeDiD),
    /// It cannot be a CeDiD: too short, too long, or with other signs in it.
    NotACode,
}

impl CeDiD {
    /// A new code: eleven random symbols and the check symbol.
    pub fn fresh() -> Self {
        let mut values = [0u8; 12];
        for value in &mut values[..11] {
            *value = crate::clock::random_below(32) as u8;
        }
        Self::with_check(values)
    }

    /// The code of zeros, which is never given: it stands where a code will be.
    pub fn zero() -> Self {
        Self("0".repeat(12))
    }

    fn with_check(mut values: [u8; 12]) -> Self {
        // The check symbol is the one of 32 that makes the weighted sum zero.
        values[11] = 0;
        let rest = weighted_sum(&values);
        values[11] = (0..32).find(|v| multiply(*v, weight(11)) == rest).unwrap_or_default();
        Self(values.iter().map(|v| char::from(SYMBOLS[usize::from(*v)])).collect())
    }

    /// A code of ours or of another system: twelve letters and digits in any way of typing.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        match Self::read(raw) {
            Typed::Code(code) => Ok(code),
            Typed::Nothing => Err(Invalid::Missing("a CeDiD")),
            Typed::NotACode => Err(Invalid::Malformed("A CeDiD has twelve letters and digits, such as 19FD-D80S-A9TU")),
        }
    }

    /// Reads what somebody typed or pasted: lower case, spaces, any dashes or dots, full-width signs, a whole link.
    pub fn read(raw: &str) -> Typed {
        let raw = raw.trim();
        if raw.is_empty() {
            return Typed::Nothing;
        }
        let raw = without_label(raw);
        let code = if raw.contains("://") { from_link(raw) } else { raw };
        let plain: String = unicode_normalization::UnicodeNormalization::nfkc(code)
            .take(200)
            .filter(|c| !is_decoration(*c))
            .flat_map(char::to_uppercase)
            .collect();
        if plain.is_empty() {
            Typed::Nothing
        } else if plain.len() == 12 && plain.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Typed::Code(Self(plain))
        } else {
            Typed::NotACode
        }
    }

    /// The twelve symbols without dashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code with what people mix up taken together: O as 0, I and L as 1. Looked up by, and unique among new codes.
    pub fn folded(&self) -> String {
        self.0
            .chars()
            .map(|c| match c {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect()
    }

    /// Whether its check symbol fits (after folding, as a person may have typed O for 0).
    pub fn check_symbol_fits(&self) -> bool {
        let mut values = [0u8; 12];
        for (value, symbol) in values.iter_mut().zip(self.folded().bytes()) {
            match SYMBOLS.iter().position(|s| *s == symbol) {
                Some(position) => *value = position as u8,
                None => return false,
            }
        }
        weighted_sum(&values) == 0
    }

    fn from_stored(text: String) -> Result<Self, String> {
        Ok(Self(text))
    }
}

impl std::fmt::Display for CeDiD {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0.get(..4), self.0.get(4..8), self.0.get(8..)) {
            (Some(a), Some(b), Some(c)) => write!(f, "{a}-{b}-{c}"),
            _ => f.write_str(&self.0),
        }
    }
}

impl TryFrom<String> for CeDiD {
    type Error = Invalid;
    fn try_from(raw: String) -> Result<Self, Invalid> {
        Self::parse(&raw)
    }
}

impl From<CeDiD> for String {
    fn from(code: CeDiD) -> Self {
        code.to_string()
    }
}

stored_text!(CeDiD);

/// Without the label and the brackets that people copy along: `CeDiD: 19FD-…`, `<19FD-…>`.
fn without_label(raw: &str) -> &str {
    let bare = raw.trim_matches(|c: char| c.is_whitespace() || "<>()[]{}\"'“”‘’«»,;".contains(c));
    match bare.split_once([':', '=', ' ']) {
        Some((label, rest)) if label.eq_ignore_ascii_case("cedid") => rest.trim(),
        _ => bare,
    }
}

/// The code inside a pasted link: `…/c/CODE` with whatever ending, or `?cedid=CODE`.
fn from_link(link: &str) -> &str {
    let after = link.split_once("cedid=").or_else(|| link.split_once("/c/")).map_or(link, |(_, after)| after);
    after.split(['/', '?', '&', '#', '.']).next().unwrap_or_default()
}

fn is_decoration(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '-' | '.' | ':' | '_' | '*' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}' | '\u{fe58}' | '\u{feff}' | '·')
}

/// Σ αⁱ·cᵢ over GF(32), α = 2, i from the left.
fn weighted_sum(values: &[u8; 12]) -> u8 {
    (0u8..).zip(values).fold(0, |sum, (i, value)| sum ^ multiply(*value, weight(i)))
}

fn weight(i: u8) -> u8 {
    (0..i).fold(1, |power, _| multiply(power, 2))
}

/// Multiplication in GF(32) with the polynomial x⁵+x²+1.
fn multiply(a: u8, b: u8) -> u8 {
    let (mut product, mut shifted) = (0, a);
    for bit in 0..5 {
        if b >> bit & 1 == 1 {
            product ^= shifted;
        }
        shifted <<= 1;
        if shifted & 0b10_0000 != 0 {
            shifted ^= 0b10_0101;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::{CeDiD, SYMBOLS, Typed};
    use proptest::prelude::*;

    fn code(raw: &str) -> CeDiD {
        CeDiD::parse(raw).unwrap()
    }

    #[test]
    fn the_examples_of_the_scheme_check() {
        for example in ["0000-0000-001J", "7K3M-9Q2X-HTDA", "0123-4567-89A5"] {
            assert!(code(example).check_symbol_fits(), "{example}");
            assert_eq!(code(example).to_string(), example);
        }
    }

    #[test]
    fn an_imported_code_is_kept_though_it_does_not_check() {
        let imported = code("19FD-D80S-A9TU");
        assert!(!imported.check_symbol_fits());
        assert_eq!(imported.to_string(), "19FD-D80S-A9TU");
    }

    #[test]
    fn any_way_of_typing_is_read() {
        for typed in [
            "19fdd80sa9tu",
            " 19FD D80S A9TU ",
            "19FD–D80S—A9TU",
            "19fd.d80s.a9tu",
            "19FD\u{2011}D80S\u{2011}A9TU",
            "https://clr.example.edu/c/19FD-D80S-A9TU",
            "https://clr.example.edu/c/19fdd80sa9tu.json",
            "https://clr.example.edu/validate?cedid=19FD-D80S-A9TU&letters=st",
            "１９ＦＤ－Ｄ８０Ｓ－Ａ９ＴＵ",
            "CeDiD: 19FD-D80S-A9TU",
            "<19FD-D80S-A9TU>",
            "cedid 19FD D80S A9TU",
        ] {
            assert_eq!(CeDiD::read(typed), Typed::Code(code("19FDD80SA9TU")), "{typed}");
        }
        assert_eq!(CeDiD::read("  "), Typed::Nothing);
        assert_eq!(CeDiD::read("19FD-D80S"), Typed::NotACode);
        assert_eq!(CeDiD::read("19FD-D80S-A9TÜ"), Typed::NotACode);
    }

    proptest! {
        #[test]
        fn every_fresh_code_checks_and_one_wrong_symbol_is_caught(place in 0usize..12, other in 0usize..32) {
            let fresh = CeDiD::fresh();
            prop_assert!(fresh.check_symbol_fits());
            let mut symbols: Vec<u8> = fresh.as_str().bytes().collect();
            prop_assume!(symbols[place] != SYMBOLS[other]);
            symbols[place] = SYMBOLS[other];
            prop_assert!(!code(&String::from_utf8(symbols).unwrap()).check_symbol_fits());
        }

        #[test]
        fn every_swap_of_two_different_symbols_is_caught(a in 0usize..12, b in 0usize..12) {
            let fresh = CeDiD::fresh();
            let mut symbols: Vec<u8> = fresh.as_str().bytes().collect();
            prop_assume!(symbols[a] != symbols[b]);
            symbols.swap(a, b);
            prop_assert!(!code(&String::from_utf8(symbols).unwrap()).check_symbol_fits());
        }

        #[test]
        fn nothing_typed_makes_it_panic(raw in ".{0,300}") {
            let _ = CeDiD::read(&raw);
        }
    }
}
