//! Workbooks in the place of text files: read as people see them, and bounded however they are packed.

use std::io::Write;

use testamur::values::Role;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use crate::{
    app::App,
    attendance::{counts, event, learners},
    plan_events::{app, hand_in, send},
};

/// A workbook of one sheet: its rows as XML. Style 1 shows ten digits, style 2 a day with a time, style 3 a time.
fn workbook(rows: &str) -> Vec<u8> {
    const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
    const RELS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="First" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
    const PARTS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
    const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="2"><numFmt numFmtId="164" formatCode="0000000000"/><numFmt numFmtId="165" formatCode="m/d/yyyy h:mm"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/></cellXfs></styleSheet>"#;
    let sheet = format!(
        r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#
    );
    packed(&[
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/styles.xml", STYLES),
        ("xl/worksheets/sheet1.xml", &sheet),
    ])
}

fn packed(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, content) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn number(at: &str, style: u8, number: &str) -> String {
    format!(r#"<c r="{at}" s="{style}"><v>{number}</v></c>"#)
}

fn row(nth: u32, cells: &[String]) -> String {
    format!(r#"<row r="{nth}">{}</row>"#, cells.concat())
}

#[actix_web::test]
async fn attendance_comes_out_of_a_workbook_with_its_zeros_in_front() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (event, _) = (event(&app, "Game night", None, 0).await, learners(&app, 2).await);
    let page = format!("/admin/events/{}/attendance/file", event.id);
    // A number that is shown with ten digits, and one that was typed as text; the third row is empty.
    let rows = [
        row(1, &[text("A1", "Student number"), text("B1", "Status")]),
        row(2, &[number("A2", 1, "1"), text("B2", "attended")]),
        row(4, &[text("A4", "0000000002"), text("B4", "perhaps")]),
    ];
    let book = workbook(&rows.concat());
    let token = browser.get(&page).await.token();
    let handed =
        browser.hand_in_as("file", &page, &[("csrf", token.as_str())], &[("came.xlsx", &book)]).await.expect(200);
    let handed = handed.says("0000000001").says("1 (Student number)");
    let content = crate::app::between(&handed.text(), "name=\"content\" value=\"", "\"").unwrap();
    let content = content.replace("&#34;", "\"");
    assert!(!content.contains('.'), "{content}");
    let fields = [
        ("csrf", token.as_str()),
        ("content", content.as_str()),
        ("written", "spreadsheet"),
        ("headed", "true"),
        ("who", "0"),
        ("status", "1"),
        ("usual", "attended"),
        ("step", "record"),
    ];
    let rows = format!("/admin/events/{}/attendance/rows", event.id);
    browser.post_raw(&rows, &fields).await.expect(200).says("1 · Recorded").says("row 4: 0000000002");
    assert_eq!(counts(&app, &event).await.attended, 1);
}

#[actix_web::test]
async fn events_come_out_of_a_workbook_with_their_days_and_times() {
    let app = app().await;
    let host = app.signed_in(Role::Host).await;
    let head = ["code", "name", "starts", "ends", "capacity"];
    let head: Vec<String> = head.iter().zip('A'..).map(|(head, at)| text(&format!("{at}1"), head)).collect();
    // 47725 is 30 August 2030; the one ends at 20:20, which is no round number there.
    let cells = [
        text("A2", "FYE-1"),
        text("B2", "Culture Fest"),
        number("C2", 2, "47725.75"),
        number("D2", 2, "47725.847222222219"),
        number("E2", 0, "400"),
    ];
    let book = workbook(&[row(1, &head), row(2, &cells)].concat());
    let looked = send(&host, "plan.xlsx", &book, &[("step", "look")]).await.expect(200);
    looked.says("1 · New").says("30 August 2030, 18:00–20:20").says("row 2");
    send(&host, "plan.xlsx", &book, &[("step", "bring")]).await.expect(303);
    send(&host, "plan.xlsx", &book, &[("step", "look")]).await.expect(200).says("1 · Already known");
}

#[actix_web::test]
async fn what_is_no_workbook_or_far_too_much_is_refused_in_words() {
    let app = app().await;
    let host = app.signed_in(Role::Host).await;
    let zeros = " ".repeat(40 * 1024 * 1024);
    let bomb = workbook(&zeros);
    assert!(bomb.len() < 100_000, "it is small when it is packed");
    let far = workbook(&row(1_000_000, &[text("A1000000", "x")]));
    let wide = workbook(&row(1, &[text("XFD1", "x")]));
    let text_file = packed(&[("letter.txt", "Dear Sir")]);
    let mut cut = workbook(&row(1, &[text("A1", "code"), text("B1", "name")]));
    cut.truncate(cut.len() / 2);
    let huge = workbook(&row(1, &[text("A1", "code"), text("B1", &"x".repeat(2_000_000))]));
    for (content, says) in [
        (&bomb, "more than 32 MB when it is unpacked"),
        (&far, "at most 10000 rows"),
        (&wide, "100 columns"),
        (&text_file, "no Excel workbook"),
        (&cut, "no Excel workbook"),
        (&huge, "more text in this file"),
        (&workbook(""), "nothing in this file"),
    ] {
        hand_in(&host, "plan.xlsx", content).await.expect(422).says(says);
    }
}
