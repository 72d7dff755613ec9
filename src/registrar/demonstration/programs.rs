//! The programs of the demonstration: the terms, the rule of the Hoosier award, switched on for the spring of 2026, and one
//! that builds on it and that everybody is still on the way to.

use chrono::NaiveDate;

use super::{ENOUGH, events::AREAS, fixed, hoosier};
use crate::{
    db::Conn,
    models::{
        Achievement, Actor, Program, Term,
        program::rule::{Needed, Rule, Spread, Window},
    },
    registrar::{Refusal, evaluate},
    values::{AchievementType, HumanCode, Line, Name, Prose, TermKind},
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

/// What the second program awards. Sample data.
pub fn distinction(conn: &mut Conn, program: &hoosier::Program, by: &Actor) -> Result<Achievement, Refusal> {
    let kind = fixed(AchievementType::parse("Award"))?;
    let name = fixed(Name::parse("FYE Hoosier Experience with Distinction"))?;
    let mut award = Achievement::new(name, kind, program.issuer.id.clone());
    award.code = Some(fixed(HumanCode::parse("FYE-DISTINCTION"))?);
    award.description = Some(fixed(Prose::parse(
        "Awarded to a student who holds the Hoosier Experience award and goes on to twelve events in all four areas.",
    ))?);
    award.criteria = Some(fixed(Prose::parse(
        "Attend twelve events, two or more in each of the four areas, and hold the FYE Hoosier Experience award. \
         (Sample data.)",
    ))?);
    award.refold();
    award.insert(conn, by)?;
    Ok(award)
}

/// Names the terms and switches the programs on. Some learners have earned the first one's award and were not awarded it
/// yet.
pub fn switch_on(
    conn: &mut Conn,
    program: &hoosier::Program,
    distinction: &Achievement,
    by: &Actor,
) -> Result<(), Refusal> {
    for (name, kind, from, to) in TERMS {
        Term::new(fixed(Line::parse(name))?, kind, (day(from), day(to))).insert(conn, by)?;
    }
    let (name, _, from, to) = TERMS[2];
    let window = Window::Days { name: Some(name.to_owned()), from: day(from), to: day(to) };
    let rule = Rule { events: ENOUGH as u32, spread: None, minutes: 0, window, held: Vec::new() };
    let mut new = Program::new(&program.achievement);
    new.result_value = Some(fixed(Line::parse("Awarded"))?);
    new.insert(conn, &rule, by)?;
    evaluate::put_in_force(conn, &new, Some(1), by)?;

    let areas = AREAS.map(str::to_owned).to_vec();
    let needed = Needed { id: program.achievement.id.to_string(), name: program.achievement.name.to_string() };
    let rule = Rule {
        events: 2 * ENOUGH as u32,
        spread: Some(Spread { each: 2, of: areas.len() as u32, areas }),
        minutes: 0,
        window: Window::Always,
        held: vec![needed],
    };
    let new = Program::new(distinction);
    new.insert(conn, &rule, by)?;
    evaluate::put_in_force(conn, &new, Some(1), by)
}
