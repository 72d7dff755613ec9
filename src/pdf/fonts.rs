//! Which face draws which character.
//!
//! The faces that travel with the program (`static/fonts/`) draw Latin with Vietnamese, Greek, Cyrillic, Arabic and
//! Hebrew. The first character they lack makes the font folder be read, once; see [`super::further`].

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use unicode_normalization::UnicodeNormalization;

use super::{
    face::{Bytes, Face, Style, is_invisible},
    further::Further,
};

macro_rules! embedded {
    ($($name:literal),+ $(,)?) => {
        const EMBEDDED: &[(&str, &[u8])] = &[$(($name, include_bytes!(concat!("../../static/fonts/", $name)))),+];
    };
}
embedded! {
    "Inter-Regular.otf", "Inter-SemiBold.otf", "NotoSerif-Bold.ttf", "EBGaramond12-Regular.ttf",
    "DejaVuSansMono-Bold.ttf", "NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf", "NotoNaskhArabic-Bold.ttf",
    "NotoSansHebrew-Regular.ttf", "NotoSansHebrew-Bold.ttf",
}

/// Where systems keep their fonts.
const SYSTEM_FOLDERS: &[&str] = &["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "C:\\Windows\\Fonts"];

/// The faces that travel with the program, and those of a folder for everything else. Cheap to clone; load it once.
#[derive(Clone)]
pub struct Fonts(Arc<Shelf>);

struct Shelf {
    embedded: Vec<Arc<Face>>,
    folders: Vec<PathBuf>,
    further: OnceLock<Vec<Further>>,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fonts({:?})", self.0.folders)
    }
}

impl Fonts {
    /// The embedded faces, with `dir` (and what is below it) for the characters they lack; without it, the system's own
    /// font folders. The folder is read when the first such character comes, not now.
    pub fn load(dir: Option<&Path>) -> Self {
        let embedded = EMBEDDED
            .iter()
            .filter_map(|(name, bytes)| {
                let face = Face::read(name, Bytes::Embedded(bytes), 0);
                if face.is_none() {
                    tracing::error!(name, "a font of the program cannot be read");
                }
                face.map(Arc::new)
            })
            .collect();
        let folders = match dir {
            Some(dir) => vec![dir.to_owned()],
            None => SYSTEM_FOLDERS.iter().map(PathBuf::from).collect(),
        };
        Self(Arc::new(Shelf { embedded, folders, further: OnceLock::new() }))
    }

    /// The characters of a text that no font can draw, each once, in the order of their code points: what a registrar
    /// is warned of before issuing.
    pub fn missing(&self, text: &str) -> Vec<char> {
        self.printable(Style::Text, text).1.into_iter().collect()
    }

    /// The text as it can be drawn: composed, on one line, without marks that only steer, and with `[U+1F600]` in place
    /// of a character that no face has. And which characters those are.
    pub(super) fn printable<'a>(&self, style: Style, text: &'a str) -> (Cow<'a, str>, BTreeSet<char>) {
        let mut missing = BTreeSet::new();
        if text.is_ascii() && !text.bytes().any(|b| b.is_ascii_control()) {
            return (Cow::Borrowed(text), missing);
        }
        let mut drawn = String::with_capacity(text.len());
        for c in text.nfc() {
            if c.is_whitespace() && c != '\u{a0}' {
                drawn.push(' ');
            } else if is_steering(c) {
            } else if is_invisible(c) || self.face(style, [c].into_iter()).is_some() {
                drawn.push(c);
            } else {
                missing.insert(c);
                drawn.push_str(&format!("[U+{:04X}]", u32::from(c)));
            }
        }
        (Cow::Owned(drawn), missing)
    }

    /// The first face that has all the characters, in the order of the style: its own faces, the other embedded ones,
    /// those of the folder.
    pub(super) fn face(&self, style: Style, text: impl Iterator<Item = char> + Clone) -> Option<Arc<Face>> {
        // PDF/A forbids the private use area: nobody can say what such a character means.
        if text.clone().any(is_private) {
            return None;
        }
        if let Some(found) = self.in_order(style).find(|face| face.covers(text.clone())) {
            return Some(found.clone());
        }
        let further = self.0.further.get_or_init(|| Further::scan(&self.0.folders));
        let mut fitting: Vec<&Further> = further.iter().filter(|font| font.covers(text.clone())).collect();
        fitting.sort_by_key(|font| font.distance(style));
        fitting.into_iter().find_map(Further::face)
    }

    fn in_order(&self, style: Style) -> impl Iterator<Item = &Arc<Face>> {
        let own: &[&str] = match style {
            Style::Text => &["Inter-Regular.otf", "NotoSansArabic-Regular.ttf", "NotoSansHebrew-Regular.ttf"],
            Style::Strong => &["Inter-SemiBold.otf", "NotoSansArabic-Bold.ttf", "NotoSansHebrew-Bold.ttf"],
            Style::Title => &["NotoSerif-Bold.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSansHebrew-Bold.ttf"],
            Style::Code => &["DejaVuSansMono-Bold.ttf", "Inter-SemiBold.otf"],
            Style::Engraved => &["EBGaramond12-Regular.ttf", "NotoNaskhArabic-Bold.ttf", "NotoSansHebrew-Regular.ttf"],
        };
        let first = own.iter().filter_map(|name| self.0.embedded.iter().find(|face| face.name == *name));
        first.chain(self.0.embedded.iter())
    }
}

fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xe000..=0xf8ff | 0xf0000..=0xffffd | 0x10_0000..=0x10_fffd)
}

/// Controls, direction marks, soft hyphens and the like: of no use to a finished line, and forbidden in PDF/A's text.
fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffe}')
}
