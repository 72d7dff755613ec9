//! Text → lines of glyphs: direction, faces, shaping, breaking.
//!
//! One shaper for both engines, so that the official documents and the certificate agree on how a name is written. A
//! line knows its glyphs in ems, from its left end, and for each the characters it stands for; sizes and places are the
//! caller's. Runs are kept in the order in which they are read, which is not always the one in which they stand.

use std::{collections::BTreeSet, ops::Range, rc::Rc, sync::Arc};

use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::BidiInfo;
use unicode_segmentation::UnicodeSegmentation;

use super::{
    face::{Face, Style, is_invisible},
    fonts::Fonts,
};

/// One glyph; all lengths in ems.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub id: u32,
    pub advance: f32,
    pub dx: f32,
    pub dy: f32,
    /// The characters it stands for, in the line's text.
    pub range: Range<usize>,
}

/// Glyphs of one face and one direction.
#[derive(Debug, Clone)]
pub(super) struct Run {
    pub face: Arc<Face>,
    pub glyphs: Vec<Glyph>,
    /// From the left end of the line, in ems.
    pub x: f32,
    range: Range<usize>,
}

impl Run {
    fn width(&self) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.advance).sum()
    }
}

/// A line ready to be drawn.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// The whole paragraph's text, which the glyphs' ranges point into.
    pub text: Rc<str>,
    /// In reading order.
    pub runs: Vec<Run>,
    /// Without the space at its end, in ems.
    pub width: f32,
    /// Whether the paragraph runs from right to left.
    pub rtl: bool,
}

/// A text of one style, ready to be broken into lines.
pub(super) struct Paragraph<'a> {
    fonts: &'a Fonts,
    style: Style,
    text: Rc<str>,
    /// What no face could draw.
    pub missing: BTreeSet<char>,
}

impl<'a> Paragraph<'a> {
    /// Takes in a text; everything in it becomes one paragraph.
    pub fn new(fonts: &'a Fonts, style: Style, text: &str) -> Self {
        let (text, missing) = fonts.printable(style, text);
        Self { fonts, style, text: Rc::from(text.trim()), missing }
    }

    /// All of it on one line.
    pub fn line(&self) -> Line {
        let bidi = BidiInfo::new(&self.text, None);
        self.line_of(&bidi, 0..self.text.len())
    }

    /// Lines no wider than `most` ems. A word that is wider is broken between its letters.
    pub fn lines(&self, most: f32) -> Vec<Line> {
        let bidi = BidiInfo::new(&self.text, None);
        self.breaks(most).into_iter().map(|range| self.line_of(&bidi, range)).collect()
    }

    fn breaks(&self, most: f32) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut used) = (0, 0.0);
        for piece in pieces(&self.text) {
            let (solid, whole) = self.measure(piece.clone());
            if used > 0.0 && used + solid > most {
                lines.push(start..piece.start);
                (start, used) = (piece.start, 0.0);
            }
            if solid > most {
                for letter in self.text[piece.clone()].grapheme_indices(true) {
                    let range = piece.start + letter.0..piece.start + letter.0 + letter.1.len();
                    let (_, width) = self.measure(range.clone());
                    if used > 0.0 && used + width > most {
                        lines.push(start..range.start);
                        (start, used) = (range.start, 0.0);
                    }
                    used += width;
                }
            } else {
                used += whole;
            }
        }
        if start < self.text.len() {
            lines.push(start..self.text.len());
        }
        lines
    }

    /// The widths without and with the space at the end.
    fn measure(&self, range: Range<usize>) -> (f32, f32) {
        let solid = solid(&self.text, &range);
        let runs = self.shaped(range, None);
        let width = |end: usize| {
            let glyphs = runs.iter().flat_map(|run| &run.glyphs);
            glyphs.filter(|glyph| glyph.range.start < end).map(|glyph| glyph.advance).sum()
        };
        (width(solid.end), width(usize::MAX))
    }

    /// One line of the paragraph: its runs placed as they are seen, kept as they are read.
    fn line_of(&self, bidi: &BidiInfo, range: Range<usize>) -> Line {
        let Some(paragraph) = bidi.paragraphs.first().filter(|_| !range.is_empty()) else {
            return Line { text: self.text.clone(), runs: Vec::new(), width: 0.0, rtl: false };
        };
        let rtl = paragraph.level.is_rtl();
        let (levels, seen) = bidi.visual_runs(paragraph, range.clone());
        let mut runs = Vec::new();
        let mut x = 0.0;
        for part in seen {
            let right_to_left = levels[part.start].is_rtl();
            let mut shaped = self.shaped(part, Some(right_to_left));
            if right_to_left {
                shaped.reverse();
            }
            for mut run in shaped {
                run.x = x;
                x += run.width();
                runs.push(run);
            }
        }
        let solid = solid(&self.text, &range);
        let tail: f32 = runs
            .iter()
            .flat_map(|run| &run.glyphs)
            .filter(|glyph| glyph.range.start >= solid.end)
            .map(|glyph| glyph.advance)
            .sum();
        if rtl {
            runs.iter_mut().for_each(|run| run.x -= tail);
        }
        runs.sort_by_key(|run| run.range.start);
        Line { text: self.text.clone(), runs, width: x - tail, rtl }
    }

    /// The runs of one direction, in reading order. Without a direction, the script's own.
    fn shaped(&self, range: Range<usize>, rtl: Option<bool>) -> Vec<Run> {
        self.by_face(range).into_iter().filter_map(|(range, face)| shape(&self.text, range, face, rtl)).collect()
    }

    /// Cuts a range where the face has to change: a word keeps to one face if any has all of it.
    fn by_face(&self, range: Range<usize>) -> Vec<(Range<usize>, Arc<Face>)> {
        let mut parts: Vec<(Range<usize>, Arc<Face>)> = Vec::new();
        let mut add = |start: usize, part: &str| {
            let blank = part.chars().all(is_invisible);
            let same =
                parts.last_mut().filter(|(_, face)| blank || face.covers(part.chars()) && self.first(part, face));
            if let Some((so_far, _)) = same {
                so_far.end = start + part.len();
            } else if let Some(face) = self.fonts.face(self.style, part.chars()) {
                parts.push((start..start + part.len(), face));
            } else {
                return false;
            }
            true
        };
        for (start, word) in self.text[range.clone()].split_word_bound_indices() {
            if !add(range.start + start, word) {
                for (at, letter) in word.grapheme_indices(true) {
                    if !add(range.start + start + at, letter) {
                        for (inside, c) in letter.char_indices() {
                            add(range.start + start + at + inside, &letter[inside..inside + c.len_utf8()]);
                        }
                    }
                }
            }
        }
        parts
    }

    /// Whether this face is the one the part would get on its own; signs without a script stay with their neighbours.
    fn first(&self, part: &str, face: &Arc<Face>) -> bool {
        !part.chars().any(char::is_alphanumeric)
            || self.fonts.face(self.style, part.chars()).is_none_or(|own| Arc::ptr_eq(&own, face))
    }
}

fn shape(text: &str, range: Range<usize>, face: Arc<Face>, rtl: Option<bool>) -> Option<Run> {
    let mut buffer = UnicodeBuffer::new();
    buffer.push_str(&text[range.clone()]);
    buffer.guess_segment_properties();
    match rtl {
        Some(true) => buffer.set_direction(Direction::RightToLeft),
        Some(false) => buffer.set_direction(Direction::LeftToRight),
        None => {}
    }
    let (shaped, em) = face.shape(buffer)?;
    let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
    starts.sort_unstable();
    starts.dedup();
    let glyphs = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .map(|(info, position)| {
            let start = info.cluster as usize;
            let end = starts.get(starts.partition_point(|s| *s <= start)).copied().unwrap_or(range.len());
            Glyph {
                id: info.glyph_id,
                advance: position.x_advance as f32 / em,
                dx: position.x_offset as f32 / em,
                dy: position.y_offset as f32 / em,
                range: range.start + start..range.start + end,
            }
        })
        .collect();
    Some(Run { face, glyphs, x: 0.0, range })
}

/// What stands before the space at the end.
fn solid(text: &str, range: &Range<usize>) -> Range<usize> {
    range.start..range.start + text[range.clone()].trim_end_matches(' ').len()
}

/// Where a line may end: after spaces, dashes and slashes, and around signs of scripts that write without spaces.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut signs = text.char_indices().peekable();
    while let Some((_, c)) = signs.next() {
        let Some((at, next)) = signs.peek().copied() else { break };
        let after_sign = matches!(c, '-' | '–' | '—' | '/') && next.is_alphabetic();
        let between = (is_ideograph(c) || is_ideograph(next)) && !is_closing(next) && next != ' ';
        if (c == ' ' && next != ' ') || after_sign || between {
            pieces.push(start..at);
            start = at;
        }
    }
    pieces.push(start..text.len());
    pieces
}

fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x2e80..=0x9fff | 0xa000..=0xa4cf | 0xf900..=0xfaff | 0xff00..=0xffef | 0x20000..=0x3ffff)
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '、' | '。'
            | '，'
            | '．'
            | '」'
            | '』'
            | '）'
            | '】'
            | '》'
            | '！'
            | '？'
            | '：'
            | '；'
            | 'ー'
            | ')'
            | '.'
            | ','
    )
}
