//! The project's own files, read for the rules of `house.rs`.
//!
//! A small lexer tells code from comments and strings, so that a rule about code is not broken by a sentence about it.

use std::{fs, path::Path, sync::OnceLock};

/// A file of the project: `path` is relative to its root, with slashes.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// A Rust file, seen three ways. All keep their lines where they were.
pub struct Rust {
    pub path: String,
    /// Comments and the insides of strings are blank.
    pub code: String,
    /// Only comments are blank.
    pub spoken: String,
    /// Everything but the insides of strings is blank.
    pub strings: String,
    /// Where the file's own tests begin, which by custom are its end; 0 for a file of tests.
    pub tests_begin: usize,
}

/// Every file below `folder` whose name ends so, in order of path.
pub fn files(folder: &str, ending: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    collect(root, &root.join(folder), ending, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(root: &Path, folder: &Path, ending: &str, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(root, &path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.push(Source { path: name, text: fs::read_to_string(&path).unwrap() });
        }
    }
}

/// Every Rust file of the program, read once for all rules.
pub fn rust() -> &'static [Rust] {
    static READ: OnceLock<Vec<Rust>> = OnceLock::new();
    READ.get_or_init(read_all)
}

fn read_all() -> Vec<Rust> {
    let mut found: Vec<Rust> = files("src", ".rs").into_iter().map(Rust::read).collect();
    assert!(found.len() > 10, "the source was not found");
    let of_tests: Vec<String> = found.iter().flat_map(Rust::files_of_tests).collect();
    for file in &mut found {
        if of_tests.contains(&file.path) {
            file.tests_begin = 0;
        }
    }
    found
}

impl Rust {
    fn read(source: Source) -> Self {
        let mut views = Views::default();
        lex(&source.text, &mut views);
        let opens =
            |at: &usize| views.code[*at..].find(['{', ';']).is_some_and(|end| views.code[at + end..].starts_with('{'));
        let tests_begin = modules_of_tests(&views.code).find(opens).unwrap_or(views.code.len());
        Self { path: source.path, code: views.code, spoken: views.spoken, strings: views.strings, tests_begin }
    }

    /// The files of the modules that this one declares for tests only.
    fn files_of_tests(&self) -> Vec<String> {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let declared = modules_of_tests(&self.code).filter_map(|at| {
            let (_, name) = self.code[at..].split_once("mod ")?;
            let name = identifier(name);
            Some(format!("{folder}/{name}.rs"))
        });
        declared.collect()
    }

    /// Whether the file is one of these, or in one of these folders: `src/web/`, `src/clock.rs`.
    pub fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| if place.ends_with('/') { self.path.starts_with(place) } else { self.path == *place })
    }
}

/// Where modules for tests are declared or begin.
fn modules_of_tests(code: &str) -> impl Iterator<Item = usize> + '_ {
    code.match_indices("#[cfg(test)]").map(|(at, _)| at).filter(|at| {
        let rest = code[at + "#[cfg(test)]".len()..].trim_start();
        ["mod ", "pub mod ", "pub(crate) mod "].iter().any(|opening| rest.starts_with(opening))
    })
}

/// `path:line` of a place in a text.
pub fn place(path: &str, text: &str, at: usize) -> String {
    format!("{path}:{}", 1 + text[..at].matches('\n').count())
}

/// Where `word` stands in the text as a whole word.
pub fn words_at<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let after = &text[at + word.len()..];
        let inside_before = word.starts_with(part) && text[..*at].ends_with(part);
        let inside_after = word.ends_with(part) && after.starts_with(part);
        !inside_before && !inside_after
    })
}

/// The identifier at the beginning of a text; empty when there is none.
pub fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    &text[..end]
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Text,
}

#[derive(Default)]
struct Views {
    code: String,
    spoken: String,
    strings: String,
}

impl Views {
    fn push(&mut self, part: &str, kind: Kind) {
        let blank: String = part.chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        self.code.push_str(if kind == Kind::Code { part } else { &blank });
        self.spoken.push_str(if kind == Kind::Comment { &blank } else { part });
        self.strings.push_str(if kind == Kind::Text { part } else { &blank });
    }
}

fn lex(mut rest: &str, views: &mut Views) {
    while let Some(first) = rest.chars().next() {
        let (length, kind) = next(rest, first, views.code.chars().next_back());
        let (part, after) = rest.split_at(length.min(rest.len()));
        match kind {
            // The quotes belong to the code, what is between them is text.
            Kind::Text => {
                let open = part.find('"').map_or(0, |at| at + 1);
                let close = part.rfind('"').filter(|at| *at >= open).unwrap_or(part.len());
                views.push(&part[..open], Kind::Code);
                views.push(&part[open..close], Kind::Text);
                views.push(&part[close..], Kind::Code);
            }
            _ => views.push(part, kind),
        }
        rest = after;
    }
}

/// How long the next piece is, and what it is.
fn next(rest: &str, first: char, before: Option<char>) -> (usize, Kind) {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return (rest.find('\n').unwrap_or(rest.len()), Kind::Comment);
    }
    if rest.starts_with("/*") {
        return (rest.find("*/").map_or(rest.len(), |at| at + 2), Kind::Comment);
    }
    if first == '"' {
        return (1 + closing_quote(&rest[1..]), Kind::Text);
    }
    if first == 'r' && !in_word {
        let hashes = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        if rest[1 + hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let inside = &rest[2 + hashes..];
            return (2 + hashes + inside.find(&end).map_or(inside.len(), |at| at + end.len()), Kind::Text);
        }
    }
    if first == '\'' {
        return (character(rest), Kind::Code);
    }
    (first.len_utf8(), Kind::Code)
}

/// The length up to and with the quote that ends a string.
fn closing_quote(inside: &str) -> usize {
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    inside.len()
}

/// The length of a character literal such as `'"'` or `'\''`; 1 for the tick of a lifetime.
fn character(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(1, |at| at + 4),
        Some(_) => inside.next().filter(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 2),
        None => 1,
    }
}

#[test]
fn code_comments_and_strings_are_told_apart() {
    let text = "let a = \"x // \\\" y\"; // z \"q\"\nlet b = r#\"raw \"w\" \"#; let c: &'a str = f('\"', '\\'', 'é'); /* g */ h";
    let seen = Rust::read(Source { path: String::new(), text: text.to_owned() });
    assert_eq!(seen.code.lines().next().unwrap().trim_end(), "let a = \"         \";");
    assert_eq!(
        seen.code.lines().nth(1).unwrap(),
        "let b = r#\"        \"#; let c: &'a str = f('\"', '\\'', 'é');         h"
    );
    assert_eq!(seen.strings.split_whitespace().collect::<Vec<_>>(), ["x", "//", "\\\"", "y", "raw", "\"w\""]);
    assert!(seen.spoken.contains("raw \"w\"") && !seen.spoken.contains("z \"q\""));
}
