//! What a row of a list says of an event, each cell parsed once; or what is wrong with which cell.

use crate::{
    db::Conn,
    models::{Achievement, Actor, achievement, event, setting},
    registrar::{
        Refusal,
        plan::{
            columns::{Columns, What},
            when::{self, Slashes, Time},
        },
        rows::{Row, cut},
    },
    values::{Code, Id, Invalid, Line, Name, Prose, TimeZone, fold, optional},
};

/// What a row says; nothing where its cell is empty.
#[derive(Debug, Clone)]
pub struct Said {
    /// The code.
    pub code: Code,
    /// The name.
    pub name: Option<Name>,
    /// When it begins.
    pub starts: Option<Time>,
    /// When it ends.
    pub ends: Option<Time>,
    /// The time zone.
    pub zone: Option<TimeZone>,
    /// Where.
    pub place: Option<Line>,
    /// What it is.
    pub description: Option<Prose>,
    /// For how many.
    pub capacity: Option<i32>,
    /// Its series.
    pub series: Option<Line>,
    /// Its areas.
    pub areas: Option<Vec<String>>,
    /// What it counts for.
    pub counts_for: Option<Vec<Id<Achievement>>>,
    /// It was cancelled.
    pub is_cancelled: bool,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What the cell says something of.
    pub what: What,
    /// What stands in it, cut.
    pub cell: String,
    /// Why it can't be, as a sentence.
    pub why: String,
}

impl Wrong {
    /// Something wrong with a cell.
    pub fn new(what: What, cell: &str, why: impl ToString) -> Self {
        Self { what, cell: cut(cell), why: why.to_string() }
    }
}

/// What the words in cells mean here.
pub struct Meaning {
    slashes: Slashes,
    areas: Vec<String>,
    programs: Vec<Achievement>,
    any_program: bool,
}

impl Meaning {
    /// What words mean to somebody: staff of an office say that an event counts for what events count for already.
    pub fn read(conn: &mut Conn, slashes: Slashes, by: &Actor) -> Result<Self, Refusal> {
        let (areas, programs) = (setting::areas(conn)?, event::programs(conn)?);
        Ok(Self { slashes, areas, programs, any_program: by.office.is_none() })
    }

    fn areas(&self, raw: &str) -> Result<Vec<String>, String> {
        let known = |part: &str| self.areas.iter().find(|own| fold(own) == fold(part)).cloned();
        // The name of an area may hold what divides them.
        if let Some(one) = known(raw) {
            return Ok(vec![one]);
        }
        let mut found = Vec::new();
        for part in raw.split([';', '|', ',', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let why = || format!("There is no area “{}”; an administrator names areas in the settings", cut(part));
            let area = known(part).ok_or_else(why)?;
            if !found.contains(&area) {
                found.push(area);
            }
        }
        Ok(found)
    }

    fn programs(&self, conn: &mut Conn, raw: &str) -> Result<Result<Vec<Id<Achievement>>, String>, Refusal> {
        let mut found = Vec::new();
        let names = |one: &Achievement, part: &str| {
            one.code.as_ref().is_some_and(|code| code.as_str() == part) || fold(one.name.as_str()) == fold(part)
        };
        for part in raw.split([';', '|', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
            let known = self.programs.iter().find(|one| names(one, part)).map(|one| one.id.clone());
            let known = match known {
                None if self.any_program => achievement::by_code(conn, part)?.map(|one| one.id),
                known => known,
            };
            match known {
                Some(id) if found.contains(&id) => {}
                Some(id) => found.push(id),
                None => {
                    return Ok(Err(format!("There is no award with the code “{}” that events count for", cut(part))));
                }
            }
        }
        Ok(Ok(found))
    }
}

/// For how many there is room.
pub fn capacity(raw: &str) -> Result<i32, Invalid> {
    let number = raw.trim().parse::<i32>().ok().filter(|number| (1..=1_000_000).contains(number));
    number.ok_or(Invalid::Malformed("Enter how many find room, as a whole number"))
}

/// The cells of a row as they are parsed, with what was wrong so far.
struct Cells<'a> {
    row: &'a Row,
    columns: &'a Columns,
    wrong: Vec<Wrong>,
}

impl Cells<'_> {
    fn text(&self, what: What) -> &str {
        self.columns.cell(self.row, what)
    }

    fn note(&mut self, what: What, why: impl ToString) {
        let wrong = Wrong::new(what, self.text(what), why);
        self.wrong.push(wrong);
    }

    /// The value of a cell; nothing of an empty one.
    fn read<T>(&mut self, what: What, parse: impl FnOnce(&str) -> Result<T, Invalid>) -> Option<T> {
        optional(self.text(what), parse).map_err(|why| self.note(what, why)).ok().flatten()
    }
}

/// What a row says, or what is wrong with it.
pub fn read(
    conn: &mut Conn,
    row: &Row,
    columns: &Columns,
    means: &Meaning,
) -> Result<Result<Said, Vec<Wrong>>, Refusal> {
    let mut cells = Cells { row, columns, wrong: Vec::new() };
    if !cells.text(What::Problem).is_empty() {
        let why = cells.text(What::Problem).to_owned();
        return Ok(Err(vec![Wrong::new(What::Problem, "", why)]));
    }
    let code = Code::parse(cells.text(What::Code)).map_err(|why| cells.note(What::Code, why)).ok();
    let day = cells.read(What::Day, |raw| when::day(raw, means.slashes));
    let areas = match cells.text(What::Areas) {
        "" => None,
        raw => means.areas(raw).map_err(|why| cells.note(What::Areas, why)).ok(),
    };
    let counts_for = match cells.text(What::CountsFor) {
        "" => None,
        raw => means.programs(conn, raw)?.map_err(|why| cells.note(What::CountsFor, why)).ok(),
    };
    let said = code.map(|code| Said {
        code,
        name: cells.read(What::Name, Name::parse),
        starts: cells.read(What::Starts, |raw| when::time(raw, day, means.slashes)),
        ends: cells.read(What::Ends, |raw| when::time(raw, day, means.slashes)),
        zone: cells.read(What::Zone, TimeZone::parse),
        place: cells.read(What::Place, Line::parse),
        description: cells.read(What::Description, Prose::parse),
        capacity: cells.read(What::Capacity, capacity),
        series: cells.read(What::Series, Line::parse),
        areas,
        counts_for,
        is_cancelled: matches!(fold(cells.text(What::Status)).as_str(), "cancelled" | "canceled" | "off"),
    });
    Ok(said.filter(|_| cells.wrong.is_empty()).ok_or(cells.wrong))
}
