//! What a file carries: the text of a credential out of a badge image (PNG, SVG), a PDF's attachment, or the file itself.
//! Only bytes are looked at: nothing is drawn, nothing is resolved, and what unpacks to more than a credential is refused.

use std::io::Read;

use flate2::read::ZlibDecoder;

/// The most bytes of a file that are looked at, and that anything in it may unpack to.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

/// What a file is, and the credential in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// What the file is, as people call it.
    pub file: &'static str,
    /// The credential: JSON, a token, or an address that a badge of old names.
    pub text: String,
}

/// Why nothing can be taken out of a file, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Empty(pub &'static str);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The keywords that badges are baked under: Open Badges 3.0, CLR 2.0, Open Badges 2.0.
const KEYWORDS: [&[u8]; 3] = [b"openbadgecredential", b"clrcredential", b"openbadges"];
const TOO_LARGE: Empty = Empty("The file is larger than 10 MB, which is more than any credential needs.");
const NOT_TEXT: Empty = Empty("The file is damaged: what it carries is no readable text.");

/// What a file carries.
pub fn carried(file: &[u8]) -> Result<Carried, Empty> {
    if file.len() > MOST_BYTES {
        return Err(TOO_LARGE);
    }
    if file.starts_with(PNG) {
        return Ok(Carried { file: "PNG image", text: in_png(file)? });
    }
    if file.get(..1024).unwrap_or(file).windows(5).any(|five| five == b"%PDF-") {
        return Ok(Carried { file: "PDF document", text: in_pdf(file)? });
    }
    let text = text(file)?;
    let begin: String = text.chars().take(200).flat_map(char::to_lowercase).collect();
    if begin.contains("doctype html") || begin.strip_prefix('<').is_some_and(|tag| tag.starts_with("html")) {
        return Err(Empty(
            "This is a web page that was saved, and carries no credential. Save the credential’s file instead.",
        ));
    }
    if text.starts_with('<') {
        return Ok(Carried { file: "SVG image", text: in_svg(&text)? });
    }
    if text.is_empty() {
        return Err(Empty("There is nothing to check: the file is empty."));
    }
    Ok(Carried { file: "text", text })
}

fn text(bytes: &[u8]) -> Result<String, Empty> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Empty("The file is neither a text nor an image or PDF that can carry a credential."))?;
    Ok(text.trim().to_owned())
}

/// The text of the first chunk `iTXt` with a badge's keyword (PNG, 11.3.4.5).
fn in_png(file: &[u8]) -> Result<String, Empty> {
    let mut rest = file.get(PNG.len()..).unwrap_or_default();
    while let Some((head, after)) = rest.split_at_checked(8) {
        let (length, kind) = head.split_at(4);
        let length = length.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        let Some(data) = after.get(..length) else { break };
        if kind == b"iTXt"
            && let Some(found) = international(data)
        {
            return found;
        }
        rest = after.get(length.saturating_add(4)..).unwrap_or_default();
    }
    Err(Empty("This image carries no credential: it is a picture only."))
}

fn international(data: &[u8]) -> Option<Result<String, Empty>> {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let (keyword, rest) = (parts.next()?, parts.next()?);
    if !KEYWORDS.contains(&keyword) {
        return None;
    }
    let (flags, rest) = rest.split_at_checked(2)?;
    // A language and a translated keyword, each ended by a zero.
    let content = rest.splitn(3, |byte| *byte == 0).nth(2)?;
    let content = if flags.first() == Some(&1) { unpacked(content) } else { Ok(content.to_vec()) };
    Some(content.and_then(|content| text(&content)))
}

/// What was packed with zlib, where it is no more than a credential.
fn unpacked(packed: &[u8]) -> Result<Vec<u8>, Empty> {
    let mut content = Vec::new();
    let most = MOST_BYTES as u64 + 1;
    ZlibDecoder::new(packed).take(most).read_to_end(&mut content).map_err(|_| NOT_TEXT)?;
    if content.len() > MOST_BYTES { Err(TOO_LARGE) } else { Ok(content) }
}

/// The credential or assertion element of a baked SVG: a token in `verify`, or JSON inside.
fn in_svg(svg: &str) -> Result<String, Empty> {
    let none = Empty("This image carries no credential: it is a picture only.");
    let open = ["<openbadges:credential", "<openbadges:assertion"].iter().find_map(|open| svg.split_once(open));
    let (_, element) = open.ok_or(none.clone())?;
    let (tag, inside) = element.split_once('>').ok_or(none.clone())?;
    if let Some((_, after)) = tag.split_once("verify=")
        && let Some(quote @ ('"' | '\'')) = after.chars().next()
        && let Some(token) = after.get(1..).and_then(|after| after.split(quote).next())
        && !token.is_empty()
    {
        return Ok(unescaped(token.trim()));
    }
    let inside = inside.split("</openbadges:").next().unwrap_or_default();
    match inside.split_once("<![CDATA[") {
        Some((_, data)) => Ok(data.split("]]>").next().unwrap_or_default().trim().to_owned()),
        None if inside.trim().is_empty() => Err(none),
        None => Ok(unescaped(inside.trim())),
    }
}

fn unescaped(text: &str) -> String {
    let named = [("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    named.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The attached credential of a PDF. Attachments are streams, which stand in the open in every PDF that is not encrypted,
/// so that the tables of the file, which could unpack to anything, need not be read.
fn in_pdf(file: &[u8]) -> Result<String, Empty> {
    let mut from = 0;
    while let Some(at) = find(file, b"/EmbeddedFile", from) {
        from = at + 13;
        if file.get(from) == Some(&b's') {
            continue; // The table of attachments.
        }
        let Some(stream) = find(file, b"stream", from) else { break };
        let begun = at.saturating_sub(512);
        let head = file.get(begun..stream).unwrap_or_default();
        let head = head.get(rfind(head, b" obj").unwrap_or(0)..).unwrap_or_default();
        let content = file.get(stream + 6..).unwrap_or_default();
        let content = content.strip_prefix(b"\r\n").or(content.strip_prefix(b"\n")).unwrap_or(content);
        let is_packed = find(head, b"/FlateDecode", 0).is_some();
        // A packed stream ends by itself; one in the open, where the file says.
        let content = if is_packed {
            unpacked(content)
        } else {
            Ok(content.get(..find(content, b"endstream", 0).unwrap_or(content.len())).unwrap_or_default().to_vec())
        };
        if let Some(found) = content.ok().and_then(|content| text(&content).ok())
            && (found.starts_with('{') || found.starts_with("ey"))
        {
            return Ok(found);
        }
        from = stream + 6;
    }
    Err(Empty("This PDF carries no credential that could be read. Check the code that is printed on it instead."))
}

fn find(bytes: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(wanted.len()).position(|here| here == wanted).map(|at| at + from)
}

fn rfind(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).rposition(|here| here == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(keyword: &str, content: &str) -> Vec<u8> {
        let data = [keyword.as_bytes(), &[0, 0, 0, 0, 0], content.as_bytes()].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [PNG, &length, b"iTXt", &data, &[0; 4]].concat()
    }

    #[test]
    fn a_credential_is_taken_out_of_images_and_texts() {
        assert_eq!(carried(&png("openbadgecredential", "{\"a\":1}")).unwrap().text, "{\"a\":1}");
        assert!(carried(&png("Comment", "{}")).is_err());
        let svg = "<?xml version='1.0'?><svg><openbadges:credential xmlns:openbadges=\"x\"><![CDATA[ {\"b\":2} ]]></openbadges:credential></svg>";
        assert_eq!(carried(svg.as_bytes()).unwrap().text, "{\"b\":2}");
        let svg = "<svg><openbadges:assertion verify=\"a.b.c\"></openbadges:assertion></svg>";
        assert_eq!(carried(svg.as_bytes()).unwrap().text, "a.b.c");
        assert_eq!(carried("\u{feff} {} ".as_bytes()).unwrap().text, "{}");
    }

    #[test]
    fn what_carries_nothing_says_so_and_what_is_cut_short_does_no_harm() {
        for file in [&b""[..], b"\xff\xfe", b"<svg/>", b"%PDF-1.7 /EmbeddedFile stream", PNG] {
            assert!(carried(file).is_err(), "{file:?}");
        }
        let whole = png("openbadges", "{}");
        (0..whole.len()).for_each(|end| drop(carried(&whole[..end])));
        assert_eq!(carried(&vec![b' '; MOST_BYTES + 1]), Err(TOO_LARGE));
    }
}
