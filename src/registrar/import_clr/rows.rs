//! From what a document says to the rows that staff see: each value is parsed as if it had been typed, and what the
//! portal has no column for stays in the document.

use chrono::NaiveDateTime;

use crate::{
    clr::v1::{taken, wire},
    models::{
        Achievement, Alignment, AwardResult, Level, Profile, ResultDescription, Rubric, alignment::Aligned, issued,
    },
    values::{
        AchievementType, Code, Email, HumanCode, Id, Invalid, Iri, Json, Line, Name, Origin, ProfileKind, Prose,
        ResultType, TargetType, WebAddress,
    },
};

/// A text cut and cleaned until it fits; nothing where nothing is left.
fn fitted<T>(text: Option<&str>, most: usize, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
    let text = text?;
    parse(text).ok().or_else(|| {
        let clean: String = text.chars().map(|c| if c == '\n' || c == '\t' { c } else if c.is_control() { ' ' } else { c }).collect();
        let clean: String = clean
            .chars()
            .filter(|c| !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}' | '\u{fff9}'..='\u{fffb}'))
            .take(most)
            .collect();
        parse(&clean).ok()
    })
}

fn line(text: Option<&str>) -> Option<Line> {
    fitted(text, 255, Line::parse)
}

fn prose(text: Option<&str>) -> Option<Prose> {
    fitted(text, 10_000, Prose::parse)
}

fn web(text: Option<&str>) -> Option<WebAddress> {
    text.filter(|text| text.contains("://")).and_then(|text| WebAddress::parse(text).ok())
}

/// A name; the last resort is a dash.
pub fn name(text: &str) -> Name {
    fitted(Some(text), 255, Name::parse)
        .or_else(|| Name::parse("–").ok())
        .unwrap_or_else(|| Name::from_line(&Line::unnamed()))
}

/// A public id that was put in order.
pub fn iri(text: &str) -> Iri {
    Iri::parse(text).unwrap_or_else(|_| Iri::fresh())
}

/// A profile as a document tells it. A foreign one takes no number and no address by which somebody of ours could be
/// meant or sign in; they are searched, and stand in its document.
pub fn profile(told: &wire::Profile, kind: ProfileKind, origin: Origin) -> Profile {
    let mut made = Profile::new(kind, name(&taken::name(told)));
    made.iri = iri(&told.id);
    made.origin = origin;
    made.given_name = line(told.given_name.as_deref());
    made.additional_name = line(told.additional_name.as_deref());
    made.family_name = line(told.family_name.as_deref());
    made.official = line(told.official.as_deref());
    made.description = prose(told.description.as_deref());
    made.telephone = line(told.telephone.as_deref());
    made.url = web(told.url.as_deref());
    made.image = web(told.image.as_deref());
    made.sourced_id = line(told.sourced_id.as_deref());
    made.birth_date = told.birth_date.as_deref().and_then(|day| day.parse().ok());
    made.address = Json::new(taken::address(told.address.as_ref()));
    made.identifiers = Json::new(taken::identifiers(&told.identifiers));
    made.extensions = Json::new(told.extensions.clone());
    if origin == Origin::Own || kind == ProfileKind::Organization {
        made.email = told.email.as_deref().and_then(|email| Email::parse(email).ok());
    }
    if origin == Origin::Own {
        made.student_id = told.student_id.as_deref().and_then(|number| Code::parse(number).ok());
    }
    made.refold();
    if origin == Origin::Foreign {
        let more = [told.student_id.as_deref(), told.email.as_deref()].into_iter().flatten().collect::<Vec<_>>();
        made.search_text = format!("{} {}", made.search_text, crate::values::fold(&more.join(" ")));
    }
    made
}

/// An achievement as a document tells it. A foreign one has no code here: codes are ours.
pub fn achievement(told: &wire::Achievement, issuer: Id<Profile>, origin: Origin) -> Achievement {
    let shown = if told.name.trim().is_empty() { told.id.as_str() } else { told.name.as_str() };
    let mut made = Achievement::new(name(shown), achievement_type(told), issuer);
    made.iri = iri(&told.id);
    made.origin = origin;
    made.code =
        told.human_code.as_deref().filter(|_| origin == Origin::Own).and_then(|code| HumanCode::parse(code).ok());
    made.description = prose(told.description.as_deref());
    if let Some(criteria) = &told.requirement {
        made.criteria = prose(criteria.narrative.as_deref());
        made.criteria_url = web(criteria.id.as_deref());
    }
    made.credits_available = told.credits_available;
    made.field_of_study = line(told.field_of_study.as_deref());
    made.level = line(told.level.as_deref());
    made.specialization = line(told.specialization.as_deref());
    made.image = web(told.image.as_deref());
    made.tags = Json::new(told.tags.clone());
    made.identifiers = Json::new(taken::identifiers(&told.identifiers));
    let mut extensions = told.extensions.clone();
    let title = extensions.remove("testamur:title");
    extensions.remove("testamur:version");
    made.title = title.as_ref().and_then(|title| title.as_str()).and_then(|title| Name::parse(title).ok());
    made.extensions = Json::new(extensions);
    made.refold();
    if let (Origin::Foreign, Some(code)) = (origin, &told.human_code) {
        made.search_text = format!("{} {}", made.search_text, crate::values::fold(code));
    }
    made
}

fn achievement_type(told: &wire::Achievement) -> AchievementType {
    taken::achievement_type(told)
}

/// A result description of an achievement.
pub fn description(
    told: &wire::ResultDescription,
    of: &Achievement,
    rubric: Option<&Rubric>,
    position: i32,
) -> ResultDescription {
    let kind = ResultType::parse(&told.result_type).unwrap_or_else(|_| ResultType::other());
    let shown = if told.name.trim().is_empty() { &told.id } else { &told.name };
    let mut made = ResultDescription::new(of.id.clone(), name(shown), kind, position);
    made.iri = iri(&told.id);
    made.rubric_id = rubric.map(|rubric| rubric.id.clone());
    made.allowed_values = Json::new(told.allowed_values.clone());
    made.required_value = line(told.required_value.as_deref());
    made.value_min = line(told.value_min.as_deref());
    made.value_max = line(told.value_max.as_deref());
    made.extensions = Json::new(taken::without_rubric(&told.extensions));
    made
}

/// A level of a result description.
pub fn level(told: &wire::RubricCriterionLevel, of: &ResultDescription, position: i32) -> Level {
    let shown = if told.name.trim().is_empty() { &told.id } else { &told.name };
    let mut made = Level::new(of.id.clone(), name(shown), position);
    made.iri = iri(&told.id);
    made.description = prose(told.description.as_deref());
    made.level = line(told.level.as_deref());
    made.points = line(told.points.as_deref());
    made.extensions = Json::new(told.extensions.clone());
    made
}

/// Where an alignment stands.
pub enum On<'a> {
    /// On the achievement.
    Achievement(&'a Achievement),
    /// On a result description.
    Description(&'a ResultDescription),
    /// On a level.
    Level(&'a Level),
}

/// An alignment; one without an address stays in the document.
pub fn alignment(told: &wire::Alignment, on: &On, position: i32) -> Option<Alignment> {
    let on = match on {
        On::Achievement(one) => Aligned::Achievement(one.id.clone()),
        On::Description(one) => Aligned::Description(one.id.clone()),
        On::Level(one) => Aligned::Level(one.id.clone()),
    };
    let title = name(if told.target_name.trim().is_empty() { &told.target_url } else { &told.target_name });
    let mut made = Alignment::new(on, title, Iri::parse(&told.target_url).ok()?, position);
    made.iri = told.id.as_deref().and_then(|id| Iri::parse(id).ok());
    made.target_code = line(told.target_code.as_deref());
    made.target_description = prose(told.target_description.as_deref());
    made.target_framework = line(told.target_framework.as_deref());
    made.target_type = told.target_type.as_deref().and_then(|kind| TargetType::parse(kind).ok());
    made.extensions = Json::new(told.extensions.clone());
    Some(made)
}

/// The facts of an assertion that is not issued by the portal itself.
pub fn fill_assertion(row: &mut crate::models::Assertion, told: &wire::Assertion, frozen: &issued::IssuedAssertion) {
    row.expires_on = frozen.last_day();
    row.activity_start = frozen.activity_start;
    row.activity_end = frozen.activity_end;
    row.credits_earned = frozen.credits_earned;
    row.license_number = line(frozen.license_number.as_deref());
    row.narrative = prose(told.narrative.as_deref());
    row.role = line(told.role.as_deref());
    row.term = line(told.term.as_deref());
    row.image = web(told.image.as_deref());
    row.extensions = Json::new(frozen.extensions.clone());
}

/// A result of an assertion.
pub fn result(
    told: &issued::IssuedResult,
    of: &Id<crate::models::Assertion>,
    description: &Id<ResultDescription>,
    level: Option<Id<Level>>,
    (position, now): (i32, NaiveDateTime),
) -> AwardResult {
    AwardResult {
        iri: iri(&told.id),
        achieved_level_id: level,
        value: line(told.value.as_deref()),
        status: told.status,
        alignments: Json::new(told.alignments.clone()),
        created_at: now,
        ..AwardResult::new(of.clone(), description.clone(), position)
    }
}
