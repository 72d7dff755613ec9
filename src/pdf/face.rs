//! One font face in memory, shared by everything that shapes, measures and embeds it.

use std::{
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
};

use krilla::{Data, text::Font};
use rustybuzz::{
    Direction, GlyphBuffer, Script, ShapePlan, UnicodeBuffer,
    ttf_parser::{GlyphId, OutlineBuilder, cmap},
};

/// What a text is for; each purpose has its own order of faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Running text.
    Text,
    /// Headings and names of organisations.
    Strong,
    /// The title of a credential, and nothing else.
    Title,
    /// A CeDiD: every sign as wide as the next.
    Code,
    /// The wall certificate.
    Engraved,
}

/// A face and its bytes.
pub(super) struct Face {
    /// Its file's name, which also tells faces apart.
    pub name: String,
    /// Which face of a collection.
    pub index: u32,
    /// The same face as krilla draws it.
    pub drawn: Font,
    covered: Ranges,
    bytes: Bytes,
    /// Parsed once where the bytes live as long as the program.
    parsed: Option<rustybuzz::Face<'static>>,
    /// How to shape each direction and script: made at first use, for making it costs more than shaping.
    plans: Mutex<Vec<(Direction, Script, Arc<ShapePlan>)>>,
}

/// The bytes of a font: of the program, or read from the folder.
pub(super) enum Bytes {
    Embedded(&'static [u8]),
    Read(Arc<Vec<u8>>),
}

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Embedded(bytes) => bytes,
            Bytes::Read(bytes) => bytes,
        }
    }
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({}, {})", self.name, self.index)
    }
}

impl Face {
    /// Reads a face. `None` when the bytes are no font, or one that cannot be embedded.
    pub fn read(name: &str, bytes: Bytes, index: u32) -> Option<Self> {
        let face = rustybuzz::Face::from_slice(bytes.as_slice(), index)?;
        let covered = Ranges::of(face.tables().cmap?);
        let (data, parsed) = match &bytes {
            Bytes::Embedded(bytes) => (Data::from(*bytes), rustybuzz::Face::from_slice(bytes, index)),
            Bytes::Read(bytes) => (Data::from(bytes.clone()), None),
        };
        let drawn = Font::new(data, index)?;
        Some(Self { name: name.to_owned(), index, drawn, covered, bytes, parsed, plans: Mutex::default() })
    }

    /// The whole font file.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Whether it has a glyph for every one of the characters.
    pub fn covers(&self, text: impl Iterator<Item = char>) -> bool {
        self.covered.cover(text)
    }

    /// How many units make an em.
    pub fn em(&self) -> f32 {
        self.read_with(|face| face.units_per_em() as f32).unwrap_or(1000.0)
    }

    /// Has the outline of a glyph followed; of one that is a picture, nothing.
    pub fn outline(&self, glyph: u32, pen: &mut dyn OutlineBuilder) {
        let Ok(glyph) = u16::try_from(glyph) else { return };
        self.read_with(|face| face.outline_glyph(GlyphId(glyph), pen));
    }

    fn read_with<T>(&self, ask: impl FnOnce(&rustybuzz::Face) -> T) -> Option<T> {
        match &self.parsed {
            Some(face) => Some(ask(face)),
            None => rustybuzz::Face::from_slice(self.bytes(), self.index).as_ref().map(ask),
        }
    }

    /// Shapes what is in the buffer; also how many units make an em.
    pub fn shape(&self, buffer: UnicodeBuffer) -> Option<(GlyphBuffer, f32)> {
        match &self.parsed {
            Some(face) => Some(self.shape_with(face, buffer)),
            None => Some(self.shape_with(&rustybuzz::Face::from_slice(self.bytes(), self.index)?, buffer)),
        }
    }

    fn shape_with(&self, face: &rustybuzz::Face, buffer: UnicodeBuffer) -> (GlyphBuffer, f32) {
        let plan = self.plan(face, &buffer);
        (rustybuzz::shape_with_plan(face, &plan, buffer), face.units_per_em() as f32)
    }

    fn plan(&self, face: &rustybuzz::Face, buffer: &UnicodeBuffer) -> Arc<ShapePlan> {
        let (direction, script) = (buffer.direction(), buffer.script());
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((.., plan)) = plans.iter().find(|plan| (plan.0, plan.1) == (direction, script)) {
            return plan.clone();
        }
        let plan = Arc::new(ShapePlan::new(face, direction, Some(script), None, &[]));
        plans.push((direction, script, plan.clone()));
        plan
    }
}

/// The characters of a font as ascending ranges.
pub(super) struct Ranges(Vec<RangeInclusive<u32>>);

impl Ranges {
    /// What a `cmap` table has.
    pub fn of(table: cmap::Table) -> Self {
        let mut codes = Vec::new();
        for subtable in table.subtables.into_iter().filter(cmap::Subtable::is_unicode) {
            subtable.codepoints(|code| codes.push(code));
        }
        codes.sort_unstable();
        let mut ranges: Vec<RangeInclusive<u32>> = Vec::new();
        for code in codes {
            match ranges.last_mut() {
                Some(last) if *last.end() + 1 >= code => *last = *last.start()..=code,
                _ => ranges.push(code..=code),
            }
        }
        Self(ranges)
    }

    /// Whether all the characters are there; those that draw nothing need not be.
    pub fn cover(&self, mut text: impl Iterator<Item = char>) -> bool {
        text.all(|c| is_invisible(c) || self.has(u32::from(c)))
    }

    fn has(&self, code: u32) -> bool {
        let after = self.0.partition_point(|range| *range.start() <= code);
        after > 0 && self.0[after - 1].contains(&code)
    }
}

/// Characters that shape others or guide lines and draw nothing themselves.
pub(super) fn is_invisible(c: char) -> bool {
    c == ' ' || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}
