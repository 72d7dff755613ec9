//! The answers that a code gets, every way of typing one, and the limits.

use testamur::{
    models::credential::{self, StatusChange},
    values::{CeDiD, Id, Line, Status},
};

use crate::app::{App, by};

#[actix_web::test]
async fn a_valid_code_is_confirmed_however_it_is_typed() {
    let app = App::start().await;
    let (_, issued) = app.award("Zoë Łukasiewicz").await;
    let visitor = app.browser();
    let code = issued.cedid.to_string();
    let link = format!("{}/c/{code}", app.base_url);
    for typed in [code.clone(), code.to_lowercase(), code.replace('-', ""), code.replace('-', " – "), link] {
        let body = serde_html_form::to_string([("cedid", typed.as_str())]).unwrap();
        let verdict = visitor.get(&format!("/validate?{body}")).await.expect(200);
        verdict.says("Zoë Łukasiewicz").says("7 November 2019").says(&code);
    }
    let page = visitor.get(&format!("/c/{code}")).await.expect(200);
    assert!(page.headers.get("set-cookie").is_none());
    assert!(visitor.get("/").await.expect(200).headers.get("set-cookie").is_none());
}

#[actix_web::test]
async fn unknown_mistyped_and_nonsense_have_their_own_answers() {
    let app = App::start().await;
    let visitor = app.browser();
    let unknown = CeDiD::fresh().to_string();
    let mut mistyped: Vec<char> = unknown.chars().collect();
    mistyped[0] = if mistyped[0] == 'A' { 'B' } else { 'A' };
    let mistyped: String = mistyped.into_iter().collect();
    visitor.get(&format!("/validate?cedid={unknown}")).await.expect(404);
    visitor.get(&format!("/validate?cedid={mistyped}")).await.expect(422).says(&mistyped);
    visitor.get("/validate?cedid=hello").await.expect(422);
    visitor.get("/validate?cedid=").await.expect(422);
    visitor.get("/validate").await.expect(200);
    for ending in ["", ".json", ".pdf"] {
        visitor.get(&format!("/c/{unknown}{ending}")).await.expect(404);
        visitor.get(&format!("/c/{mistyped}{ending}")).await.expect(404);
        visitor.get(&format!("/c/hello{ending}")).await.expect(404);
    }
    visitor.get(&format!("/c/{unknown}/certificate.pdf")).await.expect(404);
}

#[actix_web::test]
async fn an_imported_code_is_found_though_its_check_symbol_does_not_fit() {
    let app = App::start().await;
    let draft = app.draft("Allison Fake Student").await;
    let id = draft.assertion.id.clone();
    keep_code(&app, &id, "19FDD80SA9TU").await;
    app.issue(&id).await;
    app.browser().get("/validate?cedid=19FD-D80S-A9TU").await.expect(200).says("Allison Fake Student");
    // Looked up as typed first, then with O for 0.
    app.browser().get("/validate?cedid=19FD-D8OS-A9TU").await.expect(200).says("Allison Fake Student");
}

async fn keep_code(app: &App, id: &Id<testamur::models::Assertion>, code: &str) {
    let (id, code) = (id.clone(), CeDiD::parse(code).unwrap());
    app.write(move |conn| {
        let mut draft = testamur::models::assertion::find(conn, &id)?;
        draft.kept_cedid = Some(code.clone());
        assert!(draft.update(conn, None, &by())?);
        Ok(())
    })
    .await;
}

#[actix_web::test]
async fn a_doubtful_code_that_fits_two_imported_ones_offers_both() {
    let app = App::start().await;
    for (name, code) in [("First Holder", "O0AA11112222"), ("Second Holder", "0OAA11112222")] {
        let draft = app.draft(name).await;
        keep_code(&app, &draft.assertion.id, code).await;
        app.issue(&draft.assertion.id).await;
    }
    let visitor = app.browser();
    visitor.get("/validate?cedid=O0AA-1111-2222").await.expect(200).says("First Holder").never_says("Second Holder");
    let both = visitor.get("/validate?cedid=00AA-1111-2222").await.expect(200);
    both.says("O0AA-1111-2222").says("0OAA-1111-2222").never_says("Holder");
}

#[actix_web::test]
async fn each_status_is_told_in_words_everywhere_in_the_next_request() {
    let app = App::start().await;
    let visitor = app.browser();
    for (status, word) in [(Status::Revoked, "revoked"), (Status::Suspended, "suspended")] {
        let (_, issued) = app.award("Ann Lee").await;
        visitor.get(&format!("/c/{}", issued.cedid)).await.expect(200);
        let id = issued.cedid.clone();
        app.write(move |conn| {
            let issued = credential::by_cedid(conn, &id)?.unwrap();
            let public_reason = Line::parse("Conferred in error").ok();
            let change = StatusChange { status, listed_reason: None, public_reason, internal_note: None };
            assert!(credential::set_status(conn, &issued, change, &by())?);
            Ok(())
        })
        .await;
        for address in [format!("/c/{}", issued.cedid), format!("/validate?cedid={}", issued.cedid)] {
            let page = visitor.get(&address).await.expect(200).says("Conferred in error");
            assert!(page.text().to_lowercase().contains(word), "{address} does not say {word}");
        }
        let json: serde_json::Value =
            serde_json::from_slice(&visitor.get(&format!("/c/{}.json", issued.cedid)).await.bytes).unwrap();
        assert_eq!(json["assertions"][0]["revoked"], true, "{word}");
        assert!(json["assertions"][0]["revocationReason"].as_str().unwrap().contains("Conferred in error"));
    }
}

#[actix_web::test]
async fn an_award_past_its_last_day_is_expired_and_not_revoked() {
    let app = App::start().await;
    let draft = app.draft("Ann Lee").await;
    let id = draft.assertion.id.clone();
    app.write(move |conn| {
        let mut draft = testamur::models::assertion::find(conn, &id)?;
        draft.expires_on = chrono::NaiveDate::from_ymd_opt(2020, 6, 30);
        assert!(draft.update(conn, None, &by())?);
        Ok(())
    })
    .await;
    let issued = app.issue(&draft.assertion.id).await;
    let page = app.browser().get(&format!("/c/{}", issued.cedid)).await.expect(200).says("30 June 2020");
    assert!(page.text().to_lowercase().contains("expired"));
    let json: serde_json::Value =
        serde_json::from_slice(&app.browser().get(&format!("/c/{}.json", issued.cedid)).await.bytes).unwrap();
    assert_eq!(json["assertions"][0]["expires"], "2020-06-30T23:59:59Z");
    assert!(json["assertions"][0].get("revoked").is_none());
}

#[actix_web::test]
async fn guessing_is_slowed_down_and_finding_is_not() {
    let app = App::start().await;
    let (_, issued) = app.award("Ann Lee").await;
    let visitor = app.browser();
    for _ in 0..30 {
        visitor.get(&format!("/validate?cedid={}", issued.cedid)).await.expect(200);
    }
    let mut refused = None;
    for _ in 0..25 {
        let answer = visitor.get(&format!("/validate?cedid={}", CeDiD::fresh())).await;
        if answer.status.as_u16() == 429 {
            refused = Some(answer);
            break;
        }
        answer.expect(404);
    }
    let refused = refused.expect("25 misses in a row were all looked up");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    visitor.get(&format!("/c/{}.json", CeDiD::fresh())).await.expect(429);
}
