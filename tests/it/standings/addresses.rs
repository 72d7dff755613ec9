//! Every address that shows a credential, and what each says of how it stands. A new address is added to the table.

use chrono::NaiveDate;
use serde_json::Value;
use testamur::{
    models::{Assertion, Clr, clr, credential},
    registrar::{
        publish::{How, publish},
        share::Lasts,
    },
    values::{Id, Iri, Role},
};

use crate::app::{App, Browser, by};

/// An award in everything that shows it.
pub struct Shown {
    pub staff: Browser,
    pub learner: Browser,
    pub award: String,
    pub code: String,
    pub learner_id: String,
    pub record: String,
    pub record_code: String,
    /// The path of a share of it.
    pub share: String,
    /// The path of its hosted assertion.
    pub hosted: String,
}

/// How it stands, with what must be told of it.
pub enum Told<'a> {
    Valid,
    Suspended(&'a str),
    Revoked(&'a str),
    Replaced(&'a str),
    Expired,
}

impl Told<'_> {
    /// The word for people: the heading, a status, a cell of a list.
    fn word(&self) -> &'static str {
        match self {
            Told::Valid => "valid",
            Told::Suspended(_) => "suspended",
            Told::Revoked(_) => "revoked",
            Told::Replaced(_) => "replaced",
            Told::Expired => "expired",
        }
    }

    /// What else a page about this one credential says: the reason, or the newest code.
    fn also(&self) -> &str {
        match self {
            Told::Valid | Told::Expired => "",
            Told::Suspended(text) | Told::Revoked(text) | Told::Replaced(text) => text,
        }
    }
}

/// An award, issued, in a published record and in a share, its learner signed in.
pub async fn shown(app: &App) -> Shown {
    shown_through(app, None).await
}

/// The same, valid through a day.
pub async fn shown_through(app: &App, last: Option<NaiveDate>) -> Shown {
    let mut draft = app.draft("Ann Lee").await;
    // With a public id that has an address.
    let hosted = Iri::published(&app.base_url, "assertions", testamur::clock::public_id());
    draft.assertion =
        Assertion::new(hosted.clone(), &draft.learner, &draft.achievement, draft.assertion.conferral_date);
    draft.assertion.expires_on = last;
    let made = draft.assertion.clone();
    app.write(move |conn| Ok(made.insert(conn, &by())?)).await;
    let issued = app.issue(&draft.assertion.id).await;
    let staff = app.signed_in(Role::Registrar).await;
    let portal = app.portal();
    let own = draft.learner.clone();
    let (record, record_code) = app
        .write(move |conn| {
            let publisher = testamur::models::profile::publisher(conn)?.unwrap();
            let record = Clr::new(&own, publisher.id.clone());
            record.insert(conn, &[], &by())?;
            let published = publish(conn, &record.id, &portal, &How { notify: false, previewed: None }, &by())?;
            Ok((record.id.to_string(), published.cedid.to_string()))
        })
        .await;
    let learner = crate::clrs::signed_in(app, &draft.learner).await;
    let (_, share) = crate::shares::shared(app, &draft.learner, &[&issued], Lasts::UntilOff).await;
    Shown {
        share,
        hosted: hosted.as_str().strip_prefix(&app.base_url).unwrap().to_owned(),
        staff,
        learner,
        award: draft.assertion.id.to_string(),
        code: issued.cedid.to_string(),
        learner_id: draft.learner.id.to_string(),
        record,
        record_code,
    }
}

/// Who asks.
#[derive(Clone, Copy)]
enum Who {
    Anybody,
    Learner,
    Staff,
}

/// What an address answers with.
enum Kind {
    /// A page that gives the reason or the newest code.
    Page,
    /// A list, which has the word only.
    List,
    /// CLR 1.0.
    Json,
    /// An assertion of CLR 1.0 by itself.
    Hosted,
    /// Lines of CLR 1.0.
    Lines,
    /// A PDF: the JSON in it says how it stands.
    Pdf,
    /// A table in text.
    Csv,
}

/// Asks every address that shows the award.
pub async fn everywhere(app: &App, shown: &Shown, told: &Told<'_>) {
    let (code, award, learner, record) = (&shown.code, &shown.award, &shown.learner_id, &shown.record);
    let table = [
        (Who::Anybody, format!("/c/{code}"), Kind::Page),
        (Who::Anybody, format!("/validate?cedid={code}"), Kind::Page),
        (Who::Anybody, format!("/c/{code}.json"), Kind::Json),
        (Who::Anybody, format!("/c/{code}.pdf"), Kind::Pdf),
        (Who::Anybody, format!("/c/{code}/certificate.pdf"), Kind::Pdf),
        (Who::Anybody, shown.share.clone(), Kind::Page),
        (Who::Anybody, format!("{}.json", shown.share), Kind::Json),
        (Who::Anybody, format!("{}.pdf", shown.share), Kind::Pdf),
        (Who::Anybody, shown.hosted.clone(), Kind::Hosted),
        (Who::Learner, "/record".to_owned(), Kind::Page),
        (Who::Learner, "/record.json".to_owned(), Kind::Json),
        (Who::Learner, "/record.pdf".to_owned(), Kind::Pdf),
        (Who::Learner, "/record/published/1".to_owned(), Kind::Page),
        (Who::Learner, "/record/published/1.json".to_owned(), Kind::Json),
        (Who::Learner, "/record/published/1.pdf".to_owned(), Kind::Pdf),
        (Who::Staff, format!("/admin/assertions/{award}"), Kind::Page),
        (Who::Staff, "/admin/assertions".to_owned(), Kind::List),
        (Who::Staff, "/admin/assertions.csv".to_owned(), Kind::Csv),
        (Who::Staff, "/admin/assertions.ndjson".to_owned(), Kind::Lines),
        (Who::Staff, format!("/admin/learners/{learner}"), Kind::Page),
        (Who::Staff, format!("/admin/learners/{learner}/record.json"), Kind::Json),
        (Who::Staff, format!("/admin/learners/{learner}/record.pdf"), Kind::Pdf),
        (Who::Staff, "/admin/learners.ndjson".to_owned(), Kind::Lines),
        (Who::Staff, format!("/admin/clrs/{record}"), Kind::Page),
        (Who::Staff, format!("/admin/clrs/{record}/record.json"), Kind::Json),
        (Who::Staff, format!("/admin/clrs/{record}/record.pdf"), Kind::Pdf),
    ];
    let stranger = app.browser();
    for (who, address, kind) in table {
        let browser = match who {
            Who::Anybody => &stranger,
            Who::Learner => &shown.learner,
            Who::Staff => &shown.staff,
        };
        let answer = browser.get(&address).await.expect(200);
        match kind {
            Kind::Page => page(&address, &answer.text(), told, true),
            Kind::List | Kind::Csv => page(&address, &answer.text(), told, false),
            Kind::Json => json(&address, &serde_json::from_slice(&answer.bytes).unwrap(), code, told),
            Kind::Hosted => assertion(&address, &serde_json::from_slice(&answer.bytes).unwrap(), told),
            Kind::Lines => lines(&address, &answer.text(), code, told),
            Kind::Pdf => assert!(answer.bytes.starts_with(b"%PDF"), "{address} is no PDF"),
        }
    }
    filtered(shown, told).await;
    listed(app, shown, told).await;
}

/// What was signed keeps its bytes, in a share too, and both lists that it names tell how it stands.
async fn listed(app: &App, shown: &Shown, told: &Told<'_>) {
    let visitor = app.browser();
    let signed = visitor.get(&format!("/c/{}.vc.json", shown.code)).await.expect(200);
    let around = visitor.get(&format!("{}.vc.json", shown.share)).await.expect(200);
    assert!(around.text().contains(&signed.text()), "the share holds it as it was signed");
    let credential: Value = serde_json::from_slice(&signed.bytes).unwrap();
    let status = &credential["credentialStatus"];
    let list_at = status["statusListCredential"].as_str().unwrap();
    let place: u64 = status["statusListIndex"].as_str().unwrap().parse().unwrap();
    let list: Value = serde_json::from_slice(&visitor.get(list_at).await.expect(200).bytes).unwrap();
    let is_out = !matches!(told, Told::Valid | Told::Expired);
    assert_eq!(crate::proofs::set_bits(&list).contains(&place), is_out, "{list_at}");
    let revocations = visitor.get(&list_at.replace("/status/", "/revocations/")).await.expect(200).text();
    assert_eq!(revocations.contains(credential["id"].as_str().unwrap()), is_out, "{revocations}");
}

fn page(address: &str, text: &str, told: &Told<'_>, whole: bool) {
    let text = text.to_lowercase();
    match told {
        // A list calls what is valid issued.
        Told::Valid => assert!(text.contains("valid") || text.contains("issued"), "{address} calls it not valid"),
        _ => {
            assert!(text.contains(told.word()), "{address} does not say {}: {text}", told.word());
            let also = told.also().to_lowercase();
            assert!(!whole || text.contains(&also), "{address} does not say {also}: {text}");
        }
    }
}

fn json(address: &str, json: &Value, code: &str, told: &Told<'_>) {
    let own = json["assertions"].as_array().into_iter().flatten().find(|one| one["testamur:cedid"] == code);
    let Some(own) = own else { panic!("{address} does not hold {code}: {json}") };
    assertion(address, own, told);
}

fn assertion(address: &str, own: &Value, told: &Told<'_>) {
    match told {
        Told::Valid => assert_eq!(own.get("revoked"), None, "{address}"),
        Told::Expired => {
            assert_eq!(own.get("revoked"), None, "{address}");
            assert!(own["expires"].is_string(), "{address}");
        }
        _ => {
            assert_eq!(own["revoked"], true, "{address}");
            let reason = own["revocationReason"].as_str().unwrap_or_default();
            assert!(reason.contains(told.also()), "{address}: {reason}");
        }
    }
    if let Told::Replaced(newest) = told {
        assert_eq!(own["testamur:replacedBy"], *newest, "{address}");
    }
}

fn lines(address: &str, text: &str, code: &str, told: &Told<'_>) {
    let read = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let holding = text.lines().map(read).find(|line| line.to_string().contains(code));
    let Some(line) = holding else { panic!("{address} does not hold {code}: {text}") };
    let record = if line.get("assertions").is_some() { &line } else { line.get("clr").unwrap_or(&line) };
    json(address, record, code, told);
}

/// The list of assertions finds it by its status, and by no other.
async fn filtered(shown: &Shown, told: &Told<'_>) {
    let own = match told {
        Told::Valid => "issued",
        _ => told.word(),
    };
    for status in ["issued", "suspended", "revoked", "replaced", "expired"] {
        let list = shown.staff.get(&format!("/admin/assertions?status={status}&q={}", shown.code)).await.expect(200);
        assert_eq!(list.text().contains(&shown.award), status == own, "the filter {status} of what is {own}");
    }
}

/// The credential behind a code, for tests that look behind the pages.
pub async fn behind(app: &App, code: &str) -> credential::Credential {
    let code = testamur::values::CeDiD::parse(code).unwrap();
    app.read(move |conn| Ok(credential::by_cedid(conn, &code)?.unwrap())).await
}

/// Whether a draft of a record holds an award.
pub async fn chosen(app: &App, record: &Id<Clr>) -> Vec<String> {
    let record = record.clone();
    app.read(move |conn| Ok(clr::chosen(conn, &record)?.iter().map(ToString::to_string).collect())).await
}
