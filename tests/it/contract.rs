//! What the seven pages promise, for each kind: refused → shown again with its values → created → edited → conflict →
//! deleted → 404.

use testamur::values::Role;

use crate::app::{App, Browser, organization, person};

/// A kind to hold to the contract.
struct Sample {
    path: &'static str,
    /// The field without which it is refused, and what is said then.
    required: (&'static str, &'static str),
    valid: Vec<(&'static str, String)>,
    /// A field to edit, and what it becomes.
    edit: (&'static str, &'static str),
}

fn fields<'a>(valid: &'a [(&'static str, String)], change: &[(&'static str, &'a str)]) -> Vec<(&'static str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = valid.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for (name, value) in change {
        fields.retain(|(own, _)| own != name);
        fields.push((name, value));
    }
    fields
}

async fn holds(app: &App, browser: &Browser, sample: Sample) {
    let list = format!("/admin/{}", sample.path);
    let new = format!("{list}/new");
    let (required, sentence) = sample.required;

    let refused = browser.submit(&new, &list, &fields(&sample.valid, &[(required, "")])).await.expect(422);
    let refused = refused.says("There is a problem").says(sentence).says("<title>Error: ");
    for (name, value) in
        sample.valid.iter().filter(|(name, value)| *name != required && value.len() < 30 && !value.is_empty())
    {
        assert!(refused.text().contains(value.as_str()), "{name} was lost when the form was refused");
    }

    let created = browser.submit(&new, &list, &fields(&sample.valid, &[])).await.expect(303);
    // A part goes on at the page of what it is a part of, at its own place there.
    let page = match created.location().split_once('#') {
        Some((_, id)) => format!("{list}/{}", id.trim_start_matches("p-")),
        None => created.location(),
    };
    assert!(page.starts_with(&list), "{page}");
    browser.get(&page).await.expect(200).says("History");
    browser.get(&list).await.expect(200).says(&page);

    let edit = format!("{page}/edit");
    let (name, value) = sample.edit;
    let revision = [("revision", "1"), (name, value)];
    browser.submit(&edit, &page, &fields(&sample.valid, &revision)).await.expect(303);
    browser.get(&page).await.expect(200).says(value);

    // Somebody who opened the form before that saves now: nothing is overwritten, nothing typed is lost.
    let stale = [("revision", "1"), (name, "what the slower one typed")];
    let conflict = browser.submit(&edit, &page, &fields(&sample.valid, &stale)).await.expect(409);
    conflict.says("what the slower one typed").says(value).says("Somebody else saved");
    browser.get(&page).await.expect(200).says(value).never_says("what the slower one typed");

    let deletion = format!("{page}/deletion");
    browser.submit(&deletion, &deletion, &[]).await.expect(303);
    browser.get(&page).await.expect(404);
    browser.get(&format!("{list}/not-an-id")).await.expect(404);
    let _ = app;
}

#[actix_web::test]
async fn programs_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Person").await;
    app.described(&draft, "Result", "Result").await;
    let valid = vec![
        ("achievement_id", draft.achievement.id.to_string()),
        ("events", "6".to_owned()),
        ("window", "days".to_owned()),
        ("from", "2026-01-12".to_owned()),
        ("to", "2026-05-08".to_owned()),
        ("hours", "12.5".to_owned()),
        ("result_value", "Awarded".to_owned()),
    ];
    let sample = Sample {
        path: "programs",
        required: ("events", "as a whole number from 1"),
        valid,
        edit: ("result_value", "With honors"),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn profiles_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let valid = vec![
        ("kind", "organization".to_owned()),
        ("name", "Kelley School of Business".to_owned()),
        ("telephone", "+1 812 855 8100".to_owned()),
        ("url", "https://kelley.example".to_owned()),
        ("locality", "Bloomington".to_owned()),
    ];
    let sample = Sample {
        path: "profiles",
        required: ("name", "Enter a name"),
        valid,
        edit: ("official", "Registrar of Records"),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn learners_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let valid = vec![
        ("kind", "person".to_owned()),
        ("given_name", "Zoë".to_owned()),
        ("family_name", "Łukasiewicz".to_owned()),
        ("name", "Zoë Łukasiewicz".to_owned()),
        ("student_id", "0004104417".to_owned()),
        ("email", "zoe@iu.example".to_owned()),
    ];
    let sample = Sample {
        path: "profiles",
        required: ("email", "Enter an e-mail address"),
        valid: valid.clone(),
        edit: ("telephone", "+48 12 345 67 89"),
    };
    // An address is not required, a wrong one is refused.
    let wrong = browser
        .submit("/admin/profiles/new?kind=person", "/admin/profiles", &fields(&valid, &[("email", "zoe@")]))
        .await;
    wrong.expect(422).says(sample.required.1).says("Łukasiewicz");
    let sample = Sample { required: ("name", ""), ..sample };
    let made = browser
        .submit("/admin/profiles/new?kind=person", "/admin/profiles", &fields(&sample.valid, &[("name", "")]))
        .await;
    browser.get(&made.expect(303).location()).await.expect(200).says("Zoë Łukasiewicz");
    let twice = browser.submit("/admin/profiles/new?kind=person", "/admin/profiles", &fields(&sample.valid, &[])).await;
    twice.expect(422).says("already has this student number").says("already has this address");
}

#[actix_web::test]
async fn achievements_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let office = app.write(|conn| Ok(organization(conn, "Office of the Provost")?.id)).await;
    let valid = vec![
        ("name", "Undergraduate Research Scholar".to_owned()),
        ("code", "COMM 110".to_owned()),
        ("achievement_type", "Award".to_owned()),
        ("issuer_id", office.to_string()),
        ("criteria", "Present at the symposium.".to_owned()),
    ];
    let sample =
        Sample { path: "achievements", required: ("name", "Enter a name"), valid, edit: ("level", "Advanced") };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn assertions_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Somebody Else").await;
    app.write(|conn| person(conn, "Ann Lee", "0000000007")).await;
    let valid = vec![
        ("learner", "0000000007".to_owned()),
        ("achievement_id", draft.achievement.id.to_string()),
        ("conferral_date", "2026-05-09".to_owned()),
        ("term", "Spring 2026".to_owned()),
    ];
    let sample =
        Sample { path: "assertions", required: ("learner", "Enter the learner"), valid, edit: ("role", "Team lead") };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn result_descriptions_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let valid = vec![
        ("on", format!("achievement:{}", draft.achievement.id)),
        ("name", "Final grade".to_owned()),
        ("result_type", "LetterGrade".to_owned()),
        ("allowed_values", "F\nC\nB\nA".to_owned()),
        ("required_value", "C".to_owned()),
    ];
    let sample = Sample {
        path: "result-descriptions",
        required: ("name", "Enter a name"),
        valid,
        edit: ("name", "The grade in the end"),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn rubric_criterion_levels_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let criterion = crate::parts::criterion(&app, &draft.achievement.id, "Writing", &[]).await.0;
    let valid = vec![
        ("on", format!("description:{}", criterion.id)),
        ("name", "Proficient".to_owned()),
        ("points", "3".to_owned()),
        ("description", "Writes with care.".to_owned()),
    ];
    let sample = Sample {
        path: "rubric-criterion-levels",
        required: ("name", "Enter a name"),
        valid,
        edit: ("level", "Third of four"),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn alignments_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let valid = vec![
        ("on", format!("achievement:{}", draft.achievement.id)),
        ("target_name", "Civic engagement".to_owned()),
        ("target_url", "https://case.example/items/1".to_owned()),
        ("target_code", "CE-1".to_owned()),
        ("own_type", "ext:Skill".to_owned()),
    ];
    let sample = Sample {
        path: "alignments",
        required: ("target_url", "Enter the address of the node"),
        valid,
        edit: ("target_framework", "VALUE rubrics"),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn associations_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let valid = vec![
        ("on", format!("achievement:{}", draft.achievement.id)),
        ("association_type", "isPartOf".to_owned()),
        ("target", "https://elsewhere.example/a/1".to_owned()),
        ("title", "A program of elsewhere".to_owned()),
    ];
    let sample = Sample {
        path: "associations",
        required: ("target", "Enter the code, the name or the identifier"),
        valid,
        edit: ("title", "Another title"),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn evidence_keeps_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let valid = vec![
        ("assertion_id", draft.assertion.id.to_string()),
        ("name", "A film of the performance".to_owned()),
        ("genre", "Film".to_owned()),
        ("artifact_name", "The film itself".to_owned()),
        ("artifact_url", "https://films.example/1".to_owned()),
        ("artifact_description", "Ten minutes".to_owned()),
        ("artifact_file", String::new()),
    ];
    let sample =
        Sample { path: "evidence", required: ("name", "Enter a name"), valid, edit: ("audience", "The jury of 2019") };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn results_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let description = app.described(&draft, "Final grade", "LetterGrade").await;
    let valid = vec![
        ("assertion_id", draft.assertion.id.to_string()),
        ("result_description", description.to_string()),
        ("value", "A minus".to_owned()),
        ("target_name", "Writes well".to_owned()),
        ("target_url", "https://case.example/1".to_owned()),
    ];
    let sample =
        Sample { path: "results", required: ("value", "Enter a value"), valid, edit: ("value", "B plus, on appeal") };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn endorsements_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let board = app.write(|conn| Ok(organization(conn, "Board of Accreditation")?.id)).await;
    let valid = vec![
        ("achievement_id", draft.achievement.id.to_string()),
        ("issuer_id", board.to_string()),
        ("issued_on", "2026-05-09".to_owned()),
        ("comment", "Well made.".to_owned()),
    ];
    let sample = Sample {
        path: "endorsements",
        required: ("issuer_id", "Choose who endorses"),
        valid,
        edit: ("comment", "Made with great care."),
    };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn records_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    app.write(|conn| person(conn, "Ann Lee", "0000000007")).await;
    let valid = vec![
        ("learner", "0000000007".to_owned()),
        ("takes", "all".to_owned()),
        ("name", "For graduate school".to_owned()),
    ];
    let sample =
        Sample { path: "clrs", required: ("learner", "Enter the learner"), valid, edit: ("name", "For an employer") };
    holds(&app, &browser, sample).await;
}

#[actix_web::test]
async fn what_others_use_is_not_deleted_and_the_page_says_who_uses_it() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    for (page, why) in [
        (format!("/admin/profiles/{}", draft.learner.id), "1 assertion names it"),
        (format!("/admin/profiles/{}", draft.office.id), "1 achievement is issued by it"),
        (format!("/admin/achievements/{}", draft.achievement.id), "1 assertion awards it"),
    ] {
        let deletion = format!("{page}/deletion");
        browser.get(&deletion).await.expect(200).says(why).says("Look at them");
        let token = browser.get("/admin/profiles/new").await.token();
        browser.post_raw(&deletion, &[("csrf", &token)]).await.expect(409).says(why);
        browser.get(&page).await.expect(200);
    }
}

#[actix_web::test]
async fn a_doubtful_learner_comes_back_with_the_candidates() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Somebody Else").await;
    let (first, second) = app
        .write(|conn| {
            Ok((person(conn, "Nguyễn Thị Ánh", "0000000001")?, person(conn, "Nguyễn Thị Ánh", "0000000002")?))
        })
        .await;
    let entered =
        [("learner", "nguyen anh"), ("achievement", draft.achievement.id.as_str()), ("conferral_date", "2026-05-09")];
    let doubtful = browser.submit("/admin/assertions/new", "/admin/assertions", &entered).await.expect(422);
    doubtful.says(first.id.as_str()).says(second.id.as_str()).says("0000000002");
    let mut chosen = entered.to_vec();
    chosen.push(("learner_id", second.id.as_str()));
    let made = browser.submit("/admin/assertions/new", "/admin/assertions", &chosen).await.expect(303);
    browser.get(&made.location()).await.expect(200).says(&format!("/admin/learners/{}", second.id));
}

#[actix_web::test]
async fn a_list_is_searched_sorted_and_paged_by_its_address() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    app.write(|conn| {
        for number in 0..120 {
            person(conn, &format!("Ann Number{number:03}"), &format!("{number:010}"))?;
        }
        Ok(())
    })
    .await;
    let first = browser.get("/admin/profiles?kind=person").await.expect(200).says("Number000").says("Number049");
    let first = first.never_says("Number050");
    let next = crate::app::between(&first.text(), "href=\"", "\" rel=\"next\"").unwrap();
    let next = next
        .rsplit_once("href=\"")
        .map_or(next.clone(), |(_, address)| address.to_owned())
        .replace("&amp;", "&")
        .replace("&#38;", "&");
    let second = browser.get(&next).await.expect(200).says("Number050").says("Number099").never_says("Number100");
    let back = crate::app::between(&second.text(), "push\" href=\"", "\"").unwrap().replace("&#38;", "&");
    browser.get(&back).await.expect(200).says("Number000").says("Number049").never_says("Number050");
    browser.get("/admin/profiles?kind=person&sort=-name").await.expect(200).says("Number119").never_says("Number000");
    browser.get("/admin/profiles?q=number117").await.expect(200).says("Number117").never_says("Number118");
    browser.get("/admin/profiles?q=%25&after=nonsense&sort=evil").await.expect(200).says("Nothing fits");
}

#[actix_web::test]
async fn a_conflict_shows_everything_that_was_saved_meanwhile() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let office = app.write(|conn| organization(conn, "Kelley School of Business")).await;
    let page = format!("/admin/profiles/{}", office.id);
    let saved = |revision: &'static str, telephone: &'static str, official: &'static str| {
        [
            ("kind", "organization"),
            ("name", "Kelley School of Business"),
            ("revision", revision),
            ("telephone", telephone),
            ("official", official),
        ]
    };
    browser.submit(&format!("{page}/edit"), &page, &saved("1", "+1 555 0100", "")).await.expect(303);
    browser.submit(&format!("{page}/edit"), &page, &saved("2", "+1 555 0100", "The Dean")).await.expect(303);
    let conflict = browser.submit(&format!("{page}/edit"), &page, &saved("1", "", "Somebody")).await.expect(409);
    conflict.says("+1 555 0100").says("The Dean").says("Somebody");
}

#[actix_web::test]
async fn a_reference_to_what_is_not_there_is_refused_in_words() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Administrator).await;
    let (learner, office) =
        app.write(|conn| Ok((person(conn, "Ann Lee", "7")?, organization(conn, "An Office")?))).await;
    let nobody = testamur::clock::row_id().to_string();
    for wrong in [nobody.as_str(), learner.id.as_str(), "nonsense"] {
        let account = [("name", "Dana"), ("email", "dana@iu.example"), ("role", "issuer"), ("office", wrong)];
        browser.submit("/admin/staff/new", "/admin/staff", &account).await.expect(422).says("Choose the office");
        let profile = [("kind", "organization"), ("name", "Within"), ("parent", wrong)];
        browser
            .submit("/admin/profiles/new", "/admin/profiles", &profile)
            .await
            .expect(422)
            .says("Nothing that is known here");
    }
    let page = format!("/admin/profiles/{}", office.id);
    let within = app
        .write(move |conn| {
            let mut within = organization(conn, "Within")?;
            within.parent_id = Some(office.id.clone());
            assert!(within.update(conn, &crate::app::by())?);
            Ok(within)
        })
        .await;
    let circle = [("kind", "organization"), ("name", "An Office"), ("revision", "1"), ("parent", within.id.as_str())];
    browser.submit(&format!("{page}/edit"), &page, &circle).await.expect(422).says("cannot be part of itself");
}

#[actix_web::test]
async fn a_learner_who_once_asked_for_a_link_can_still_be_deleted() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let learner = app.write(|conn| person(conn, "Ann Lee", "7")).await;
    let email = learner.email.clone().unwrap();
    app.browser().submit("/sign-in/link", "/sign-in/link", &[("email", email.as_str())]).await.expect(303);
    let page = format!("/admin/profiles/{}", learner.id);
    let deletion = format!("{page}/deletion");
    browser.submit(&deletion, &deletion, &[]).await.expect(303);
    browser.get(&page).await.expect(404);
}

#[actix_web::test]
async fn what_was_typed_into_a_draft_that_was_issued_meanwhile_is_not_lost() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let token = browser.get(&format!("{page}/edit")).await.expect(200).token();
    app.issue(&draft.assertion.id).await;
    let typed = [
        ("csrf", token.as_str()),
        ("revision", "1"),
        ("learner_id", draft.learner.id.as_str()),
        ("achievement", draft.achievement.id.as_str()),
        ("conferral_date", "2019-11-07"),
        ("narrative", "A long story that took an hour"),
    ];
    let refused = browser.post_raw(&page, &typed).await.expect(409);
    refused.says("A long story that took an hour").says("can no longer be changed");
    browser.get(&page).await.expect(200).never_says("A long story");
}

/// What other systems call an object is entered in rows, found by search, and stands in the exports.
#[actix_web::test]
async fn identifiers_of_other_systems_are_kept_found_and_exported() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let page = format!("/admin/profiles/{}", draft.office.id);
    let rows = |of: &'static str, value: &'static str| {
        vec![
            ("kind", "organization"),
            ("name", "Office of Enrollment Management"),
            ("revision", "1"),
            ("identifier_type", of),
            ("identifier", value),
            ("identifier_type", ""),
            ("identifier", ""),
        ]
    };
    let edit = format!("{page}/edit");
    browser
        .submit(&edit, &page, &rows("NcesSchoolId", "181818"))
        .await
        .expect(422)
        .says("begin your own with ext:")
        .says("181818");
    browser.submit(&edit, &page, &rows("ext:NcesSchoolId", "")).await.expect(422);
    browser.submit(&edit, &page, &rows("ext:NcesSchoolId", "181818")).await.expect(303);
    browser.get(&page).await.expect(200).says("ext:NcesSchoolId 181818");
    browser.get("/admin/profiles?q=181818").await.expect(200).says("Office of Enrollment Management");
    let issued = app.issue(&draft.assertion.id).await;
    let json: serde_json::Value =
        serde_json::from_slice(&app.browser().get(&format!("/c/{}.json", issued.cedid)).await.expect(200).bytes)
            .unwrap();
    let issuer = &json["assertions"][0]["achievement"]["issuer"];
    assert_eq!(issuer["identifiers"][0]["identifier"], "181818", "{json}");
    assert_eq!(issuer["identifiers"][0]["identifierType"], "ext:NcesSchoolId");
}

#[actix_web::test]
async fn events_keep_the_contract() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let host = app.write(|conn| organization(conn, "Office of First Year Experience")).await;
    let valid = vec![
        ("name", "Culture Fest".to_owned()),
        ("code", "FYE26-17".to_owned()),
        ("host_id", host.id.to_string()),
        ("starts", "2030-08-30T18:00".to_owned()),
        ("ends", "2030-08-30T20:00".to_owned()),
        ("time_zone", "America/Indiana/Indianapolis".to_owned()),
        ("capacity", "120".to_owned()),
    ];
    let required = ("name", "Enter a name");
    holds(&app, &browser, Sample { path: "events", required, valid, edit: ("place", "IU Auditorium") }).await;
}
