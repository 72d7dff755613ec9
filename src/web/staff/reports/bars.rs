//! The picture of a report: a bar for each line, as wide as many stand there. The table is the data; this only shows it.

use crate::{models::attendance::report::Line, registrar::rows::cut};

/// Bars that are drawn; more would be no picture any more.
const MOST: usize = 20;
/// How high one is, with its label above it.
const HEIGHT: usize = 46;

/// A bar with its label.
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// The number at its end.
    pub number: i64,
    /// Where its label stands, from above.
    pub label_y: usize,
    /// Where it stands, from above.
    pub y: usize,
    /// Its parts from the left: style class, where it begins and how wide it is, in percent.
    pub parts: Vec<(&'static str, String, String)>,
}

/// The bars of the first lines, each with who came, who was excused and who was absent.
pub fn bars(lines: &[Line]) -> Vec<Bar> {
    let drawn = &lines[..lines.len().min(MOST)];
    let sum = |line: &Line| line.attended + line.excused + line.absent;
    let widest = drawn.iter().map(sum).max().unwrap_or_default().max(1);
    let percent = |number: i64| number as f64 * 100.0 / widest as f64;
    let bar = |(nth, line): (usize, &Line)| {
        let mut begins = 0;
        let mut parts = Vec::new();
        for (class, number) in [("attended", line.attended), ("excused", line.excused), ("absent", line.absent)] {
            if number > 0 {
                parts.push((class, format!("{:.3}%", percent(begins)), format!("{:.3}%", percent(number))));
            }
            begins += number;
        }
        let top = nth * HEIGHT;
        Bar { label: cut(&line.label), number: line.attended, label_y: top + 14, y: top + 21, parts }
    };
    drawn.iter().enumerate().map(bar).collect()
}

/// How high all of them are together.
pub fn height(bars: &[Bar]) -> usize {
    bars.len() * HEIGHT
}

#[cfg(test)]
mod tests {
    use super::{Line, bars, height};

    #[test]
    fn the_widest_bar_fills_the_picture_and_its_parts_join() {
        let line = |attended, excused, absent| Line { attended, excused, absent, ..Line::default() };
        let drawn = bars(&[line(6, 2, 2), line(5, 0, 0), line(0, 0, 0)]);
        let parts: Vec<_> = drawn[0].parts.iter().map(|(class, x, w)| (*class, x.as_str(), w.as_str())).collect();
        let whole =
            [("attended", "0.000%", "60.000%"), ("excused", "60.000%", "20.000%"), ("absent", "80.000%", "20.000%")];
        assert_eq!(parts, whole);
        assert_eq!(drawn[1].parts[0].2, "50.000%");
        assert!(drawn[2].parts.is_empty());
        assert_eq!(height(&drawn), 138);
        assert_eq!(bars(&vec![line(1, 0, 0); 30]).len(), 20);
    }
}
