//! Shares: what a learner consents to is shown to whoever has the link, as it stands at that moment, and to nobody else;
//! every opening is written down before the answer.

mod ended;
mod lost_keys;

use diesel::connection::SimpleConnection;
use serde_json::Value;
use testamur::{
    clock,
    models::{Achievement, Actor, Assertion, Credential, Profile, Share, outbox, share as nouns},
    registrar::share::{self, Lasts, Terms},
    values::{AchievementType, Id, Iri, Line, Name, Role},
};

use crate::{
    app::{Answer, App, Browser, Draft, between, by},
    verifying::{failed, is_valid, verified},
};

/// A learner with two awards, signed in.
pub struct Sharing {
    pub learner: Profile,
    pub browser: Browser,
    pub draft: Draft,
    pub first: Credential,
    pub second: Credential,
}

pub async fn sharing(app: &App, name: &str) -> Sharing {
    let (draft, first) = app.award(name).await;
    let (learner, office) = (draft.learner.clone(), draft.office.id.clone());
    let other = app
        .write(move |conn| {
            let kind = AchievementType::parse("Course").unwrap();
            let made = Achievement::new(Name::parse("Data Literacy").unwrap(), kind, office.clone());
            made.insert(conn, &by())?;
            let date = chrono::NaiveDate::from_ymd_opt(2020, 5, 9).unwrap();
            let other = Assertion::new(Iri::fresh(), &learner, &made, date);
            other.insert(conn, &by())?;
            Ok(other.id)
        })
        .await;
    let second = app.issue(&other).await;
    let browser = crate::clrs::signed_in(app, &draft.learner).await;
    Sharing { learner: draft.learner.clone(), browser, draft, first, second }
}

/// A share of these awards with everything allowed, made behind the pages; its path.
pub async fn shared(app: &App, learner: &Profile, awards: &[&Credential], lasts: Lasts) -> (Share, String) {
    let terms = Terms {
        id: Id::fresh(),
        recipient: Line::parse("Acme Corp.").unwrap(),
        purpose: Line::parse("A secret application").unwrap(),
        awards: awards.iter().map(|one| one.id.clone()).collect(),
        lasts,
        with_pdf: true,
        with_json: true,
        with_vc: true,
        copy: false,
    };
    let (learner, portal) = (learner.clone(), app.portal());
    let made =
        app.write(move |conn| share::make(conn, &learner, &terms, &portal, &Actor::learner(&learner, None))).await;
    let (share, token) = made.unwrap();
    (share, format!("/s/{token}"))
}

pub fn json(answer: Answer) -> Value {
    serde_json::from_slice(&answer.expect(200).bytes).unwrap()
}

const NEW: &str = "/record/shares/new";
const ALL: &str = "/record/shares";

/// Makes a share of the first award in the browser, JSON and signed form with it; its page and the path of its link, which
/// was shown once.
async fn consented(app: &App, own: &Sharing) -> (String, String) {
    let form = own.browser.get(NEW).await.expect(200).says("Hoosier Experience").says("Data Literacy");
    let id = between(&form.text(), "name=\"id\" value=\"", "\"").unwrap();
    let chosen = own.first.id.to_string();
    let mut fields = vec![("id", id.as_str()), ("purpose", "An internship"), ("lasts", "30"), ("json", "true")];
    let refused = own.browser.submit(NEW, ALL, &fields).await.expect(422);
    refused.says("Choose at least one award").says("Enter who will see").says("An internship");
    fields.extend([("vc", "true"), ("copy", "true"), ("award", chosen.as_str()), ("recipient", "Acme Corp.")]);
    let made = own.browser.submit(NEW, ALL, &fields).await.expect(201).says("shown only now").says("<path fill");
    let link = between(&made.text(), "data-copy=\"", "\"").unwrap();
    let path = link.strip_prefix(&app.base_url).unwrap().to_owned();
    let token = path.strip_prefix("/s/").unwrap().to_owned();
    assert!(token.len() >= 22, "at least 128 bits in base64url: {token}");

    // Sent once more, the form makes nothing new and never shows the link again.
    let page = own.browser.submit(NEW, ALL, &fields).await.expect(303).location();
    assert_eq!(page, format!("{ALL}/{id}"));
    for address in [ALL, page.as_str()] {
        own.browser.get(address).await.expect(200).says("Acme Corp.").never_says(&token);
    }
    let learner = own.learner.id.clone();
    let kept = app.read(move |conn| Ok(nouns::of_learner(conn, &learner)?)).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].fingerprint, clock::fingerprint(&token));
    assert_eq!(kept[0].signed_in_as, own.learner.email);
    let lasts = kept[0].expires_at.unwrap() - kept[0].created_at;
    assert!((lasts - chrono::TimeDelta::days(30)).num_seconds().abs() < 5, "{lasts}");
    let mails = app.read(|conn| Ok(outbox::latest(conn, 9)?)).await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text_body.contains("An internship") && !mails[0].text_body.contains("/s/"));

    (page, path)
}

#[actix_web::test]
async fn a_learner_consents_and_the_recipient_sees_what_was_chosen_and_nothing_else() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let (page, path) = consented(&app, &own).await;
    let visitor = app.browser();
    let seen = visitor.get(&path).await.expect(200);
    for (header, value) in [
        ("x-robots-tag", "noindex"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("set-cookie", ""),
    ] {
        assert_eq!(seen.header(header), value, "{header}");
    }
    let private =
        [own.learner.email.as_ref().unwrap().to_string(), own.learner.student_id.as_ref().unwrap().to_string()];
    let second = own.second.cedid.to_string();
    let never: Vec<&str> = ["Data Literacy", "An internship", second.as_str()]
        .into_iter()
        .chain(private.iter().map(String::as_str))
        .collect();
    let says = [
        "Ann Lee",
        "Hoosier Experience",
        "Acme Corp.",
        "a part of the record",
        "The awards do not end with it",
        "genuine and valid",
    ];
    for words in says {
        assert!(seen.text().contains(words), "{words}");
    }
    let clr = visitor.get(&format!("{path}.json")).await.expect(200);
    let vc = visitor.get(&format!("{path}.vc.json")).await.expect(200);
    for answer in [&seen, &clr, &vc] {
        for words in &never {
            assert!(!answer.text().contains(words), "{words}: {}", answer.text());
        }
    }
    visitor.get(&format!("{path}.pdf")).await.expect(404);

    own.browser.get(&page).await.expect(200).says("Opened 3 times").says("CLR 2.0, signed").says("An internship");
    own.browser.get("/record/disclosures").await.expect(200).says("Acme Corp.").says("CLR 1.0 (JSON)");
    // A look at the preview shows the same and is not counted.
    own.browser.get(&format!("{page}/preview")).await.expect(200).says("genuine and valid").never_says(".json\"");
    own.browser.get(ALL).await.expect(200).says("Opened 3 times");
}

#[actix_web::test]
async fn what_was_typed_when_the_session_had_ended_is_shown_again_after_signing_in_and_shares_nothing_by_itself() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let token = own.browser.get(NEW).await.expect(200).token();
    let ended = format!("UPDATE session SET seen_at = '2020-01-01 00:00:00' WHERE learner_id = '{}'", own.learner.id);
    app.write(move |conn| Ok(conn.batch_execute(&ended)?)).await;
    let chosen = own.second.id.to_string();
    let fields = [("csrf", token.as_str()), ("recipient", "A long-winded school"), ("award", &chosen), ("lasts", "90")];
    let answer = own.browser.post_raw(ALL, &fields).await.expect(303);
    assert!(answer.location().starts_with("/sign-in"), "{}", answer.location());
    let (id, portal) = (own.learner.id.clone(), app.portal());
    let hour = chrono::TimeDelta::hours(1);
    let link = app.write(move |conn| testamur::registrar::sign_in::link_lasting(conn, &id, &portal, hour)).await;
    let path = link.replace(&app.base_url, "");
    let again = own.browser.submit(&path, &path, &[]).await.expect(303).location();
    let form = own.browser.get(&again).await.expect(200).says("A long-winded school").says("session had ended");
    assert!(
        form.text().contains(&format!("value=\"{chosen}\" checked")) && form.text().contains("value=\"90\" checked")
    );
    own.browser.get(ALL).await.expect(200).never_says("A long-winded school");
    // Nobody else is shown it.
    sharing(&app, "Bob Other").await.browser.get(&again).await.expect(200).never_says("A long-winded school");
}

#[actix_web::test]
async fn what_is_taken_along_says_that_it_is_partial_and_holds_the_signed_credentials_as_they_are() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let visitor = app.browser();
    let (_, all) = shared(&app, &own.learner, &[&own.first, &own.second], Lasts::Days(7)).await;
    let (_, one) = shared(&app, &own.learner, &[&own.first], Lasts::Days(7)).await;
    let (whole, part) =
        (json(visitor.get(&format!("{all}.json")).await), json(visitor.get(&format!("{one}.json")).await));
    assert_eq!((&whole["partial"], &part["partial"]), (&false.into(), &true.into()));
    assert_eq!(whole["assertions"].as_array().unwrap().len(), 2);
    assert_eq!(part["assertions"].as_array().unwrap().len(), 1);
    assert_ne!(whole["id"], part["id"]);
    for document in [&whole, &part] {
        crate::demonstration::holds_under(&crate::demonstration::validators(), document);
    }
    let signed = visitor.get(&format!("{all}.vc.json")).await.expect(200);
    let again = visitor.get(&format!("{all}.vc.json")).await.expect(200);
    assert_eq!(signed.bytes, again.bytes, "signed once");
    for award in [&own.first, &own.second] {
        let member = visitor.get(&format!("/c/{}.vc.json", award.cedid)).await.expect(200).text();
        assert!(signed.text().contains(&member), "{} does not stand in it as it was signed", award.cedid);
    }
    let envelope = json(signed);
    assert_eq!(envelope["partial"], false);
    assert_eq!(envelope.get("credentialStatus"), None);
    assert_eq!(envelope.get("validUntil"), None, "the end of a link is not the end of what was awarded");
    let pdf = visitor.get(&format!("{one}.pdf")).await.expect(200);
    assert!(pdf.bytes.starts_with(b"%PDF"));

    let mut copies = Vec::new();
    for path in [&all, &one] {
        for form in [".json", ".vc.json", ".pdf"] {
            copies.push(visitor.get(&format!("{path}{form}")).await.expect(200).bytes);
        }
    }
    for copy in &copies {
        is_valid(&verified(&app, copy.clone()).await);
    }
    let mut claims_more: Value = serde_json::from_slice(&copies[3]).unwrap();
    claims_more["partial"] = false.into();
    assert_eq!(failed(&verified(&app, claims_more.to_string()).await), ["record"]);

    // A new award makes what was whole a part, in the next request; what was signed says what was true when it was.
    let third = app.another_draft(&own.draft).await;
    app.issue(&third.id).await;
    assert_eq!(json(visitor.get(&format!("{all}.json")).await)["partial"], true);
    visitor.get(&all).await.expect(200).says("a part of the record");
    for copy in copies {
        is_valid(&verified(&app, copy).await);
    }
}

#[actix_web::test]
async fn an_award_that_is_taken_out_is_gone_in_the_next_request() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let (share, path) = shared(&app, &own.learner, &[&own.first, &own.second], Lasts::UntilOff).await;
    let visitor = app.browser();
    let before = visitor.get(&format!("{path}.vc.json")).await.expect(200);
    let copy = visitor.get(&format!("{path}.json")).await.expect(200).bytes;
    let page = format!("{ALL}/{}", share.id);
    let removal = format!("{page}/removal");
    own.browser.submit(&page, &removal, &[("award", &own.second.cedid.to_string())]).await.expect(303);
    visitor.get(&path).await.expect(200).says("a part of the record").never_says("Data Literacy");
    assert_eq!(json(visitor.get(&format!("{path}.json")).await)["partial"], true);
    let after = visitor.get(&format!("{path}.vc.json")).await.expect(200);
    assert!(before.text().contains("Data Literacy") && !after.text().contains("Data Literacy"));
    assert_ne!(json(before)["id"], json(after)["id"], "another document");
    let later = visitor.get(&format!("{path}.json")).await.expect(200).bytes;
    for copy in [copy, later] {
        is_valid(&verified(&app, copy).await);
    }
    own.browser
        .submit(&page, &removal, &[("award", &own.first.cedid.to_string())])
        .await
        .expect(409)
        .says("Switch the share off");
    let stranger = sharing(&app, "Bob Other").await;
    let theirs = stranger.browser.submit(ALL, &removal, &[("award", &own.first.cedid.to_string())]).await;
    theirs.expect(404);
}

#[actix_web::test]
async fn the_office_sees_all_shares_and_switches_one_off_with_a_reason() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let (share, path) = shared(&app, &own.learner, &[&own.first], Lasts::Days(90)).await;
    let visitor = app.browser();
    visitor.get(&path).await.expect(200);
    let (staff, auditor) = (app.signed_in(Role::Registrar).await, app.signed_in(Role::Auditor).await);
    let page = format!("/admin/shares/{}", share.id);
    for browser in [&staff, &auditor] {
        browser.get("/admin/shares?state=on&opened=yes&q=ann").await.expect(200).says("Acme Corp.").says(&page);
        browser.get("/admin/shares?state=off").await.expect(200).never_says("Acme Corp.");
        browser.get("/admin/shares?opened=no").await.expect(200).never_says("Acme Corp.");
        browser.get(&page).await.expect(200).says("A secret application").says("Opened once").says("mailed link");
        browser.get(&format!("/admin/learners/{}", own.learner.id)).await.expect(200).says(&page);
    }
    staff.get("/admin/shares.csv").await.expect(200).says("Acme Corp.");
    auditor.get(&page).await.never_says("Switch off this share");
    app.signed_in(Role::Issuer).await.get("/admin/shares").await.expect(403);

    let end = format!("{page}/end");
    staff.submit(&page, &end, &[("notify", "true")]).await.expect(422).says("why it is switched off");
    staff.submit(&page, &end, &[("reason", "Sent to the wrong school"), ("notify", "true")]).await.expect(303);
    visitor.get(&path).await.expect(410).never_says("Ann").never_says("wrong school");
    staff.get(&page).await.says("Sent to the wrong school").never_says("Switch off this share");
    staff
        .get(&format!("/admin/learners/{}", own.learner.id))
        .await
        .says("switched off a share of")
        .says("shared awards of");
    own.browser
        .get(&format!("{ALL}/{}", share.id))
        .await
        .expect(200)
        .says("Sent to the wrong school")
        .says("by the registrar");
    let mails = app.deliver().await;
    assert!(mails.iter().any(|mail| mail.contains("Sent to the wrong school")), "{mails:?}");
}

#[actix_web::test]
async fn what_was_disclosed_and_consented_to_is_never_changed() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let (_, path) = shared(&app, &own.learner, &[&own.first], Lasts::UntilOff).await;
    app.browser().get(&path).await.expect(200);
    for change in [
        "UPDATE disclosure SET form = 'pdf'",
        "DELETE FROM disclosure",
        "UPDATE share SET recipient = 'Somebody else'",
        "UPDATE share SET expires_at = NULL",
        "DELETE FROM share_award",
        "DELETE FROM share",
    ] {
        let done = app.db.write(move |conn| Ok::<_, testamur::registrar::Refusal>(conn.batch_execute(change)?)).await;
        assert!(done.is_err(), "{change}");
    }
    // Nothing is shown where the opening cannot be written down.
    let refuse = match crate::app::on_postgres() {
        true => "CREATE TRIGGER no_more BEFORE INSERT ON disclosure FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        false => "CREATE TRIGGER no_more BEFORE INSERT ON disclosure BEGIN SELECT RAISE(ABORT, 'full'); END",
    };
    app.write(move |conn| Ok(conn.batch_execute(refuse)?)).await;
    let answer = app.browser().get(&path).await;
    assert!(answer.status.is_server_error());
    answer.never_says("Hoosier");
}

/// How often anything was disclosed.
async fn disclosures(app: &App) -> i64 {
    use diesel::prelude::*;
    app.read(|conn| Ok(testamur::db::schema::disclosure::table.count().get_result(conn)?)).await
}

#[actix_web::test]
async fn whoever_tries_links_too_often_is_slowed_down_before_anything_is_looked_up_or_written() {
    let app = App::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let own = sharing(&app, "Ann Lee").await;
    let (_, path) = shared(&app, &own.learner, &[&own.first], Lasts::UntilOff).await;
    let guesser = app.browser_at("203.0.113.7");
    for form in ["", ".json", ".vc.json", ".pdf"] {
        // Tried out anew each time: on a slow machine a try comes back meanwhile.
        let mut tried = 0;
        let refused = loop {
            let answer = guesser.get(&format!("/s/{}", clock::secret())).await;
            if answer.status.as_u16() == 429 {
                break answer;
            }
            answer.expect(404);
            tried += 1;
            assert!(tried < 60, "links that never were are looked up without end");
        };
        assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
        guesser.get(&format!("{path}{form}")).await.expect(429).never_says("Ann Lee");
    }
    // It is one limit with codes that open nothing, and nobody else is slowed down.
    guesser.get(&format!("/c/{}", own.first.cedid)).await.expect(429);
    assert_eq!(disclosures(&app).await, 0);
    app.browser_at("203.0.113.8").get(&path).await.expect(200);
    assert_eq!(disclosures(&app).await, 1);
}
