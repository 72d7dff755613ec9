//! Points of a rubric level, and their sum, in thousandths: so that three times a tenth is three tenths.

use std::{fmt, iter::Sum};

use super::Invalid;

/// A number of points, with at most three decimals. CLR 1.0 carries points as text; ours are always numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Points(i64);

const WRONG: Invalid = Invalid::Malformed("Enter points as a number, such as 4 or 2.5");

impl Points {
    /// Parses points as a person types them: `4`, `2.5`, `2,5`, `-1`.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim().replace(',', ".");
        let (sign, digits) = text.strip_prefix(['-', '−']).map_or((1, text.as_str()), |rest| (-1, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str, most: usize| part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
        if digits.is_empty() || digits == "." || !is_number(whole, 6) || !is_number(decimals, 3) {
            return Err(WRONG);
        }
        let number = |part: &str| if part.is_empty() { Ok(0) } else { part.parse::<i64>().map_err(|_| WRONG) };
        Ok(Self(sign * (number(whole)? * 1000 + number(&format!("{decimals:0<3}"))?)))
    }
}

impl Sum for Points {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        Self(all.map(|one| one.0).sum())
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) = (self.0.abs() / 1000, self.0.abs() % 1000);
        match rest {
            0 => write!(f, "{sign}{whole}"),
            rest => write!(f, "{sign}{whole}.{}", format!("{rest:03}").trim_end_matches('0')),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Points;

    #[test]
    fn points_are_numbers_with_up_to_three_decimals() {
        for (typed, shown) in
            [("4", "4"), (" 2,50 ", "2.5"), (".5", "0.5"), ("-1", "-1"), ("−0.125", "-0.125"), ("007", "7")]
        {
            assert_eq!(Points::parse(typed).unwrap().to_string(), shown, "{typed}");
        }
        for wrong in ["", "four", "1.2.3", "1e3", "1.2345", "1234567", ".", "-", "+1", "1 000"] {
            assert!(Points::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_sum_has_no_rounding_of_its_own() {
        let sum: Points = ["0.1", "0.1", "0.1"].iter().map(|one| Points::parse(one).unwrap()).sum();
        assert_eq!(sum.to_string(), "0.3");
    }
}
