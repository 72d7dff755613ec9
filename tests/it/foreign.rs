//! What another publisher wrote stays as it came: nothing changes it, awards it, publishes it or counts it as ours.

use std::collections::BTreeMap;

use actix_web::http::Method;
use serde_json::{Value, json};
use testamur::{
    models::{Achievement, Assertion, Profile, achievement, assertion, clr, endorsement, evidence, profile, result},
    models::{
        alignment::{self, Aligned},
        association,
        endorsement::Endorsed,
        result_description, rubric_criterion_level,
    },
    registrar::{backup, issue},
    values::{Iri, Role},
    web::routes,
};

use crate::{
    app::{App, Browser, between, by},
    import_clr::{brought, find_assertion, small},
};

/// A record of another publisher with every kind of part.
fn whole() -> Value {
    let mut clr = small();
    let issuer = json!({"id": "https://else.example/"});
    let endorsed = |number: i32| {
        json!([{"id": format!("urn:x:e{number}"), "issuedOn": "2021-01-01T00:00:00Z",
            "claim": {"id": "urn:x:c", "endorsementComment": "Good"}, "issuer": issuer,
            "verification": {"type": "Hosted"}}])
    };
    let award = &mut clr["assertions"][0];
    award["evidence"] = json!([{"id": "urn:x:5", "name": "Thesis", "narrative": "Long"}]);
    award["endorsements"] = endorsed(1);
    let defined = &mut award["achievement"];
    defined["endorsements"] = endorsed(2);
    defined["alignments"] = json!([{"id": "urn:x:6", "targetName": "Weaving", "targetUrl": "https://case.example/1"}]);
    defined["associations"] =
        json!([{"associationType": "isPartOf", "targetId": "https://else.example/achievements/2", "title": "Crafts"}]);
    defined["resultDescriptions"][0]["rubricCriterionLevels"] =
        json!([{"id": "urn:x:7", "name": "Fine", "level": "1", "points": "1"}]);
    clr
}

/// The row ids of what came, by the room it is in.
async fn ids(app: &App) -> BTreeMap<&'static str, Vec<String>> {
    app.read(|conn| {
        let award = find_assertion(conn, "https://else.example/assertions/1");
        let of = &award.achievement_id;
        let described = result_description::of_achievement(conn, of)?;
        let levels = rubric_criterion_level::of_descriptions(conn, &described)?;
        let mut words = endorsement::of(conn, &Endorsed::Achievement(of.clone()))?;
        words.extend(endorsement::of(conn, &Endorsed::Assertion(award.id.clone()))?);
        let record = clr::by_iri(conn, &Iri::parse("https://else.example/clrs/1").unwrap())?.unwrap();
        let publisher = profile::by_iri(conn, &Iri::parse("https://else.example/").unwrap())?.unwrap();
        let text = |ids: Vec<&str>| ids.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let aligned = alignment::on(conn, &Aligned::Achievement(of.clone()))?;
        let tied = association::of_achievement(conn, of)?;
        let shown = evidence::of(conn, &award.id)?;
        let results = result::of(conn, &award.id)?;
        Ok(BTreeMap::from([
            ("profiles", text(vec![award.learner_id.as_str(), publisher.id.as_str()])),
            ("achievements", text(vec![of.as_str()])),
            ("assertions", text(vec![award.id.as_str()])),
            ("clrs", text(vec![record.id.as_str()])),
            ("result-descriptions", text(described.iter().map(|one| one.id.as_str()).collect())),
            ("rubric-criterion-levels", text(levels.iter().map(|one| one.id.as_str()).collect())),
            ("alignments", text(aligned.iter().map(|one| one.id.as_str()).collect())),
            ("associations", text(tied.iter().map(|one| one.id.as_str()).collect())),
            ("endorsements", text(words.iter().map(|one| one.id.as_str()).collect())),
            ("evidence", text(shown.iter().map(|one| one.id.as_str()).collect())),
            ("results", text(results.iter().map(|one| one.id.as_str()).collect())),
        ]))
    })
    .await
}

/// Posts what would change something, and sees that it is refused in a sentence and nothing did.
async fn refused(app: &App, browser: &Browser, address: &str, fields: &[(&str, &str)]) {
    let before = backup::digest(&app.db).await.unwrap();
    let token = browser.get("/admin/settings").await.expect(200).token();
    let mut all = vec![("csrf", token.as_str())];
    all.extend_from_slice(fields);
    let answer = match address.ends_with("/files") {
        true => browser.hand_in(address, &all, &[("thesis.txt", b"Words")]).await,
        false => browser.post_raw(address, &all).await,
    };
    let status = answer.status.as_u16();
    assert!(matches!(status, 409 | 422), "{address}: {status}\n{}", answer.text());
    assert_eq!(backup::digest(&app.db).await.unwrap(), before, "{address} changed something");
}

/// What fills any of the forms.
const FIELDS: &[(&str, &str)] = &[
    ("revision", "1"),
    ("name", "Renamed"),
    ("kind", "person"),
    ("given_name", "Renamed"),
    ("achievement_type", "Course"),
    ("conferral_date", "2026-05-09"),
    ("issued_on", "2026-05-09"),
    ("result_type", "Percent"),
    ("target_name", "Renamed"),
    ("target_url", "https://case.example/2"),
    ("association_type", "isPartOf"),
    ("target", "urn:x:elsewhere"),
    ("title", "Renamed"),
    ("value", "B"),
    ("reason", "None"),
    ("public_reason", "None"),
    ("retired", "true"),
    ("way", "up"),
    ("up", "true"),
    ("takes", "all"),
    ("comment", "Renamed"),
];

#[actix_web::test]
async fn no_address_changes_what_another_publisher_wrote() {
    let app = App::start().await;
    brought(&app, "theirs.json", whole().to_string().into_bytes(), false).await.unwrap();
    let browser = app.signed_in(Role::Administrator).await;
    let ids = ids(&app).await;
    let mut walked = 0;
    for route in routes::table().into_iter().filter(|route| route.method == Method::POST) {
        let room = route.path.strip_prefix("/admin/").and_then(|rest| rest.split_once("/{id}")).map(|(room, _)| room);
        // Copying makes something new of ours, and leaves theirs alone; a record of theirs is removed whole or not at all.
        let Some(known) = room
            .and_then(|room| ids.get(room))
            .filter(|_| !route.path.ends_with("/copy") && route.path != "/admin/clrs/{id}/deletion")
        else {
            continue;
        };
        assert!(!known.is_empty(), "nothing came for {}", route.path);
        for id in known {
            refused(&app, &browser, &route.path.replace("{id}", id), FIELDS).await;
            walked += 1;
        }
    }
    assert!(walked > 30, "only {walked} addresses");
}

#[actix_web::test]
async fn nothing_of_ours_is_built_on_what_another_publisher_wrote() {
    let app = App::start().await;
    brought(&app, "theirs.json", whole().to_string().into_bytes(), false).await.unwrap();
    let browser = app.signed_in(Role::Administrator).await;
    let draft = app.draft("Ann Lee").await;
    let ids = ids(&app).await;
    let id = |room: &str| ids[room][0].as_str();
    let (learner, publisher) = (id("profiles"), ids["profiles"][1].as_str());
    let (defined, award) = (id("achievements"), id("assertions"));
    let on = [
        format!("achievement:{defined}"),
        format!("description:{}", id("result-descriptions")),
        format!("level:{}", id("rubric-criterion-levels")),
    ];
    let (own_learner, own) = (draft.learner.id.as_str(), draft.achievement.id.as_str());
    for (room, chosen) in [
        ("assertions", vec![("learner_id", learner), ("achievement_id", own)]),
        ("assertions", vec![("learner_id", own_learner), ("achievement_id", defined)]),
        ("assertions", vec![("learner", "Zoë Student"), ("achievement_id", own)]),
        ("assertions", vec![("learner_id", own_learner), ("achievement", "UWB-1")]),
        ("assertions", vec![("learner_id", own_learner), ("achievement", "Underwater Basketry")]),
        ("achievements", vec![("issuer_id", publisher)]),
        ("achievements", vec![("issuer", "Else College")]),
        ("clrs", vec![("learner_id", learner)]),
        ("clrs", vec![("learner", "Zoë Student")]),
        ("endorsements", vec![("achievement_id", defined), ("issuer_id", own_learner)]),
        ("endorsements", vec![("award_id", award), ("issuer_id", own_learner)]),
        ("endorsements", vec![("profile_id", publisher), ("issuer_id", own_learner)]),
        ("endorsements", vec![("clr_id", id("clrs")), ("issuer_id", own_learner)]),
        ("evidence", vec![("assertion_id", award)]),
        ("results", vec![("assertion_id", award), ("description", id("result-descriptions"))]),
        ("result-descriptions", vec![("on", on[0].as_str())]),
        ("rubric-criterion-levels", vec![("on", on[1].as_str())]),
        ("alignments", vec![("on", on[2].as_str())]),
        ("associations", vec![("on", on[0].as_str())]),
        ("rubrics", vec![("achievement", defined)]),
    ] {
        refused(&app, &browser, &format!("/admin/{room}"), &[FIELDS, &chosen].concat()).await;
    }
    // Even a draft that somehow stands on what is theirs is not issued.
    let (learner, theirs) = (learner.to_owned(), defined.to_owned());
    let (ours, by_us) = (draft.learner.clone(), draft.achievement.clone());
    let drafts: Vec<Assertion> = app
        .write(move |conn| {
            let learner: Profile = profile::find(conn, &learner.parse().unwrap())?;
            let theirs: Achievement = achievement::find(conn, &theirs.parse().unwrap())?;
            let day = chrono::NaiveDate::from_ymd_opt(2026, 5, 9).unwrap();
            let drafts = vec![
                Assertion::new(Iri::fresh(), &learner, &by_us, day),
                Assertion::new(Iri::fresh(), &ours, &theirs, day),
            ];
            assertion::insert_all(conn, &drafts, &[])?;
            Ok(drafts)
        })
        .await;
    for draft in drafts {
        let (portal, id) = (app.portal(), draft.id.clone());
        let how = issue::How::now_with_mail();
        assert!(app.db.write(move |conn| issue::issue(conn, &id, &portal, &how, &by())).await.is_err());
        refused(&app, &browser, &format!("/admin/assertions/{}/issue", draft.id), FIELDS).await;
    }
}

#[actix_web::test]
async fn what_is_not_ours_is_not_counted_as_ours() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Administrator).await;
    let cards = || async {
        let page = browser.get("/admin").await.expect(200).text();
        let titles = [
            "Learners",
            "Profiles",
            "Achievements",
            "Assertions",
            "CLRs",
            "Alignments",
            "Associations",
            "Endorsements",
            "Evidence",
            "Result descriptions",
            "Rubric criterion levels",
            "Results",
        ];
        let number = |title: &str| {
            let card = between(&page, &format!("<li class=\"card count\"><h3>{title}</h3>"), "</li>").unwrap();
            let number = between(&card, "<span class=\"n\">", "</span>").unwrap();
            (number, between(&card, "href=\"", "\"").unwrap())
        };
        titles.map(number)
    };
    let before = cards().await.map(|(number, _)| number);
    brought(&app, "theirs.json", whole().to_string().into_bytes(), false).await.unwrap();
    let after = cards().await;
    assert_eq!(after.clone().map(|(number, _)| number), before);
    // The card leads to the list of as many, which says whose they are; the whole list has theirs too.
    for (number, list) in after.iter().skip(1) {
        let page = browser.get(list).await.expect(200);
        assert!(page.text().contains(&format!("<b>{number}</b> found")), "{list} has not {number}");
        let whole = list.strip_suffix("?origin=own").unwrap();
        let all = browser.get(whole).await.expect(200);
        let count = between(&all.text(), "<b>", "</b> found").unwrap();
        assert!(count.parse::<i64>().unwrap() > number.parse().unwrap(), "{whole}: {count}");
    }
    browser.get("/admin/learners").await.expect(200).never_says("Zoë Student");
    let exported = browser.get("/admin/assertions.ndjson").await.expect(200).text();
    assert!(!exported.contains("Underwater"), "{exported}");
    assert_eq!(browser.get("/admin/suggestions/learners?q=Student").await.expect(200).text(), "[]");
    assert_eq!(browser.get("/admin/suggestions/awardable?q=Underwater").await.expect(200).text(), "[]");
    assert_eq!(browser.get("/admin/suggestions/organizations?q=Else").await.expect(200).text(), "[]");
}

#[actix_web::test]
async fn a_code_of_theirs_may_be_one_of_ours_and_means_ours() {
    let app = App::start().await;
    brought(&app, "theirs.json", whole().to_string().into_bytes(), false).await.unwrap();
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let fields = [
        ("name", "Under Water"),
        ("code", "UWB-1"),
        ("achievement_type", "Course"),
        ("issuer_id", draft.achievement.issuer_id.as_str()),
    ];
    let new = "/admin/achievements/new";
    browser.submit(new, "/admin/achievements", &fields).await.expect(303);
    browser.submit(new, "/admin/achievements", &fields).await.expect(422).says("Under Water already has this code");
    let meant = app.read(|conn| Ok(achievement::meant(conn, "UWB-1", None)?)).await;
    assert_eq!(meant.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Under Water"]);
    // The database refuses a second one among ours, and only there.
    let theirs = app.read(|conn| Ok(find_assertion(conn, "https://else.example/assertions/1").achievement_id)).await;
    app.write(move |conn| {
        let sql = format!("UPDATE achievement SET code = 'UWB-1' WHERE id = '{theirs}'");
        match conn {
            testamur::db::Conn::Sqlite(own) => diesel::connection::SimpleConnection::batch_execute(own, &sql)?,
            testamur::db::Conn::Postgres(own) => diesel::connection::SimpleConnection::batch_execute(own, &sql)?,
        }
        Ok(())
    })
    .await;
    let meant = app.read(|conn| Ok(achievement::meant(conn, "UWB-1", None)?)).await;
    assert_eq!(meant.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Under Water"]);
    browser.submit(new, "/admin/achievements", &fields).await.expect(422).says("Under Water already has this code");
}
