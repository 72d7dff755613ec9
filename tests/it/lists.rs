//! The lists of the kinds: a page takes as many statements whatever is on it, and a search finds by words what the plain
//! comparison finds.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use diesel::{Connection, connection::InstrumentationEvent};
use testamur::{
    db::{Conn, QueryError},
    models::{
        Achievement, Alignment, Assertion, Association, AwardResult, Clr, Endorsement, Evidence, Level,
        ResultDescription, Rubric, achievement, alignment,
        alignment::Aligned,
        assertion, association, clr,
        endorsement::{self, Endorsed},
        evidence,
        page::Query,
        profile, result, result_description, rubric, rubric_criterion_level,
    },
    registrar::Refusal,
    values::{AchievementType, AssociationType, Iri, Line, Name, Prose, ResultType, fold_words},
};

use crate::app::{App, by, organization, person};

/// One of each kind, all of them new: no two rows of a list share what they name.
pub fn one_of_each(conn: &mut Conn, nth: usize) -> Result<(), Refusal> {
    let name = |what: &str| Name::parse(&format!("{what} {nth:03}")).unwrap();
    let office = organization(conn, name("Office").as_str())?;
    let made = Achievement::new(name("Achievement"), AchievementType::parse("Course").unwrap(), office.id.clone());
    made.insert(conn, &by())?;
    let other = Achievement::new(name("Other"), AchievementType::parse("Course").unwrap(), office.id.clone());
    other.insert(conn, &by())?;
    let group = Rubric::new(made.id.clone(), name("Rubric"), 0);
    group.insert(conn)?;
    let described =
        ResultDescription::new(made.id.clone(), name("Grade"), ResultType::parse("LetterGrade").unwrap(), 0);
    described.insert(conn)?;
    let level = Level::new(described.id.clone(), name("Level"), 0);
    level.insert(conn)?;
    let on = match nth % 3 {
        0 => Aligned::Achievement(made.id.clone()),
        1 => Aligned::Description(described.id.clone()),
        _ => Aligned::Level(level.id.clone()),
    };
    Alignment::new(on, name("Target"), Iri::fresh(), 0).insert(conn)?;
    Association::to(made.id.clone(), AssociationType::parse("isPartOf").unwrap(), &other).insert(conn)?;
    let learner = person(conn, &format!("Learner{nth:03} Łukasiewicz"), &format!("0007{nth:06}"))?;
    let date = chrono::NaiveDate::from_ymd_opt(2026, 5, 9).unwrap();
    let draft = Assertion::new(Iri::fresh(), &learner, &made, date);
    draft.insert(conn, &by())?;
    let mut reached = AwardResult::new(draft.id.clone(), described.id.clone(), 0);
    reached.value = Line::parse(&format!("Grade{nth:03}")).ok();
    assert!(reached.insert(conn, &by())?);
    assert!(Evidence::new(draft.id.clone(), name("Portfolio")).insert(conn, &by())?);
    let record = Clr::new(&learner, office.id.clone());
    record.insert(conn, &[], &by())?;
    let of = match nth % 4 {
        0 => Endorsed::Profile(learner.id.clone()),
        1 => Endorsed::Achievement(made.id.clone()),
        2 => Endorsed::Assertion(draft.id.clone()),
        _ => Endorsed::Clr(record.id.clone()),
    };
    let mut word = Endorsement::new(of.clone(), &office, date.and_hms_opt(0, 0, 0).unwrap());
    word.comment = Prose::parse(&format!("Excellent{nth:03}")).ok();
    word.refold(&office, &endorsement::named(conn, &of)?);
    assert!(word.insert(conn, &by())?);
    Ok(())
}

/// Reads a list; how many rows the page has.
type List = fn(&mut Conn, &Query) -> Result<usize, QueryError>;

const LISTS: [(&str, List); 12] = [
    ("profiles", |conn, query| Ok(profile::search(conn, query)?.rows.len())),
    ("achievements", |conn, query| Ok(achievement::search(conn, query)?.rows.len())),
    ("assertions", |conn, query| Ok(assertion::search(conn, query)?.rows.len())),
    ("clrs", |conn, query| Ok(clr::search(conn, query)?.rows.len())),
    ("alignments", |conn, query| Ok(alignment::search(conn, query)?.rows.len())),
    ("associations", |conn, query| Ok(association::search(conn, query)?.rows.len())),
    ("endorsements", |conn, query| Ok(endorsement::search(conn, query)?.rows.len())),
    ("evidence", |conn, query| Ok(evidence::search(conn, query)?.rows.len())),
    ("result-descriptions", |conn, query| Ok(result_description::search(conn, query)?.rows.len())),
    ("rubric-criterion-levels", |conn, query| Ok(rubric_criterion_level::search(conn, query)?.rows.len())),
    ("results", |conn, query| Ok(result::search(conn, query)?.rows.len())),
    ("rubrics", |conn, query| Ok(rubric::search(conn, query)?.rows.len())),
];

/// For each list: rows on its first page, and the statements it took.
async fn statements(app: &App) -> Vec<(&'static str, usize, usize)> {
    app.read(|conn| {
        let counted = Arc::new(AtomicUsize::new(0));
        let counter = counted.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        let mut told = Vec::new();
        for (name, list) in LISTS {
            let before = counted.load(Ordering::SeqCst);
            let rows = list(conn, &Query::default())?;
            told.push((name, rows, counted.load(Ordering::SeqCst) - before));
        }
        Ok(told)
    })
    .await
}

#[actix_web::test]
async fn a_page_of_fifty_takes_as_many_statements_as_one_of_five() {
    let app = App::start().await;
    app.write(|conn| (0..5).try_for_each(|nth| one_of_each(conn, nth))).await;
    let few = statements(&app).await;
    app.write(|conn| (5..60).try_for_each(|nth| one_of_each(conn, nth))).await;
    let many = statements(&app).await;
    for ((name, least, statements), (_, most, for_many)) in few.iter().zip(&many) {
        assert!(*least >= 5 && *most == 50 && *statements > 0, "{name}: {least} and {most} rows, {statements}");
        assert_eq!(statements, for_many, "{name} takes more statements for more rows");
    }
}

#[actix_web::test]
async fn lists_that_grow_with_the_awards_find_every_part_of_a_word() {
    let app = App::start().await;
    app.write(|conn| (0..12).try_for_each(|nth| one_of_each(conn, nth))).await;
    let asked = ["cellent00", "lukasiewicz", "earner00 wicz", "grade007", "GRADE007 learner007", "folio 011"];
    for text in asked.into_iter().chain(["portfolio 003 wicz", "07", "zz", "nowhere to be found", "100%_"]) {
        let (words, query) = (fold_words(text), Query::search(text));
        app.read(move |conn| {
            let has = |texts: &[String]| words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())));
            let all = Query::default();
            let plain = [
                clr::search(conn, &all)?
                    .rows
                    .iter()
                    .filter(|row| has(std::slice::from_ref(&row.clr.search_text)))
                    .count(),
                endorsement::search(conn, &all)?
                    .rows
                    .iter()
                    .filter(|row| has(std::slice::from_ref(&row.endorsement.search_text)))
                    .count(),
                evidence::search(conn, &all)?
                    .rows
                    .iter()
                    .filter(|row| has(&[row.evidence.search_text.clone(), row.award.assertion.search_text.clone()]))
                    .count(),
                result::search(conn, &all)?
                    .rows
                    .iter()
                    .filter(|row| {
                        let value = row.result.value.as_ref().map(|value| value.as_str().to_lowercase());
                        has(&[value.unwrap_or_default(), row.award.assertion.search_text.clone()])
                    })
                    .count(),
            ];
            let found = [
                (clr::search(conn, &query)?.rows.len(), clr::count(conn, &query)?),
                (endorsement::search(conn, &query)?.rows.len(), endorsement::count(conn, &query)?),
                (evidence::search(conn, &query)?.rows.len(), evidence::count(conn, &query)?),
                (result::search(conn, &query)?.rows.len(), result::count(conn, &query)?),
            ];
            assert_eq!(found, plain.map(|number| (number, number as i64)), "{text}");
            Ok(())
        })
        .await;
    }
    // What changes or goes is found by its new words, or not at all. Digits alone may stand in an id.
    app.write(|conn| {
        let found = result::search(conn, &Query::search("grade005"))?.rows.remove(0).result;
        let mut changed = result::find(conn, &found.id)?;
        changed.value = Line::parse("Distinction").ok();
        assert!(changed.update(conn, &by())?);
        let gone = evidence::search(conn, &Query::search("portfolio learner006"))?.rows.remove(0).evidence;
        assert!(evidence::delete(conn, &gone.id, &by())?);
        Ok(())
    })
    .await;
    for (text, many) in [("grade005", 0), ("stinctio", 1)] {
        assert_eq!(app.read(move |conn| Ok(result::count(conn, &Query::search(text))?)).await, many, "{text}");
    }
    assert_eq!(app.read(|conn| Ok(evidence::count(conn, &Query::search("portfolio learner006"))?)).await, 0);
}
