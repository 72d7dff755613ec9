//! Issued means frozen: nothing shown of a credential comes from live rows. Every live field is changed, and page, JSON
//! and PDF stay as they were.

use diesel::connection::SimpleConnection;
use testamur::values::Role;

use crate::app::App;

/// What a page says, without the request's own id, time and present moment.
fn settled(page: &str) -> String {
    let mut settled = String::new();
    let mut rest = page;
    while let Some((before, after)) = rest.split_once("<time") {
        settled.push_str(before);
        let (_, after) = after.split_once("</time>").unwrap();
        rest = after;
    }
    settled + rest
}

#[actix_web::test]
async fn no_live_field_reaches_an_issued_credential() {
    let app = App::start().await;
    let (_, issued) = app.award("Zoë Łukasiewicz").await;
    let visitor = app.browser();
    let page = format!("/c/{}", issued.cedid);
    let before = (
        visitor.get(&page).await.expect(200).text(),
        visitor.get(&format!("{page}.json")).await.expect(200).bytes,
        visitor.get(&format!("{page}.pdf")).await.expect(200).bytes,
    );
    app.write(|conn| {
        Ok(conn.batch_execute(
            "UPDATE profile SET name = 'CHANGED', given_name = 'CHANGED', additional_name = 'CHANGED', family_name = 'CHANGED',
               official = 'CHANGED', description = 'CHANGED', email = 'changed@iu.example', telephone = 'CHANGED',
               url = 'https://changed.example', image = 'https://changed.example/x.png', address = '{\"street\":\"CHANGED\"}',
               sort_name = 'changed', search_text = 'changed';
             UPDATE achievement SET name = 'CHANGED', title = 'CHANGED', code = NULL, achievement_type = 'Badge',
               description = 'CHANGED', criteria = 'CHANGED', criteria_url = 'https://changed.example', credits_available = 9,
               field_of_study = 'CHANGED', level = 'CHANGED', specialization = 'CHANGED', tags = '[\"CHANGED\"]', version = 9;
             UPDATE assertion SET conferral_date = '2001-01-01', expires_on = '2001-01-01', credits_earned = 9, narrative = 'CHANGED',
               role = 'CHANGED', term = 'CHANGED', license_number = 'CHANGED', search_text = 'changed';",
        )?)
    })
    .await;
    let after = (
        visitor.get(&page).await.expect(200).text(),
        visitor.get(&format!("{page}.json")).await.expect(200).bytes,
        visitor.get(&format!("{page}.pdf")).await.expect(200).bytes,
    );
    // The frame of the page is the portal's own and may change; the credential inside may not.
    let main = |text: &str| crate::app::between(&settled(text), "<main", "</main>").unwrap();
    assert_eq!(main(&before.0), main(&after.0));
    assert!(!main(&after.0).contains("CHANGED"));
    assert_eq!(before.1, after.1, "the JSON changed");
    assert_eq!(before.2, after.2, "the PDF changed");
}

#[actix_web::test]
async fn what_a_code_opens_holds_nothing_private() {
    let app = App::start().await;
    let (draft, issued) = app.award("Zoë Łukasiewicz").await;
    let id = draft.learner.id.clone();
    app.write(move |conn| {
        Ok(conn.batch_execute(&format!(
            "UPDATE profile SET telephone = '555-PRIVATE', birth_date = '2001-02-03', sourced_id = 'SRC-PRIVATE',
             address = '{{\"street\":\"PRIVATE LANE\"}}' WHERE id = '{id}'"
        ))?)
    })
    .await;
    let learner = draft.learner.clone();
    let private = [
        learner.student_id.unwrap().to_string(),
        learner.email.unwrap().to_string(),
        "PRIVATE".to_owned(),
        "2001-02-03".to_owned(),
    ];
    let visitor = app.browser();
    for address in [
        format!("/c/{}", issued.cedid),
        format!("/c/{}.json", issued.cedid),
        format!("/c/{}.pdf", issued.cedid),
        format!("/validate?cedid={}", issued.cedid),
    ] {
        let answer = visitor.get(&address).await.expect(200);
        for secret in &private {
            assert!(!answer.text().contains(secret.as_str()), "{address} holds {secret}");
        }
    }
    // The staff's own export is whole.
    let staff = app.signed_in(Role::Registrar).await;
    let whole = staff.get(&format!("/admin/learners/{}/record.json", learner.id)).await.expect(200);
    whole.says(&private[0]).says(&private[1]).says("555-PRIVATE");
}
