//! Corrections: a chain without branches, in which every code names the newest and nothing revives an earlier one.

use serde_json::Value;
use testamur::{
    models::{Clr, Profile, audit, profile},
    values::{CeDiD, Line, Name, Role, Status},
};

use super::addresses::{behind, chosen};
use crate::app::{App, Browser, between, by};

/// The code on the page of an award.
pub async fn code_on(staff: &Browser, page: &str) -> String {
    let text = staff.get(page).await.expect(200).text();
    let code = between(&text, "<code class=\"cedid\">", "</code>").unwrap();
    assert!(CeDiD::parse(&code).unwrap().check_symbol_fits());
    code
}

async fn corrected(staff: &Browser, page: &str, fields: &[(&str, &str)]) -> (String, String) {
    let correction = format!("{page}/correction");
    let made = staff.submit(&correction, &correction, fields).await.expect(303).location();
    let code = code_on(staff, &made).await;
    (made, code)
}

#[actix_web::test]
async fn every_code_of_a_chain_names_the_newest_and_revoking_it_revives_none() {
    let app = App::start().await;
    let (draft, first) = app.award("Ann Lee").await;
    let staff = app.signed_in(Role::Registrar).await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let reason = ("reason", "error");
    let (second_page, second) = corrected(&staff, &page, &[("term", "Fall 2018"), reason]).await;
    let (third_page, third) = corrected(&staff, &second_page, &[("term", "Fall 2019"), reason]).await;
    let visitor = app.browser();
    for code in [first.cedid.to_string(), second.clone()] {
        let shown = visitor.get(&format!("/c/{code}")).await.expect(200);
        shown.says("has been replaced").says(&format!("/c/{third}"));
        let answer = visitor.get(&format!("/validate?cedid={code}")).await.expect(200);
        answer.says("has been replaced").says(&format!("/c/{third}"));
    }
    let newest = visitor.get(&format!("/c/{third}")).await.expect(200);
    newest.says("This credential is valid").says(&second).says("reissued on").says("7 November 2019").says("Fall 2019");
    let json: Value = serde_json::from_slice(&visitor.get(&format!("/c/{third}.json")).await.bytes).unwrap();
    assert_eq!(json["assertions"][0]["testamur:conferralDate"], "2019-11-07");

    // The pages of staff lead along the chain: every earlier one to the newest, each later one to the one before.
    let led = |label: &str, to: &str, code: &str| {
        format!("<dt>{label}</dt><dd><a href=\"{to}\"><code>{code}</code></a></dd>")
    };
    let (oldest, newest) = (led("Replaces", &page, &first.cedid.to_string()), led("Replaced by", &third_page, &third));
    staff.get(&page).await.expect(200).says(&newest).never_says("<dt>Replaces");
    staff.get(&second_page).await.expect(200).says(&newest).says(&oldest);
    let at_the_end = staff.get(&third_page).await.expect(200).never_says("<dt>Replaced by");
    at_the_end.says(&led("Replaces", &second_page, &second));

    // A replaced one is neither corrected nor revoked; its newest one is.
    staff.get(&format!("{page}/correction")).await.expect(409).says("newest");
    staff.get(&format!("{second_page}/revocation")).await.expect(409).says("newest");
    let revocation = format!("{third_page}/revocation");
    staff.submit(&revocation, &revocation, &[("reason", "error")]).await.expect(303);
    for code in [first.cedid.to_string(), second] {
        assert_eq!(behind(&app, &code).await.status, Status::Replaced);
        visitor.get(&format!("/c/{code}")).await.expect(200).says("has been replaced");
    }
    visitor.get(&format!("/c/{third}")).await.expect(200).says("has been revoked");
    staff.get(&page).await.says("replaced it");
    staff.get(&third_page).await.says("reissued it").says("Fall 2018");
}

#[actix_web::test]
async fn of_two_corrections_at_once_one_is_made() {
    let app = App::start().await;
    let (draft, first) = app.award("Ann Lee").await;
    let staff = app.signed_in(Role::Registrar).await;
    let correction = format!("/admin/assertions/{}/correction", draft.assertion.id);
    let token = staff.get(&correction).await.expect(200).token();
    let attempts = ["Fall 2017", "Fall 2018", "Fall 2019", "Fall 2020"].map(|term| {
        let (staff, correction, token) = (staff.clone(), correction.clone(), token.clone());
        actix_web::rt::spawn(async move {
            let fields = [("csrf", token.as_str()), ("term", term), ("reason", "error")];
            staff.post_raw(&correction, &fields).await.status.as_u16()
        })
    });
    let mut answers = Vec::new();
    for attempt in attempts {
        answers.push(attempt.await.unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, [303, 409, 409, 409]);
    let learner = draft.learner.id.clone();
    let all = app.read(move |conn| Ok(testamur::models::credential::of_learner(conn, &learner)?)).await;
    assert_eq!(all.len(), 2);
    let made = all.iter().find(|one| one.cedid != first.cedid).unwrap();
    assert_eq!(made.replaces_id.as_ref(), Some(&first.id));
}

#[actix_web::test]
async fn a_correction_must_correct_something_and_say_why() {
    let app = App::start().await;
    let (draft, _) = app.award("Ann Lee").await;
    let staff = app.signed_in(Role::Registrar).await;
    let correction = format!("/admin/assertions/{}/correction", draft.assertion.id);
    staff.submit(&correction, &correction, &[("reason", "error")]).await.expect(409).says("Nothing is corrected");
    let without = staff.submit(&correction, &correction, &[("term", "Fall 2019")]).await.expect(422);
    without.says("Enter the reason that the public is told").says("Fall 2019");
    let wrong = [("reason", "error"), ("expires_on", "2018-01-01"), ("narrative", "kept text")];
    let wrong = staff.submit(&correction, &correction, &wrong).await.expect(422);
    wrong.says("cannot be before the conferral date").says("kept text");
}

#[actix_web::test]
async fn a_draft_of_a_record_follows_a_correction_and_a_published_one_stays() {
    let app = App::start().await;
    let (draft, _) = app.award("Ann Lee").await;
    let staff = app.signed_in(Role::Registrar).await;
    let own = draft.clone();
    let record = app
        .write(move |conn| {
            let publisher = profile::publisher(conn)?.unwrap();
            let mut record = Clr::new(&own.learner, publisher.id);
            record.takes_all = false;
            record.insert(conn, std::slice::from_ref(&own.assertion.id), &by())?;
            Ok(record.id)
        })
        .await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let (newest, _) = corrected(&staff, &page, &[("term", "Fall 2019"), ("reason", "error")]).await;
    let held = chosen(&app, &record).await;
    assert_eq!(held.len(), 1);
    assert!(newest.ends_with(&held[0]));
}

#[actix_web::test]
async fn a_changed_name_reissues_what_is_chosen_and_the_trail_tells_it_of_each_and_of_all() {
    let app = App::start().await;
    let (draft, first) = app.award("Ann Lee").await;
    let other = app.another_draft(&draft).await;
    let second = app.issue(&other.id).await;
    let third = app.another_draft(&draft).await;
    let third = app.issue(&third.id).await;
    let learner = draft.learner.id.clone();
    app.write(move |conn| {
        let mut learner: Profile = profile::find(conn, &learner)?;
        learner.name = Name::parse("Ann Miller").unwrap();
        learner.family_name = Line::parse("Miller").ok();
        learner.refold();
        assert!(learner.update(conn, &by())?);
        Ok(())
    })
    .await;
    let staff = app.signed_in(Role::Registrar).await;
    let page = format!("/admin/learners/{}", draft.learner.id);
    staff.get(&page).await.expect(200).says("3 awards were issued under another name");
    let renaming = format!("{page}/renaming");
    staff.submit(&renaming, &renaming, &[("reason", "name")]).await.expect(422).says("Choose at least one award");
    let chosen = [("award", draft.assertion.id.as_str()), ("award", other.id.as_str()), ("reason", "name")];
    staff.submit(&renaming, &renaming, &chosen).await.expect(303);
    let visitor = app.browser();
    for old in [&first, &second] {
        visitor.get(&format!("/c/{}", old.cedid)).await.expect(200).says("Ann Lee").says("has been replaced");
        let trail = staff.get(&format!("/admin/audit?object={}", old.cedid)).await.expect(200);
        trail.says("replaced").says(&old.cedid.to_string());
        let newest = behind(&app, &old.cedid.to_string()).await.replaced_by_id.unwrap();
        let newest = app.read(move |conn| Ok(testamur::models::credential::find(conn, &newest)?)).await;
        visitor.get(&format!("/c/{}", newest.cedid)).await.expect(200).says("Ann Miller").never_says("Ann Lee");
        assert_eq!(newest.conferral_date, old.conferral_date);
    }
    visitor.get(&format!("/c/{}", third.cedid)).await.expect(200).says("Ann Lee").says("is valid");
    let (learner, awards) = (draft.learner.id.to_string(), [draft.assertion.id.to_string(), other.id.to_string()]);
    let (entries, of_awards) = app
        .read(move |conn| {
            let mut of_awards = 0;
            for award in &awards {
                of_awards +=
                    audit::history(conn, "assertion", award)?.iter().filter(|e| e.action == "replaced").count();
            }
            Ok((audit::history(conn, profile::KIND, &learner)?, of_awards))
        })
        .await;
    let batch: Vec<_> = entries.iter().filter(|entry| entry.action == "reissued awards of").collect();
    assert_eq!((batch.len(), of_awards), (1, 2));
    let changes = batch[0].changes.get();
    assert!(changes.iter().any(|one| one.field == "Awards" && one.after.as_deref() == Some("2")));
    assert!(changes.iter().any(|one| one.field.starts_with("Digest") && one.after.as_ref().unwrap().len() == 64));
    // Chosen again, they are replaced already.
    staff.submit(&renaming, &renaming, &chosen).await.expect(409);
    staff.get(&page).await.expect(200).says("One award was issued under another name");
}
