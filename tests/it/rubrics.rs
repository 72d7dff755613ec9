//! Rubrics as registrars think of them: the grid editor, without a script; copying; scoring; read-only once issued.

use testamur::{
    models::{AwardResult, Level, Rubric, achievement_version, credential, result, rubric, rubric_grid},
    registrar::issue::{How, issue},
    values::{Id, Name, Role},
};

use crate::app::{Answer, App, Browser, Draft, between, by};

/// A grid as a browser sends it: criteria with cells of points and description under named levels.
pub struct Sent(pub Vec<(String, String)>);

impl Sent {
    pub fn new(name: &str, levels: &[&str], criteria: &[(&str, &[&str])]) -> Self {
        let mut fields = vec![
            ("name".to_owned(), name.to_owned()),
            ("levels".to_owned(), levels.len().to_string()),
            ("criteria".to_owned(), criteria.len().to_string()),
        ];
        fields.extend(levels.iter().enumerate().map(|(at, level)| (format!("level-{at}"), (*level).to_owned())));
        for (row, (name, points)) in criteria.iter().enumerate() {
            fields.push((format!("name-{row}"), (*name).to_owned()));
            fields.push((format!("type-{row}"), "RubricCriterion".to_owned()));
            for (column, points) in points.iter().enumerate() {
                fields.push((format!("points-{row}-{column}"), (*points).to_owned()));
                fields.push((format!("text-{row}-{column}"), format!("How {name} is done at {column}")));
            }
        }
        Self(fields)
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(own, _)| own != name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn submit(&self, browser: &Browser, page: &str, action: &str) -> Answer {
        let fields: Vec<(&str, &str)> = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        browser.submit(page, action, &fields).await
    }
}

const LEVELS: &[&str] = &["Beginning", "Proficient", "Exemplary"];

fn talk() -> Sent {
    Sent::new("Speaking", LEVELS, &[("Message", &["1", "2", "3"]), ("Delivery", &["0.5", "1", "1.5"])])
        .with("required-0", "1")
}

/// What a browser would send back of a form that it shows: every input, text and chosen option.
pub fn shown(page: &Answer) -> Vec<(String, String)> {
    let text = page.text();
    let plain = |value: &str| value.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'");
    let mut fields = Vec::new();
    for tag in text.split("<input ").skip(1) {
        let tag = tag.split('>').next().unwrap();
        let box_ = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
        let (Some(name), value) = (between(tag, "name=\"", "\""), between(tag, "value=\"", "\"")) else { continue };
        if name != "q" && name != "csrf" && (!box_ || tag.contains(" checked")) {
            fields.push((name, plain(&value.unwrap_or_default())));
        }
    }
    for area in text.split("<textarea ").skip(1) {
        let (tag, rest) = area.split_once('>').unwrap();
        fields.push((between(tag, "name=\"", "\"").unwrap(), plain(rest.split("</textarea>").next().unwrap())));
    }
    for choice in text.split("<select ").skip(1) {
        let whole = choice.split("</select>").next().unwrap();
        let name = between(whole, "name=\"", "\"").unwrap();
        let chosen =
            whole.split("<option ").skip(1).find(|option| option.split('>').next().unwrap().contains(" selected"));
        fields.push((name, chosen.and_then(|option| between(option, "value=\"", "\"")).unwrap_or_default()));
    }
    fields
}

async fn made(browser: &Browser, draft: &Draft) -> (String, Id<Rubric>) {
    let sent = talk().with("achievement", draft.achievement.id.as_str());
    let page = sent.submit(browser, "/admin/rubrics/new", "/admin/rubrics").await.expect(303).location();
    let id = page.rsplit('/').next().unwrap().parse().unwrap();
    (page, id)
}

/// Level ids by criterion and level name.
async fn levels(app: &App, id: &Id<Rubric>) -> Vec<(String, Level)> {
    let id = id.clone();
    let criteria = app.read(move |conn| Ok(rubric_grid::of_rubric(conn, &id)?)).await;
    let own = |one: rubric_grid::Criterion| {
        let name = one.description.name.to_string();
        one.levels.into_iter().map(move |level| (format!("{name}/{}", level.name), level)).collect::<Vec<_>>()
    };
    criteria.into_iter().flat_map(own).collect()
}

#[actix_web::test]
async fn rubrics_are_made_shown_edited_and_deleted() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    browser.get("/admin/rubrics").await.expect(200).says("A rubric judges an award");
    let (page, id) = made(&browser, &draft).await;
    let read = browser.get(&page).await.expect(200).says("Speaking").says("Message").says("Best possible total");
    read.says("4.5").says("passes from here").says("created it");
    browser.get("/admin/rubrics?q=speak%20hoosier").await.expect(200).says(&page);
    browser.get(&format!("/admin/achievements/{}", draft.achievement.id)).await.expect(200).says(&page);

    let before = levels(&app, &id).await;
    let form = browser.get(&format!("{page}/edit")).await.expect(200);
    let edited = Sent(shown(&form)).with("points-0-2", "4").with("text-1-0", "Reads from paper");
    edited.submit(&browser, &format!("{page}/edit"), &page).await.expect(303);
    browser.get(&page).await.expect(200).says("Reads from paper").says("5.5").says("Criterion Delivery");
    let after = levels(&app, &id).await;
    let ids =
        |all: &[(String, Level)]| all.iter().map(|(name, one)| (name.clone(), one.iri.to_string())).collect::<Vec<_>>();
    assert_eq!(ids(&before), ids(&after), "what stayed keeps its ids");
    assert_eq!(before[0].1.revision, after[0].1.revision, "an untouched level is not written");

    // Somebody who opened the form before that saves now.
    let slow = Sent(shown(&form)).with("name-0", "What the slower one typed");
    let token = browser.get("/admin/rubrics/new").await.token();
    let mut fields: Vec<(&str, &str)> = slow.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.push(("csrf", &token));
    let conflict = browser.post_raw(&page, &fields).await.expect(409);
    conflict.says("What the slower one typed").says("Reads from paper").says("Somebody else saved");
    browser.get(&page).await.expect(200).never_says("What the slower one typed");

    let deletion = format!("{page}/deletion");
    browser.submit(&deletion, &deletion, &[]).await.expect(303);
    browser.get(&page).await.expect(404);
    browser.get("/admin/rubrics/not-an-id").await.expect(404);
}

#[actix_web::test]
async fn buttons_give_the_grid_another_shape_and_nothing_typed_is_lost() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (new, list) = ("/admin/rubrics/new", "/admin/rubrics");
    let typed = talk().with("achievement", draft.achievement.id.as_str()).with("text-1-1", "Typed & kept \"so\"");

    let more = typed.0.clone();
    let more = Sent(more).with("do", "add-criterion").submit(&browser, new, list).await.expect(200);
    let more = more.says("Nothing is saved yet").never_says("<title>Error").says("Typed &#38; kept");
    let fields = shown(&more);
    assert!(fields.contains(&("criteria".to_owned(), "3".to_owned())), "{fields:?}");
    assert!(typed.0.iter().all(|field| field.0 == "criteria" || fields.contains(field)), "{fields:?}");

    let wider = Sent(fields).with("do", "add-level").submit(&browser, new, list).await.expect(200);
    let moved = Sent(shown(&wider)).with("do", "down:0").submit(&browser, new, list).await.expect(200);
    let fields = shown(&moved);
    let of = |fields: &[(String, String)], name: &str| fields.iter().find(|(own, _)| own == name).unwrap().1.clone();
    assert_eq!((of(&fields, "name-0"), of(&fields, "name-1")), ("Delivery".to_owned(), "Message".to_owned()));
    assert_eq!((of(&fields, "required-1"), of(&fields, "levels")), ("1".to_owned(), "4".to_owned()));
    assert_eq!(of(&fields, "text-0-1"), "Typed & kept \"so\"");

    let turned = Sent(fields).with("do", "higher:1").submit(&browser, new, list).await.expect(200);
    let fields = shown(&turned);
    assert_eq!((of(&fields, "level-1"), of(&fields, "level-2")), ("Exemplary".to_owned(), "Proficient".to_owned()));
    assert_eq!((of(&fields, "required-1"), of(&fields, "points-1-2")), ("2".to_owned(), "2".to_owned()));
    let fewer = Sent(fields).with("do", "remove-level:1").submit(&browser, new, list).await.expect(200);
    let fewer = Sent(shown(&fewer)).with("do", "remove:2").submit(&browser, new, list).await.expect(200);
    let fields = shown(&fewer);
    assert_eq!((of(&fields, "levels"), of(&fields, "criteria")), ("3".to_owned(), "2".to_owned()));
    browser.get("/admin/rubrics").await.expect(200).says("A rubric judges an award");

    // The last column is still empty of a name: the error stands there, and all of it is still there.
    let refused = Sent(fields).submit(&browser, new, list).await.expect(422);
    let refused = refused.says("Enter what level 3 is called").says("href=\"#level-2\"").says("id=\"level-2-wrong\"");
    assert_eq!(of(&shown(&refused), "text-0-1"), "Typed & kept \"so\"");
    let saved = Sent(shown(&refused)).with("do", "remove-level:2").submit(&browser, new, list).await.expect(200);
    let page = Sent(shown(&saved)).submit(&browser, new, list).await.expect(303).location();
    browser.get(&page).await.expect(200).says("Typed &#38; kept").says("Delivery");
}

#[actix_web::test]
async fn a_grid_is_checked_cell_by_cell() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let valid = || talk().with("achievement", draft.achievement.id.as_str());
    for (change, says, field) in [
        (("points-0-1", "many"), "Enter points as a number", "points-0-1"),
        (("points-0-2", "1.5"), "fewer points than the level before", "points-0-2"),
        (("name-1", ""), "Enter what criterion 2 judges", "name-1"),
        (("name-1", "MESSAGE"), "is there twice", "name-1"),
        (("own-1-2", "proficient"), "Two levels of this criterion", "own-1-2"),
        (("level-0", ""), "Enter what level 1 is called", "level-0"),
        (("type-0", "Nonsense"), "Choose a type", "type-0"),
        (("none-0-1", "1"), "This criterion has no such level", "required-0"),
        (("text-0-0", "a\u{202e}b"), "cannot be printed", "text-0-0"),
        (("name", ""), "Enter a name", "name"),
        (("achievement", ""), "Choose the achievement", "achievement"),
        (("total_required", "lots"), "Enter points as a number", "total_required"),
    ] {
        let refused = valid().with(change.0, change.1).submit(&browser, "/admin/rubrics/new", "/admin/rubrics").await;
        let refused = refused.expect(422).says(says).says(&format!("href=\"#{field}\"")).says("<title>Error: ");
        refused.says(&format!("id=\"{field}\""));
    }
    // A criterion may leave a level out, and call one otherwise.
    let ragged = valid().with("none-1-1", "1").with("own-1-2", "Splendid").with("points-1-2", "9");
    let page = ragged.submit(&browser, "/admin/rubrics/new", "/admin/rubrics").await.expect(303).location();
    browser.get(&page).await.expect(200).says("no such level").says("Splendid");
    let form = browser.get(&format!("{page}/edit")).await.expect(200);
    let fields = shown(&form);
    assert!(fields.contains(&("none-1-2".to_owned(), "1".to_owned())));
    Sent(fields).submit(&browser, &format!("{page}/edit"), &page).await.expect(303);
}

#[actix_web::test]
async fn sixty_four_criteria_of_twelve_levels_are_the_most() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let grid = |rows: usize, columns: usize| {
        let levels: Vec<String> = (1..=columns).map(|at| format!("Level {at}")).collect();
        let points: Vec<String> = (1..=columns).map(|at| at.to_string()).collect();
        let points: Vec<&str> = points.iter().map(String::as_str).collect();
        let names: Vec<String> = (1..=rows).map(|at| format!("Criterion {at}")).collect();
        let criteria: Vec<(&str, &[&str])> = names.iter().map(|name| (name.as_str(), points.as_slice())).collect();
        let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
        let mut sent = Sent::new("Large", &levels, &criteria).with("achievement", draft.achievement.id.as_str());
        let long = "What is to be seen here, in some detail, and how it is told from the next. ".repeat(4);
        sent.0.iter_mut().filter(|(name, _)| name.starts_with("text-")).for_each(|(_, text)| text.clone_from(&long));
        sent
    };
    let (new, list) = ("/admin/rubrics/new", "/admin/rubrics");
    let refused = grid(65, 2).submit(&browser, new, list).await.expect(422);
    refused.says("A rubric has at most 64 criteria").says("value=\"Criterion 65\"");
    let refused = grid(2, 13).submit(&browser, new, list).await.expect(422);
    refused.says("A criterion has at most 12 levels").says("value=\"Level 13\"");
    grid(64, 2).with("do", "add-criterion").submit(&browser, new, list).await.expect(422).says("at most 64 criteria");
    grid(2, 12).with("do", "add-level").submit(&browser, new, list).await.expect(422).says("at most 12 levels");
    grid(1, 1).with("criteria", "99999999999").with("levels", "-1").submit(&browser, new, list).await.expect(422);
    let page = grid(64, 12).submit(&browser, new, list).await.expect(303).location();
    let shown = browser.get(&page).await.expect(200).text();
    assert_eq!(shown.matches("What is to be seen here, in some detail").count(), 64 * 12 * 4);
}

#[actix_web::test]
async fn criteria_are_copied_from_another_rubric_and_the_copy_is_its_own() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (first, second) = (app.draft("Ann Lee").await, app.draft("Bo Ek").await);
    let (_, source) = made(&browser, &first).await;
    let (new, list) = (format!("/admin/rubrics/new?copy={source}"), "/admin/rubrics");
    let opened = browser.get(&new).await.expect(200).says("value=\"Message\"").says("are copied");
    let copy = Sent(shown(&opened)).with("achievement", second.achievement.id.as_str());
    let page = copy.submit(&browser, &new, list).await.expect(303).location();
    let copied: Id<Rubric> = page.rsplit('/').next().unwrap().parse().unwrap();
    let (old, own) = (levels(&app, &source).await, levels(&app, &copied).await);
    assert_eq!(
        old.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        own.iter().map(|(name, _)| name).collect::<Vec<_>>()
    );
    assert!(own.iter().all(|(_, level)| old.iter().all(|(_, other)| other.iri != level.iri)));

    // In the grid, beside what is there already.
    let form = browser.get(&format!("{page}/edit")).await.expect(200);
    let twice = Sent(shown(&form)).with("copy", source.as_str()).with("do", "copy");
    let twice = twice.submit(&browser, &format!("{page}/edit"), &page).await.expect(200);
    assert_eq!(twice.text().matches("value=\"Delivery\"").count(), 2);
    let nothing = Sent(shown(&form)).with("copy", "nonsense").with("do", "copy");
    nothing.submit(&browser, &format!("{page}/edit"), &page).await.expect(422).says("Choose the rubric to copy from");
}

#[actix_web::test]
async fn an_issuer_sees_the_rubrics_of_the_own_office_only() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (own, other) = (app.draft("Own Learner").await, app.draft("Other Learner").await);
    let ((ours, _), (theirs, _)) = (made(&browser, &own).await, made(&browser, &other).await);
    let account = app.staff(Role::Issuer, Some(own.office.id.clone())).await;
    let issuer = app.sign_in(&account).await;
    issuer.get(&ours).await.expect(200).never_says("Copy to a new rubric");
    issuer.get(&theirs).await.expect(404);
    issuer.get("/admin/rubrics").await.expect(200).says(&ours).never_says(&theirs);
    issuer.get("/admin/rubrics/new").await.expect(403);
    let versions = format!("/admin/achievements/{}/versions", other.achievement.id);
    issuer.get(&versions).await.expect(404);
}

/// The fields of an award's form.
fn award<'a>(draft: &'a Draft, more: &'a [(String, String)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("learner_id", draft.learner.id.as_str()),
        ("achievement", draft.achievement.id.as_str()),
        ("conferral_date", "2019-11-07"),
    ];
    fields.extend(more.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    fields
}

#[actix_web::test]
async fn an_award_is_scored_in_the_grid_and_the_total_is_filled_in() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let sent =
        talk().with("achievement", draft.achievement.id.as_str()).with("total", "true").with("total_required", "3");
    let rubric = sent.submit(&browser, "/admin/rubrics/new", "/admin/rubrics").await.expect(303).location();
    let id: Id<Rubric> = rubric.rsplit('/').next().unwrap().parse().unwrap();
    let all = levels(&app, &id).await;
    let pick = |name: &str| {
        let level = &all.iter().find(|(own, _)| own == name).unwrap().1;
        (format!("level-{}", level.result_description_id), level.id.to_string())
    };
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    let edit = format!("{page}/edit");
    browser
        .get(&edit)
        .await
        .expect(200)
        .says("Not scored")
        .says("How Message is done at 1")
        .says("Left empty, it is the sum");

    let mut scored =
        vec![pick("Message/Proficient"), pick("Delivery/Exemplary"), ("revision".to_owned(), "1".to_owned())];
    browser.submit(&edit, &page, &award(&draft, &scored)).await.expect(303);
    browser.get(&page).await.expect(200).says("Exemplary").says("Total <b>3.5</b> points");
    let results = |draft: &Draft| {
        let id = draft.assertion.id.clone();
        app.read(move |conn| Ok(result::of(conn, &id)?))
    };
    let value = |all: &[AwardResult]| all.iter().find_map(|one| one.value.clone()).map(String::from);
    assert_eq!(value(&results(&draft).await).as_deref(), Some("3.5"), "the total is kept as a result");

    // The form knows what was scored; not scored is possible; the sum follows, until somebody types one.
    let form = browser.get(&edit).await.expect(200);
    let again = shown(&form);
    assert!(scored[..2].iter().all(|picked| again.contains(picked)), "{again:?}");
    assert!(again.iter().all(|(name, text)| !name.starts_with("value-") || text.is_empty()), "the sum is not typed");
    scored[1].1.clear();
    scored[2].1 = "2".to_owned();
    browser.submit(&edit, &page, &award(&draft, &scored)).await.expect(303);
    assert_eq!(value(&results(&draft).await).as_deref(), Some("2"));
    let total = again.iter().find(|(name, _)| name.starts_with("value-")).unwrap().0.clone();
    scored[2].1 = "3".to_owned();
    scored.push((total.clone(), "99".to_owned()));
    browser.submit(&edit, &page, &award(&draft, &scored)).await.expect(422).says("at most 4.5");
    scored[3].1 = "4".to_owned();
    browser.submit(&edit, &page, &award(&draft, &scored)).await.expect(303);
    let typed = shown(&browser.get(&edit).await.expect(200));
    assert!(typed.contains(&(total, "4".to_owned())), "a typed total stays typed");

    // What a draft is scored by is not taken out from under it.
    let form = browser.get(&format!("{rubric}/edit")).await.expect(200);
    let gone = Sent(shown(&form))
        .with("none-0-1", "1")
        .with("required-0", "")
        .submit(&browser, &format!("{rubric}/edit"), &rubric)
        .await;
    gone.expect(422).says("1 draft is scored “Proficient”");
    browser.get(&format!("{rubric}/deletion")).await.expect(200).says("1 draft is scored with it");
}

#[actix_web::test]
async fn other_points_count_the_totals_of_drafts_again() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let sent = talk().with("achievement", draft.achievement.id.as_str()).with("total", "true");
    let rubric = sent.submit(&browser, "/admin/rubrics/new", "/admin/rubrics").await.expect(303).location();
    let all = levels(&app, &rubric.rsplit('/').next().unwrap().parse().unwrap()).await;
    let level = &all.iter().find(|(own, _)| own == "Message/Exemplary").unwrap().1;
    let scored = vec![
        (format!("level-{}", level.result_description_id), level.id.to_string()),
        ("revision".to_owned(), "1".to_owned()),
    ];
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    browser.submit(&format!("{page}/edit"), &page, &award(&draft, &scored)).await.expect(303);
    let edit = format!("{rubric}/edit");
    let form = browser.get(&edit).await.expect(200);
    Sent(shown(&form)).with("points-0-2", "10").submit(&browser, &edit, &rubric).await.expect(303);
    browser.get(&rubric).await.expect(200).says("Totals of drafts counted again");
    let id = draft.assertion.id.clone();
    let results = app.read(move |conn| Ok(result::of(conn, &id)?)).await;
    assert_eq!(results.iter().find_map(|one| one.value.clone()).map(String::from).as_deref(), Some("10"));
}

#[actix_web::test]
async fn an_issued_rubric_is_read_only_until_a_new_version_and_old_credentials_keep_theirs() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (rubric, id) = made(&browser, &draft).await;
    let all = levels(&app, &id).await;
    let by_name = |name: &str| all.iter().find(|(own, _)| own == name).unwrap().1.clone();
    let (picked, kept) = (by_name("Message/Proficient"), by_name("Delivery/Exemplary"));
    let scored = vec![
        (format!("level-{}", picked.result_description_id), picked.id.to_string()),
        ("revision".to_owned(), "1".to_owned()),
    ];
    let page = format!("/admin/assertions/{}", draft.assertion.id);
    browser.submit(&format!("{page}/edit"), &page, &award(&draft, &scored)).await.expect(303);
    let credential = app.issue(&draft.assertion.id).await;

    // Read-only, and the page says so.
    let edit = format!("{rubric}/edit");
    let read_only = browser.get(&rubric).await.expect(200).says("This rubric is read-only").says("Make a new version");
    read_only.never_says(&edit);
    browser.get(&edit).await.expect(409).says("read-only");
    let token = browser.get("/admin/rubrics/new").await.token();
    let typed = talk().with("csrf", &token).with("revision", "1").with("name-0", "Typed in vain");
    let fields: Vec<(&str, &str)> = typed.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post_raw(&rubric, &fields).await.expect(409).says("Typed in vain");
    browser.get(&format!("{rubric}/deletion")).await.expect(200).says("credentials were issued with it");
    let another = talk().with("achievement", draft.achievement.id.as_str()).with("name", "Another one");
    let refused = another.submit(&browser, "/admin/rubrics/new", "/admin/rubrics").await.expect(422);
    refused.says("Begin a new version for the rubric").says("Begin version 2");

    // A new version is begun by its button, with an entry in the trail; a second one is not.
    let versions = format!("/admin/achievements/{}/versions", draft.achievement.id);
    let begun = browser.submit(&rubric, &versions, &[("rubric", id.as_str())]).await.expect(303);
    assert_eq!(begun.location(), edit);
    browser.post_raw(&versions, &[("csrf", &token)]).await.expect(409).says("can be edited as it is");
    let owner = format!("/admin/achievements/{}", draft.achievement.id);
    browser.get(&owner).await.expect(200).says("began a new version of").says("Version 2");

    // One level is renamed, one is taken out, one criterion goes: the old credential still names the old ones.
    let form = browser.get(&edit).await.expect(200);
    let mut changed = Sent(shown(&form)).with("level-0", "Starting").with("none-0-1", "1").with("required-0", "");
    changed = changed.with("own-1-1", "").with("text-1-2", "Changed for version two");
    changed.submit(&browser, &edit, &rubric).await.expect(303);
    let visitor = app.browser();
    let old = visitor.get(&format!("/c/{}", credential.cedid)).await.expect(200);
    old.says("Proficient").says("Beginning").never_says("Starting").never_says("Changed for version two");
    let json = visitor.get(&format!("/c/{}.json", credential.cedid)).await.expect(200);
    json.says(picked.iri.as_str()).says("How Message is done at 1").never_says("Changed for version two");
    let own = browser.get(&page).await.expect(200).says("Version 1").says(picked.iri.as_str());
    own.says("Proficient").says(&format!("{versions}?from=1&amp;to=2"));

    // In the new version what stayed has the id it had, what went is gone.
    let now = levels(&app, &id).await;
    assert!(now.iter().any(|(name, level)| name == "Delivery/Exemplary" && level.iri == kept.iri));
    assert!(
        now.iter().any(|(name, level)| name == "Message/Starting" && level.iri == by_name("Message/Beginning").iri)
    );
    assert!(!now.iter().any(|(_, level)| level.iri == picked.iri));
    let told = browser.get(&format!("{versions}?from=1&to=2")).await.expect(200);
    told.says("Starting").says("Removed").says("Changed for version two");

    // A scored criterion may go altogether; its row is put away, and the achievement is issued on without it.
    let form = browser.get(&edit).await.expect(200);
    let fewer = Sent(shown(&form)).with("do", "remove:0").submit(&browser, &edit, &rubric).await.expect(200);
    Sent(shown(&fewer)).submit(&browser, &edit, &rubric).await.expect(303);
    let next = app.another_draft(&draft).await;
    app.issue(&next.id).await;
    let whole = draft.achievement.id.clone();
    let frozen = app
        .read(move |conn| {
            let whole = testamur::models::achievement::find(conn, &whole)?;
            Ok(achievement_version::content(conn, &whole, 2)?.unwrap())
        })
        .await;
    assert_eq!(frozen.result_descriptions.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["Delivery"]);
}

#[actix_web::test]
async fn a_rubric_for_an_awarded_achievement_begins_a_version_when_that_is_wanted() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let (draft, _) = app.award("Ann Lee").await;
    let sent = talk().with("achievement", draft.achievement.id.as_str()).with("new_version", "true");
    let page = sent.submit(&browser, "/admin/rubrics/new", "/admin/rubrics").await.expect(303).location();
    browser.get(&page).await.expect(200).says("version 2").never_says("read-only");
}

#[actix_web::test]
async fn what_is_issued_and_its_version_are_the_same_whatever_is_edited_at_the_same_time() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (_, id) = made(&browser, &draft).await;
    let mut drafts = vec![draft.assertion.id.clone()];
    for _ in 0..7 {
        drafts.push(app.another_draft(&draft).await.id);
    }
    let mut at_once = Vec::new();
    for (number, award) in drafts.clone().into_iter().enumerate() {
        let (db, portal, how) = (app.db.clone(), app.portal(), How::quietly(testamur::clock::now()));
        at_once.push(actix_web::rt::spawn(async move {
            db.write(move |conn| issue(conn, &award, &portal, &how, &by()).map(|_| ())).await.unwrap();
        }));
        let (db, id) = (app.db.clone(), id.clone());
        at_once.push(actix_web::rt::spawn(async move {
            let edited = db.write(move |conn| {
                let own = rubric::find(conn, &id)?;
                achievement_version::begin(conn, &own.achievement_id, &by())?;
                let mut criteria = rubric_grid::of_rubric(conn, &id)?;
                criteria[0].levels[0].name = Name::parse(&format!("Edit {number}")).unwrap();
                own.update(conn, &criteria, &by()).map_err(testamur::registrar::Refusal::from)
            });
            edited.await.unwrap();
        }));
    }
    for one in at_once {
        one.await.unwrap();
    }
    let whole = draft.achievement.id.clone();
    app.read(move |conn| {
        let whole = testamur::models::achievement::find(conn, &whole)?;
        for award in &drafts {
            let issued = credential::of_assertion(conn, award)?.unwrap();
            let frozen = credential::award(conn, &issued, testamur::clock::now())?.issued.achievement;
            let version = achievement_version::content(conn, &whole, frozen.version)?.unwrap();
            assert_eq!(frozen, version, "an award and its version differ");
        }
        Ok(())
    })
    .await;
}

#[actix_web::test]
async fn a_grid_does_not_overwrite_what_was_changed_on_the_page_of_a_part() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (page, id) = made(&browser, &draft).await;
    let level = levels(&app, &id).await[0].1.clone();
    for (part, field, typed) in [
        (format!("/admin/rubric-criterion-levels/{}", level.id), "description", "Begins without a greeting"),
        (format!("/admin/result-descriptions/{}", level.result_description_id), "name", "Message to all"),
    ] {
        let grid = browser.get(&format!("{page}/edit")).await.expect(200);
        let form = browser.get(&format!("{part}/edit")).await.expect(200);
        Sent(shown(&form)).with(field, typed).submit(&browser, &format!("{part}/edit"), &part).await.expect(303);
        let token = browser.get("/admin/rubrics/new").await.token();
        let slow = Sent(shown(&grid)).with("text-1-0", "What the slower one typed").with("csrf", &token);
        let fields: Vec<_> = slow.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let conflict = browser.post_raw(&page, &fields).await.expect(409);
        conflict.says("What the slower one typed").says(typed).says("Somebody else saved");
        browser.get(&page).await.expect(200).says(typed).never_says("What the slower one typed");
    }
}

#[actix_web::test]
async fn a_part_of_a_rubric_that_awards_were_scored_with_asks_before_a_new_version_begins() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (_, id) = made(&browser, &draft).await;
    app.issue(&draft.assertion.id).await;
    let level = levels(&app, &id).await[0].1.clone();
    let part = format!("/admin/rubric-criterion-levels/{}", level.id);
    let edit = format!("{part}/edit");
    let form = browser.get(&edit).await.expect(200).says("Begin version 2 of Hoosier Experience");
    let typed = Sent(shown(&form)).with("description", "Begins without a greeting");
    typed.submit(&browser, &edit, &part).await.expect(422).says("Awards were scored").says("without a greeting");
    let version = || {
        let id = draft.achievement.id.clone();
        app.read(move |conn| Ok(testamur::models::achievement::find(conn, &id)?.version))
    };
    assert_eq!(version().await, 1);
    typed.with("new_version", "true").submit(&browser, &edit, &part).await.expect(303);
    assert_eq!(version().await, 2);
}

#[actix_web::test]
async fn moving_and_deleting_a_part_of_a_scored_rubric_asks_before_a_new_version_begins() {
    let app = App::start().await;
    let browser = app.signed_in(Role::Registrar).await;
    let draft = app.draft("Ann Lee").await;
    let (_, id) = made(&browser, &draft).await;
    app.issue(&draft.assertion.id).await;
    let level = levels(&app, &id).await[0].1.clone();
    let version = || {
        let id = draft.achievement.id.clone();
        app.read(move |conn| Ok(testamur::models::achievement::find(conn, &id)?.version))
    };
    let token = browser.get("/admin").await.token();
    let criterion = format!("/admin/result-descriptions/{}", level.result_description_id);

    let moved = |more: &'static [(&'static str, &'static str)]| {
        let (browser, address, token) = (browser.clone(), format!("{criterion}/position"), token.clone());
        async move {
            let fields = [&[("csrf", token.as_str()), ("way", "down")][..], more].concat();
            browser.post_raw(&address, &fields).await
        }
    };
    let asked = moved(&[]).await.expect(422).says("Begin version 2 of").says("Move it down");
    asked.says("name=\"asked\" value=\"true\"").never_says("Error: ");
    // Whoever sends the question back without its tick is told what is missing.
    let again = moved(&[("asked", "true")]).await.expect(422).says("<title>Error: Move");
    again.says("Say that version 2 begins with this change").says("aria-describedby=\"new_version-wrong\"");
    assert_eq!(version().await, 1);
    moved(&[("asked", "true"), ("new_version", "true")]).await.expect(303);
    assert_eq!(version().await, 2);

    // Version 2 was awarded to nobody: nothing is asked until it was.
    moved(&[]).await.expect(303);
    let other = app.another_draft(&draft).await;
    app.issue(&other.id).await;
    let deletion = format!("/admin/rubric-criterion-levels/{}/deletion", level.id);
    browser.get(&deletion).await.expect(200).says("Begin version 3 of");
    browser.post_raw(&deletion, &[("csrf", &token)]).await.expect(422).says("Say that version 3 begins");
    assert_eq!(version().await, 2);
    browser.get(&format!("/admin/rubric-criterion-levels/{}", level.id)).await.expect(200);
    browser.post_raw(&deletion, &[("csrf", &token), ("new_version", "true")]).await.expect(303);
    assert_eq!(version().await, 3);
    browser.get(&format!("/admin/rubric-criterion-levels/{}", level.id)).await.expect(404);
}
