//! The institution chooses by which of the two lists new credentials tell their status; both are always served.

use serde_json::{Value, json};
use testamur::{
    models::profile,
    registrar::{
        revoke::{Reason, revoke},
        verify::{self, Outcome, Verdict},
    },
    sign::PublicKey,
    values::{Line, Role},
};

use super::{Bench, json_of, path, serve_lists, set_bits};
use crate::app::{App, Browser, by};

/// Chooses a list in the settings, as an administrator does.
async fn chosen(app: &App, administrator: &Browser, method: &str) {
    let publisher = app.read(|conn| Ok(profile::publisher(conn)?.unwrap().id.to_string())).await;
    let fields = [("institution", ""), ("publisher", publisher.as_str()), ("status_method", method)];
    administrator.submit("/admin/settings", "/admin/settings", &fields).await.expect(303);
}

#[actix_web::test]
async fn new_credentials_name_the_list_that_was_chosen_and_both_lists_tell_of_all() {
    let app = App::start().await;
    let administrator = app.signed_in(Role::Administrator).await;
    let visitor = app.browser();
    let vc = async |code: &testamur::values::CeDiD| json_of(visitor.get(&format!("/c/{code}.vc.json")).await);
    let (draft, before) = app.award("Mara Vell").await;
    administrator.get("/admin/settings").await.says("value=\"bitstring\" selected");
    chosen(&app, &administrator, "1edtech").await;
    administrator.get("/admin/settings").await.says("value=\"1edtech\" selected");
    administrator.get("/admin/audit").await.says("settings");
    let another = app.another_draft(&draft).await;
    let after = app.issue(&another.id).await;

    let older = vc(&before.cedid).await;
    assert_eq!(older["credentialStatus"]["type"], "BitstringStatusListEntry", "what was signed stays");
    let newer = vc(&after.cedid).await;
    let status = &newer["credentialStatus"];
    assert_eq!(status["type"], "1EdTechRevocationList");
    assert_eq!(newer["@context"][2], "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json");
    let told_at = path(&app, status["id"].as_str().unwrap()).to_owned();
    let list_at = path(&app, older["credentialStatus"]["statusListCredential"].as_str().unwrap()).to_owned();
    assert_eq!(told_at, list_at.replace("/status/", "/revocations/"), "one list in two forms");
    let verdict = async |document: &Value| {
        verify::verify(Some(&app.db), &app.portal(), &[], document.to_string().into_bytes()).await.unwrap()
    };
    assert_eq!(verdict(&newer).await.verdict(), Verdict::Valid);
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let jwt = visitor.get(&format!("/c/{}.jwt", after.cedid)).await.expect(200).bytes;
    assert_eq!(verify::verify(Some(&app.db), &app.portal(), &[], jwt).await.unwrap().verdict(), Verdict::Valid);

    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &another.id, &reason, &by())
    })
    .await;
    let listed = json_of(visitor.get(&told_at).await);
    assert_eq!(listed["revokedCredential"][0]["id"], newer["id"]);
    assert_eq!(listed["issuer"], newer["issuer"]["id"]);
    assert_eq!(set_bits(&json_of(visitor.get(&list_at).await)).len(), 1, "the other list tells of it too");
    let report = verdict(&newer).await;
    let status = report.checks.iter().find(|check| check.id == "status").unwrap();
    assert!(status.outcome == Outcome::Failed && status.detail.contains("Conferred in error"), "{status:?}");

    // Something else than the two is refused, and a form of before that has no such field changes nothing.
    let publisher = app.read(|conn| Ok(profile::publisher(conn)?.unwrap().id.to_string())).await;
    let wrong = [("institution", ""), ("publisher", publisher.as_str()), ("status_method", "telegraph")];
    administrator.submit("/admin/settings", "/admin/settings", &wrong).await.expect(422).says("Choose by which list");
    administrator.submit("/admin/settings", "/admin/settings", &wrong[..2]).await.expect(303);
    administrator.get("/admin/settings").await.says("value=\"1edtech\" selected");
}

#[actix_web::test]
async fn three_verifiers_accept_what_names_the_list_of_1edtech_and_see_what_it_revokes() {
    let Some(mut bench) = Bench::new() else { return };
    let app = App::start().await;
    let administrator = app.signed_in(Role::Administrator).await;
    chosen(&app, &administrator, "1edtech").await;
    let (draft, issued) = app.award("نور الهدى").await;
    let another = app.another_draft(&draft).await;
    let other = app.issue(&another.id).await;
    let visitor = app.browser();
    let mut files = Vec::new();
    for (name, code) in [("good", &issued.cedid), ("revoked", &other.cedid)] {
        let signed = visitor.get(&format!("/c/{code}.vc.json")).await.expect(200).bytes;
        files.push((bench.keep(&format!("{name}.json"), &signed), signed));
    }
    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &another.id, &reason, &by())
    })
    .await;
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let envelope =
        administrator.get(&format!("/admin/learners/{}/record.vc.json", draft.learner.id)).await.expect(200).bytes;
    files.push((bench.keep("record.json", &envelope), envelope));
    serve_lists(&app, &mut bench, files.iter().map(|(_, bytes)| bytes)).await;
    let names: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    for stack in ["db", "dcc"] {
        let said = bench.stack(stack, &["--schema"], &names);
        assert_eq!((&said[0]["valid"], &said[2]["valid"]), (&json!(true), &json!(true)), "{stack}: {said:?}");
        assert!(said[1]["reason"].as_str().unwrap().contains("Conferred in error"), "{stack}: {said:?}");
    }
    for said in bench.python(&names) {
        assert!(said.starts_with("VALID"), "{said}");
    }
    assert!(PublicKey::from_multikey("z").is_err());
}
