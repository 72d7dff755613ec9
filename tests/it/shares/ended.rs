//! When a share opens nothing: whatever the reason, the answer is the same, and it names nobody.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use diesel::{Connection, connection::InstrumentationEvent};
use testamur::{
    models::{Profile, disclosure, share as nouns},
    registrar::{
        hold::{self, Terms},
        share::Lasts,
    },
    values::{HoldKind, Id, Role},
};

use super::{ALL, NEW, Sharing, json, shared, sharing};
use crate::app::{Answer, App, by};

const FORMS: [&str; 4] = ["", ".json", ".vc.json", ".pdf"];

async fn held(app: &App, learner: &Id<Profile>, kind: HoldKind) -> Id<testamur::models::Hold> {
    let learner = learner.clone();
    let (reason_code, internal_note) = (kind.reasons()[0].0.to_owned(), None);
    let terms = Terms { kind, reason_code, reason: None, internal_note, from: None, until: None };
    app.write(move |conn| hold::place(conn, &learner, &terms, &by())).await
}

/// Status, headers and bytes, without the id of the request.
fn bare(answer: &Answer) -> String {
    let id = answer.header("x-request-id");
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    format!("{} {}\n{}", answer.status, headers.join("\n"), answer.text().replace(&id, "REQUEST"))
}

/// Moves the end of a share into the past: the clock is nobody's to turn.
async fn over(app: &App, learner: &Profile, awards: &[&testamur::models::Credential]) -> String {
    let (_, path) = shared(app, learner, awards, Lasts::Days(-1)).await;
    path
}

/// How many statements it takes to find out that each of these opens nothing.
async fn statements(app: &App, paths: [&String; 5]) -> Vec<usize> {
    let tokens = paths.map(|path| path.strip_prefix("/s/").unwrap().to_owned());
    app.read(move |conn| {
        let counter = Arc::new(AtomicUsize::new(0));
        let own = counter.clone();
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                own.fetch_add(1, Ordering::SeqCst);
            }
        });
        let mut told = Vec::new();
        for token in &tokens {
            let before = counter.load(Ordering::SeqCst);
            assert!(!matches!(disclosure::shared(conn, token)?, disclosure::Shared::Open(_)));
            told.push(counter.load(Ordering::SeqCst) - before);
        }
        Ok(told)
    })
    .await
}

#[actix_web::test]
async fn off_over_administratively_held_and_erased_answer_the_same_in_every_form() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let (off, late) = (sharing(&app, "Olga Off").await, sharing(&app, "Oscar Over").await);
    let (owing, gone) = (sharing(&app, "Alma Owing").await, sharing(&app, "Emil Erased").await);
    let visitor = app.browser();
    let share = |of: &Sharing| {
        let (app, learner, first) = (&app, of.learner.clone(), of.first.clone());
        async move { shared(app, &learner, &[&first], Lasts::UntilOff).await }
    };
    let (to_end, off_path) = share(&off).await;
    let ((_, owing_path), (erased, gone_path)) = (share(&owing).await, share(&gone).await);
    let late_path = over(&app, &late.learner, &[&late.first]).await;
    for path in [&off_path, &owing_path, &gone_path] {
        for form in FORMS {
            visitor.get(&format!("{path}{form}")).await.expect(200);
        }
    }
    let page = format!("{ALL}/{}", to_end.id);
    off.browser.submit(&page, &format!("{page}/end"), &[]).await.expect(303);
    held(&app, &owing.learner.id, HoldKind::Administrative).await;
    let erasure = format!("/admin/learners/{}/erasure", gone.learner.id);
    let number = gone.learner.student_id.as_ref().unwrap().to_string();
    staff.submit(&erasure, &erasure, &[("reason", "Request"), ("sure", &number)]).await.expect(303);

    for form in FORMS {
        let wanted = visitor.get(&format!("{off_path}{form}")).await.expect(410);
        for name in ["Olga", "Hoosier", "Acme"] {
            assert!(!wanted.text().contains(name), "{name}");
        }
        for path in [&late_path, &owing_path, &gone_path] {
            let answer = visitor.get(&format!("{path}{form}")).await;
            assert_eq!(bare(&answer), bare(&wanted), "{path}{form}");
        }
        let never = visitor.get(&format!("/s/{}{form}", testamur::clock::secret())).await.expect(404);
        let code = visitor.get("/nothing/here").await.expect(404);
        assert_eq!(
            never.text().replace(&never.header("x-request-id"), ""),
            code.text().replace(&code.header("x-request-id"), "")
        );
    }
    let never = format!("/s/{}", testamur::clock::secret());
    assert_eq!(statements(&app, [&off_path, &late_path, &owing_path, &gone_path, &never]).await, [2, 2, 2, 2, 2]);
    off.browser.get(&page).await.expect(200).says("Switched off");
    late.browser.get(ALL).await.expect(200).says("Over");
    // Of the erased learner's consent nothing personal is left; that and when it was used is.
    let id = erased.id.clone();
    let left = app.read(move |conn| Ok(nouns::find(conn, &id)?)).await;
    assert_eq!((left.recipient.as_str(), left.purpose.as_str(), left.signed_in_as), ("–", "–", None));
    staff.get(&format!("/admin/shares/{}", erased.id)).await.expect(200).says("Opened 4 times");
}

#[actix_web::test]
async fn consent_stands_above_a_privacy_hold_at_its_own_address_and_never_above_an_administrative_one() {
    let app = App::start().await;
    let own = sharing(&app, "Pia Private").await;
    let (_, path) = shared(&app, &own.learner, &[&own.first], Lasts::UntilOff).await;
    let (visitor, code) = (app.browser(), format!("/c/{}", own.first.cedid));
    visitor.get(&path).await.expect(200).says(&format!("href=\"{code}\""));
    held(&app, &own.learner.id, HoldKind::Privacy).await;
    visitor.get(&code).await.expect(404);
    let seen = visitor.get(&path).await.expect(200).says("Pia Private").says(&own.first.cedid.to_string());
    seen.never_says("href=\"/c/").never_says("privacy hold");
    for form in &FORMS[1..] {
        visitor.get(&format!("{path}{form}")).await.expect(200);
    }
    assert_eq!(json(visitor.get(&format!("{path}.json")).await)["assertions"].as_array().unwrap().len(), 1);
    own.browser.get(NEW).await.expect(200).says("because you consent to them").says("I consent, make the link");
    visitor.get(&code).await.expect(404);

    let id = held(&app, &own.learner.id, HoldKind::Administrative).await;
    visitor.get(&path).await.expect(410);
    own.browser.get(NEW).await.expect(200).says("has placed a hold").never_says("I consent, make the link");
    own.browser.get(ALL).await.expect(200).says("open nothing").says("Switch off");
    let chosen = own.first.id.to_string();
    let token = own.browser.get(ALL).await.token();
    let fields = [("csrf", token.as_str()), ("award", &chosen), ("recipient", "A"), ("purpose", "B"), ("lasts", "7")];
    own.browser.post_raw(ALL, &fields).await.expect(409);
    app.write(move |conn| hold::lift(conn, &id, (&testamur::values::Line::parse("Paid").unwrap(), 1), &by())).await;
    visitor.get(&path).await.expect(200);
}
