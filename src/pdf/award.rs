//! One award on paper: its facts, the same ones as on its page and in its JSON. Its tables are in [`super::tables`].

use krilla::tagging::{TableHeaderScope, Tag};

use super::{
    Links,
    look::{ACCENT, BODY, CODE, LABEL, SMALL, STRONG},
    organization::shown,
    prose,
    row::{Cell, Text},
    sheet::{MARGIN, Sheet},
};
use crate::{
    models::{
        issued::{
            Issued, IssuedAchievement, IssuedEndorsement, IssuedEvidence, IssuedLevel, IssuedResult,
            IssuedResultDescription,
        },
        record::Award,
    },
    words::{self, Words},
};

/// Where the values of facts begin.
const LABELS: f32 = 112.0;

/// A fact: its label's key and what it says.
type Fact = (&'static str, Vec<Text>);

/// The facts as a table of two columns.
pub(super) fn facts(sheet: &mut Sheet, award: &Award, links: &Links, words: &Words) {
    table(sheet, words, all(award, links, words));
}

/// Labels on the left, values on the right.
pub(super) fn table(sheet: &mut Sheet, words: &Words, facts: Vec<Fact>) {
    let width = sheet.measure() - LABELS;
    sheet.open(Tag::Table);
    for (label, texts) in facts.into_iter().filter(|(_, texts)| !texts.is_empty()) {
        sheet.open(Tag::TR);
        sheet.row(vec![
            Cell::new(MARGIN, LABELS - 8.0, vec![Text::new(words.get(label), LABEL)])
                .tagged(Tag::TH(TableHeaderScope::Row)),
            Cell::new(MARGIN + LABELS, width, texts).tagged(Tag::TD),
        ]);
        sheet.close();
        sheet.y += 2.5;
    }
    sheet.close();
}

fn all(award: &Award, links: &Links, words: &Words) -> Vec<Fact> {
    let Issued { assertion, achievement, .. } = &award.issued;
    let code = assertion.cedid.to_string();
    let mut facts = vec![
        ("fact-cedid", vec![Text::new(&code, CODE).opening(&format!("{}{code}", links.codes))]),
        ("fact-conferral-date", vec![Text::new(words::date(words, assertion.conferral_date), BODY)]),
    ];
    if let Some(last) = assertion.expires {
        facts.push(("fact-expires", vec![Text::new(words::date(words, last.date_naive()), BODY)]));
    }
    if let Some(replaced) = &award.standing.replaces {
        let day = words::date(words, assertion.issued_on.date_naive());
        let told = words.with_all("pdf-reissued", [("code", replaced.to_string().into()), ("date", day.into())]);
        facts.push(("pdf-fact-replaces", vec![Text::new(told, BODY)]));
    }
    facts.push(("fact-credential", line(Some(&achievement.name))));
    facts.push(("fact-result", results(&award.issued, words)));
    facts.push(("fact-criteria", criteria(achievement)));
    facts.extend([
        ("fact-term", line(assertion.term.as_ref())),
        ("fact-role", line(assertion.role.as_ref())),
        ("fact-credits", credits(assertion.credits_earned, achievement.credits_available, words)),
        ("pdf-fact-activity", activity(award, words)),
        ("pdf-fact-license", line(assertion.license_number.as_ref())),
        ("pdf-fact-narrative", assertion.narrative.as_deref().map(prose_texts).unwrap_or_default()),
        ("pdf-fact-code", line(achievement.code.as_ref())),
        ("pdf-fact-field", line(achievement.field_of_study.as_ref())),
        ("pdf-fact-level", line(achievement.level.as_ref())),
        ("pdf-fact-specialization", line(achievement.specialization.as_ref())),
        ("pdf-fact-tags", line(Some(&achievement.tags.join(", ")).filter(|tags| !tags.is_empty()))),
        ("pdf-fact-alignment", alignments(&award.issued)),
        ("pdf-fact-related", related(achievement, words)),
        ("pdf-fact-evidence", assertion.evidence.iter().flat_map(evidence).collect()),
        ("pdf-fact-endorsements", endorsements(&award.issued, words)),
    ]);
    facts
}

pub(super) fn line(text: Option<&String>) -> Vec<Text> {
    text.map(|text| Text::new(text, BODY)).into_iter().collect()
}

/// Paragraphs and items of a Markdown text.
fn prose_texts(markdown: &str) -> Vec<Text> {
    let paragraph = |(place, block): (usize, prose::Block)| {
        let before = if place > 0 && !block.item { 4.0 } else { 0.0 };
        Text { item: block.item, ..Text::new(block.text, BODY).after(before) }
    };
    prose::blocks(markdown).into_iter().enumerate().map(paragraph).collect()
}

fn criteria(achievement: &IssuedAchievement) -> Vec<Text> {
    let mut texts = achievement.criteria.as_deref().map(prose_texts).unwrap_or_default();
    texts.extend(achievement.criteria_url.as_deref().map(address));
    texts
}

fn address(url: &str) -> Text {
    Text::new(shown(url), BODY.in_colour(ACCENT)).opening(url)
}

fn credits(earned: Option<f64>, available: Option<f64>, words: &Words) -> Vec<Text> {
    let text = match (earned, available) {
        (Some(earned), Some(available)) => words.with_all(
            "pdf-credits-of",
            [("earned", earned.to_string().into()), ("available", available.to_string().into())],
        ),
        (Some(earned), None) => earned.to_string(),
        (None, Some(available)) => words.with("pdf-credits-available", "available", available.to_string()),
        (None, None) => return Vec::new(),
    };
    vec![Text::new(text, BODY)]
}

fn activity(award: &Award, words: &Words) -> Vec<Text> {
    let assertion = &award.issued.assertion;
    let dates: Vec<String> = [assertion.activity_start, assertion.activity_end]
        .iter()
        .flatten()
        .map(|day| words::date(words, *day))
        .collect();
    line(Some(&dates.join(" – ")).filter(|text| !text.is_empty()))
}

/// Those of what was awarded, and of what was reached in it.
fn alignments(issued: &Issued) -> Vec<Text> {
    let text = |alignment: &crate::models::issued::IssuedAlignment| {
        let more: Vec<&str> =
            [&alignment.target_code, &alignment.target_framework].into_iter().flatten().map(String::as_str).collect();
        let name = if more.is_empty() {
            alignment.target_name.clone()
        } else {
            format!("{} ({})", alignment.target_name, more.join(", "))
        };
        Text::new(name, BODY.in_colour(ACCENT)).opening(&alignment.target_url)
    };
    let reached = issued.assertion.results.iter().flat_map(|result| &result.alignments);
    issued.achievement.alignments.iter().chain(reached).map(text).collect()
}

fn related(achievement: &IssuedAchievement, words: &Words) -> Vec<Text> {
    let text = |tie: &crate::models::issued::IssuedAssociation| {
        let key = format!("pdf-association-{}", tie.association_type.as_str());
        Text::new(words.with(&key, "title", tie.title.as_str()), BODY)
    };
    achievement.associations.iter().map(text).collect()
}

/// What others say, each with its words and, where it was taken back, why.
fn endorsements(issued: &Issued, words: &Words) -> Vec<Text> {
    let said = issued.endorsements().into_iter().flat_map(|(endorsed, one)| {
        let args = [("endorser", one.endorser.name.clone().into()), ("endorsed", endorsed.to_owned().into())];
        said(words.with_all("endorsement-of", args), one, words)
    });
    said.collect()
}

/// One endorsement under a headline.
pub(super) fn said(headline: String, one: &IssuedEndorsement, words: &Words) -> Vec<Text> {
    let mut texts = vec![Text::new(headline, BODY)];
    texts.extend(one.comment.as_deref().map(prose_texts).unwrap_or_default());
    let date = words::date(words, one.issued_on.date_naive());
    texts.push(Text::new(date, SMALL));
    let revoked = one.revoked.as_deref().map(|why| words.with("endorsement-revoked", "reason", why));
    texts.extend(revoked.map(|text| Text::new(text, SMALL)));
    texts
}

fn evidence(evidence: &IssuedEvidence) -> Vec<Text> {
    let mut texts = vec![Text::new(&evidence.name, BODY)];
    let more = [&evidence.genre, &evidence.audience, &evidence.description].into_iter().flatten();
    texts.extend(more.map(|text| Text::new(text, SMALL)));
    texts.extend(evidence.narrative.as_deref().map(prose_texts).unwrap_or_default());
    for artifact in &evidence.artifacts {
        let url = artifact.url.as_deref().filter(|url| url.starts_with("http")).unwrap_or_default();
        let name = artifact.name.as_deref().unwrap_or(shown(url));
        texts.push(Text::new(name, BODY.in_colour(ACCENT)).opening(url));
        texts.extend(artifact.description.as_ref().map(|text| Text::new(text, SMALL)));
    }
    texts.retain(|text| !text.words.is_empty());
    texts
}

pub(super) fn description<'a>(issued: &'a Issued, result: &IssuedResult) -> Option<&'a IssuedResultDescription> {
    issued.achievement.result_descriptions.iter().find(|description| description.id == result.result_description)
}

pub(super) fn level<'a>(description: &'a IssuedResultDescription, result: &IssuedResult) -> Option<&'a IssuedLevel> {
    description.levels.iter().find(|level| Some(&level.id) == result.achieved_level.as_ref())
}

/// The results that belong to no rubric, one a line.
fn results(issued: &Issued, words: &Words) -> Vec<Text> {
    let plain = issued
        .assertion
        .results
        .iter()
        .filter(|result| description(issued, result).is_none_or(|description| description.rubric.is_none()));
    plain.map(|result| Text::new(one_result(issued, result, words), BODY)).collect()
}

fn one_result(issued: &Issued, result: &IssuedResult, words: &Words) -> String {
    let description = description(issued, result);
    let level = description.and_then(|description| level(description, result)).map(|level| level.name.clone());
    let status = result.status.map(|status| words.get(&format!("pdf-status-{}", status.as_str())));
    let reached = [result.value.clone(), level, status].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let Some(description) = description else { return reached };
    // A bare "Awarded" needs no name in front of it; "3.8" does.
    let named = match description.result_type.as_str() {
        "Result" | "Status" => reached,
        _ => words.with_all("pdf-result", [("name", description.name.as_str().into()), ("value", reached.into())]),
    };
    match scale(description, words) {
        Some(scale) => format!("{named} ({scale})"),
        None => named,
    }
}

/// From where to where it can go, and what it takes.
pub(super) fn scale(description: &IssuedResultDescription, words: &Words) -> Option<String> {
    let range = match (&description.value_min, &description.value_max) {
        (Some(min), Some(max)) => {
            Some(words.with_all("pdf-scale", [("min", min.as_str().into()), ("max", max.as_str().into())]))
        }
        _ => None,
    };
    let level = description.levels.iter().find(|level| Some(&level.id) == description.required_level.as_ref());
    let required = description.required_value.as_deref().or(level.map(|level| level.name.as_str()));
    let required = required.map(|value| words.with("pdf-required", "value", value));
    let scale: Vec<String> = [range, required].into_iter().flatten().collect();
    (!scale.is_empty()).then(|| scale.join("; "))
}

/// The heading of an award in a record: its title, and who issued what kind of thing.
pub(super) fn title(sheet: &mut Sheet, award: &Award) {
    let achievement = &award.issued.achievement;
    sheet.need(110.0);
    let look = super::look::Look { style: super::face::Style::Title, size: 13.0, leading: 17.0, ..STRONG };
    sheet.text(Text::heading(achievement.shown_title(), look, 2));
    sheet.text(Text::new(eyebrow(achievement), SMALL));
    if let Some(description) = &achievement.description {
        sheet.text(Text::new(description, SMALL));
    }
    sheet.y += 4.0;
}

/// `Award · Office of Enrollment Management`.
pub(super) fn eyebrow(achievement: &IssuedAchievement) -> String {
    format!("{} · {}", achievement.achievement_type.shown(), achievement.issuer.name)
}
