//! Versions of an achievement: their list, each one to be read, and what changed between two.

use testamur::values::Role;

use crate::app::App;

#[actix_web::test]
async fn versions_are_listed_with_how_many_awards_each_has() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let owner = format!("/admin/achievements/{}", draft.achievement.id);
    let versions = format!("{owner}/versions");
    browser.get(&versions).await.expect(200).says("being worked on").never_says("Compare");
    app.issue(&draft.assertion.id).await;
    let another = app.another_draft(&draft).await;
    app.issue(&another.id).await;

    let changed = [
        ("name", "Hoosier Experience"),
        ("achievement_type", "Award"),
        ("issuer", draft.office.id.as_str()),
        ("criteria", "Attend six events <b>or</b> more."),
        ("revision", "1"),
    ];
    browser.submit(&format!("{owner}/edit"), &owner, &changed).await.expect(303);
    let third = app.another_draft(&draft).await;
    app.issue(&third.id).await;
    let list = browser.get(&versions).await.expect(200).text().replace('\n', "");
    let row = |number: i32, awards: i32| {
        let row = list.split("<tr>").find(|row| row.contains(&format!("Version {number}</a>"))).unwrap().to_owned();
        assert!(row.contains(&format!("<td class=\"num\">{awards}</td>")), "{row}");
    };
    row(1, 2);
    row(2, 1);

    browser.get(&format!("{versions}/1")).await.expect(200).says("2 awards").never_says("Attend six events");
    browser.get(&format!("{versions}/2")).await.expect(200).says("Attend six events").says("the present version");
    let told = browser.get(&format!("{versions}?from=1&to=2")).await.expect(200);
    let told =
        told.says("Criteria").says("<ins>").says("Attend six events &#60;b&#62;or&#60;/b&#62; more.").says("Code");
    told.never_says("<dt>Name</dt>");
    browser.get(&format!("{versions}?from=2&to=1")).await.expect(200).says("<del>");
    browser.get(&format!("{versions}?from=1&to=1")).await.expect(200).says("Nothing differs");
    for nowhere in ["/3", "/0", "/-1", "/x", "?from=1&to=9"] {
        browser.get(&format!("{versions}{nowhere}")).await.expect(404);
    }

    let page = format!("/admin/assertions/{}", draft.assertion.id);
    browser.get(&page).await.expect(200).says(&format!("{versions}/1")).says("what changed until version 2");
    let page = format!("/admin/assertions/{}", third.id);
    browser.get(&page).await.expect(200).says(&format!("{versions}/2")).never_says("what changed until");
}
