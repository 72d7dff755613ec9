//! Fields that find an object: by what a person knows of it, without a script, and without losing what was typed.

use testamur::values::Role;

use crate::app::{App, between, organization, person};

#[actix_web::test]
async fn an_achievement_is_found_by_its_code_its_name_or_its_id() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let code = draft.achievement.code.clone().unwrap();
    for entry in [code.as_str(), "Hoosier Experience", "hoosier", draft.achievement.id.as_str()] {
        let award =
            [("learner_id", draft.learner.id.as_str()), ("achievement", entry), ("conferral_date", "2026-05-09")];
        let made = browser.submit("/admin/assertions/new", "/admin/assertions", &award).await.expect(303);
        browser.get(&made.location()).await.expect(200).says("Hoosier Experience");
    }
}

#[actix_web::test]
async fn two_offices_of_one_name_are_told_apart() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (first, second) =
        app.write(|conn| Ok((organization(conn, "Career Services")?, organization(conn, "Career Services")?))).await;
    let typed = [("name", "Career Badge"), ("achievement_type", "Badge"), ("issuer", "Career Services")];
    let doubtful = browser.submit("/admin/achievements/new", "/admin/achievements", &typed).await.expect(422);
    doubtful.says(first.id.as_str()).says(second.id.as_str()).says("Career Badge").says("Which one do you mean?");
    let mut chosen = typed.to_vec();
    chosen.push(("issuer_id", second.id.as_str()));
    let made = browser.submit("/admin/achievements/new", "/admin/achievements", &chosen).await.expect(303);
    browser.get(&made.location()).await.expect(200).says("Career Badge");
}

#[actix_web::test]
async fn who_types_another_name_over_what_was_chosen_means_the_other() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let other = app.write(|conn| person(conn, "Bo Chen", "0000000042")).await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let edited = [
        ("revision", "1"),
        ("learner", "0000000042"),
        ("learner_id", draft.learner.id.as_str()),
        ("achievement_id", draft.achievement.id.as_str()),
        ("conferral_date", "2019-11-07"),
    ];
    browser.submit(&format!("{page}/edit"), &page, &edited).await.expect(303);
    assert_eq!(app.assertion(&draft.assertion.id).await.learner_id, other.id);
}

#[actix_web::test]
async fn a_learner_who_is_not_there_yet_is_made_in_passing_and_nothing_typed_is_lost() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Somebody Else").await;
    let typed = [
        ("page", "/admin/assertions/new"),
        ("pick", "learner_id"),
        ("learner", "nobody of this name"),
        ("achievement_id", draft.achievement.id.as_str()),
        ("conferral_date", "2026-05-09"),
        ("narrative", "A long story that took an hour"),
    ];
    let passed = browser.submit("/admin/assertions/new", "/admin/passing/learners", &typed).await.expect(303);
    let new = passed.location();
    assert!(new.starts_with("/admin/profiles/new?kind=person&then="), "{new}");
    let shown = browser.get(&new).await.expect(200).says("The person");
    let action = between(&shown.text(), "<form class=\"flow wide\" action=\"", "\"").unwrap().replace("&#38;", "&");
    // Refused first: the way back is kept.
    let refused = browser.submit(&new, &action, &[("kind", "person"), ("given_name", "")]).await.expect(422);
    refused.says(&action.replace('&', "&#38;"));
    let person = [("kind", "person"), ("given_name", "Nia"), ("family_name", "Noor"), ("student_id", "0000000099")];
    let back = browser.submit(&new, &action, &person).await.expect(303).location();
    assert!(back.starts_with("/admin/assertions/new?kept="), "{back}");
    let form = browser.get(&back).await.expect(200);
    let form = form.says("A long story that took an hour").says("Nia Noor (0000000099)").says("chosen below");
    let id = between(&form.text(), "name=\"learner_id\" value=\"", "\"").unwrap();
    let award = [
        ("learner", "Nia Noor (0000000099)"),
        ("learner_id", id.as_str()),
        ("achievement_id", draft.achievement.id.as_str()),
        ("conferral_date", "2026-05-09"),
    ];
    let made = browser.submit(&back, "/admin/assertions", &award).await.expect(303);
    browser.get(&made.location()).await.expect(200).says("Nia Noor");
    // Who may not make learners is not offered to.
    let issuer = app.signed_in(Role::Issuer).await;
    issuer.get("/admin/assertions/new").await.expect(200).never_says("New learner").never_says("New achievement");
}

#[actix_web::test]
async fn the_way_back_leads_nowhere_else() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let person = [("kind", "person"), ("given_name", "Nia"), ("family_name", "Noor")];
    for wrong in ["https%3A%2F%2Fevil.example%2Fnew%3Fa%26b_id", "%2F%2Fevil.example%2Fadmin%2Fnew%3Fa%26b_id"] {
        let action = format!("/admin/profiles?then={wrong}");
        let made = browser.submit("/admin/profiles/new?kind=person", &action, &person).await.expect(303);
        assert!(made.location().starts_with("/admin/profiles/"), "{}", made.location());
    }
    let typed = [("page", "https://evil.example/new"), ("pick", "learner_id")];
    browser.submit("/admin/assertions/new", "/admin/passing/learners", &typed).await.expect(400);
}

#[actix_web::test]
async fn suggestions_follow_the_rules_of_the_pages() {
    let app = App::start().await;
    let (own, other) = (app.draft("Own Learner").await, app.draft("Other Learner").await);
    let account = app.staff(Role::Issuer, Some(own.office.id.clone())).await;
    let issuer = app.sign_in(&account).await;
    let awards = issuer.get("/admin/suggestions/drafts?q=learner").await.expect(200);
    awards.says(own.assertion.id.as_str()).never_says(other.assertion.id.as_str());
    let offered = issuer.get("/admin/suggestions/awardable?q=hoosier").await.expect(200);
    offered.says(own.achievement.id.as_str()).never_says(other.achievement.id.as_str());
    let by_id = format!("/admin/suggestions/assertions?q={}", other.assertion.id);
    assert_eq!(issuer.get(&by_id).await.expect(200).text(), "[]");
    assert_eq!(issuer.get("/admin/suggestions/learners?q=a").await.expect(200).text(), "[]");
    issuer.get("/admin/suggestions/clrs?q=learner").await.expect(403);
    app.signed_in(Role::Host).await.get("/admin/suggestions/awardable?q=hoosier").await.expect(403);
    app.browser().get("/admin/suggestions/learners?q=learner").await.expect(303);
}

#[actix_web::test]
async fn a_whole_identifier_never_means_something_that_only_begins_with_it() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    for (kind, iri, id) in [
        ("learners", &draft.learner.iri, draft.learner.id.as_str()),
        ("organizations", &draft.office.iri, draft.office.id.as_str()),
        ("profiles", &draft.office.iri, draft.office.id.as_str()),
        ("awardable", &draft.achievement.iri, draft.achievement.id.as_str()),
        ("achievements", &draft.achievement.iri, draft.achievement.id.as_str()),
        ("drafts", &draft.assertion.iri, draft.assertion.id.as_str()),
        ("assertions", &draft.assertion.iri, draft.assertion.id.as_str()),
    ] {
        let asked = |entry: &str| format!("/admin/suggestions/{kind}?q={entry}");
        let shorter = &iri.as_str()[..iri.as_str().len() - 1];
        assert_eq!(browser.get(&asked(shorter)).await.expect(200).text(), "[]", "{kind}");
        browser.get(&asked(iri.as_str())).await.expect(200).says(id);
    }
}
