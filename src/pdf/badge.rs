//! The badge of an achievement that has no picture of its own: a scalloped seal with an engraved ring, the title in the
//! middle, the institution on a ribbon. All text is outlines, so that it looks the same wherever it is shown, in any
//! script, and needs no font there.

use chrono::Datelike;

use super::{
    engraving::{self, Spot},
    face::Style,
    fonts::Fonts,
    look::{ACCENT, Colour, GOLD, INK, MUTED, WHITE},
    outline::{self, Shape, Step, circle, curves, polygon, text},
    shape::{Line, Paragraph},
};
use crate::models::issued::Issued;

/// The side of the square a badge is drawn in.
const SIDE: u16 = 600;
const MIDDLE: Spot = (300.0, 294.0);
/// What one may read lies in here.
const DISC: f32 = 205.0;
/// Where the words in the disc begin and end, above the ribbon.
const WORDS: (f32, f32) = (116.0, 424.0);
/// A little darker than the seal, for the ends of the ribbon that are folded back.
const FOLDED: Colour = (0x07, 0x3a, 0x45);
/// A little lighter than the seal, for what is engraved in it.
const ETCHED: Colour = (0x5d, 0xa3, 0xae);

/// A drawn badge.
#[derive(Debug, Clone, PartialEq)]
pub struct Badge {
    /// The width and the height of what it is drawn in.
    pub side: u16,
    /// From the lowest to the uppermost.
    pub shapes: Vec<Shape>,
}

impl Badge {
    /// The same as PNG.
    pub fn png(&self) -> Option<Vec<u8>> {
        outline::png(&self.shapes, self.side.into(), self.side)
    }
}

/// The badge of what was awarded: its title and type, the year of the conferral, its issuer and its publisher.
pub fn badge(issued: &Issued, fonts: &Fonts) -> Badge {
    let mut shapes = seal();
    let (issuer, publisher) = (&issued.achievement.issuer.name, &issued.publisher.name);
    shapes.extend(inscription(issued, fonts, (issuer != publisher).then_some(issuer.as_str())));
    shapes.extend(ribbon(publisher, fonts));
    Badge { side: SIDE, shapes }
}

/// What is the same on every badge.
fn seal() -> Vec<Shape> {
    let scallops = engraving::ring(MIDDLE, 266.0, 278.0, 32, 1);
    let etched = engraving::ring(MIDDLE, 224.0, 254.0, 32, 4);
    vec![
        Shape::filled(ACCENT, curves(&scallops)),
        Shape::stroked(ETCHED, 1.0, curves(&etched)),
        Shape::filled(WHITE, circle(MIDDLE, DISC + 12.0)),
        Shape::stroked(GOLD, 3.0, circle(MIDDLE, DISC + 3.0)),
    ]
}

/// A text that was set: its lines, how high they are, and from one to the next.
struct Set {
    lines: Vec<Line>,
    size: f32,
    leading: f32,
    colour: Colour,
    /// What is left free above it.
    above: f32,
}

impl Set {
    fn height(&self) -> f32 {
        self.above + self.leading * self.lines.len() as f32
    }
}

/// How a text may be set.
#[derive(Clone, Copy)]
struct Setting<'a> {
    style: Style,
    colour: Colour,
    width: f32,
    most_lines: usize,
    /// The first of these in which it fits.
    sizes: &'a [f32],
    above: f32,
}

impl Setting<'_> {
    fn set(self, fonts: &Fonts, words: &str) -> Set {
        let smallest = self.sizes.last().copied().unwrap_or(12.0);
        let lines = |words: &str, size: f32| Paragraph::new(fonts, self.style, words).lines(self.width / size);
        let mut fitting = self.sizes.iter().map(|size| (lines(words, *size), *size));
        let (lines, size) = fitting
            .find(|(lines, size)| lines.len() <= self.most_lines && self.keeps_words_whole(fonts, words, *size))
            .unwrap_or_else(|| (self.cut(words, |words| lines(words, smallest)), smallest));
        Set { lines, size, leading: size * 1.22, colour: self.colour, above: self.above }
    }

    fn keeps_words_whole(self, fonts: &Fonts, words: &str, size: f32) -> bool {
        let width = |word: &str| Paragraph::new(fonts, self.style, word).line().width * size;
        words.split_whitespace().all(|word| width(word) <= self.width)
    }

    /// The lines of as many characters as there is room for, with a sign that there were more.
    fn cut(self, words: &str, lines: impl Fn(&str) -> Vec<Line>) -> Vec<Line> {
        let whole = lines(words);
        if whole.len() <= self.most_lines {
            return whole;
        }
        let ends: Vec<usize> = words.char_indices().map(|(at, _)| at).collect();
        let fits = |end: &usize| {
            let kept = words.get(..*end).unwrap_or_default().trim_end();
            lines(&format!("{kept}…")).len() <= self.most_lines
        };
        let end = ends.partition_point(fits).checked_sub(1).and_then(|last| ends.get(last)).copied().unwrap_or(0);
        lines(&format!("{}…", words.get(..end).unwrap_or_default().trim_end()))
    }
}

const SMALL: Setting = Setting {
    style: Style::Strong,
    colour: MUTED,
    width: 260.0,
    most_lines: 1,
    sizes: &[18.0, 16.0, 14.0],
    above: 0.0,
};
/// The title may be as high as this, or else the next; the first with which everything has room is taken.
const TITLE_SIZES: &[f32] = &[46.0, 42.0, 38.0, 35.0, 32.0, 28.0, 25.0, 22.0, 20.0];

/// The words in the disc, one below the other and together in its middle.
fn inscription(issued: &Issued, fonts: &Fonts, office: Option<&str>) -> Vec<Shape> {
    let tried = (0..TITLE_SIZES.len()).filter_map(|from| TITLE_SIZES.get(from..));
    let mut sets = Vec::new();
    for sizes in tried {
        sets = words(issued, fonts, office, sizes);
        if sets.iter().map(Set::height).sum::<f32>() <= WORDS.1 - WORDS.0 {
            break;
        }
    }
    placed(&sets, WORDS)
}

fn words(issued: &Issued, fonts: &Fonts, office: Option<&str>, sizes: &[f32]) -> Vec<Set> {
    let kind = issued.achievement.achievement_type.shown();
    let title = Setting { style: Style::Title, colour: INK, width: 296.0, most_lines: 4, sizes, above: 10.0 };
    let below = Setting { style: Style::Text, most_lines: 2, sizes: &[18.0, 16.0, 14.0], above: 12.0, ..SMALL };
    let year = Setting { sizes: &[22.0], colour: ACCENT, above: 8.0, ..SMALL };
    let year = year.set(fonts, &issued.assertion.conferral_date.year().to_string());
    let head = [SMALL.set(fonts, &kind), title.set(fonts, issued.achievement.shown_title())];
    head.into_iter().chain(office.map(|office| below.set(fonts, office))).chain([year]).collect()
}

fn placed(sets: &[Set], (top, end): (f32, f32)) -> Vec<Shape> {
    let height: f32 = sets.iter().map(Set::height).sum();
    let mut y = top + ((end - top) - height).max(0.0) / 2.0;
    let mut shapes = Vec::new();
    for set in sets {
        y += set.above;
        let mut steps: Vec<Step> = Vec::new();
        for line in &set.lines {
            let x = MIDDLE.0 - line.width * set.size / 2.0;
            // The baseline, so that ascenders and descenders share what is left of the line.
            steps.extend(text(line, (x, y + set.leading * 0.76), set.size));
            y += set.leading;
        }
        shapes.push(Shape::filled(set.colour, steps));
    }
    shapes
}

/// The ribbon with the institution's name.
fn ribbon(name: &str, fonts: &Fonts) -> Vec<Shape> {
    let (top, end) = (442.0, 516.0);
    let tail = |x: f32, outwards: f32| {
        let (from, to) = (x, x + outwards * 62.0);
        let (upper, lower) = (top + 22.0, end + 22.0);
        polygon(&[
            (from, upper),
            (to, upper),
            (to - outwards * 22.0, (upper + lower) / 2.0),
            (to, lower),
            (from, lower),
        ])
    };
    let fold = |x: f32, inwards: f32| polygon(&[(x, end), (x + inwards * 34.0, end), (x + inwards * 34.0, end + 22.0)]);
    let band = || polygon(&[(52.0, top), (548.0, top), (548.0, end), (52.0, end)]);
    let edge = |y: f32| vec![Step::Move((60.0, y)), Step::Line((540.0, y))];
    let words = Setting {
        style: Style::Strong,
        colour: WHITE,
        width: 460.0,
        most_lines: 2,
        sizes: &[25.0, 22.0, 20.0, 18.0, 16.0],
        above: 0.0,
    };
    let mut shapes = vec![
        Shape::stroked(WHITE, 6.0, tail(86.0, -1.0)),
        Shape::stroked(WHITE, 6.0, tail(514.0, 1.0)),
        Shape::filled(ACCENT, tail(86.0, -1.0)),
        Shape::filled(ACCENT, tail(514.0, 1.0)),
        Shape::stroked(WHITE, 6.0, band()),
        Shape::filled(FOLDED, fold(52.0, 1.0)),
        Shape::filled(FOLDED, fold(548.0, -1.0)),
        Shape::filled(ACCENT, band()),
        Shape::stroked(GOLD, 1.5, edge(top + 5.0)),
        Shape::stroked(GOLD, 1.5, edge(end - 5.0)),
    ];
    shapes.extend(placed(&[words.set(fonts, name)], (top, end)));
    shapes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn drawn(title: &str, publisher: &str) -> Badge {
        let office = |name: &str| json!({"id": "urn:o", "name": name});
        let issued: Issued = serde_json::from_value(json!({
            "format": 1,
            "assertion": {"id": "urn:a", "cedid": "19FD-D80S-A9TU", "issued_on": "2020-03-12T13:12:45Z", "conferral_date": "2019-11-07"},
            "holder": {"id": "urn:h", "name": "Allison"},
            "achievement": {"id": "urn:b", "achievement_type": "Award", "name": title, "issuer": office("Office of Enrollment Management")},
            "publisher": office(publisher),
        }))
        .unwrap();
        badge(&issued, &Fonts::load(None))
    }

    #[test]
    fn a_badge_is_drawn_the_same_each_time_whatever_its_words_are() {
        let long = "A very long title of an achievement, ".repeat(20);
        for title in ["Badge", "جائزة السنة الأولى", "Βραβείο Первый год", "\u{1f600}", &long, &"W".repeat(300)]
        {
            let badge = drawn(title, "Office of the Registrar");
            assert_eq!(badge, drawn(title, "Office of the Registrar"));
            assert!(badge.png().is_some_and(|png| png == drawn(title, "Office of the Registrar").png().unwrap()));
        }
    }
}
