//! The program of the demonstration: its terms, and the rule of the Hoosier award, switched on for the spring of 2026.

use chrono::NaiveDate;

use super::{ENOUGH, fixed, hoosier};
use crate::{
    db::Conn,
    models::{
        Actor, Program, Term,
        program::rule::{Rule, Window},
    },
    registrar::{Refusal, evaluate},
    values::{Line, TermKind},
};

/// Name, first and last day as year, month and day.
type Told = (&'static str, TermKind, (i32, u32, u32), (i32, u32, u32));

/// The terms and years of the demonstration. Sample data.
const TERMS: [Told; 5] = [
    ("2025–26", TermKind::Year, (2025, 8, 25), (2026, 8, 23)),
    ("Fall 2025", TermKind::Term, (2025, 8, 25), (2025, 12, 19)),
    ("Spring 2026", TermKind::Term, (2026, 1, 12), (2026, 5, 8)),
    ("2026–27", TermKind::Year, (2026, 8, 24), (2027, 8, 22)),
    ("Fall 2026", TermKind::Term, (2026, 8, 24), (2026, 12, 18)),
];

fn day((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// Names the terms and switches the program on. Some learners have earned its award and were not awarded it yet.
pub fn switch_on(conn: &mut Conn, program: &hoosier::Program, by: &Actor) -> Result<(), Refusal> {
    for (name, kind, from, to) in TERMS {
        Term::new(fixed(Line::parse(name))?, kind, (day(from), day(to))).insert(conn, by)?;
    }
    let (name, _, from, to) = TERMS[2];
    let window = Window::Days { name: Some(name.to_owned()), from: day(from), to: day(to) };
    let rule = Rule { events: ENOUGH as u32, spread: None, minutes: 0, window, held: Vec::new() };
    let mut new = Program::new(&program.achievement);
    new.result_value = Some(fixed(Line::parse("Awarded"))?);
    new.insert(conn, &rule, by)?;
    evaluate::put_in_force(conn, &new, Some(1), by)
}
