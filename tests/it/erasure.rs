//! Erasing a learner: nothing that tells of the person is left, the codes look as if they had never been, and staff see a
//! tombstone.

use std::collections::BTreeMap;

use diesel::{QueryDsl, RunQueryDsl, sql_types::Text};
use testamur::{
    db::schema,
    models::{Actor, Clr, Profile, audit_check, credential, issued::IssuedEvidence, profile},
    registrar::{
        publish::{How, publish},
        share::{Lasts, Terms, choosable, make},
    },
    values::{CeDiD, Iri, Line, Packed, Role},
};

use crate::app::{App, Browser, by};

/// A learner with everything that can tell of one; the id, the student number, and the codes that were given.
async fn known(app: &App, staff: &Browser) -> (String, String, Vec<CeDiD>) {
    let draft = app.draft("Zuzanna Erasable").await;
    let id = draft.assertion.id.clone();
    app.write(move |conn| {
        let told = IssuedEvidence {
            id: Iri::fresh().to_string(),
            name: "Essay of Zuzanna".to_owned(),
            audience: None,
            description: None,
            genre: None,
            narrative: None,
            artifacts: Vec::new(),
        };
        Ok(testamur::models::evidence::add(conn, &id, &told, 0)?)
    })
    .await;
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let form = staff.get(&page).await.expect(200);
    let fields = [("csrf", form.token()), ("name", "Portfolio of Zuzanna".to_owned())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    staff.hand_in(&format!("{page}/files"), &fields, &[("zuzanna.txt", b"Zuzanna wrote this")]).await;
    let issue = format!("{page}/issue");
    let revision = app.assertion(&draft.assertion.id).await.revision.to_string();
    staff.submit(&issue, &issue, &[("notify", "true"), ("revision", &revision)]).await.expect(303);
    let correction = format!("{page}/correction");
    let fields =
        [("narrative", "About Zuzanna"), ("public_reason", "Zuzanna was amended"), ("internal_note", "Zuzanna")];
    staff.submit(&correction, &correction, &fields).await.expect(303);
    let (own, portal) = (draft.learner.clone(), app.portal());
    let codes = app
        .write(move |conn| {
            let publisher = profile::publisher(conn)?.unwrap();
            let record = Clr::new(&own, publisher.id);
            record.insert(conn, &[], &by())?;
            publish(conn, &record.id, &portal, &How { notify: true, previewed: None }, &by())?;
            let mut all = credential::of_learner(conn, &own.id)?;
            all.extend(credential::records_of(conn, &own.id)?);
            Ok(all.into_iter().map(|one| one.cedid).collect::<Vec<_>>())
        })
        .await;
    assert_eq!(codes.len(), 3);
    share(app, &draft.learner).await;
    (draft.learner.id.to_string(), draft.learner.student_id.unwrap().to_string(), codes)
}

/// What is shown of a learner to somebody whose name tells of the learner.
async fn share(app: &App, learner: &Profile) {
    let (learner, portal) = (learner.clone(), app.portal());
    app.write(move |conn| {
        let terms = Terms {
            id: testamur::values::Id::fresh(),
            recipient: Line::parse("The mother of Zuzanna").unwrap(),
            purpose: Line::parse("So that she sees what Zuzanna did").unwrap(),
            awards: choosable(conn, &learner.id)?.into_iter().map(|one| one.id).collect(),
            lasts: Lasts::UntilOff,
            with_pdf: true,
            with_json: true,
            with_vc: true,
            copy: true,
        };
        make(conn, &learner, &terms, &portal, &Actor::learner(&learner, None)).map(|_| ())
    })
    .await;
}

#[derive(diesel::QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    row: String,
}

/// Every row of every table, as text.
async fn everything(app: &App) -> BTreeMap<String, String> {
    let tables = [
        "profile",
        "assertion",
        "result",
        "evidence",
        "evidence_file",
        "endorsement",
        "clr",
        "clr_assertion",
        "credential",
        "credential_document",
        "outbox",
        "session",
        "one_time_link",
        "kept_form",
        "import",
        "import_object",
        "audit_entry",
        "attendance",
        "erasure",
        "share",
        "share_award",
        "disclosure",
        "signed_form",
    ];
    app.read(move |conn| {
        let mut all = BTreeMap::new();
        for table in tables {
            let text = match crate::app::on_postgres() {
                true => format!("SELECT t::text AS row FROM {table} t"),
                false => {
                    let columns: Vec<Row> =
                        diesel::sql_query(format!("SELECT name AS row FROM pragma_table_info('{table}')"))
                            .load(conn)?;
                    let told = |column: &str| {
                        format!("CASE typeof({column}) WHEN 'blob' THEN lower(hex({column})) ELSE coalesce(CAST({column} AS TEXT), '') END")
                    };
                    let parts: Vec<String> = columns.iter().map(|one| told(&one.row)).collect();
                    format!("SELECT {} AS row FROM {table}", parts.join(" || ' | ' || "))
                }
            };
            let rows: Vec<Row> = diesel::sql_query(text).load(conn)?;
            all.insert(table.to_owned(), rows.into_iter().map(|one| one.row).collect::<Vec<_>>().join("\n"));
        }
        let documents: Vec<Packed> = schema::credential_document::table.select(schema::credential_document::content).load(conn)?;
        let forms: Vec<Packed> = schema::signed_form::table.select(schema::signed_form::content).load(conn)?;
        let text = |packed: Vec<Packed>| {
            packed.iter().map(|one| String::from_utf8_lossy(one.get()).into_owned()).collect::<Vec<_>>().join("\n")
        };
        all.insert("credential_document, unpacked".to_owned(), text(documents));
        all.insert("signed_form, unpacked".to_owned(), text(forms));
        Ok(all)
    })
    .await
}

/// Bytes are told in hexadecimal.
fn told(name: &str) -> [String; 2] {
    [name.to_lowercase(), name.bytes().map(|byte| format!("{byte:02x}")).collect()]
}

#[actix_web::test]
async fn nothing_that_tells_of_an_erased_learner_is_left_anywhere() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let (id, number, codes) = known(&app, &staff).await;
    let (page, visitor) = (format!("/admin/learners/{id}"), app.browser());
    for code in &codes {
        visitor.get(&format!("/c/{code}")).await.expect(200);
    }
    let (_, other) = app.award("Somebody Else").await;
    let before = everything(&app).await;
    for table in ["profile", "credential", "credential_document, unpacked", "signed_form, unpacked"] {
        let text = before[table].to_lowercase();
        assert!(told("Zuzanna").iter().any(|name| text.contains(name)), "{table} tells of nobody");
    }

    staff.get("/admin/audit").await.expect(200).says("The trail is whole").never_says("erased from");
    let erasure = format!("{page}/erasure");
    let refused = staff.submit(&erasure, &erasure, &[("reason", "Request of 3 May"), ("sure", "no")]).await;
    refused.expect(422).says("Request of 3 May").says("to be sure");
    staff.submit(&erasure, &erasure, &[("reason", "Request of 3 May"), ("sure", &number)]).await.expect(303);

    for (table, text) in everything(&app).await {
        let text = text.to_lowercase();
        for name in ["Zuzanna", "Erasable", number.as_str()] {
            for form in told(name) {
                assert!(!text.contains(&form), "{table} still tells of {name}: {text}");
            }
        }
    }
    // Staff see the tombstone; a code leads to it.
    let tomb = staff.get(&page).await.expect(200).says("Erased learner").says("Request of 3 May");
    for code in &codes {
        assert!(tomb.text().contains(&code.to_string()));
        assert_eq!(staff.get(&format!("/admin/search?q={code}")).await.expect(303).location(), page);
    }
    staff.get(&format!("/admin/profiles/{id}/edit")).await.expect(409).says("erased");
    for (kind, more) in [("assertions", ("conferral_date", "2026-05-08")), ("clrs", ("name", "Record"))] {
        let form = format!("/admin/{kind}/new");
        let fields = [("learner", id.as_str()), ("learner_id", id.as_str()), more];
        staff
            .submit(&form, &format!("/admin/{kind}"), &fields)
            .await
            .expect(422)
            .says("was erased; nothing new can be recorded");
    }
    // What the audit trail told of the learner is gone, and the trail is as it was written. The page, which had read some of
    // it before, says the same.
    let trail = app.read(|conn| Ok(audit_check::verify(conn)?)).await;
    let audit_check::Verdict::Whole { erased: erased @ 1.., .. } = trail else { panic!("{trail:?}") };
    staff.get("/admin/audit").await.expect(200).says(&format!("lawfully erased from {erased} of them"));
    staff.get(&erasure).await.expect(409).says("erased already");
    for list in [
        "/admin",
        "/admin/learners",
        "/admin/assertions",
        "/admin/clrs",
        "/admin/audit",
        "/admin/mail",
        "/admin/learners.ndjson",
        "/admin/assertions.csv",
    ] {
        staff.get(list).await.expect(200).never_says("Zuzanna");
    }
    visitor.get(&format!("/c/{}", other.cedid)).await.expect(200).says("Somebody Else");
}

#[actix_web::test]
async fn an_erased_code_answers_as_one_that_never_was_and_is_never_given_again() {
    let app = App::start().await;
    let staff = app.signed_in(Role::Registrar).await;
    let (id, number, codes) = known(&app, &staff).await;
    let erasure = format!("/admin/learners/{id}/erasure");
    staff.submit(&erasure, &erasure, &[("reason", "Request of 3 May"), ("sure", &number)]).await.expect(303);
    let never = CeDiD::fresh();
    let visitor = app.browser();
    // Fewer misses than an address has at once.
    for (code, addresses) in codes.iter().zip([5, 1, 1]) {
        let all = ["/c/CODE", "/c/CODE.json", "/c/CODE.pdf", "/c/CODE/certificate.pdf", "/validate?cedid=CODE"];
        for address in all.into_iter().take(addresses) {
            let erased = visitor.get(&address.replace("CODE", &code.to_string())).await;
            let unknown = visitor.get(&address.replace("CODE", &never.to_string())).await;
            assert_eq!((erased.status, unknown.status.as_u16()), (unknown.status, 404), "{address}");
            assert_eq!(bare(&erased, code), bare(&unknown, &never), "{address}");
        }
    }
    let codes: Vec<CeDiD> = codes.clone();
    app.read(move |conn| {
        for code in &codes {
            let another = Iri::parse("urn:uuid:0d4f3c1e-5f0e-4f3e-9a53-6f4f1d1c7a55").unwrap();
            assert!(credential::is_taken(conn, code, &another)?, "{code} could be given again");
        }
        Ok(())
    })
    .await;
}

/// The page without the code that was typed and the id of the request.
fn bare(answer: &crate::app::Answer, code: &CeDiD) -> String {
    let request = answer.header("x-request-id");
    answer.text().replace(&code.to_string(), "CODE").replace(code.as_str(), "CODE").replace(&request, "REQUEST")
}

#[actix_web::test]
async fn the_database_lets_go_of_what_was_issued_only_while_it_is_being_erased() {
    use diesel::connection::SimpleConnection;
    let app = App::start().await;
    app.award("Ann Lee").await;
    for forbidden in [
        "DELETE FROM credential_document",
        "UPDATE credential SET facts = '{}'",
        "UPDATE audit_entry SET changes = '[]'",
        "DELETE FROM credential",
        "DELETE FROM audit_entry",
    ] {
        let refused = app.db.write(move |conn| Ok::<_, testamur::registrar::Refusal>(conn.batch_execute(forbidden)?));
        assert!(refused.await.is_err(), "{forbidden}");
    }
}

#[actix_web::test]
async fn whose_word_stands_in_documents_of_others_is_not_erased() {
    let app = App::start().await;
    let (draft, _) = app.award("Ann Lee").await;
    let (endorser, _) = app.award("Prof Endorser").await;
    let (award, person) = (draft.achievement.id.clone(), endorser.learner.id.clone());
    app.write(move |conn| {
        let mut awarded = testamur::models::achievement::find(conn, &award)?;
        awarded.issuer_id = person.clone();
        assert!(awarded.update(conn, &by())?);
        Ok(())
    })
    .await;
    let staff = app.signed_in(Role::Registrar).await;
    let erasure = format!("/admin/learners/{}/erasure", endorser.learner.id);
    staff.get(&erasure).await.expect(409).says("documents of others");
    let auditor = app.signed_in(Role::Auditor).await;
    auditor.get(&format!("/admin/learners/{}/erasure", draft.learner.id)).await.expect(403);
}
