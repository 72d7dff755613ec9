//! What the demonstration says of itself, in words or as the line of JSON that `contract.md` describes.

use serde::Serialize;

use crate::{
    config::Config,
    registrar::demonstration::{Member, Told, ToldLearner},
};

#[derive(Serialize)]
struct Line<'a> {
    base_url: &'a str,
    settings: Settings<'a>,
    staff: Vec<Person<'a>>,
    learner: Learner<'a>,
    other_learner: Learner<'a>,
    cedids: Codes,
    achievements: &'a [String],
    events: &'a [String],
    program: &'a str,
    share_url: &'a str,
}

/// With these every other command runs beside the demonstration on the same data.
#[derive(Serialize)]
struct Settings<'a> {
    #[serde(rename = "TESTAMUR_DATABASE_URL")]
    database_url: String,
    #[serde(rename = "TESTAMUR_MASTER_KEY_FILE")]
    master_key_file: String,
    #[serde(rename = "TESTAMUR_BASE_URL")]
    base_url: &'a str,
}

#[derive(Serialize)]
struct Person<'a> {
    role: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<&'a str>,
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Learner<'a> {
    name: &'a str,
    email: &'a str,
    sign_in_url: &'a str,
    id: &'a str,
    student_id: &'a str,
}

/// Members appear as their features do.
#[derive(Serialize)]
struct Codes {
    valid: String,
    hoosier: String,
    revoked: String,
    expired: String,
    suspended: String,
    replaced: String,
    held: String,
}

/// One line of JSON.
pub fn as_json(config: &Config, told: &Told) -> std::io::Result<String> {
    let line = Line {
        base_url: &config.base_url,
        settings: Settings {
            database_url: config.database.as_setting(),
            master_key_file: config.master_key_file.display().to_string(),
            base_url: &config.base_url,
        },
        staff: told.staff.iter().map(person).collect(),
        learner: learner(&told.learner),
        other_learner: learner(&told.other_learner),
        cedids: Codes {
            valid: told.valid.to_string(),
            hoosier: told.hoosier.to_string(),
            revoked: told.revoked.to_string(),
            expired: told.expired.to_string(),
            suspended: told.suspended.to_string(),
            replaced: told.replaced.to_string(),
            held: told.held.to_string(),
        },
        achievements: &told.achievements,
        events: &told.events,
        program: &told.program,
        share_url: &told.share_url,
    };
    serde_json::to_string(&line).map_err(Into::into)
}

fn person(member: &Member) -> Person<'_> {
    let Member { role, office, email, password } = member;
    Person { role: role.as_str(), office: office.as_deref(), email, password }
}

fn learner(told: &ToldLearner) -> Learner<'_> {
    let ToldLearner { name, email, sign_in_url, id, student_id } = told;
    Learner { name, email, sign_in_url, id, student_id }
}

/// What to open and how to sign in.
pub fn in_words(config: &Config, told: &Told) -> String {
    let base_url = &config.base_url;
    let staff = told.staff.iter().map(|member| {
        let office = member.office.as_ref().map(|office| format!("  ({office})")).unwrap_or_default();
        format!("  {:<14} {:<26} {}{office}", member.role.as_str(), member.email, member.password)
    });
    let mut lines = vec![
        format!("A demonstration of Testamur is open at {base_url}"),
        String::new(),
        format!("Check a credential: {base_url}/c/{}", told.hoosier),
        format!("  also valid: {}   revoked: {}   expired: {}", told.valid, told.revoked, told.expired),
        format!("  suspended: {}   replaced: {}   held: {}", told.suspended, told.replaced, told.held),
        format!("Sign in as staff: {base_url}/sign-in"),
    ];
    lines.extend(staff);
    lines.push(format!("Open the record of {} (works once): {}", told.learner.name, told.learner.sign_in_url));
    lines.push(format!("What {} shares: {}", told.learner.name, told.share_url));
    lines.push(format!("What a held learner shares: {}", told.held_share_url));
    lines.push(String::new());
    lines.push("Everything is made up and goes when you stop it with Ctrl+C.".to_owned());
    lines.join("\n")
}
