//! Records in the clear, which have no signature: what was cut out of one is missed, what is withheld is not told, and what
//! a record says itself does not speak against it.

use serde_json::{Value, json};
use testamur::{
    models::{Assertion, Clr, Profile, credential, profile},
    registrar::{
        hold,
        publish::{How, publish},
        revoke::{self, Reason},
        verify::{Outcome, Verdict},
    },
    values::{HoldKind, Id, Line, Role},
};

use super::{detail, failed, forms, is_valid, keys, post, published, verified};
use crate::{
    app::{App, Browser, Draft, by},
    holds::terms,
};

async fn record(staff: &Browser, learner: &Id<Profile>) -> Value {
    let address = format!("/admin/learners/{learner}/record.json");
    serde_json::from_slice(&staff.get(&address).await.expect(200).bytes).unwrap()
}

/// A learner with two awards; the second one.
async fn two_awards(app: &App) -> (Draft, Id<Assertion>) {
    let (draft, _) = app.award("Mara Vell").await;
    let another = app.another_draft(&draft).await;
    app.issue(&another.id).await;
    (draft, another.id)
}

/// Each way to leave one assertion out.
fn cut(record: &Value) -> Vec<Value> {
    let number = record["assertions"].as_array().unwrap().len();
    let without = |nth| {
        let mut cut = record.clone();
        cut["assertions"].as_array_mut().unwrap().remove(nth);
        cut
    };
    (0..number).map(without).collect()
}

#[actix_web::test]
async fn an_award_that_was_cut_out_of_a_record_is_missed() {
    let app = App::start().await;
    let (draft, _) = two_awards(&app).await;
    let staff = app.signed_in(Role::Registrar).await;
    let whole = record(&staff, &draft.learner.id).await;
    is_valid(&verified(&app, whole.to_string()).await);
    assert!(cut(&whole).len() >= 2);
    for cut in cut(&whole) {
        assert_eq!(failed(&verified(&app, cut.to_string()).await), ["record"]);
    }
    // Of one that was published the same is asked.
    published(&app, &draft.learner).await;
    let learner = draft.learner.id.clone();
    let clr = app.read(move |conn| Ok(credential::records_of(conn, &learner)?.remove(0).clr_id.unwrap())).await;
    let whole: Value =
        serde_json::from_slice(&staff.get(&format!("/admin/clrs/{clr}/record.json")).await.expect(200).bytes).unwrap();
    is_valid(&verified(&app, whole.to_string()).await);
    for cut in cut(&whole) {
        assert_eq!(failed(&verified(&app, cut.to_string()).await), ["record"]);
    }
}

#[actix_web::test]
async fn of_a_held_learner_no_record_is_told() {
    for kind in [HoldKind::Privacy, HoldKind::Administrative] {
        let app = App::start().await;
        let (draft, _) = two_awards(&app).await;
        let staff = app.signed_in(Role::Registrar).await;
        let whole = record(&staff, &draft.learner.id).await;
        is_valid(&verified(&app, whole.to_string()).await);
        let learner = draft.learner.id.clone();
        app.write(move |conn| hold::place(conn, &learner, &terms(kind), &by()).map(|_| ())).await;
        let report = verified(&app, whole.to_string()).await;
        assert_eq!(report.verdict(), Verdict::Unchecked, "{:#?}", report.checks);
        assert!(detail(&report, "record", Outcome::Unchecked).contains("Nothing about it could be found"));
    }
}

#[actix_web::test]
async fn a_record_that_says_itself_what_was_replaced_is_valid_and_one_from_before_is_not() {
    let app = App::start().await;
    let (draft, another) = two_awards(&app).await;
    let staff = app.signed_in(Role::Registrar).await;
    let before = record(&staff, &draft.learner.id).await;
    let correction = format!("/admin/assertions/{}/correction", draft.assertion.id);
    staff.submit(&correction, &correction, &[("term", "Fall 2019"), ("reason", "error")]).await.expect(303);
    let report = verified(&app, record(&staff, &draft.learner.id).await.to_string()).await;
    is_valid(&report);
    assert!(
        report.checks.iter().any(|check| check.detail.contains("replaced") && check.detail.contains("says so itself"))
    );
    let report = verified(&app, before.to_string()).await;
    assert!(failed(&report).contains(&"record") && failed(&report).contains(&"status"), "{:#?}", report.checks);
    // What was revoked speaks against a record, whatever it says itself.
    let reason = Reason { public: Line::parse("In error").unwrap(), internal: None };
    app.write(move |conn| revoke::revoke(conn, &another, &reason, &by())).await;
    let report = verified(&app, record(&staff, &draft.learner.id).await.to_string()).await;
    assert_eq!(failed(&report), ["status"], "{:#?}", report.checks);
}

#[actix_web::test]
async fn a_record_for_a_purpose_takes_the_place_of_no_whole_one() {
    let app = App::start().await;
    let (draft, _) = two_awards(&app).await;
    let whole = published(&app, &draft.learner).await;
    let (own, portal) = (draft.clone(), app.portal());
    app.write(move |conn| {
        let publisher = profile::publisher(conn)?.unwrap();
        let mut record = Clr::new(&own.learner, publisher.id);
        record.takes_all = false;
        record.insert(conn, std::slice::from_ref(&own.assertion.id), &by())?;
        publish(conn, &record.id, &portal, &How { notify: false, previewed: None }, &by()).map(|_| ())
    })
    .await;
    is_valid(&verified(&app, whole.clone()).await);
    published(&app, &draft.learner).await;
    assert_eq!(failed(&verified(&app, whole.clone()).await), ["newest"]);
    let (_, shown) = post(&app, &app.browser(), "text/html", whole).await;
    assert!(shown.contains("A newer record takes its place") && !shown.contains("Do not rely on it"), "{shown}");
}

#[actix_web::test]
async fn a_status_list_of_ours_is_valid() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let (_, credential) = forms(&app, &issued).await.remove(0);
    let credential: Value = serde_json::from_slice(&credential).unwrap();
    let list = credential["credentialStatus"]["statusListCredential"].as_str().unwrap();
    is_valid(&verified(&app, app.browser().get(list).await.expect(200).bytes).await);
}

#[actix_web::test]
async fn what_holds_no_credential_is_not_called_invalid() {
    let app = App::start().await;
    let (_, issued) = app.award("Mara Vell").await;
    let visitor = app.browser();
    let certificate = visitor.get(&format!("/c/{}/certificate.pdf", issued.cedid)).await.expect(200).bytes;
    let page = visitor.get(&format!("/c/{}", issued.cedid)).await.expect(200).bytes;
    for (content, told) in [
        (certificate, "Check the code that is printed on it"),
        (page, "a web page that was saved"),
        (b"hello".to_vec(), "no credential of a kind that is known here"),
    ] {
        let (status, shown) = post(&app, &visitor, "text/html", content).await;
        assert_eq!(status, 200);
        assert!(shown.contains("There is no credential in it to check") && shown.contains(told), "{shown}");
        assert!(shown.contains("href=\"/validate\"") && !shown.contains("Do not rely on it"), "{shown}");
    }
    let (_, told) = post(&app, &visitor, "application/json", b"hello".to_vec()).await;
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["verdict"], json!("invalid"));
}
