//! Bad and hostile input: a clear 4xx, nothing changed, nothing of it a 5xx.

use reqwest::Method;
use testamur::{values::Role, web::routes};

use crate::app::App;

const SIGNS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'; DROP TABLE profile; --",
    "{{7*7}}",
    "%00",
    "\u{202e}evil",
    "=1+1",
    "../../etc/passwd",
    "\r\nX-Evil: yes",
    "𝔘𝔫𝔦",
    "\u{1F469}\u{200D}\u{1F393}",
    "%F0%28%8C%28",
];

#[actix_web::test]
async fn every_answer_of_every_route_has_the_security_headers_and_a_request_id() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Administrator).await;
    for route in routes::table() {
        let path = route
            .path
            .replace("{cedid:[^/]+}", "x")
            .replace("{cedid}", "x")
            .replace("{id}", "x")
            .replace("{secret}", "x")
            .replace("{name}", "app.css");
        let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
        let answer = browser.send(method, &path, None).await;
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
            "permissions-policy",
            "cross-origin-opener-policy",
            "x-request-id",
        ] {
            assert!(!answer.header(name).is_empty(), "{} {path} has no {name}", route.method);
        }
        assert!(!answer.header("content-security-policy").contains("unsafe"), "{path}");
        assert!(answer.status.as_u16() < 500, "{} {path}: {}", route.method, answer.status);
    }
}

#[actix_web::test]
async fn hostile_text_in_every_field_is_kept_as_text_or_refused() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    for sign in SIGNS {
        let fields = [
            ("kind", "organization"),
            ("name", *sign),
            ("description", *sign),
            ("telephone", *sign),
            ("official", *sign),
            ("street", *sign),
        ];
        let answer = browser.submit("/admin/profiles/new", "/admin/profiles", &fields).await;
        let page = match answer.status.as_u16() {
            303 => browser.get(&answer.location()).await.expect(200),
            422 => answer,
            other => panic!("{sign:?}: {other}"),
        };
        for raw in ["<script>alert", "<img src=x", "X-Evil: yes\r"] {
            assert!(!page.text().contains(raw), "{sign:?} came through as markup");
        }
        let list = browser
            .get(&format!(
                "/admin/profiles?{}",
                serde_html_form::to_string([("q", *sign), ("sort", *sign), ("after", *sign)]).unwrap()
            ))
            .await;
        list.expect(200);
        let verdict =
            app.browser().get(&format!("/validate?{}", serde_html_form::to_string([("cedid", *sign)]).unwrap())).await;
        assert!(verdict.status.is_client_error(), "{sign:?}: {}", verdict.status);
        assert!(!verdict.text().contains("<script>alert"), "{sign:?}");
    }
}

#[actix_web::test]
async fn bodies_that_are_no_forms_are_refused_in_words() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let address = format!("{}/admin/profiles", app.base_url);
    let client = browser.client();
    let too_large = client
        .post(&address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("a=".to_owned() + &"x".repeat(400_000))
        .send()
        .await
        .unwrap();
    assert_eq!(too_large.status().as_u16(), 413);
    let json =
        client.post(&address).header("content-type", "application/json").body("{\"name\":\"x\"}").send().await.unwrap();
    assert_eq!(json.status().as_u16(), 400);
    let binary = client
        .post(&address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(vec![0xff, 0xfe, 0x00])
        .send()
        .await
        .unwrap();
    assert!(binary.status().is_client_error());
    let text = binary.text().await.unwrap();
    assert!(text.contains("<h1"), "an error without a page: {text}");
    let wrong_method = client.delete(&address).send().await.unwrap();
    assert_eq!(wrong_method.status().as_u16(), 405);
}

#[actix_web::test]
async fn nonsense_addresses_are_404_with_a_page() {
    let app = App::start().await;
    let visitor = app.browser();
    for path in [
        "/nowhere",
        "/c/",
        "/static/../Cargo.toml",
        "/static/%2e%2e%2fCargo.toml",
        "/static/nothing.css",
        "/%ff%fe",
        "/c/%00",
        "/admin/nothing",
    ] {
        let answer = visitor.get(path).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{path}: {}", answer.status);
    }
    visitor.get("/nowhere").await.expect(404).says("<h1");
}

#[actix_web::test]
async fn a_form_from_another_site_is_refused() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let token = browser.get("/admin/profiles/new").await.token();
    let body =
        serde_html_form::to_string([("csrf", token.as_str()), ("kind", "organization"), ("name", "Evil")]).unwrap();
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        let request = browser.client().post(format!("{}/admin/profiles", app.base_url)).header(name, value);
        let answer = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{name}: {value}");
    }
    browser.get("/admin/profiles?q=evil").await.expect(200).says("Nothing fits");
}
