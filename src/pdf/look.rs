//! Sizes and colours of the official documents: cool ink, one accent, a thin gold hairline.

use super::face::Style;

/// Red, green, blue.
pub(super) type Colour = (u8, u8, u8);

pub(super) const INK: Colour = (0x17, 0x21, 0x2b);
pub(super) const MUTED: Colour = (0x51, 0x60, 0x6e);
pub(super) const LINE: Colour = (0xdf, 0xe5, 0xe9);
pub(super) const ACCENT: Colour = (0x0b, 0x55, 0x63);
pub(super) const GOLD: Colour = (0xb0, 0x8a, 0x36);
pub(super) const ENGRAVED: Colour = (0xd9, 0xe2, 0xe6);
pub(super) const WHITE: Colour = (0xff, 0xff, 0xff);

/// How a text looks; lengths in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    pub style: Style,
    pub size: f32,
    /// From one baseline to the next.
    pub leading: f32,
    pub colour: Colour,
}

const fn look(style: Style, size: f32, leading: f32, colour: Colour) -> Look {
    Look { style, size, leading, colour }
}

pub(super) const BODY: Look = look(Style::Text, 9.5, 13.5, INK);
pub(super) const LABEL: Look = look(Style::Text, 9.5, 13.5, MUTED);
pub(super) const SMALL: Look = look(Style::Text, 8.5, 12.0, MUTED);
pub(super) const STRONG: Look = look(Style::Strong, 9.5, 13.5, INK);
pub(super) const LETTERHEAD: Look = look(Style::Strong, 12.0, 15.0, INK);
pub(super) const HEADING: Look = look(Style::Strong, 11.5, 16.0, INK);
pub(super) const HOLDER: Look = look(Style::Text, 14.0, 19.0, INK);
pub(super) const CODE: Look = look(Style::Code, 12.0, 17.0, INK);
pub(super) const VERDICT: Look = look(Style::Strong, 14.0, 19.0, INK);

/// The title of a credential, by how many characters it has: a long one is set smaller.
pub(super) fn title(text: &str) -> Look {
    match text.chars().count() {
        0..=90 => look(Style::Title, 22.0, 27.0, INK),
        91..=160 => look(Style::Title, 17.0, 21.5, INK),
        _ => look(Style::Title, 13.0, 17.0, INK),
    }
}

impl Look {
    pub const fn in_colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }
}
