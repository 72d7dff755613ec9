//! What changed in a text, word by word.

use similar::{ChangeTag, TextDiff};

/// A stretch of a text that stayed, came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// In both.
    Same(String),
    /// Only in the later one.
    Added(String),
    /// Only in the earlier one.
    Removed(String),
}

/// Below this likeness word-by-word marks read worse than the one text after the other.
const LIKENESS: f32 = 0.55;

/// What changed from one text to another. What is the same and what was removed make up the old one, what is the same
/// and what was added the new one.
pub fn marks(old: &str, new: &str) -> Vec<Mark> {
    let diff = TextDiff::from_words(old, new);
    if diff.ratio() < LIKENESS {
        return finished((old.to_owned(), new.to_owned()));
    }
    let changes: Vec<(ChangeTag, &str)> = diff.iter_all_changes().map(|one| (one.tag(), one.value())).collect();
    let (mut marks, mut pending) = (Vec::new(), (String::new(), String::new()));
    for (at, (tag, text)) in changes.iter().enumerate() {
        let is_between = text.trim().is_empty()
            && pending != (String::new(), String::new())
            && changes.get(at + 1).is_some_and(|(next, _)| *next != ChangeTag::Equal);
        match tag {
            ChangeTag::Delete => pending.0.push_str(text),
            ChangeTag::Insert => pending.1.push_str(text),
            // The space between two words that both changed is no island.
            ChangeTag::Equal if is_between => {
                pending.0.push_str(text);
                pending.1.push_str(text);
            }
            ChangeTag::Equal => {
                marks.extend(finished(std::mem::take(&mut pending)));
                match marks.last_mut() {
                    Some(Mark::Same(before)) => before.push_str(text),
                    _ => marks.push(Mark::Same((*text).to_owned())),
                }
            }
        }
    }
    marks.extend(finished(pending));
    marks
}

fn finished((removed, added): (String, String)) -> Vec<Mark> {
    let marks = [Mark::Removed(removed), Mark::Added(added)];
    let is_empty = |mark: &Mark| matches!(mark, Mark::Removed(text) | Mark::Added(text) if text.is_empty());
    marks.into_iter().filter(|mark| !is_empty(mark)).collect()
}
