//! One font face in memory, shared by everything that shapes, measures and embeds it.

use std::sync::Arc;

use krilla::{Data, text::Font};
use rustybuzz::ttf_parser;

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
    /// The whole font file.
    pub bytes: Arc<Vec<u8>>,
    /// Which face of a collection.
    pub index: u32,
    /// The same face as krilla draws it.
    pub drawn: Font,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({}, {})", self.name, self.index)
    }
}

impl Face {
    /// Reads a face. `None` when the bytes are no font, or one that cannot be embedded.
    pub fn read(name: &str, bytes: Arc<Vec<u8>>, index: u32) -> Option<Self> {
        rustybuzz::Face::from_slice(&bytes, index)?;
        let drawn = Font::new(Data::from(bytes.clone()), index)?;
        Some(Self { name: name.to_owned(), bytes, index, drawn })
    }

    /// The face ready for shaping. Cheap: the tables are only looked up.
    pub fn shaper(&self) -> Option<rustybuzz::Face<'_>> {
        rustybuzz::Face::from_slice(&self.bytes, self.index)
    }

    /// Whether it has a glyph for every one of the characters.
    pub fn covers(&self, mut text: impl Iterator<Item = char>) -> bool {
        let Ok(face) = ttf_parser::Face::parse(&self.bytes, self.index) else { return false };
        text.all(|c| is_invisible(c) || face.glyph_index(c).is_some())
    }
}

/// Characters that shape others or guide lines and draw nothing themselves.
pub(super) fn is_invisible(c: char) -> bool {
    c == ' ' || matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}
