//! Holds: to the public a withheld code is one that never was, in status, headers, bytes and statements; the learner sees
//! the record; staff see why.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use diesel::{Connection, connection::InstrumentationEvent};
use testamur::{
    models::{
        Assertion, Clr, Endorsement, Profile, audit, credential, disclosure,
        endorsement::{self, Endorsed},
        evidence_file,
        issued::IssuedEvidence,
        profile,
    },
    registrar::{
        hold::{self, Terms},
        publish::{How, publish},
    },
    values::{CeDiD, HoldKind, Id, Iri, Role},
    web::routes,
};

use crate::app::{Answer, App, Browser, Draft, by};

/// A hold of a kind, for its first reason, from now on.
pub fn terms(kind: HoldKind) -> Terms {
    Terms {
        kind,
        reason_code: kind.reasons()[0].0.to_owned(),
        reason: None,
        internal_note: None,
        from: None,
        until: None,
    }
}

/// Places such a hold.
pub async fn hold(app: &App, learner: &Id<Profile>, kind: HoldKind) {
    let learner = learner.clone();
    app.write(move |conn| hold::place(conn, &learner, &terms(kind), &by()).map(|_| ())).await;
}

/// An award with a file, an endorsement and a published record: everything that has a public address.
struct Known {
    learner: Profile,
    /// Codes: the award's and the record's.
    codes: Vec<CeDiD>,
    /// Addresses that name no code: of the assertion, a file, an endorsement, and where the newest record is found.
    hidden: Vec<String>,
}

/// What an endorser says of a draft; its address.
async fn endorsed(app: &App, draft: &Draft) -> String {
    let (id, office) = (draft.assertion.id.clone(), draft.office.clone());
    app.write(move |conn| {
        let of = Endorsed::Assertion(id.clone());
        let mut word = Endorsement::new(of.clone(), &office, testamur::clock::now().naive_utc());
        word.comment = testamur::values::Prose::parse("We vouch for it").ok();
        word.refold(&office, &endorsement::named(conn, &of)?);
        assert!(word.insert(conn, &by())?);
        Ok(format!("/ims/clr/v1p0/endorsements/{}", word.iri.as_str().rsplit(':').next().unwrap()))
    })
    .await
}

/// Where the newest record of a learner is found; the secret is in the signed record alone.
async fn refreshed(app: &App, learner: &Profile) -> String {
    let learner = learner.id.clone();
    let secret = app.write(move |conn| Ok(testamur::models::record_refresh::begin(conn, &learner)?)).await;
    format!("/refresh/{secret}")
}

/// The addresses of a draft with a file and an endorsement: nothing of it was issued.
async fn unpublished(app: &App, staff: &Browser, name: &str) -> Vec<String> {
    let (draft, endorsement) = drafted(app, staff, name).await;
    let id = draft.assertion.id.clone();
    let file = app.read(move |conn| Ok(evidence_file::of(conn, &id)?.remove(0).public_id)).await;
    let assertion = draft.assertion.iri.as_str().rsplit('/').next().unwrap().to_owned();
    let hosted = format!("/ims/clr/v1p0/assertions/{assertion}");
    vec![hosted, format!("/files/{file}"), endorsement, refreshed(app, &draft.learner).await]
}

/// A draft with a file and an endorsement; the address that this will have.
async fn drafted(app: &App, staff: &Browser, name: &str) -> (Draft, String) {
    let mut draft = app.draft(name).await;
    let iri = Iri::published(&app.base_url, "assertions", testamur::clock::public_id());
    draft.assertion = Assertion::new(iri, &draft.learner, &draft.achievement, draft.assertion.conferral_date);
    let made = draft.assertion.clone();
    app.write(move |conn| Ok(made.insert(conn, &by())?)).await;
    let id = draft.assertion.id.clone();
    let evidence = IssuedEvidence {
        id: Iri::fresh().to_string(),
        name: "Essay".to_owned(),
        audience: None,
        description: None,
        genre: None,
        narrative: None,
        artifacts: Vec::new(),
    };
    app.write(move |conn| Ok(testamur::models::evidence::add(conn, &id, &evidence, 0)?)).await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let token = staff.get(&page).await.expect(200).token();
    let fields = [("csrf", token.as_str()), ("name", "Portfolio")];
    staff.hand_in(&format!("{page}/files"), &fields, &[("essay.txt", b"An essay")]).await.expect(303);
    let endorsement = endorsed(app, &draft).await;
    (draft, endorsement)
}

async fn known(app: &App, staff: &Browser, name: &str) -> Known {
    let (draft, endorsement) = drafted(app, staff, name).await;
    let own = app.issue(&draft.assertion.id).await;
    let (learner, portal) = (draft.learner.clone(), app.portal());
    let record = app
        .write(move |conn| {
            let publisher = profile::publisher(conn)?.unwrap();
            let record = Clr::new(&learner, publisher.id);
            record.insert(conn, &[], &by())?;
            publish(conn, &record.id, &portal, &How { notify: false, previewed: None }, &by())?;
            Ok(credential::of_clr(conn, &record.id)?.unwrap())
        })
        .await;
    let assertion = app.assertion(&draft.assertion.id).await;
    let public = assertion.iri.to_string();
    let public = public.rsplit([':', '/']).next().unwrap().to_owned();
    let json = app.browser().get(&format!("/c/{}.json", own.cedid)).await.expect(200).text();
    let file = crate::app::between(&json, "/files/", "\"").expect("the file has an address");
    let hosted = format!("/ims/clr/v1p0/assertions/{public}");
    let hidden = vec![hosted, format!("/files/{file}"), endorsement, refreshed(app, &draft.learner).await];
    Known { learner: draft.learner, codes: vec![own.cedid, record.cedid], hidden }
}

/// Every public address under a code, from the table of what is mounted.
fn addresses() -> Vec<String> {
    let mut all: Vec<String> = routes::table()
        .into_iter()
        .map(|route| route.path.replace("{cedid:[^/]+}", "CODE").replace("{cedid}", "CODE"))
        .filter(|path| path.starts_with("/c/"))
        .collect();
    all.push("/validate?cedid=CODE".to_owned());
    all
}

/// Status, headers and bytes, without the id of the request and what was typed.
fn bare(answer: &Answer, typed: &str) -> String {
    let id = answer.header("x-request-id");
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    headers.sort();
    let nonce = crate::app::between(&headers.join("\n"), "'nonce-", "'").unwrap_or_else(|| "no nonce".to_owned());
    let whole = format!("{} {}\n{}", answer.status, headers.join("\n"), answer.text());
    whole.replace(&id, "REQUEST").replace(&nonce, "NONCE").replace(typed, "CODE")
}

#[actix_web::test]
async fn withheld_unpublished_erased_and_unknown_answer_the_same_at_every_address() {
    let app = App::with(&[("TRUSTED_PROXIES", "127.0.0.1")]).await;
    let staff = app.signed_in(Role::Registrar).await;
    let withheld = known(&app, &staff, "Wanda Withheld").await;
    let owing = known(&app, &staff, "Olga Owing").await;
    let gone = known(&app, &staff, "Emil Erased").await;
    let draft = unpublished(&app, &staff, "Dora Draft").await;
    let visitor = app.browser();
    for address in withheld.hidden.iter().chain(&gone.hidden) {
        visitor.get(address).await.expect(200);
    }
    hold(&app, &withheld.learner.id, HoldKind::Privacy).await;
    hold(&app, &owing.learner.id, HoldKind::Administrative).await;
    let erasure = format!("/admin/learners/{}/erasure", gone.learner.id);
    let number = gone.learner.student_id.as_ref().unwrap().to_string();
    staff.submit(&erasure, &erasure, &[("reason", "Request"), ("sure", &number)]).await.expect(303);

    let addresses = addresses();
    assert!(addresses.len() >= 8, "{addresses:?}");
    let never = CeDiD::fresh();
    for address in &addresses {
        // A fresh portal's limits would run out: each address is asked by visitors of its own.
        let unknown = ask(&app, address, &never).await;
        assert_eq!(unknown.status.as_u16(), 404, "{address}");
        for code in withheld.codes.iter().chain(&owing.codes).chain(&gone.codes) {
            let answer = ask(&app, address, code).await;
            assert_eq!(bare(&answer, &code.to_string()), bare(&unknown, &never.to_string()), "{address} {code}");
        }
    }
    for (nth, address) in withheld.hidden.iter().enumerate() {
        let (folder, id) = address.rsplit_once('/').unwrap();
        let other = match folder {
            "/refresh" => testamur::clock::secret(),
            _ => testamur::clock::public_id().to_string(),
        };
        let unknown = visitor.get(&format!("{folder}/{other}")).await.expect(404);
        for (of, address) in [(id, address), (id, &owing.hidden[nth]), (id, &gone.hidden[nth]), (id, &draft[nth])] {
            let typed = address.rsplit_once('/').unwrap().1;
            let answer = visitor.get(address).await.expect(404);
            assert_eq!(bare(&answer, typed), bare(&unknown, &other), "{address} {of}");
        }
    }
}

/// Asked from an address of its own, so that nobody's misses run out.
async fn ask(app: &App, address: &str, code: &CeDiD) -> Answer {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let nth = NEXT.fetch_add(1, Ordering::SeqCst);
    let address = format!("{}{}", app.base_url, address.replace("CODE", &code.to_string()));
    let from = format!("10.0.{}.{}", nth / 250, nth % 250 + 1);
    let sent = app.browser().client().get(address).header("x-forwarded-for", from).send().await.unwrap();
    let (status, headers) = (sent.status(), sent.headers().clone());
    Answer { status, headers, bytes: sent.bytes().await.unwrap().to_vec() }
}

#[actix_web::test]
async fn what_is_withheld_takes_as_many_statements_as_what_never_was() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let withheld = known(&app, &staff, "Wanda Withheld").await;
    let gone = known(&app, &staff, "Emil Erased").await;
    hold(&app, &withheld.learner.id, HoldKind::Privacy).await;
    let erasure = format!("/admin/learners/{}/erasure", gone.learner.id);
    let number = gone.learner.student_id.as_ref().unwrap().to_string();
    staff.submit(&erasure, &erasure, &[("reason", "Request"), ("sure", &number)]).await.expect(303);
    let (held, erased, never) = (withheld.codes[0].clone(), gone.codes[0].clone(), CeDiD::fresh());
    let id = |address: &str| address.rsplit_once('/').unwrap().1.to_owned();
    let iri = Iri::published(&app.base_url, "assertions", id(&withheld.hidden[0]).parse().unwrap());
    let file = id(&withheld.hidden[1]);
    let word = Iri::parse(&format!("urn:uuid:{}", id(&withheld.hidden[2]))).unwrap();
    let secret = id(&withheld.hidden[3]);
    let draft = unpublished(&app, &staff, "Dora Draft").await;
    let drafted = Iri::published(&app.base_url, "assertions", id(&draft[0]).parse().unwrap());
    let (draft_file, draft_secret) = (id(&draft[1]), id(&draft[3]));
    let draft_word = Iri::parse(&format!("urn:uuid:{}", id(&draft[2]))).unwrap();
    let counted = app
        .read(move |conn| {
            let counter = Arc::new(AtomicUsize::new(0));
            let own = counter.clone();
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                    own.fetch_add(1, Ordering::SeqCst);
                }
            });
            let mut told = Vec::new();
            for code in [&held, &erased, &never] {
                let before = counter.load(Ordering::SeqCst);
                assert!(matches!(credential::disclosed(conn, code)?, credential::Disclosed::Nothing));
                assert!(matches!(credential::checked(conn, code)?, credential::Disclosed::Nothing));
                told.push(counter.load(Ordering::SeqCst) - before);
            }
            let nothing = (Iri::fresh(), "no".to_owned());
            for (iri, file, word, secret) in [
                (&iri, &file, &word, &secret),
                (&drafted, &draft_file, &draft_word, &draft_secret),
                (&nothing.0, &nothing.1, &nothing.0, &nothing.1),
            ] {
                let before = counter.load(Ordering::SeqCst);
                assert!(disclosure::hosted(conn, iri)?.is_none());
                assert!(disclosure::file(conn, file)?.is_none());
                assert!(disclosure::endorsement(conn, word)?.is_none());
                assert!(disclosure::records_behind(conn, secret)?.is_empty());
                told.push(counter.load(Ordering::SeqCst) - before);
            }
            Ok(told)
        })
        .await;
    // A hosted address asks for an award, and then for an event behind one.
    assert_eq!(counted, [2, 2, 2, 5, 5, 5]);
}

#[actix_web::test]
async fn a_hold_is_on_from_its_first_to_its_last_day_and_until_it_is_lifted() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let (draft, issued) = app.award("Pia Private").await;
    let (code, learner) = (format!("/c/{}", issued.cedid), draft.learner.id.to_string());
    let visitor = app.browser();
    let today = testamur::clock::now().date_naive();
    let day = |days| (today + chrono::TimeDelta::days(days)).to_string();
    let form = format!("/admin/holds/new?learner={learner}");
    staff.get(&form).await.expect(200).says("Pia Private");
    let wrong = [("learner", learner.as_str()), ("why", ""), ("until", "2020-01-01"), ("internal_note", "Kept text")];
    staff.submit(&form, "/admin/holds", &wrong).await.expect(422).says("Kept text").says("is over").says("Choose what");
    let (from, until) = (day(3), day(9));
    let planned = [("learner", learner.as_str()), ("why", "privacy-ferpa"), ("from", &from), ("until", &until)];
    let hold = staff.submit(&form, "/admin/holds", &planned).await.expect(303).location();
    staff.get(&hold).await.expect(200).says("Planned").says("FERPA opt-out");
    visitor.get(&code).await.expect(200);
    staff.submit(&form, "/admin/holds", &planned).await.expect(409).says("already");
    let lifting = format!("{hold}/lifting");
    staff.submit(&hold, &lifting, &[("revision", "1"), ("reason", "")]).await.expect(422).says("why it is lifted");
    staff.submit(&hold, &lifting, &[("revision", "7"), ("reason", "Typo")]).await.expect(409);
    staff.submit(&hold, &lifting, &[("revision", "1"), ("reason", "Typo")]).await.expect(303);
    staff.get(&hold).await.expect(200).says("Lifted").says("Typo");

    let now = [("learner", learner.as_str()), ("why", "privacy-other"), ("reason", "A letter")];
    let hold = staff.submit(&form, "/admin/holds", &now).await.expect(303).location();
    visitor.get(&code).await.expect(404);
    for page in [
        format!("/admin/learners/{learner}"),
        format!("/admin/assertions/{}", draft.assertion.id),
        format!("/admin/assertions/new?learner_id={learner}"),
    ] {
        staff.get(&page).await.expect(200).says("Privacy hold");
    }
    staff.submit(&hold, &format!("{hold}/end"), &[("revision", "1"), ("until", &until)]).await.expect(303);
    staff.get("/admin").await.expect(200).says("1 hold ends soon");
    staff.get("/admin/holds?state=soon&kind=privacy&q=pia").await.expect(200).says("Pia Private");
    staff.get("/admin/holds?state=planned").await.expect(200).never_says("Pia Private");
    staff.get("/admin/holds.csv?state=over").await.expect(200).says("Pia Private");
    staff.submit(&hold, &format!("{hold}/lifting"), &[("revision", "2"), ("reason", "Withdrawn")]).await.expect(303);
    visitor.get(&code).await.expect(200);
    let id = draft.learner.id.clone();
    let told = app.read(move |conn| Ok(audit::history(conn, profile::KIND, id.as_str())?)).await;
    let actions: Vec<&str> = told.iter().map(|entry| entry.action.as_str()).collect();
    let wanted = ["lifted a hold on", "changed a hold on", "placed a hold on", "lifted a hold on", "placed a hold on"];
    assert_eq!(actions[..5], wanted);
    let page = staff.get(&format!("/admin/learners/{}", draft.learner.id)).await.expect(200);
    page.says("placed a hold on this profile").never_says("hold on it");
}

#[actix_web::test]
async fn the_office_places_a_list_of_holds_and_is_told_who_was_not_found() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let (one, first) = app.award("Ann First").await;
    let (two, second) = app.award("Bob Second").await;
    let (_, third) = app.award("Cleo Third").await;
    let (number, email) =
        (one.learner.student_id.unwrap().to_string(), two.learner.email.unwrap().to_string().to_uppercase());
    let list = format!("{number}\r\n{email}\nnobody@else.example; {number}");
    let fields = [("learners", list.as_str()), ("why", "privacy-ferpa")];
    let many = "/admin/holds/many";
    staff.submit(many, many, &[("learners", &list), ("why", "")]).await.expect(422).says("nobody@else.example");
    let told = staff.submit(many, many, &fields).await.expect(200);
    told.says("2 holds placed").says("Ann First").says("nobody@else.example").never_says("Cleo");
    staff.submit(many, many, &fields).await.expect(200).says("0 holds placed").says("Had such a hold already");
    let visitor = app.browser();
    visitor.get(&format!("/c/{}", first.cedid)).await.expect(404);
    visitor.get(&format!("/c/{}", second.cedid)).await.expect(404);
    visitor.get(&format!("/c/{}", third.cedid)).await.expect(200);
    let auditor = app.signed_in(Role::Auditor).await;
    auditor.get("/admin/holds").await.expect(200).says("Ann First");
    auditor.get(many).await.expect(403);
    app.signed_in(Role::Host).await.get("/admin/holds").await.expect(403);
}

/// A browser in which a learner is signed in.
async fn learner(app: &App, learner: &Profile) -> Browser {
    let (id, portal) = (learner.id.clone(), app.portal());
    let link = app
        .write(move |conn| testamur::registrar::sign_in::link_lasting(conn, &id, &portal, chrono::TimeDelta::hours(1)))
        .await;
    let (browser, path) = (app.browser(), link.strip_prefix(&app.base_url).unwrap().to_owned());
    browser.submit(&path, &path, &[]).await.expect(303);
    browser
}

#[actix_web::test]
async fn a_held_learner_sees_the_record_and_only_an_administrative_hold_withholds_its_documents() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let known = known(&app, &staff, "Lena Learner").await;
    let own = learner(&app, &known.learner).await;
    let documents = ["json", "pdf", "vc.json"];
    let all: Vec<String> =
        documents.iter().flat_map(|form| [format!("/record.{form}"), format!("/record/published/1.{form}")]).collect();
    own.get("/record").await.expect(200).never_says("hold is on");
    hold(&app, &known.learner.id, HoldKind::Privacy).await;
    own.get("/record").await.expect(200).says("privacy hold is on").says("Hoosier Experience").says("/record.pdf");
    for address in &all {
        own.get(address).await.expect(200);
    }
    hold(&app, &known.learner.id, HoldKind::Administrative).await;
    for page in ["/record", "/record/published/1"] {
        let seen = own.get(page).await.expect(200).says("official documents are withheld").says("Hoosier Experience");
        seen.never_says(".pdf\"");
    }
    own.get("/record/published/1.jws").await.expect(409);
    for address in &all {
        own.get(address).await.expect(409).says("until the registrar’s office has cleared");
    }
}
