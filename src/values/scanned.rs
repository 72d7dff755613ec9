//! What a scanner types: a card or a bar code, with what the scanner and the card's magnetic stripe put around it.

/// Letters of an entry that are kept; no identifier is longer.
const MOST: usize = 255;

/// On one line, without signs that only steer a terminal: a scanner's STX, ETX, tab or line end.
pub fn clean(raw: &str) -> String {
    let plain: String = raw.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST).collect()
}

/// The ways to read an entry, most literal first: as it stands, and without what scanners add.
pub fn readings(raw: &str) -> Vec<String> {
    let literal = clean(raw);
    let mut all = vec![literal.clone()];
    for further in [bare(&literal).to_owned(), core(&literal)] {
        if !further.is_empty() && !all.contains(&further) {
            all.push(further);
        }
    }
    all.retain(|reading| !reading.is_empty());
    all
}

/// What tells a card from others: between the sentinels of the stripe, without the fields that follow the number.
pub fn core(raw: &str) -> String {
    let literal = clean(raw);
    bare(&literal).split(['=', '^']).next().unwrap_or_default().trim().to_owned()
}

/// Without the mark of a symbology (`]C1`) and the sentinels of a track (`;…?`, `%…?`, `+…?`).
fn bare(literal: &str) -> &str {
    let mut signs = literal.chars();
    let marked = signs.next() == Some(']') && signs.next().is_some_and(|c| c.is_ascii_alphabetic());
    let unmarked = if marked { literal.get(3..).unwrap_or_default() } else { literal };
    unmarked.trim_start_matches([';', '%', '+']).trim_end_matches('?').trim()
}

#[cfg(test)]
mod tests {
    use super::{core, readings};

    #[test]
    fn what_a_scanner_adds_is_taken_off() {
        for raw in [";0000000007?", "%0000000007?\r\n", "]C10000000007", "\u{2}0000000007\u{3}", ";0000000007=4912?"] {
            assert!(readings(raw).contains(&"0000000007".to_owned()), "{raw:?}");
            assert_eq!(core(raw), "0000000007");
        }
        assert_eq!(readings("ann@iu.example"), ["ann@iu.example"]);
        assert!(readings(" \r\n").is_empty());
        assert!(readings(";?").len() <= 1);
    }
}
