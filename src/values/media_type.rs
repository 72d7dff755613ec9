//! What may be handed in as a file: a short list, told by the name's ending and by how the bytes begin.

use super::Invalid;

/// How a drawing's own tag begins.
const DRAWING: &str = concat!("<", "svg");
const ZIP: &[&[u8]] = &[b"PK\x03\x04"];
const KINDS: &[(&str, &str, &[&[u8]])] = &[
    ("pdf", "application/pdf", &[b"%PDF-"]),
    ("png", "image/png", &[b"\x89PNG\r\n\x1a\n"]),
    ("jpg", "image/jpeg", &[b"\xff\xd8\xff"]),
    ("jpeg", "image/jpeg", &[b"\xff\xd8\xff"]),
    ("gif", "image/gif", &[b"GIF87a", b"GIF89a"]),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ZIP),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ZIP),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", ZIP),
    ("odt", "application/vnd.oasis.opendocument.text", ZIP),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet", ZIP),
    ("odp", "application/vnd.oasis.opendocument.presentation", ZIP),
    ("mp3", "audio/mpeg", &[b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"]),
    ("webm", "video/webm", &[b"\x1a\x45\xdf\xa3"]),
];

/// The media type of a file, or why it is not taken. Text is taken as UTF-8; a drawing (SVG) may hold a script and is
/// therefore only ever given out as a download, like everything else.
pub fn media_type(name: &str, content: &[u8]) -> Result<&'static str, Invalid> {
    const UNKNOWN: Invalid = Invalid::Malformed(
        "This kind of file is not taken. Hand in PDF, PNG, JPEG, GIF, WebP, SVG, text, CSV, Word, Excel, PowerPoint, OpenDocument, MP3, MP4, M4A, WAV or WebM",
    );
    const OTHER: Invalid = Invalid::Malformed("What is in the file is not what its name says");
    if content.is_empty() {
        return Err(Invalid::Malformed("The file is empty"));
    }
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let at = |from: usize, mark: &[u8]| content.get(from..from + mark.len()) == Some(mark);
    let told = |kind: &'static str, fits: bool| if fits { Ok(kind) } else { Err(OTHER) };
    match ending.as_str() {
        "webp" => told("image/webp", at(0, b"RIFF") && at(8, b"WEBP")),
        "wav" => told("audio/wav", at(0, b"RIFF") && at(8, b"WAVE")),
        "mp4" => told("video/mp4", at(4, b"ftyp")),
        "m4a" => told("audio/mp4", at(4, b"ftyp")),
        "svg" => told("image/svg+xml", text(content).is_some_and(|text| text.contains(DRAWING))),
        "csv" => told("text/csv; charset=utf-8", text(content).is_some()),
        "txt" | "md" => told("text/plain; charset=utf-8", text(content).is_some()),
        _ => {
            let (_, kind, marks) = KINDS.iter().find(|(known, ..)| *known == ending).ok_or(UNKNOWN)?;
            told(kind, marks.iter().any(|mark| at(0, mark)))
        }
    }
}

fn text(content: &[u8]) -> Option<&str> {
    std::str::from_utf8(content).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::media_type;

    #[test]
    fn a_file_is_what_its_name_and_its_first_bytes_say() {
        assert_eq!(media_type("Report.PDF", b"%PDF-1.7 ...").unwrap(), "application/pdf");
        assert_eq!(media_type("scores.csv", "Zoë,7".as_bytes()).unwrap(), "text/csv; charset=utf-8");
        assert_eq!(media_type("a.webp", b"RIFF\0\0\0\0WEBPVP8 ").unwrap(), "image/webp");
        for (name, content) in [
            ("page.html", b"<html>".as_slice()),
            ("report.pdf", b"<html><script>"),
            ("program.exe", b"MZ"),
            ("noending", b"%PDF-1.7"),
            ("empty.txt", b""),
            ("latin.txt", b"Zo\xeb"),
        ] {
            assert!(media_type(name, content).is_err(), "{name}");
        }
    }
}
