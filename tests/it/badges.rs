//! Baked badges: pictures with the signed credential in them, un-baked here by libraries that are not ours.

use base64::{Engine, engine::general_purpose::STANDARD};
use diesel::prelude::*;
use serde_json::Value;
use testamur::{
    db::schema::assertion,
    registrar::revoke::{Reason, revoke},
    sign::integrity,
    values::{Line, Role},
};

use crate::app::{Answer, App, Draft, by};

const KEYWORD: &str = "openbadgecredential";
const NAMESPACE: &str = "https://purl.imsglobal.org/ob/v3p0";

/// The credential in a PNG, and how wide and high that is; the whole picture is read.
fn in_png(bytes: &[u8]) -> (String, (u32, u32)) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut picture = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut picture).unwrap();
    let info = reader.info();
    let texts: Vec<_> = info.utf8_text.iter().filter(|text| text.keyword == KEYWORD).collect();
    assert_eq!(texts.len(), 1);
    assert!(!texts[0].compressed && texts[0].language_tag.is_empty());
    (texts[0].get_text().unwrap(), info.size())
}

/// The credential in an SVG.
fn in_svg(text: &str) -> String {
    let document = roxmltree::Document::parse(text).unwrap();
    let found: Vec<_> =
        document.root_element().children().filter(|node| node.has_tag_name((NAMESPACE, "credential"))).collect();
    assert_eq!(found.len(), 1);
    found[0].children().filter_map(|node| node.text()).collect()
}

fn is_inert(answer: &Answer, kind: &str) {
    assert_eq!(answer.header("content-type"), kind);
    assert!(answer.header("content-disposition").starts_with("attachment"));
    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; img-src data:; sandbox");
}

/// Gives a draft a picture of its own.
async fn with_picture(app: &App, draft: &Draft, address: String) {
    let id = draft.assertion.id.clone();
    app.write(move |conn| {
        Ok(diesel::update(assertion::table.find(&id)).set(assertion::image.eq(Some(address.as_str()))).execute(conn)?)
    })
    .await;
}

#[actix_web::test]
async fn a_badge_is_drawn_and_holds_the_credential_as_it_was_signed() {
    let app = App::start().await;
    let (draft, issued) = app.award("李小龍 ]]> & نور").await;
    let visitor = app.browser();
    let address = |form: &str| format!("/c/{}.{form}", issued.cedid);
    let signed = visitor.get(&address("vc.json")).await.expect(200).bytes;
    let (png, svg) = (visitor.get(&address("png")).await.expect(200), visitor.get(&address("svg")).await.expect(200));
    is_inert(&png, "image/png");
    is_inert(&svg, "image/svg+xml");
    let (inside, size) = in_png(&png.bytes);
    assert_eq!((inside.as_bytes(), size), (&*signed, (600, 600)));
    assert_eq!(in_svg(&svg.text()).as_bytes(), signed);
    let credential: Value = serde_json::from_str(&inside).unwrap();
    let multikey = credential["issuer"]["id"].as_str().unwrap().strip_prefix("did:key:z").unwrap();
    integrity::check(&credential, &bs58::decode(multikey).into_vec().unwrap()[2..].try_into().unwrap()).unwrap();

    let page = visitor.get(&format!("/c/{}", issued.cedid)).await.expect(200);
    page.says(&address("png")).says(&address("svg"));
    let staff = app.signed_in(Role::Registrar).await;
    staff.get(&format!("/admin/assertions/{}", draft.assertion.id)).await.expect(200).says(&address("png"));

    let id = draft.assertion.id.clone();
    app.write(move |conn| {
        let reason = Reason { public: Line::parse("Conferred in error").unwrap(), internal: None };
        revoke(conn, &id, &reason, &by())
    })
    .await;
    assert_eq!(visitor.get(&address("png")).await.expect(200).bytes, png.bytes, "the same bytes, and drawn the same");
    assert_eq!(visitor.get(&address("svg")).await.expect(200).bytes, svg.bytes);
    for missing in ["/c/0000-0000-001J.png", "/c/0000-0000-001J.svg"] {
        visitor.get(missing).await.expect(404);
    }
}

#[actix_web::test]
async fn a_picture_that_was_handed_in_is_baked_and_one_from_elsewhere_is_never_fetched() {
    let app = App::start().await;
    let visitor = app.browser();
    let mut dot = Vec::new();
    let mut encoder = png::Encoder::new(&mut dot, 1, 1);
    encoder.add_itxt_chunk(KEYWORD.to_owned(), "an older one".to_owned()).unwrap();
    encoder.write_header().unwrap().write_image_data(&[7]).unwrap();
    let drawing =
        "<?xml version=\"1.0\"?>\n<!-- ours --><svg xmlns=\"http://www.w3.org/2000/svg\" id=\"own\"><g/></svg>";
    let pictures = [
        (format!("data:image/png;base64,{}", STANDARD.encode(&dot)), (1, 1), "<image "),
        (format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawing)), (600, 600), "id=\"own\""),
        ("https://elsewhere.invalid/badge.png".to_owned(), (600, 600), "<path "),
        ("data:image/png;base64,bm90IGE=".to_owned(), (600, 600), "<path "),
    ];
    for (picture, size, shown) in pictures {
        let draft = app.draft("Ann Lee").await;
        with_picture(&app, &draft, picture).await;
        let issued = app.issue(&draft.assertion.id).await;
        let address = |form: &str| format!("/c/{}.{form}", issued.cedid);
        let signed = visitor.get(&address("vc.json")).await.expect(200).bytes;
        let (inside, is) = in_png(&visitor.get(&address("png")).await.expect(200).bytes);
        assert_eq!((inside.as_bytes(), is), (&*signed, size));
        let svg = visitor.get(&address("svg")).await.expect(200).says(shown);
        assert_eq!(in_svg(&svg.text()).as_bytes(), signed);
    }
}
