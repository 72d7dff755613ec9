//! The three documents, read back with the tools that people have: poppler and qpdf. A tool that is not there is said.

#![allow(clippy::print_stdout)]

mod samples;

use std::{path::Path, process::Command};

use tempfile::TempDir;

use super::{Fonts, Pdf, certificate, cover, credential, record};
use crate::{
    models::{
        published::Cover,
        record::{Award, Record, Standing},
    },
    values::{CeDiD, Reading, Status},
    words::Words,
};
use samples::{JSON, bare_fonts, full, hoosier, links, long, standing};

fn draw(award: &Award, fonts: &Fonts) -> Pdf {
    credential(award, &links(), &Words::default(), fonts, JSON).unwrap()
}

fn draw_record(holder: &str, fonts: &Fonts) -> Pdf {
    record(&samples::record(holder), &links(), &Words::default(), fonts, JSON).unwrap()
}

fn draw_certificate(award: &Award, fonts: &Fonts) -> Pdf {
    certificate(award, &links(), &Words::default(), fonts).unwrap()
}

/// What a tool says about a document; `None`, said aloud, where the tool is missing.
fn ask(tool: &str, before: &[&str], bytes: &[u8], after: &[&str]) -> Option<String> {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("document.pdf");
    std::fs::write(&file, bytes).unwrap();
    let Ok(output) = Command::new(tool).args(before).arg(&file).args(after).output() else {
        println!("skipped: {tool} is not installed");
        return None;
    };
    assert!(output.status.success(), "{tool}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

fn text(pdf: &Pdf) -> Option<String> {
    // Direction marks around right-to-left words are poppler's, not ours.
    let text = ask("pdftotext", &["-layout"], &pdf.bytes, &["-"])?;
    Some(text.chars().filter(|c| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')).collect())
}

fn says(pdf: &Pdf, words: &str) {
    if let Some(text) = text(pdf) {
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words:?} is not in: {flat}");
    }
}

fn pages(pdf: &Pdf) -> Option<usize> {
    let info = ask("pdfinfo", &[], &pdf.bytes, &[])?;
    info.lines().find_map(|line| line.strip_prefix("Pages:")).map(|count| count.trim().parse().unwrap())
}

const NAMES: [&str; 6] = ["Zoë Łukasiewicz", "Nguyễn Thị Ánh", "Ελένη", "Дмитрий", "محمد", "נועה"];

#[test]
fn names_of_many_scripts_can_be_copied_from_all_three_documents() {
    let fonts = bare_fonts();
    for name in NAMES {
        for pdf in [draw(&hoosier(name), &fonts), draw_record(name, &fonts), draw_certificate(&hoosier(name), &fonts)] {
            assert!(pdf.missing.is_empty(), "{name}");
            says(&pdf, name);
        }
    }
}

#[test]
fn chinese_names_are_drawn_with_the_fonts_of_the_folder() {
    let folder = Path::new("/usr/share/fonts/opentype/noto");
    if !folder.join("NotoSansCJK-Regular.ttc").exists() {
        println!("skipped: the package fonts-noto-cjk is not installed");
        return;
    }
    let fonts = Fonts::load(Some(folder));
    assert!(fonts.missing("李小龍 りか 김").is_empty());
    let name = "李小龍";
    for pdf in [draw(&hoosier(name), &fonts), draw_record(name, &fonts), draw_certificate(&hoosier(name), &fonts)] {
        assert!(pdf.missing.is_empty());
        says(&pdf, name);
    }
}

#[test]
fn a_character_that_no_font_has_is_reported_and_drawn_in_words() {
    let fonts = bare_fonts();
    assert_eq!(fonts.missing("Zoë \u{1f600} 龍\u{e000}"), ['龍', '\u{e000}', '\u{1f600}']);
    for pdf in [draw(&hoosier("Bruce 龍"), &fonts), draw_certificate(&hoosier("Bruce 龍"), &fonts)] {
        assert_eq!(pdf.missing, ['龍']);
        says(&pdf, "Bruce [U+9F8D]");
    }
}

#[test]
fn marks_that_steer_a_line_leave_no_trace() {
    let fonts = bare_fonts();
    assert!(fonts.missing("A\u{200f}b\u{ad}c\u{feff}\n").is_empty());
    says(&draw(&hoosier("Zoe\u{308} A\u{200b}nn\u{ad}e"), &fonts), "Zoë Anne");
}

#[test]
fn the_json_comes_out_as_it_went_in() {
    for pdf in [draw(&hoosier("Ann"), &bare_fonts()), draw_record("Ann", &bare_fonts())] {
        let folder = TempDir::new().unwrap();
        let out = folder.path().join("out.json");
        let saved = ask("pdfdetach", &["-save", "1", "-o", out.to_str().unwrap()], &pdf.bytes, &[]);
        if saved.is_some() {
            assert_eq!(std::fs::read(&out).unwrap(), JSON);
        }
        let has = |words: &[u8]| pdf.bytes.windows(words.len()).any(|part| part == words);
        assert!(has(b"/AFRelationship/Source") || has(b"/AFRelationship /Source"));
        assert!(has(b"pdfaid") && has(b"pdfuaid"));
    }
}

#[test]
fn a_credential_stays_small() {
    let fonts = bare_fonts();
    let (one, two) = (draw(&hoosier("Zoë Łukasiewicz"), &fonts), draw(&long("Zoë Łukasiewicz", 24), &fonts));
    println!("one page {} bytes, two pages {} bytes", one.bytes.len(), two.bytes.len());
    assert_eq!(pages(&one).unwrap_or(1), 1);
    assert_eq!(pages(&two).unwrap_or(2), 2);
    assert!(two.bytes.len() < 80_000, "{} bytes", two.bytes.len());
    let certificate = draw_certificate(&hoosier("Zoë Łukasiewicz"), &fonts);
    println!("certificate {} bytes", certificate.bytes.len());
    assert!(certificate.bytes.len() < 120_000, "{} bytes", certificate.bytes.len());
}

#[test]
fn the_same_award_gives_the_same_bytes() {
    let draw_all = || {
        let fonts = bare_fonts();
        [draw(&full("Zoë محمد"), &fonts), draw_record("Zoë", &fonts), draw_certificate(&full("Zoë محمد"), &fonts)]
    };
    assert_eq!(draw_all(), draw_all());
}

#[test]
fn everything_an_award_says_is_on_paper() {
    let pdf = draw(&full("Zoë Łukasiewicz"), &bare_fonts());
    for words in [
        "First-Year Hoosier Experience",
        "Awarded to a student",
        "19FD-D80S-A9TU",
        "7 November 2019",
        "30 June 2029",
        "FYE Hoosier Experience",
        "Awarded",
        "Grade point average: 3.8 (from 0 to 4; 2.0 required)",
        "Attend six or more",
        "fye.indiana.edu/criteria",
        "Fall 2019",
        "Peer mentor",
        "1.5 of 3",
        "26 August 2019 – 1 November 2019",
        "LIC-8841",
        "Took part throughout the term:",
        "• spoke at the fair",
        "the report (https://iu.edu/r)",
        "FYE-100",
        "Student affairs",
        "Foundation",
        "Transition",
        "first year, engagement",
        "Civic engagement (CE-1, VALUE)",
        "Part of Hoosier Journey",
        "Reflection essay",
        "Two pages on belonging",
        "essay.pdf",
        "Rubric: Engagement",
        "Takes part",
        "Leading",
        "Proficient",
        "Educational Experience",
        "6 events attended",
        "Culture Fest",
        "Equity & Inclusion",
        "4 Sept 2019",
        "Office of the Registrar",
        "Office of Enrollment Management",
        "Student Life",
        "408 N. Union St.",
        "+1 812 855 6500",
        "registrar.indiana.edu",
        "Mark McConahay",
        "To validate the authenticity",
        "clr.example.edu/validate",
        "clr.example.edu/c/19FD-D80S-A9TU",
        "Page 1 of 2",
    ] {
        says(&pdf, &words.replace("Sept ", "Sep "));
    }
}

#[test]
fn what_speaks_against_an_award_stands_on_top() {
    let cases = [
        (Status::Revoked, Reading::Revoked, "This credential has been revoked"),
        (Status::Suspended, Reading::Suspended, "This credential is suspended"),
        (Status::Replaced, Reading::Replaced, "This credential has been replaced"),
        (Status::InForce, Reading::Expired, "This credential has expired"),
    ];
    for (status, reading, verdict) in cases {
        let mut award = hoosier("Ann");
        award.standing = Standing {
            reason: Some("By decision of the Senate.".into()),
            replaced_by: Some(CeDiD::parse("7K3M-9Q2X-HTDA").unwrap()),
            ..standing(status, reading)
        };
        let pdf = draw(&award, &bare_fonts());
        for words in [verdict, "By decision of the Senate.", "7K3M-9Q2X-HTDA"] {
            says(&pdf, words);
        }
        says(&draw_certificate(&award, &bare_fonts()), verdict);
    }
}

#[test]
fn a_record_says_how_far_it_goes() {
    let pdf = draw_record("Zoë Łukasiewicz", &bare_fonts());
    for words in [
        "Comprehensive Learner Record",
        "3 awards · as of 3 February 2021",
        "This is a part of the record",
        "0003172901",
        "Groups Scholars Certificate",
        "7K3M-9Q2X-HTDA",
        "Revoked",
        "Since 3 February 2021.",
        "Issued in error.",
        "Valid",
        "Student Involvement Fair",
        "Page 1 of",
    ] {
        says(&pdf, words);
    }
}

fn draw_published(record: &Record, fonts: &Fonts) -> Pdf {
    super::record(record, &links(), &Words::default(), fonts, JSON).unwrap()
}

#[test]
fn a_published_record_says_which_it_is_and_shows_its_pathway() {
    let pdf = draw_published(&samples::published("Zoë Łukasiewicz"), &bare_fonts());
    assert!(pdf.missing.is_empty());
    for words in [
        "Record 2 · 3 awards · published on 3 February 2021",
        "Record for graduate school",
        "0123-4567-89A5",
        "A newer record of this learner was published on 3 February 2022.",
        "Taken back since an earlier record",
        "Peer Tutoring Certificate · 19FD-D80S-A9TU",
        "Pathway",
        "First-Year Honors",
        "– First-Year Hoosier Experience Achievement Award",
        "Earned on",
        "– Sophomore Seminar",
        "Not earned in this record",
    ] {
        says(&pdf, words);
    }
}

#[test]
fn the_sheet_of_a_records_code_shows_no_award() {
    let (fonts, record) = (bare_fonts(), samples::published("Zoë Łukasiewicz"));
    let publication = record.publication.clone().unwrap();
    let revoked = Standing { reason: Some("Issued in error.".into()), ..standing(Status::Revoked, Reading::Revoked) };
    for (standing, words) in [(publication.standing, "Record number 2"), (revoked, "This record has been revoked")] {
        let sheet = Cover {
            id: record.id.clone(),
            cedid: publication.cedid.clone(),
            holder: record.learner.holder.clone(),
            publisher: record.publisher.clone(),
            number: 2,
            awards: 3,
            published_on: record.as_of,
            standing,
            newer: None,
        };
        let pdf = cover(&sheet, &links(), &Words::default(), &fonts, JSON).unwrap();
        assert_eq!(pages(&pdf).unwrap_or(1), 1);
        for words in [words, "Zoë Łukasiewicz", "0123-4567-89A5", "Awards in the record 3", "3 February 2021"] {
            says(&pdf, words);
        }
        let told = text(&pdf).unwrap_or_default();
        assert!(!told.contains("Hoosier") && !told.contains("7K3M") && !told.contains("0003172901"), "{told}");
    }
}

#[test]
fn the_files_are_well_formed() {
    let fonts = bare_fonts();
    let published = draw_published(&samples::published("محمد"), &fonts);
    let drawn = [draw(&full("Zoë"), &fonts), draw_record("محمد", &fonts), draw_certificate(&hoosier("محمد"), &fonts)];
    for pdf in drawn.into_iter().chain([published]) {
        ask("qpdf", &["--check"], &pdf.bytes, &[]);
    }
}

#[test]
fn any_name_and_any_text_can_be_drawn() {
    let fonts = bare_fonts();
    let long = "Łukasiewicz-Þórsdóttir ".repeat(14);
    let solid = "W".repeat(300);
    for name in [
        long.as_str(),
        &solid,
        "Mixed محمد Ali (نور) 42",
        "a",
        "!",
        "🙂🙂🙂",
        "\u{301}",
        "می\u{200c}خواهم",
        "fi ﬁ \u{a0}ffi",
    ] {
        let mut award = full(name);
        award.issued.achievement.title = Some(name.into());
        award.issued.achievement.description = Some(name.repeat(3));
        award.issued.assertion.narrative = Some(format!("{name}\n\n").repeat(40));
        draw(&award, &fonts);
        draw_certificate(&award, &fonts);
    }
}

/// Writes samples to look at: `cargo test --lib -- --ignored samples_to_look_at`.
#[test]
#[ignore = "for eyes"]
fn samples_to_look_at() {
    let folder = std::env::temp_dir().join("testamur-pdf");
    std::fs::create_dir_all(&folder).unwrap();
    let start = std::time::Instant::now();
    let fonts = Fonts::load(None);
    println!("loading takes {:?}", start.elapsed());
    fonts.missing("李");
    println!("with the system's fonts {:?}", start.elapsed());
    let mut awards = vec![
        ("plain", hoosier("Zoë Łukasiewicz")),
        ("arabic", hoosier("محمد بن عبد الله")),
        ("full", full("Nguyễn Thị Ánh")),
        ("long", long("李小龍", 60)),
    ];
    let mut wordy = hoosier(&"Maximilian Bartholomäus von Łukasiewicz ".repeat(8));
    wordy.issued.achievement.title =
        Some("Certificate of Completion in Interdisciplinary Undergraduate Research and Community Engaged Scholarship, with Distinction".into());
    awards.push(("wordy", wordy));
    let mut worst = hoosier(&"W".repeat(255));
    worst.issued.achievement.title = Some("Mixed محمد Ali (نور) 42 ".repeat(11));
    worst.issued.achievement.description = Some("A long description. ".repeat(40));
    worst.issued.publisher.address.country = Some("Germany".into());
    awards.push(("worst", worst));
    let mut revoked = hoosier("Ann");
    revoked.standing = samples::record("Ann").awards[2].standing.clone();
    awards.push(("revoked", revoked));
    for (name, award) in &awards {
        std::fs::write(folder.join(format!("{name}.pdf")), draw(award, &fonts).bytes).unwrap();
        std::fs::write(folder.join(format!("{name}-wall.pdf")), draw_certificate(award, &fonts).bytes).unwrap();
    }
    std::fs::write(folder.join("record.pdf"), draw_record("Zoë Łukasiewicz", &fonts).bytes).unwrap();
    let start = std::time::Instant::now();
    for _ in 0..20 {
        draw(&awards[0].1, &fonts);
    }
    println!("a credential takes {:?}", start.elapsed() / 20);
    let start = std::time::Instant::now();
    for _ in 0..20 {
        draw_certificate(&awards[0].1, &fonts);
    }
    println!("a certificate takes {:?}", start.elapsed() / 20);
}
