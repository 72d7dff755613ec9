//! A key that was in other hands: whoever holds files that it signed is told where they come from.

use testamur::{
    models::{Profile, SigningKey, profile, signing_key, signing_key::Purpose},
    registrar::{keys, share::Lasts},
    values::{Id, Line, Role},
};

use super::{shared, sharing};
use crate::{
    app::{App, by},
    clrs,
};

/// Marks the key with which this profile signs credentials as compromised since long ago.
async fn lost(app: &App, owner: &Id<Profile>) {
    let owner = owner.clone();
    let keys = app.read(move |conn| Ok(signing_key::of(conn, &owner)?)).await;
    let signed = |key: &&SigningKey| key.purpose == Purpose::DataIntegrity;
    let key = keys.iter().filter(signed).min_by_key(|key| key.number).unwrap();
    let since = "2020-01-01T00:00:00Z".parse().unwrap();
    let reason = Line::parse("Stolen").unwrap();
    keys::mark_compromised(&app.db, &app.portal(), &key.id, (since, reason), &by()).await.unwrap();
}

#[actix_web::test]
async fn a_learner_and_whoever_has_a_link_are_told_that_files_are_not_to_be_relied_on() {
    let app = App::start().await;
    let own = sharing(&app, "Ann Lee").await;
    let (_, path) = shared(&app, &own.learner, &[&own.first], Lasts::Days(30)).await;
    let visitor = app.browser();
    let told = "in other hands";
    let registrar = app.signed_in(Role::Registrar).await;
    let page = clrs::drafted(&registrar, &own.learner, &[]).await;
    clrs::published(&app, &registrar, &page).await;
    visitor.get(&path).await.expect(200).never_says(told);
    own.browser.get("/record").await.expect(200).never_says(told);

    // The publisher signed the share and the published record as a whole, and none of the awards.
    let publisher = app.read(|conn| Ok(profile::publisher(conn)?.unwrap().id)).await;
    lost(&app, &publisher).await;
    visitor.get(&path).await.expect(200).says(told);
    let record = own.browser.get("/record").await.expect(200).says(told);
    assert!(record.text().contains("<li><a href=\"/record/published/1\">"));
    assert!(!record.text().contains("<li><a href=\"/c/"));

    let other = App::start().await;
    let own = sharing(&other, "Ann Lee").await;
    let (_, path) = shared(&other, &own.learner, &[&own.first], Lasts::Days(30)).await;
    lost(&other, &own.draft.office.id).await;
    other.browser().get(&path).await.expect(200).says(told);
    let record = own.browser.get("/record").await.expect(200).says(told);
    let links = |code: &str| record.text().matches(&format!("<li><a href=\"/c/{code}\">")).count();
    assert_eq!((links(&own.first.cedid.to_string()), links(&own.second.cedid.to_string())), (1, 1));
    // What was taken back, or issued anew, is not among what the learner would ask for.
    let revocation = format!("/admin/assertions/{}/revocation", own.second.assertion_id.as_ref().unwrap());
    let registrar = other.signed_in(Role::Registrar).await;
    registrar.submit(&revocation, &revocation, &[("reason", "error"), ("public_reason", "An error")]).await.expect(303);
    let record = own.browser.get("/record").await.expect(200).says(told);
    assert!(!record.text().contains(&format!("<li><a href=\"/c/{}\">", own.second.cedid)));
}
