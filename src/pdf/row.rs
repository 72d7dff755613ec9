//! What can stand side by side: cells of texts, each with its place in the structure that a screen reader follows.

use krilla::tagging::{Tag, TagKind};

use super::look::Look;

/// One paragraph of a cell.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub words: String,
    pub look: Look,
    /// What it is: a paragraph, a heading.
    pub tag: TagKind,
    /// Free height above it.
    pub before: f32,
    /// The web address it opens.
    pub link: Option<String>,
    /// Whether it is an item of a list.
    pub item: bool,
}

impl Text {
    pub fn new(words: impl Into<String>, look: Look) -> Self {
        Self { words: words.into(), look, tag: Tag::P.into(), before: 0.0, link: None, item: false }
    }

    pub fn heading(words: impl Into<String>, look: Look, level: u16) -> Self {
        let words = words.into();
        let level = std::num::NonZeroU16::new(level).unwrap_or(std::num::NonZeroU16::MIN);
        Self { tag: Tag::Hn(level, Some(words.clone())).into(), ..Self::new(words, look) }
    }

    pub fn after(self, before: f32) -> Self {
        Self { before, ..self }
    }

    /// Opens `address`, if that is one of the web: a document opens nothing else.
    pub fn opening(self, address: &str) -> Self {
        let web = address.starts_with("https://") || address.starts_with("http://");
        Self { link: web.then(|| address.to_owned()), ..self }
    }
}

/// Against which edge of its cell a text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// Where its script begins.
    Start,
    Middle,
    /// The right edge.
    End,
}

/// A column of one row.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub x: f32,
    pub width: f32,
    pub align: Align,
    /// What it is in a table; outside of one, nothing.
    pub tag: Option<TagKind>,
    pub texts: Vec<Text>,
}

impl Cell {
    pub fn new(x: f32, width: f32, texts: Vec<Text>) -> Self {
        Self { x, width, align: Align::Start, tag: None, texts }
    }

    pub fn tagged(self, tag: impl Into<TagKind>) -> Self {
        Self { tag: Some(tag.into()), ..self }
    }

    pub fn aligned(self, align: Align) -> Self {
        Self { align, ..self }
    }
}
