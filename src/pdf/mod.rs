//! Record or credential → PDF: fonts, layout, QR code, attachment, tags.
//!
//! The official documents, [`credential`], [`record`] and the [`cover`] of a record, are PDF/A-3a and PDF/UA-1: they are tagged for screen
//! readers, can be archived, and carry the JSON they were drawn from as an associated file. The wall [`certificate`] is
//! decoration for a frame and claims nothing of the sort. All three say the same facts as the page and the JSON, refuse
//! to draw a character that no font has (it shows as `[U+1F600]` and is reported), and come out byte for byte the same
//! for the same input: the document's date is the credential's, never the clock's. The [`badge`] is drawn with the same
//! faces, as a picture. The [`attendance`] sheet is for a pen.

mod attendance;
mod award;
mod badge;
mod certificate;
mod credential;
mod engraving;
mod face;
mod fonts;
mod further;
mod look;
mod organization;
mod outline;
mod prose;
mod published;
mod qr;
mod record;
mod row;
mod shape;
mod shared;
mod sheet;
mod tables;
#[cfg(test)]
mod tests;
mod write;

pub use attendance::{Expected, attendance};
pub use badge::{Badge, badge};
pub use certificate::certificate;
pub use credential::credential;
pub use fonts::Fonts;
pub use outline::Shape;
pub use published::cover;
pub use record::record;
pub use shared::shared;

/// A finished document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// Characters that no font could draw; each stands in the document as `[U+…]`. In the order of their code points.
    pub missing: Vec<char>,
}

/// The addresses a document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// What the QR code opens, printed beside it: the credential's page, or the page of a published or shared record.
    pub page: String,
    /// The institution's page with the CeDiD box.
    pub validation: String,
    /// What stands before a CeDiD to make the address of its page, with the slash: `https://clr.example.edu/c/`.
    pub codes: String,
    /// The name under which the JSON is attached: `19FD-D80S-A9TU.json`.
    pub json_name: String,
}

/// Why a document could not be made. All of these are defects of the program or of its font folder, not of the record.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address is longer than a QR code can hold.
    #[error("an address of {0} characters does not fit into a QR code")]
    QrCode(usize),
    /// A font could not be cut down to the glyphs in use.
    #[error("a font could not be subset: {0}")]
    Subset(String),
    /// The writer refused the document: a rule of PDF/A-3a or PDF/UA-1 was broken.
    #[error("the document breaks a rule of PDF/A-3a or PDF/UA-1: {0}")]
    Rules(String),
}
