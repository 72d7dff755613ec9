//! Fonts of a folder, for the scripts that do not travel with the program.
//!
//! A folder of a system may hold hundreds of megabytes, so a scan reads of each file only which characters it has; the
//! file itself is read when a document needs it. The order is that of the paths, so that the same folder always gives
//! the same document.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use rustybuzz::ttf_parser::{cmap, os2};

use super::face::{Bytes, Face, Ranges, Style};

/// How deep below the folder fonts are looked for.
const DEPTH: usize = 6;
/// More than any real table directory or collection has.
const MOST_TABLES: u16 = 200;
const MOST_FACES: u32 = 64;
const MOST_TABLE_BYTES: u32 = 4 << 20;

/// A face of the folder, not yet read.
pub(super) struct Further {
    path: PathBuf,
    index: u32,
    weight: u16,
    covered: Ranges,
    face: OnceLock<Option<Arc<Face>>>,
}

impl Further {
    /// Every upright face that may be embedded, in the order of the paths.
    pub fn scan(folders: &[PathBuf]) -> Vec<Self> {
        let mut files = Vec::new();
        for folder in folders {
            collect(folder, DEPTH, &mut files);
        }
        files.sort();
        files.iter().flat_map(|path| faces(path).unwrap_or_default()).collect()
    }

    /// Whether it has all the characters.
    pub fn covers(&self, text: impl Iterator<Item = char>) -> bool {
        self.covered.cover(text)
    }

    /// How far it is from what a style asks for: the smaller, the better.
    pub fn distance(&self, style: Style) -> u32 {
        let name = self.path.to_string_lossy().to_lowercase();
        let serif = matches!(style, Style::Title | Style::Engraved);
        let weight = if matches!(style, Style::Text | Style::Engraved) { 400 } else { 700 };
        let odd = name.contains("mono") || name.contains("condensed") || name.contains("emoji");
        u32::from(self.weight.abs_diff(weight))
            + 150 * u32::from(name.contains("serif") != serif)
            + 2000 * u32::from(odd)
    }

    /// The face, read now if it was not yet. `None` when its file is gone or broken.
    pub fn face(&self) -> Option<Arc<Face>> {
        let read = || {
            let bytes = std::fs::read(&self.path)
                .inspect_err(|error| tracing::warn!(path = %self.path.display(), %error, "a font cannot be read"))
                .ok()?;
            let name = self.path.file_name().unwrap_or_default().to_string_lossy();
            Face::read(&name, Bytes::Read(Arc::new(bytes)), self.index).map(Arc::new)
        };
        self.face.get_or_init(read).clone()
    }
}

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if matches!(extension.as_str(), "ttf" | "otf" | "ttc") {
            files.push(path);
        } else if depth > 0 && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            collect(&path, depth - 1, files);
        }
    }
}

/// The faces of a file. `None` when it is none that can be used.
fn faces(path: &Path) -> Option<Vec<Further>> {
    let mut file = File::open(path).ok()?;
    let mut head = [0; 12];
    file.read_exact(&mut head).ok()?;
    if head.get(..4)? != b"ttcf" {
        return Some(face(&mut file, path, 0, 0).into_iter().collect());
    }
    let count = u32::from_be_bytes(head.get(8..12)?.try_into().ok()?).min(MOST_FACES);
    let mut starts = vec![0; count as usize * 4];
    file.read_exact(&mut starts).ok()?;
    let starts: Vec<u32> =
        starts.chunks_exact(4).filter_map(|b| Some(u32::from_be_bytes(b.try_into().ok()?))).collect();
    Some((0u32..).zip(starts).filter_map(|(index, start)| face(&mut file, path, index, start)).collect())
}

fn face(file: &mut File, path: &Path, index: u32, start: u32) -> Option<Further> {
    let tables = directory(file, start)?;
    // Outlines only: bitmaps and colours do not belong into an archived document, CFF2 cannot be subset.
    if !tables.iter().any(|(tag, ..)| tag == b"glyf" || tag == b"CFF ") {
        return None;
    }
    let style = table(file, &tables, b"OS/2")?;
    let style = os2::Table::parse(&style)?;
    if style.style() == os2::Style::Italic
        || style.permissions() == Some(rustybuzz::ttf_parser::Permissions::Restricted)
    {
        return None;
    }
    let covered = Ranges::of(cmap::Table::parse(&table(file, &tables, b"cmap")?)?);
    Some(Further { path: path.to_owned(), index, weight: style.weight().to_number(), covered, face: OnceLock::new() })
}

/// The table directory: tag, offset, length.
fn directory(file: &mut File, start: u32) -> Option<Vec<([u8; 4], u32, u32)>> {
    file.seek(SeekFrom::Start(u64::from(start))).ok()?;
    let mut head = [0; 12];
    file.read_exact(&mut head).ok()?;
    let count = u16::from_be_bytes([head[4], head[5]]).min(MOST_TABLES);
    let mut records = vec![0; usize::from(count) * 16];
    file.read_exact(&mut records).ok()?;
    let number = |bytes: &[u8]| Some(u32::from_be_bytes(bytes.try_into().ok()?));
    records
        .chunks_exact(16)
        .map(|record| Some((record[..4].try_into().ok()?, number(&record[8..12])?, number(&record[12..16])?)))
        .collect()
}

fn table(file: &mut File, tables: &[([u8; 4], u32, u32)], wanted: &[u8; 4]) -> Option<Vec<u8>> {
    let (_, offset, length) = tables.iter().find(|(tag, ..)| tag == wanted)?;
    if *length > MOST_TABLE_BYTES {
        return None;
    }
    file.seek(SeekFrom::Start(u64::from(*offset))).ok()?;
    let mut bytes = vec![0; *length as usize];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}
