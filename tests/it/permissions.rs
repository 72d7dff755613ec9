//! Who may what: the table of role × route × own or another office's object, walked whole. It is made from the very
//! registration that mounts the routes.

use actix_web::http::Method;
use testamur::{
    values::Role,
    web::{guards::Access, routes},
};

use crate::app::{App, Browser, Draft};

/// A route's address with real ids in it.
fn filled(path: &str, draft: &Draft, code: &str) -> String {
    let id = if path.starts_with("/admin/assertions") {
        draft.assertion.id.to_string()
    } else if path.starts_with("/admin/achievements") {
        draft.achievement.id.to_string()
    } else if path.starts_with("/admin/profiles") || path.starts_with("/admin/learners") {
        draft.learner.id.to_string()
    } else {
        testamur::clock::row_id().to_string()
    };
    let path = path.replace("{cedid:[^/]+}", code).replace("{cedid}", code).replace("{secret}", "no-such-secret");
    let path = path.replace("{token:[^/]+}", "no-such-token").replace("{token}", "no-such-token");
    let path = path.replace("{number:[^/]+}", "1").replace("{number}", "1");
    let path = path.replace("{seq:[^/]+}", "1").replace("{code}", "no-such-code");
    let path = path.replace("{learner}", draft.learner.id.as_str());
    let path = path.replace("{event}", testamur::clock::row_id().to_string().as_str()).replace("{id:[^/]+}", "{id}");
    path.replace("{id}", &id).replace("{name}", "app.css")
}

async fn ask(browser: &Browser, method: &Method, address: &str) -> u16 {
    match *method {
        Method::GET => browser.get(address).await.status.as_u16(),
        _ => browser.post_raw(address, &[]).await.status.as_u16(),
    }
}

#[actix_web::test]
async fn every_route_lets_in_whom_its_gate_names_and_nobody_else() {
    let app = App::start().await;
    let (draft, credential) = app.award("Zoë Łukasiewicz").await;
    let code = credential.cedid.to_string();
    testamur::registrar::keys::make_signers_ready(&app.db, &app.portal()).await.unwrap();
    let stranger = app.browser();
    for role in Role::ALL {
        let browser = app.signed_in(*role).await;
        for route in routes::table() {
            let address = filled(&route.path, &draft, &code);
            let status = ask(&browser, &route.method, &address).await;
            let who = format!("{role} {} {address}: {status}", route.method);
            match route.access {
                Access::Staff(name, roles) if !roles.contains(role) => assert_eq!(status, 403, "{who}, without {name}"),
                // Without the form's token a change is refused for everybody, but only after the gate.
                Access::Staff(..) if route.method == Method::POST => assert!(matches!(status, 403 | 404), "{who}"),
                Access::Staff(..) => assert!(matches!(status, 200 | 303 | 404 | 409), "{who}"),
                Access::Learner => assert_eq!(status, 303, "{who}"),
                Access::Public | Access::Stranger => assert!(status < 500, "{who}"),
            }
            assert!(status < 500, "{who}");
        }
    }
    for route in routes::table() {
        let address = filled(&route.path, &draft, &code);
        if !matches!(route.access, Access::Public | Access::Stranger) {
            let answer = match route.method {
                Method::GET => stranger.get(&address).await,
                _ => stranger.post_raw(&address, &[]).await,
            };
            assert_eq!(answer.status.as_u16(), 303, "{} {address}", route.method);
            assert!(answer.location().starts_with("/sign-in"), "{address} → {}", answer.location());
        }
    }
}

#[actix_web::test]
async fn an_object_of_another_office_does_not_exist_for_an_issuer() {
    let app = App::start().await;
    let own = app.draft("Own Learner").await;
    let other = app.draft("Other Learner").await;
    let account = app.staff(Role::Issuer, Some(own.office.id.clone())).await;
    let browser = app.sign_in(&account).await;
    for route in routes::table() {
        let concerns =
            ["/admin/assertions/{id}", "/admin/achievements/{id}"].iter().any(|start| route.path.starts_with(start));
        let Access::Staff(_, roles) = route.access else { continue };
        // A form with files is another kind of body; `evidence.rs` hands files in for another office's award.
        let hands_in = route.method == Method::POST && route.path.ends_with("/files");
        if !concerns || !roles.contains(&Role::Issuer) || hands_in {
            continue;
        }
        // A draft of its own for each route: some of them change or delete it.
        let mut own = own.clone();
        own.assertion = app.another_draft(&own).await;
        let (ours, theirs) = (filled(&route.path, &own, ""), filled(&route.path, &other, ""));
        let (ours, theirs) = match route.method {
            Method::GET => (browser.get(&ours).await, browser.get(&theirs).await),
            _ => {
                let token = browser.get("/admin/assertions/new").await.token();
                let fields =
                    [("csrf", token.as_str()), ("revision", "1"), ("achievement", own.achievement.id.as_str())];
                // Theirs first: ours may be gone afterwards.
                let theirs = browser.post_raw(&theirs, &fields).await;
                (browser.post_raw(&ours, &fields).await, theirs)
            }
        };
        assert_eq!(theirs.status.as_u16(), 404, "{} {}", route.method, route.path);
        assert_ne!(ours.status.as_u16(), 404, "{} {}", route.method, route.path);
    }
    let list = browser.get("/admin/assertions").await.expect(200);
    list.never_says("Other Learner");
}

#[actix_web::test]
async fn every_form_needs_the_token_of_its_own_session() {
    let app = App::start().await;
    let (draft, credential) = app.award("Ann Lee").await;
    let code = credential.cedid.to_string();
    let (mine, yours) = (app.signed_in(Role::Administrator).await, app.signed_in(Role::Administrator).await);
    let stolen = yours.get("/admin/profiles/new").await.token();
    for route in routes::table().into_iter().filter(|route| route.method == Method::POST) {
        // A public form knows nobody and changes nothing: its Origin and Fetch Metadata guard it.
        if matches!(route.access, Access::Learner | Access::Public) {
            continue;
        }
        let address = filled(&route.path, &draft, &code);
        for fields in [vec![], vec![("csrf", stolen.as_str())], vec![("csrf", "")]] {
            let status = mine.post_raw(&address, &fields).await.status.as_u16();
            assert_eq!(status, 403, "{address} with {fields:?}");
        }
    }
}

#[actix_web::test]
async fn a_disabled_account_and_a_changed_role_count_at_once() {
    let app = App::start().await;
    let account = app.staff(Role::Registrar, None).await;
    let browser = app.sign_in(&account).await;
    browser.get("/admin/profiles").await.expect(200);
    let id = account.id.clone();
    app.write(move |conn| Ok(testamur::models::staff::set_disabled(conn, &id, true, &crate::app::by())?)).await;
    browser.get("/admin/profiles").await.expect(303);
}

#[actix_web::test]
async fn an_office_finds_learners_and_never_gets_a_list_of_all() {
    let app = App::start().await;
    app.write(|conn| {
        for number in 0..60 {
            crate::app::person(conn, &format!("Ann Number{number:03}"), &format!("{number:010}"))?;
        }
        Ok(())
    })
    .await;
    for role in [Role::Issuer, Role::Host] {
        let browser = app.signed_in(role).await;
        for everything in ["", "%CC%81%CC%81", "a", "%20", "iu", "ann", "%25%25"] {
            for address in ["/admin/learners", "/admin/search"] {
                let answer = browser.get(&format!("{address}?q={everything}")).await.expect(200);
                let shown = answer.text().matches("Ann Number").count();
                assert!(shown <= 8, "{role} sees {shown} learners by {address}?q={everything}");
                assert!(!answer.text().contains("rel=\"next\""), "{role} pages through {address}?q={everything}");
            }
        }
        browser.get("/admin/learners?q=0000000007").await.expect(200).says("Ann Number007");
    }
}

#[actix_web::test]
async fn an_issuer_learns_nothing_of_another_offices_rubric_or_terms() {
    let app = App::start().await;
    let (own, other) = (app.draft("Own Learner").await, app.draft("Other Learner").await);
    let (achievement, assertion) = (other.achievement.id.clone(), other.assertion.id.clone());
    app.write(move |conn| {
        use diesel::connection::SimpleConnection;
        use testamur::{
            models::ResultDescription,
            values::{Name, ResultType},
        };
        let (name, kind) = (Name::parse("Secret criterion").unwrap(), ResultType::parse("LetterGrade").unwrap());
        ResultDescription::new(achievement.clone(), name, kind, 0).insert(conn)?;
        Ok(conn.batch_execute(&format!("UPDATE assertion SET term = 'Secret term' WHERE id = '{assertion}'"))?)
    })
    .await;
    let account = app.staff(Role::Issuer, Some(own.office.id.clone())).await;
    let browser = app.sign_in(&account).await;
    let form = browser.get(&format!("/admin/assertions/new?achievement={}", other.achievement.id)).await.expect(200);
    form.never_says("Secret criterion");
    browser.get("/admin/assertions").await.expect(200).never_says("Secret term");
}

#[actix_web::test]
async fn the_menu_leads_an_administrator_to_every_room_that_it_names() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Administrator).await;
    let dashboard = browser.get("/admin").await.expect(200).text();
    let menu = include_str!("../../templates/layouts/staff_nav.html");
    let rooms: Vec<&str> =
        menu.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(room, _)| room).collect();
    assert!(rooms.len() > 15, "{rooms:?}");
    for room in rooms {
        assert!(dashboard.contains(&format!("<a href=\"{room}\"")), "{room} is not in the menu");
        browser.get(room).await.expect(200);
    }
}
