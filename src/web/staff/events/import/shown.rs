//! What the page of an import shows: the first rows and what their columns say, then each event with what it comes to.

use askama::Template;

use super::{Mapped, Told};
use crate::{
    db::Conn,
    models::{Actor, audit::Change, event, setting},
    registrar::{
        plan::{
            columns::What,
            judge::{Judged, Outcome},
            said::Wrong,
        },
        rows::{List, Row, Written, cut},
    },
    web::{
        error::Error,
        forms::{Errors, error_of, event::pickers, picker::Picker},
        frame::Frame,
        occasion::span,
    },
};

/// Rows that the page shows of a list.
const SHOWN: usize = 6;

/// The page.
#[derive(Template)]
#[template(path = "events/import.html")]
pub struct ImportPage {
    frame: Frame,
    entered: Mapped,
    list: Option<List>,
    areas: Vec<String>,
    programs: Vec<(String, String)>,
    pickers: Option<(Picker, Picker)>,
    events: Vec<Line>,
    groups: Vec<(&'static str, &'static str, String)>,
    some_wrong: bool,
    would_change: bool,
    /// What came of a list that was brought in just now.
    pub told: Option<Told>,
    errors: Vec<(&'static str, String)>,
}

/// An event of the list.
struct Line {
    place: String,
    code: String,
    name: String,
    when: String,
    tone: &'static str,
    icon: &'static str,
    word: &'static str,
    details: Vec<String>,
}

impl ImportPage {
    /// The page, with what can be chosen from.
    pub fn read(conn: &mut Conn, frame: Frame, mut entered: Mapped, errors: Errors, by: &Actor) -> Result<Self, Error> {
        if entered.time_zone.is_empty() {
            entered.time_zone = setting::time_zone(conn)?.to_string();
        }
        let programs = event::programs(conn)?;
        let list = entered.list().ok();
        let typed = ((&entered.host, entered.host_id.as_str()), (&entered.program, entered.program_id.as_str()));
        let pickers = pickers(conn, typed.0, typed.1, by)?;
        Ok(Self {
            areas: setting::areas(conn)?,
            programs: programs.into_iter().map(|one| (one.id.to_string(), one.name.to_string())).collect(),
            // A new office is not made in passing here: the file would not come along.
            pickers: pickers.map(|(host, program)| (host.only_known(), program.only_known())),
            frame,
            entered,
            list,
            events: Vec::new(),
            groups: Vec::new(),
            some_wrong: false,
            would_change: false,
            told: None,
            errors: errors.0,
        })
    }

    /// The same with what each row comes to.
    pub fn show(&mut self, judged: &[Judged]) {
        self.events = judged.iter().map(|one| line(&self.frame, one)).collect();
        let words = ["New", "Different", "Already known", "Cancelled", "Wrong"];
        for word in words {
            let mut these = self.events.iter().filter(|line| line.word == word);
            if let Some(first) = these.next() {
                self.groups.push((first.tone, first.icon, format!("{} · {word}", these.count() + 1)));
            }
        }
        self.some_wrong = judged.iter().any(Judged::is_wrong);
        self.would_change = judged.iter().any(|one| matches!(one.outcome, Outcome::New | Outcome::Different(_)));
    }

    fn error_of(&self, field: &str) -> Option<&str> {
        error_of(&self.errors, field)
    }

    fn written(&self) -> Written {
        self.entered.written()
    }

    /// What each row would come to was shown, and something would.
    fn may_bring(&self) -> bool {
        self.would_change
    }

    fn sample(&self) -> Vec<Vec<String>> {
        self.list.iter().flat_map(|list| list.rows.iter().take(SHOWN)).map(Row::shown).collect()
    }

    /// The columns as the choices of a field, by their headings or numbers.
    fn columns(&self) -> Vec<(String, String)> {
        let Some(list) = &self.list else { return Vec::new() };
        let heads = list.rows.first().filter(|_| self.entered.headed);
        let label = |at: usize| match heads.map_or("", |row| row.cell(at)) {
            "" => format!("Column {}", at + 1),
            heading => format!("{} ({})", at + 1, cut(heading)),
        };
        (0..list.width()).map(|at| (at.to_string(), label(at))).collect()
    }

    /// The fields that choose a column: id, label, and what is chosen.
    fn wanted(&self) -> Vec<(String, &'static str, String)> {
        let chosen = |nth: usize| self.entered.column.get(nth).cloned().unwrap_or_default();
        let field = |(nth, what): (usize, &What)| (format!("column-{nth}"), what.label(), chosen(nth));
        What::CHOSEN.iter().enumerate().map(field).collect()
    }

    fn slashes(&self) -> Vec<(String, String)> {
        [("month", "Month first: 9/10/2026 is 10 September"), ("day", "Day first: 9/10/2026 is 9 October")]
            .map(|(value, label)| (value.to_owned(), label.to_owned()))
            .to_vec()
    }
}

fn line(frame: &Frame, judged: &Judged) -> Line {
    let (tone, icon, word, details) = match &judged.outcome {
        Outcome::New => ("ok", "plus", "New", Vec::new()),
        Outcome::Known => ("mute", "check", "Already known", Vec::new()),
        Outcome::Different(changes) => ("info", "pencil", "Different", changes.iter().map(changed).collect()),
        Outcome::Cancelled(why) => ("mute", "x", "Cancelled", vec![(*why).to_owned()]),
        Outcome::Wrong(wrong) => ("bad", "alert", "Wrong", wrong.iter().map(wrongly).collect()),
    };
    let when = judged.when.map(|(starts, ends, zone)| {
        let by_the_clock = span(&frame.words, zone, (starts, ends));
        format!("{by_the_clock} ({zone})")
    });
    Line {
        place: judged.place.clone(),
        code: judged.code.clone(),
        name: judged.name.clone(),
        when: when.unwrap_or_default(),
        tone,
        icon,
        word,
        details,
    }
}

/// Why a row can't come in; nothing for one that can.
pub fn reasons(judged: &Judged) -> Option<String> {
    let Outcome::Wrong(wrong) = &judged.outcome else { return None };
    Some(wrong.iter().map(wrongly).collect::<Vec<_>>().join("; "))
}

fn changed(change: &Change) -> String {
    let told = |text: &Option<String>| text.as_deref().map_or("nothing".to_owned(), |text| format!("“{}”", cut(text)));
    match (&change.before, &change.after) {
        (None, None) => change.field.clone(),
        (before, after) => format!("{}: {} becomes {}", change.field, told(before), told(after)),
    }
}

fn wrongly(wrong: &Wrong) -> String {
    let cell = if wrong.cell.is_empty() { String::new() } else { format!(" “{}”", wrong.cell) };
    match wrong.what {
        What::Problem => wrong.why.clone(),
        what => format!("{}{cell}: {}", what.label(), wrong.why),
    }
}
