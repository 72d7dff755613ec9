//! The parts of an achievement: edited in place, versioned with it, checked when saved, and kept for old scores.

use diesel::connection::SimpleConnection;
use testamur::{
    models::{
        Achievement, Association, Level, ResultDescription, achievement,
        alignment::Aligned,
        audit,
        result::{self, AwardResult},
        result_description, rubric_criterion_level,
    },
    values::{AssociationType, Id, Iri, Json, Line, Name, ResultType, Role},
};

use crate::app::{App, Browser, Draft, by};

/// A criterion of an achievement with levels of these points.
pub async fn criterion(
    app: &App,
    of: &Id<Achievement>,
    name: &str,
    points: &[&str],
) -> (ResultDescription, Vec<Level>) {
    let (of, name) = (of.clone(), name.to_owned());
    let points: Vec<String> = points.iter().map(|points| (*points).to_owned()).collect();
    app.write(move |conn| {
        let kind = ResultType::parse("RubricCriterion").unwrap();
        let described = ResultDescription::new(of.clone(), Name::parse(&name).unwrap(), kind, 0);
        described.insert(conn)?;
        let level = |(place, points): (i32, &String)| {
            let mut level = Level::new(described.id.clone(), Name::parse(&format!("Level {points}")).unwrap(), place);
            level.points = Line::parse(points).ok();
            level
        };
        let levels: Vec<Level> = (0..).zip(&points).map(level).collect();
        for level in &levels {
            level.insert(conn)?;
        }
        Ok((described, levels))
    })
    .await
}

/// Lets a draft reach a level.
async fn score(app: &App, draft: &Draft, of: &ResultDescription, level: &Level) {
    let scored = AwardResult {
        achieved_level_id: Some(level.id.clone()),
        ..AwardResult::new(draft.assertion.id.clone(), of.id.clone(), 0)
    };
    app.write(move |conn| Ok(result::replace(conn, &scored.assertion_id.clone(), std::slice::from_ref(&scored))?))
        .await;
}

async fn now(app: &App, id: &Id<Achievement>) -> Achievement {
    let id = id.clone();
    app.read(move |conn| Ok(achievement::find(conn, &id)?)).await
}

/// Posts a part's form as the achievement's page opens it.
async fn add(browser: &Browser, room: &str, on: &str, fields: &[(&str, &str)]) -> crate::app::Answer {
    let mut all = vec![("on", on), ("back", "achievement")];
    all.extend_from_slice(fields);
    let new = format!("/admin/{room}/new?on={on}&back=achievement");
    browser.submit(&new, &format!("/admin/{room}"), &all).await
}

#[actix_web::test]
async fn parts_are_added_moved_edited_and_deleted_in_place() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/achievements/{}", draft.achievement.id);
    let on = format!("achievement:{}", draft.achievement.id);
    browser.get(&page).await.expect(200).says("Add a result description").says("Add an alignment");

    let grade = [("name", "Final grade"), ("result_type", "LetterGrade"), ("allowed_values", "F\r\nC\r\nA")];
    let back = add(&browser, "result-descriptions", &on, &grade).await.expect(303).location();
    assert!(back.starts_with(&format!("{page}#p-")), "{back}");
    add(&browser, "result-descriptions", &on, &[("name", "Rank"), ("own_type", "Rank")]).await.expect(303);
    let shown = browser.get(&page).await.expect(200).says("F, C, A").says("Result description “Rank”").text();
    assert!(shown.find("Move Final grade up") < shown.find("Move Rank up"));

    let id = back.rsplit_once("#p-").unwrap().1;
    let position = format!("/admin/result-descriptions/{id}/position");
    let moved = browser.submit(&page, &position, &[("way", "down")]).await.expect(303).location();
    assert_eq!(moved, back);
    let shown = browser.get(&page).await.expect(200).text();
    assert!(shown.find("Move Rank up") < shown.find("Move Final grade up"));
    browser.submit(&page, &position, &[("way", "down")]).await.expect(303);
    browser.submit(&page, &position, &[("way", "sideways")]).await.expect(400);

    let edit = format!("/admin/result-descriptions/{id}/edit?back=achievement");
    browser.get(&edit).await.expect(200).says(&format!("href=\"{page}\">Cancel")).says("A</textarea>");
    let changed = [("name", "Grade"), ("result_type", "LetterGrade"), ("revision", "1"), ("back", "achievement")];
    let saved = browser.submit(&edit, &format!("/admin/result-descriptions/{id}"), &changed).await.expect(303);
    assert_eq!(saved.location(), back);
    browser.get(&page).await.expect(200).says("Result description “Grade”: Name").says("Final grade");

    let deletion = format!("/admin/result-descriptions/{id}/deletion");
    assert_eq!(browser.submit(&deletion, &deletion, &[]).await.expect(303).location(), page);
    browser
        .get(&page)
        .await
        .expect(200)
        .never_says("Edit<span class=\"vh\"> Grade")
        .says("Edit<span class=\"vh\"> Rank");
    let kept = app.read(|conn| Ok(audit::latest(conn, 20)?)).await;
    assert!(kept.iter().any(|entry| entry.object_kind == "result description" && entry.action == "deleted"));
    assert!(kept.iter().filter(|entry| entry.object_kind == "achievement" && entry.action == "changed").count() >= 5);
}

#[actix_web::test]
async fn a_part_that_is_changed_after_an_issue_begins_the_next_version_and_changes_nothing_issued() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Zoë Łukasiewicz").await;
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1", "2"]).await;
    score(&app, &draft, &writing, &levels[1]).await;
    let issued = app.issue(&draft.assertion.id).await;
    let json = format!("/c/{}.json", issued.cedid);
    let before = app.browser().get(&json).await.expect(200).says("Level 2").bytes;
    let page = format!("/admin/achievements/{}", draft.achievement.id);
    browser.get(&page).await.expect(200).says("Version 1 was awarded").says("begins version 2");

    let first = now(&app, &draft.achievement.id).await;
    let level = format!("/admin/rubric-criterion-levels/{}", levels[0].id);
    let fields = [("name", "Beginning"), ("points", "1"), ("revision", "1"), ("back", "achievement")];
    browser.submit(&format!("{level}/edit?back=achievement"), &level, &fields).await.expect(303);
    let second = now(&app, &draft.achievement.id).await;
    assert_eq!((second.version, second.revision), (2, first.revision + 1));

    // What was scored goes out of the definition; the score still points at it.
    for gone in [
        format!("/admin/rubric-criterion-levels/{}", levels[1].id),
        format!("/admin/result-descriptions/{}", writing.id),
    ] {
        let deletion = format!("{gone}/deletion");
        browser.get(&deletion).await.expect(200).says("1 issued award has a result in it");
        browser.submit(&deletion, &deletion, &[]).await.expect(303);
        browser.get(&gone).await.expect(404);
    }
    browser.get(&page).await.expect(200).never_says("> Writing<").says("Version 2");
    browser.get("/admin/rubric-criterion-levels").await.expect(200).never_says("Beginning");
    let id = draft.assertion.id.clone();
    let reached = app.read(move |conn| Ok(result::in_words(conn, &id)?)).await;
    assert_eq!(reached, "Writing: Level 2");
    assert_eq!(app.browser().get(&json).await.expect(200).bytes, before);
    assert_eq!(now(&app, &draft.achievement.id).await.version, 2, "one issue, one new version");
}

#[actix_web::test]
async fn what_drafts_score_is_not_deleted_and_the_page_says_who() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Nguyễn Thị Ánh").await;
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1", "2"]).await;
    score(&app, &draft, &writing, &levels[1]).await;
    for (page, why) in [
        (format!("/admin/result-descriptions/{}", writing.id), "1 draft has a result in it: Nguyễn Thị Ánh"),
        (format!("/admin/rubric-criterion-levels/{}", levels[1].id), "1 draft has reached it: Nguyễn Thị Ánh"),
    ] {
        let deletion = format!("{page}/deletion");
        let token = browser.get(&deletion).await.expect(200).says(why).token();
        browser.post_raw(&deletion, &[("csrf", &token)]).await.expect(409).says(why);
        browser.get(&page).await.expect(200).says(why);
    }
    let edit = format!("/admin/result-descriptions/{}", writing.id);
    let fields = [
        ("name", "Writing"),
        ("result_type", "RubricCriterion"),
        ("revision", "1"),
        ("required_level", levels[0].id.as_str()),
    ];
    browser.submit(&format!("{edit}/edit"), &edit, &fields).await.expect(303);
    browser.get(&edit).await.expect(200).says("Level 1");
    let deletion = format!("/admin/rubric-criterion-levels/{}/deletion", levels[0].id);
    browser.get(&deletion).await.expect(200).says("“Writing” requires it");
}

#[actix_web::test]
async fn what_no_schema_checks_is_told_beside_its_field() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1", "3"]).await;
    let (_, others) = criterion(&app, &draft.achievement.id, "Speaking", &["1"]).await;
    let (on, on_writing) = (format!("achievement:{}", draft.achievement.id), format!("description:{}", writing.id));
    let own_iri = draft.achievement.iri.to_string();
    let percent = [("name", "Score"), ("result_type", "Percent")];
    let with = |more: &[(&'static str, &'static str)]| [&percent[..], more].concat();
    for (room, on, fields, wrong) in [
        ("result-descriptions", &on, with(&[("value_min", "9"), ("value_max", "1")]), "cannot be below the smallest"),
        ("result-descriptions", &on, with(&[("value_min", "low")]), "Enter a number, as for every percent"),
        ("result-descriptions", &on, with(&[("value_max", "100"), ("required_value", "101")]), "between the smallest"),
        (
            "result-descriptions",
            &on,
            with(&[("allowed_values", "1\n2"), ("required_value", "3")]),
            "one of the allowed values: 1, 2",
        ),
        ("result-descriptions", &on, with(&[("allowed_values", "1\n2\n1")]), "“1” stands there twice"),
        ("rubric-criterion-levels", &on_writing, vec![("name", "Odd"), ("points", "2")], "Levels stand low to high"),
        ("alignments", &on, vec![("target_name", "Node"), ("target_url", "case.example/1")], "Enter the whole address"),
        ("alignments", &on, vec![("target_name", "Node"), ("target_url", "https://")], "Enter the whole address"),
        ("associations", &on, vec![("association_type", "isPartOf"), ("target", own_iri.as_str())], "with itself"),
        (
            "associations",
            &on,
            vec![("association_type", "isPartOf"), ("target", "no such thing")],
            "No achievement here has this code",
        ),
        (
            "associations",
            &on,
            vec![("association_type", "isPartOf"), ("target", "urn:uuid:1")],
            "Enter the title of the other",
        ),
        ("associations", &on, vec![("target", "urn:uuid:1"), ("title", "T")], "Choose one of the list"),
    ] {
        add(&browser, room, on, &fields).await.expect(422).says(wrong).says("There is a problem");
    }
    // A level of another description is not one of its own.
    let page = format!("/admin/result-descriptions/{}", writing.id);
    let fields = [
        ("name", "Writing"),
        ("result_type", "RubricCriterion"),
        ("revision", "1"),
        ("required_level", others[0].id.as_str()),
    ];
    browser.submit(&format!("{page}/edit"), &page, &fields).await.expect(422).says("Choose one of the levels");
    // At its place, the level is fine; moved by its button, it would fall.
    let between = [("name", "Middle"), ("points", "2"), ("after", levels[0].id.as_str())];
    add(&browser, "rubric-criterion-levels", &on_writing, &between).await.expect(303);
    let id = writing.id.clone();
    let order = app.read(move |conn| Ok(rubric_criterion_level::of_description(conn, &id)?)).await;
    let names: Vec<_> = order.iter().map(|level| level.name.as_str()).collect();
    assert_eq!(names, ["Level 1", "Middle", "Level 3"]);
    let achievement = format!("/admin/achievements/{}", draft.achievement.id);
    let position = format!("/admin/rubric-criterion-levels/{}/position", order[1].id);
    browser.submit(&achievement, &position, &[("way", "up")]).await.expect(409).says("Levels stand low to high");
}

#[actix_web::test]
async fn a_parent_or_a_target_that_is_typed_is_found_or_offered() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, other) = (app.draft("Ann Lee").await, app.draft("Zoë Łukasiewicz").await);
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1"]).await;
    let node = [("target_name", "Node"), ("target_url", "https://case.example/1")];
    let (new, list) = ("/admin/alignments/new", "/admin/alignments");
    // Both achievements have this name; their codes tell them apart.
    let code = draft.achievement.code.as_ref().unwrap().to_string();
    let named = [&node[..], &[("parent", "hoosier experience")]].concat();
    browser.submit(new, list, &named).await.expect(422).says("Which do you mean?").says(&code);
    // One achievement with parts: itself, its description, its level.
    let coded = [&node[..], &[("parent", code.as_str())]].concat();
    let offered = browser.submit(new, list, &coded).await.expect(422);
    let level = format!("level:{}", levels[0].id);
    offered.says(&format!("description:{}", writing.id)).says(&level).says("https://case.example/1");
    let chosen = [&coded[..], &[("on", level.as_str())]].concat();
    let made = browser.submit(new, list, &chosen).await.expect(303).location();
    browser.get(&made).await.expect(200).says("Hoosier Experience › Writing › Level 1");
    browser.get("/admin/alignments?on=level").await.expect(200).says("Hoosier Experience › Writing › Level 1");
    browser.get("/admin/alignments?on=achievement").await.expect(200).says("Nothing fits");
    browser.submit(new, list, &node).await.expect(422).says("Enter the code or name of the achievement");

    let level_named = [("parent", "writing"), ("name", "Proficient"), ("points", "2")];
    let made =
        browser.submit("/admin/rubric-criterion-levels/new", "/admin/rubric-criterion-levels", &level_named).await;
    browser.get(&made.expect(303).location()).await.expect(200).says("Hoosier Experience › Writing");

    let on = format!("achievement:{}", draft.achievement.id);
    let tie = [("association_type", "precedes"), ("target", "Hoosier Experience")];
    add(&browser, "associations", &on, &tie)
        .await
        .expect(422)
        .says("Which do you mean?")
        .says(other.achievement.id.as_str());
    let chosen = [&tie[..], &[("target_id", other.achievement.id.as_str())]].concat();
    add(&browser, "associations", &on, &chosen).await.expect(303);
    browser.get(&format!("/admin/achievements/{}", draft.achievement.id)).await.expect(200).says("precedes");
    add(&browser, "associations", &on, &chosen).await.expect(422).says("stands there already");
    // The address of a page means what the page shows; an address of ours that leads nowhere is a mistake.
    let own_page = format!("{}/admin/achievements/{}?then=/admin#parts", app.base_url, other.achievement.id);
    let address = [("association_type", "precedes"), ("target", own_page.as_str())];
    add(&browser, "associations", &on, &address).await.expect(422).says("stands there already");
    for nowhere in ["/achievements/0b5bd3f5-26ab-4f2b-9ac3-5d4a3f2b7f10", "/terms", ""] {
        let nowhere = format!("{}{nowhere}", app.base_url);
        let tie = [("association_type", "precedes"), ("target", nowhere.as_str()), ("title", "Another")];
        add(&browser, "associations", &on, &tie).await.expect(422).says("No achievement of this portal has this");
    }
    let elsewhere = format!("{}0/achievements/1", app.base_url);
    let tie = [("association_type", "precedes"), ("target", elsewhere.as_str()), ("title", "Another")];
    add(&browser, "associations", &on, &tie).await.expect(303);
    let deletion = format!("/admin/achievements/{}/deletion", other.achievement.id);
    browser.get(&deletion).await.expect(200).says("1 achievement refers to it");
}

#[actix_web::test]
async fn parts_of_another_office_do_not_exist_for_an_issuer() {
    let app = App::start().await;
    let (own, other) = (app.draft("Own Learner").await, app.draft("Other Learner").await);
    let rooms = ["result-descriptions", "rubric-criterion-levels", "alignments", "associations"];
    let mut ids = Vec::new();
    for (draft, called) in [(&own, "Ours"), (&other, "Theirs")] {
        let (described, levels) = criterion(&app, &draft.achievement.id, called, &["1"]).await;
        let (of, level, called) = (draft.achievement.id.clone(), levels[0].clone(), called.to_owned());
        let (node, tie) = app
            .write(move |conn| {
                let name = Name::parse(&called).unwrap();
                let address = Iri::parse("https://case.example/1").unwrap();
                let node = testamur::models::Alignment::new(
                    Aligned::Level(level.id.clone()),
                    name.clone(),
                    address.clone(),
                    0,
                );
                node.insert(conn)?;
                let tie = Association::new(of.clone(), AssociationType::Precedes, (address, name), 0);
                tie.insert(conn)?;
                Ok((node.id, tie.id))
            })
            .await;
        ids.push([described.id.to_string(), levels[0].id.to_string(), node.to_string(), tie.to_string()]);
    }
    let account = app.staff(Role::Issuer, Some(own.office.id.clone())).await;
    let issuer = app.sign_in(&account).await;
    for (at, room) in rooms.iter().enumerate() {
        let list = issuer.get(&format!("/admin/{room}")).await.expect(200);
        list.says(&ids[0][at]).never_says(&ids[1][at]).never_says("Theirs");
        issuer.get(&format!("/admin/{room}/{}", ids[0][at])).await.expect(200).never_says("/edit\"");
        issuer.get(&format!("/admin/{room}/{}", ids[1][at])).await.expect(404);
        let filtered = issuer.get(&format!("/admin/{room}?achievement={}", other.achievement.id)).await.expect(200);
        filtered.never_says("Theirs");
        issuer.get(&format!("/admin/{room}/{}/edit", ids[0][at])).await.expect(403);
    }
    let page = issuer.get(&format!("/admin/achievements/{}", own.achievement.id)).await.expect(200);
    page.says("Ours").never_says("Add a result description").never_says("Move ");
}

#[actix_web::test]
async fn parts_of_another_publishers_achievement_stay_as_they_came() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1", "1"]).await;
    app.write(|conn| Ok(conn.batch_execute("UPDATE achievement SET origin = 'foreign'")?)).await;
    let page = format!("/admin/achievements/{}", draft.achievement.id);
    let token =
        browser.get(&page).await.expect(200).says("Writing").never_says("Add a level").never_says("Move ").token();
    browser.get(&format!("{page}/edit")).await.expect(409).says("another publisher");
    for (room, id) in
        [("result-descriptions", writing.id.to_string()), ("rubric-criterion-levels", levels[1].id.to_string())]
    {
        let one = format!("/admin/{room}/{id}");
        browser.get(&one).await.expect(200).never_says("/edit\"");
        browser.get(&format!("{one}/edit")).await.expect(409).says("another publisher");
        for (address, fields) in [
            (one.clone(), vec![("name", "Mine"), ("revision", "1"), ("result_type", "Result")]),
            (format!("{one}/position"), vec![("way", "up")]),
            (format!("{one}/deletion"), vec![]),
        ] {
            let all = [&[("csrf", token.as_str())], &fields[..]].concat();
            browser.post_raw(&address, &all).await.expect(409).says("another publisher");
        }
    }
    let on = format!("achievement:{}", draft.achievement.id);
    let new = [("csrf", token.as_str()), ("on", on.as_str()), ("name", "Mine"), ("result_type", "Result")];
    browser.post_raw("/admin/result-descriptions", &new).await.expect(422).says("another publisher");
}

#[actix_web::test]
async fn members_of_other_systems_travel_with_the_parts() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1"]).await;
    let of = draft.achievement.id.clone();
    app.write(move |conn| {
        let member = |of: &str| {
            let members = serde_json::json!({ "ndt:of": of });
            Json::new(members.as_object().unwrap().clone())
        };
        let (name, address) = (Name::parse("Node").unwrap(), Iri::parse("https://case.example/1").unwrap());
        let mut node =
            testamur::models::Alignment::new(Aligned::Achievement(of.clone()), name.clone(), address.clone(), 0);
        (node.extensions, node.iri) = (member("alignment"), Iri::parse("urn:uuid:node").ok());
        node.insert(conn)?;
        let mut tie = Association::new(of.clone(), AssociationType::Precedes, (address, name), 0);
        tie.extensions = member("association");
        tie.insert(conn)?;
        let mut described = result_description::find(conn, &writing.id)?;
        described.extensions = member("description");
        assert!(described.update(conn, &by())?);
        let mut level = rubric_criterion_level::find(conn, &levels[0].id)?;
        level.extensions = member("level");
        assert!(level.update(conn, &by())?);
        Ok(())
    })
    .await;
    let issued = app.issue(&draft.assertion.id).await;
    let json = app.browser().get(&format!("/c/{}.json", issued.cedid)).await.expect(200).says("urn:uuid:node");
    for kind in ["alignment", "association", "description", "level"] {
        assert!(json.text().contains(&format!("\"ndt:of\": \"{kind}\"")), "{kind} lost its members: {}", json.text());
    }
}

#[actix_web::test]
async fn lists_of_parts_are_searched_sorted_and_paged() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let of = draft.achievement.id.clone();
    app.write(move |conn| {
        for number in 0..120 {
            let name = Name::parse(&format!("Criterion {number:03}")).unwrap();
            ResultDescription::new(of.clone(), name, ResultType::parse("Result").unwrap(), number).insert(conn)?;
        }
        Ok(())
    })
    .await;
    let list = "/admin/result-descriptions";
    let first = browser.get(list).await.expect(200).says("Criterion 000").never_says("Criterion 050");
    let text = first.text();
    let (before, _) = text.split_once("\" rel=\"next\"").unwrap();
    let next = before.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&");
    browser.get(&next).await.expect(200).says("Criterion 050").says("Criterion 099").never_says("Criterion 100");
    browser.get(&format!("{list}?sort=-name")).await.expect(200).says("Criterion 119").never_says("Criterion 000");
    browser.get(&format!("{list}?sort=updated&q=criterion%20117")).await.expect(200).says("Criterion 117");
    browser.get(&format!("{list}?type=Percent")).await.expect(200).says("Nothing fits");
    browser.get(&format!("{list}?achievement={}", draft.achievement.id)).await.expect(200).says("<b>120</b> found");
}

#[actix_web::test]
async fn a_scale_that_several_criteria_share_keeps_its_public_ids_and_a_migration_keeps_the_scores() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    let (writing, levels) = criterion(&app, &draft.achievement.id, "Writing", &["1", "2"]).await;
    score(&app, &draft, &writing, &levels[1]).await;
    let back = if crate::app::on_postgres() {
        include_str!("../../migrations/postgres/2026-11-23-000311_let_parts_share_public_ids/down.sql")
    } else {
        include_str!("../../migrations/sqlite/2026-11-23-000311_let_parts_share_public_ids/down.sql")
    };
    app.write(move |conn| {
        conn.batch_execute(back)?;
        Ok(conn.batch_execute("DELETE FROM __diesel_schema_migrations WHERE version = '20261123000311'")?)
    })
    .await;
    assert_eq!(app.db.migrate().await.unwrap(), 1);
    let id = draft.assertion.id.clone();
    assert_eq!(app.read(move |conn| Ok(result::in_words(conn, &id)?)).await, "Writing: Level 2");
    let (speaking, _) = criterion(&app, &draft.achievement.id, "Speaking", &[]).await;
    let id = speaking.id.clone();
    app.write(move |conn| {
        let mut shared = levels[0].clone();
        (shared.id, shared.result_description_id) = (Id::fresh(), speaking.id.clone());
        Ok(shared.insert(conn)?)
    })
    .await;
    assert_eq!(app.read(move |conn| Ok(rubric_criterion_level::of_description(conn, &id)?)).await.len(), 1);
}

#[actix_web::test]
async fn a_whole_identifier_means_one_achievement_and_never_one_that_only_begins_with_it() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, other) = (app.draft("Ann Lee").await, app.draft("Bo Chen").await.achievement);
    app.write(move |conn| {
        let iri = Iri::parse("urn:uuid:1e5c8d3a-0000-4000-8000-000000000001").unwrap();
        let mut longer = Achievement { iri, ..achievement::find(conn, &other.id)? };
        longer.refold();
        longer.update(conn, &by())?;
        for entry in ["urn:uuid:1", "urn:uuid:1e5c8d3a", "URN:uuid:1"] {
            assert!(achievement::meant(conn, entry, None)?.is_empty(), "{entry}");
            assert!(result_description::meant(conn, entry, None)?.is_empty(), "{entry}");
        }
        assert_eq!(achievement::meant(conn, longer.iri.as_str(), None)?.len(), 1);
        Ok(())
    })
    .await;
    // So an identifier of elsewhere stays one of elsewhere.
    let on = format!("achievement:{}", draft.achievement.id);
    let tie = [("association_type", "isPartOf"), ("target", "urn:uuid:1")];
    add(&browser, "associations", &on, &tie).await.expect(422).says("Enter the title of the other");
    add(
        &browser,
        "result-descriptions",
        "",
        &[("parent", "urn:uuid:1"), ("name", "Score"), ("result_type", "Percent")],
    )
    .await
    .expect(422)
    .says("Nothing here has this code or name");
}
