//! Markdown as a printed document needs it: paragraphs and items of lists, without the signs.
//!
//! Narratives and criteria may be Markdown. Print has no use for most of it, so emphasis and headings become plain
//! words, and a link keeps its address in brackets. What is no Markdown stays as it was typed.

/// A paragraph or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Whether it is an item.
    pub item: bool,
    /// Its words.
    pub text: String,
}

/// The paragraphs of a text.
pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in markdown.lines().map(str::trim) {
        if line.is_empty() {
            open = false;
        } else if let Some(item) = item(line) {
            blocks.push(Block { item: true, text: plain(item) });
            open = true;
        } else if let Some(heading) = heading(line) {
            blocks.push(Block { item: false, text: plain(heading) });
            open = false;
        } else if let Some(last) = blocks.last_mut().filter(|_| open) {
            last.text.push(' ');
            last.text.push_str(&plain(line));
        } else {
            blocks.push(Block { item: false, text: plain(line) });
            open = true;
        }
    }
    blocks
}

fn item(line: &str) -> Option<&str> {
    ["- ", "* ", "+ "].iter().find_map(|sign| line.strip_prefix(sign)).map(str::trim_start)
}

fn heading(line: &str) -> Option<&str> {
    let words = line.trim_start_matches('#');
    (line.len() - words.len()).clamp(1, 6).eq(&(line.len() - words.len())).then(|| words.strip_prefix(' ')).flatten()
}

/// Without `**`, `__`, backquotes and backslashes; single `*` and `_` only where they embrace a word.
fn plain(line: &str) -> String {
    let line = links(&line.replace("**", "").replace("__", ""));
    let signs: Vec<char> = line.chars().collect();
    let mut words = String::with_capacity(line.len());
    for (at, sign) in signs.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| signs.get(i)).copied().unwrap_or(' ');
        let after = signs.get(at + 1).copied().unwrap_or(' ');
        let embraces = before.is_alphanumeric() != after.is_alphanumeric() && !(before == ' ' && after == ' ');
        match sign {
            '`' => {}
            '\\' if after.is_ascii_punctuation() => {}
            '*' | '_' if embraces && before != '\\' => {}
            other => words.push(*other),
        }
    }
    words
}

/// `[text](address)` → `text (address)`.
fn links(line: &str) -> String {
    let mut words = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, text, address, after)) = link(rest) {
        words.push_str(before);
        words.push_str(text);
        if text != address {
            words.push_str(" (");
            words.push_str(address);
            words.push(')');
        }
        rest = after;
    }
    words + rest
}

fn link(line: &str) -> Option<(&str, &str, &str, &str)> {
    let (text, rest) = line.split_once("](")?;
    let (before, text) = text.rsplit_once('[')?;
    let (address, after) = rest.split_once(')')?;
    Some((before, text, address, after))
}

#[cfg(test)]
mod tests {
    use super::{Block, blocks};

    fn words(markdown: &str) -> Vec<String> {
        blocks(markdown).into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn markdown_reads_as_plain_words() {
        assert_eq!(words("Attend **six** or *more*\nevents.\n\nSee [the page](https://x.edu)."), [
            "Attend six or more events.",
            "See the page (https://x.edu)."
        ]);
        assert_eq!(words("## Heading\nText"), ["Heading", "Text"]);
        assert_eq!(blocks("- one\n- two")[1], Block { item: true, text: "two".into() });
    }

    #[test]
    fn what_is_no_markdown_stays() {
        assert_eq!(words("2 * 3 = 6, snake_case, #1"), ["2 * 3 = 6, snake_case, #1"]);
        assert!(words(" \n \n").is_empty());
    }
}
