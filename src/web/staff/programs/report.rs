//! What programs come to: how many took part, how many earned the award, how many have it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::{
    db::Conn,
    models::{
        Profile, Program,
        page::{Page, Query},
        program::{self, progress},
    },
    values::Id,
    web::{
        State, csv,
        error::Error,
        filters,
        frame::{Frame, page},
        guards::{May, ReadAwards},
        objects::Managed,
        table::{Cell, Column},
    },
};

/// Programs of the report.
const MOST: i64 = 500;

const COLUMNS: &[Column] = &[
    Column { label: "Award", sort: None },
    Column { label: "Took part", sort: None },
    Column { label: "One short", sort: None },
    Column { label: "Earned it", sort: None },
    Column { label: "Awarded", sort: None },
];

/// A program's figures.
struct Line {
    address: String,
    name: String,
    took_part: i64,
    one_short: i64,
    earned: i64,
    awarded: i64,
}

impl Line {
    /// How many of a hundred who took part have the award.
    fn share(&self) -> i64 {
        if self.took_part == 0 { 0 } else { self.awarded * 100 / self.took_part }
    }

    fn cells(self) -> Vec<Cell> {
        let number = |number: i64| Cell::Text(number.to_string());
        vec![
            Cell::Name { address: self.address, text: self.name, below: String::new() },
            number(self.took_part),
            number(self.one_short),
            number(self.earned),
            number(self.awarded),
        ]
    }
}

#[derive(Template)]
#[template(path = "programs/report.html")]
struct ReportPage {
    frame: Frame,
    lines: Vec<Line>,
}

fn lines(conn: &mut Conn, office: Option<&Id<Profile>>) -> Result<Vec<Line>, Error> {
    let programs = program::named(conn, office, MOST)?;
    let ids: Vec<Id<Program>> = programs.iter().map(|(program, _)| program.id.clone()).collect();
    let counts = progress::counts_of(conn, &ids)?;
    let line = |(program, name): (Program, String)| {
        let of = counts.get(&program.id).copied().unwrap_or_default();
        // Who is held has earned it too.
        let earned = of.earned + of.held + of.awarded;
        Line {
            address: program.address(),
            name,
            took_part: earned + of.one_short + of.on_the_way,
            one_short: of.one_short,
            earned,
            awarded: of.awarded,
        }
    };
    Ok(programs.into_iter().map(line).collect())
}

/// `GET /admin/reports/programs`
pub async fn show(may: May<ReadAwards>, state: web::Data<State>) -> Result<HttpResponse, Error> {
    let office = may.by.office.clone();
    let lines = state.db.read(move |conn| lines(conn, office.as_ref())).await?;
    page(&ReportPage { frame: may.frame, lines })
}

/// `GET /admin/reports/programs.csv`
pub async fn table_file(
    may: May<ReadAwards>,
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let office = may.by.office.clone();
    let matching = state.db.read(move |conn| Ok::<_, Error>(lines(conn, office.as_ref())?.len() as i64)).await?;
    let office = may.by.office.clone();
    let list = csv::List {
        title: "Programs’ figures",
        name: "programs-report",
        columns: COLUMNS,
        chosen: "everything".to_owned(),
        matching,
        query: Query::default(),
        read: Arc::new(move |conn, _| {
            let rows = lines(conn, office.as_ref())?.into_iter().map(Line::cells).collect();
            Ok(Page { rows, ..Page::default() })
        }),
    };
    csv::answer(&request, state, list, may.by).await
}
