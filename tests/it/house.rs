//! The rules of the house that a compiler does not know, each a test that names the file and the line.
//!
//! The map is in `src/lib.rs`; here it is read against the source: which room reaches where, who may ask for the time,
//! the environment, the database or HTTP, where HTML may stand, and whether every word that is used exists.

mod source;

use source::{Rust, files, identifier, place, rust, words_at};

const GROUND: &[&str] = &["db", "values", "words", "clock"];

/// Where each room may reach, apart from itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("main", &["cli", "config"]),
    ("lib", &[]),
    ("cli", &["registrar", "clr", "sign", "pdf", "mail", "models", "db", "values", "words", "clock", "config"]),
    ("web", &["registrar", "clr", "sign", "pdf", "mail", "models", "db", "values", "words", "clock", "config"]),
    ("jobs", &["registrar", "clr", "sign", "pdf", "mail", "models", "db", "values", "words", "clock"]),
    ("registrar", &["clr", "sign", "pdf", "mail", "models", "db", "values", "words", "clock"]),
    ("clr", &["models", "values", "words", "clock"]),
    ("sign", &["values", "clock"]),
    ("pdf", &["models", "values", "words", "clock"]),
    ("mail", &["models", "values", "words", "clock"]),
    ("models", GROUND),
    ("db", GROUND),
    ("values", GROUND),
    ("words", GROUND),
    ("clock", &[]),
    ("config", GROUND),
];

/// The two commands that start the other ways in.
const STARTERS: &[&str] = &["src/cli/serve.rs", "src/cli/serve/", "src/cli/demo.rs", "src/cli/demo/"];

#[test]
fn rooms_reach_only_where_they_may() {
    let mut wrong = Vec::new();
    for file in rust() {
        let room = room_of(&file.path);
        let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{}: the room `{room}` is not on the map", file.path));
            continue;
        };
        for (at, target) in reached(file) {
            let starts = file.is_in(STARTERS) && ["web", "jobs"].contains(&target);
            if target != room && !may.contains(&target) && !starts {
                wrong.push(format!("{} reaches from `{room}` into `{target}`", place(&file.path, &file.code, at)));
            }
        }
    }
    none(&wrong, "main → cli, web, jobs → registrar → clr, sign, pdf, mail → models → db, values, words, clock");
}

#[test]
fn only_the_clock_asks_for_the_time_and_for_randomness() {
    let asks = ["Utc::now", "Local::now", "SystemTime::now", "new_v4", "now_v4", "now_v7", "new_v7", "rand::", "OsRng"];
    none(&outside(&["src/clock.rs"], &asks, Tests::Too), "ask crate::clock, so that tests can hold both still");
}

#[test]
fn only_config_reads_the_environment() {
    let reads = ["std::env", "env::var", "env::vars", "env::var_os", "env::temp_dir", "env::current_dir"];
    none(
        &outside(&["src/config.rs", "src/config/"], &reads, Tests::Exempt),
        "settings are read once, in crate::config",
    );
}

#[test]
fn only_the_nouns_and_the_ground_speak_to_the_database() {
    let mut wrong = outside(&["src/db/", "src/models/", "src/values/", "src/registrar/"], &["diesel"], Tests::Too);
    // A verb may pass a database's error on, and no more.
    for file in rust().iter().filter(|file| file.is_in(&["src/registrar/"])) {
        wrong.extend(words_at(&file.code, "diesel").filter_map(|at| {
            let rest = &file.code[at..];
            let error = rest.starts_with("diesel::result::") || rest.starts_with("diesel::QueryResult");
            (!error).then(|| place(&file.path, &file.code, at))
        }));
    }
    wrong.extend(outside(&["src/db/", "src/models/"], &["sql_query", "batch_execute"], Tests::Exempt));
    none(&wrong, "SQL lives in models/; a verb may name diesel's errors only");
}

#[test]
fn only_the_web_speaks_http() {
    let places: Vec<&str> = [&["src/web/"], STARTERS].concat();
    none(&outside(&places, &["actix_web", "actix_session", "actix_rt"], Tests::Too), "actix lives in web/");
}

#[test]
fn only_the_web_and_the_mail_fill_in_templates() {
    none(&outside(&["src/web/", "src/mail/"], &["askama"], Tests::Too), "askama lives in web/ and mail/");
}

#[test]
fn html_stands_in_templates_and_not_in_code() {
    let mut wrong = Vec::new();
    for file in rust().iter().filter(|file| !file.is_in(&["src/pdf/"])) {
        let strings = &file.strings[..file.tests_begin];
        wrong.extend(tags(strings).map(|(at, tag)| format!("{} writes <{tag}>", place(&file.path, strings, at))));
    }
    none(&wrong, "HTML lives in templates/");
}

#[test]
fn templates_never_switch_escaping_off() {
    let mut wrong = Vec::new();
    for file in files("templates", "") {
        for (number, line) in file.text.lines().enumerate() {
            let dense: String = line.chars().filter(|c| !c.is_whitespace()).collect();
            if dense.contains("|safe") || dense.contains("autoescape") || dense.contains("|escape(\"none\")") {
                wrong.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none(&wrong, "everything that a person typed is escaped; a form implements HtmlSafe instead");
}

/// The content security policy would block them, silently for the reader.
#[test]
fn templates_have_no_inline_script_or_style() {
    let mut wrong = Vec::new();
    for file in files("templates", ".html") {
        let html = without_template_code(&file.text).to_ascii_lowercase();
        let mail = file.path.starts_with("templates/emails/");
        for (at, tag) in tags(&html) {
            if html[at + 1..].starts_with('/') {
                continue;
            }
            let whole = &html[at..html[at..].find('>').map_or(html.len(), |end| at + end + 1)];
            let inline = match tag.as_str() {
                "style" => !mail,
                "script" => !whole.contains(" src=") || !html[at + whole.len()..].starts_with("</script>"),
                _ => false,
            };
            let style = !mail && attributes(whole).any(|name| name == "style");
            let handler = attributes(whole).any(|name| name.len() > 3 && name.starts_with("on"));
            if inline || style || handler {
                wrong.push(format!("{}: {}", place(&file.path, &html, at), whole.replace('\n', " ")));
            }
        }
    }
    none(&wrong, "styles go to static/app.css, scripts to static/app.js");
}

#[test]
fn templates_stay_short() {
    let long = files("templates", "").into_iter().filter(|file| file.text.lines().count() > 120);
    let wrong: Vec<String> = long.map(|file| format!("{}: {} lines", file.path, file.text.lines().count())).collect();
    none(&wrong, "a template of more than 120 lines wants a component");
}

#[test]
fn every_word_that_is_used_exists() {
    let known = catalogue();
    let mut wrong = Vec::new();
    let mut check = |path: &str, text: &str, calls: &[&str]| {
        for (at, key) in calls.iter().flat_map(|call| first_arguments(text, call)) {
            if !known.iter().any(|(name, _)| *name == key) {
                wrong.push(format!("{}: {key}", place(path, text, at)));
            }
        }
    };
    for file in files("templates", "") {
        check(&file.path, &file.text, &[".get(", ".with(", ".with_all("]);
    }
    for file in rust().iter().filter(|file| !file.path.starts_with("src/words/")) {
        check(&file.path, &file.spoken, &["words.get(", "w.get(", "words().get(", ".with(", ".with_all("]);
    }
    none(&wrong, "add the message to src/words/en/*.ftl");
}

#[test]
fn no_word_stands_twice_in_the_catalogue() {
    let known = catalogue();
    let twice = known.iter().enumerate().filter(|(n, (key, _))| known[..*n].iter().any(|(earlier, _)| earlier == key));
    let wrong: Vec<String> = twice.map(|(_, (key, path))| format!("{path}: {key}")).collect();
    none(&wrong, "the later one would be ignored");
}

fn none(wrong: &[String], rule: &str) {
    assert!(wrong.is_empty(), "{rule}\n  {}\n", wrong.join("\n  "));
}

/// `src/web/staff/pages.rs` is in the room `web`, `src/clock.rs` is the room `clock`.
fn room_of(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap_or(path);
    below.split('/').next().unwrap_or(below).trim_end_matches(".rs")
}

/// The rooms that a file names through `crate::`, the binary's `testamur::`, or enough `super::` to leave its own.
fn reached(file: &Rust) -> Vec<(usize, &str)> {
    let code = file.code.as_str();
    let root = if file.path == "src/main.rs" { "testamur::" } else { "crate::" };
    let mut found: Vec<(usize, &str)> =
        words_at(code, root).flat_map(|at| firsts(&code[at + root.len()..]).map(move |name| (at, name))).collect();
    let out = "super::".repeat(file.path.trim_end_matches("/mod.rs").matches('/').count());
    for at in words_at(code, &out).filter(|_| !out.is_empty()) {
        let rest = code[at..].trim_start_matches("super::");
        found.extend(firsts(rest).filter(|name| ROOMS.iter().any(|(room, _)| room == name)).map(|name| (at, name)));
    }
    found
}

/// The first names of a path: one of `a::b`, two of `{a::{b, c}, d}`.
fn firsts(path: &str) -> impl Iterator<Item = &str> {
    let Some(group) = path.strip_prefix('{') else { return vec![identifier(path)].into_iter() };
    let (mut depth, mut begins, mut names) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(identifier(group[begins..at].trim_start()));
                begins = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names.into_iter()
}

#[derive(PartialEq)]
enum Tests {
    Too,
    Exempt,
}

/// Where code outside of these places names one of these.
fn outside(places: &[&str], names: &[&str], tests: Tests) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in rust().iter().filter(|file| !file.is_in(places)) {
        let code = if tests == Tests::Too { file.code.as_str() } else { &file.code[..file.tests_begin] };
        for name in names {
            wrong.extend(words_at(code, name).map(|at| format!("{} names {name}", place(&file.path, code, at))));
        }
    }
    wrong
}

/// The HTML tags in a text, opening and closing.
fn tags(text: &str) -> impl Iterator<Item = (usize, String)> {
    const NAMES: &str = " a abbr article aside b bdi body br button code dd details div dl dt em fieldset figure footer \
         form h1 h2 h3 h4 h5 h6 head header hr html i img input label legend li link main meta nav ol option output p \
         path pre progress script section select small span strong style sub summary sup svg table tbody td textarea \
         tfoot th thead time title tr ul use ";
    text.match_indices('<').filter_map(|(at, _)| {
        let name = identifier(text[at + 1..].trim_start_matches('/')).to_ascii_lowercase();
        (!name.is_empty() && NAMES.contains(&format!(" {name} "))).then_some((at, name))
    })
}

/// The names of the attributes in a tag; what stands in quotes is not looked at.
fn attributes(tag: &str) -> impl Iterator<Item = &str> {
    let mut quoted = None;
    let outside = move |(at, c): (usize, char)| {
        match (quoted, c) {
            (Some(quote), c) if c == quote => quoted = None,
            (None, '"' | '\'') => quoted = Some(c),
            (None, '=') => return Some(at),
            _ => {}
        }
        None
    };
    tag.char_indices().filter_map(outside).map(|at| {
        let before = tag[..at].trim_end();
        let begins = before.rfind(|c: char| !(c.is_alphanumeric() || c == '-')).map_or(0, |at| at + 1);
        &before[begins..]
    })
}

/// Blanks `{{ … }}`, `{% … %}` and `{# … #}`, and keeps the lines.
fn without_template_code(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(at) = ["{{", "{%", "{#"].iter().filter_map(|open| rest.find(open)).min() {
        let close = match &rest[at..at + 2] {
            "{{" => "}}",
            "{%" => "%}",
            _ => "#}",
        };
        let end = rest[at..].find(close).map_or(rest.len(), |end| at + end + 2);
        out.push_str(&rest[..at]);
        out.extend(rest[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    out + rest
}

/// The keys of the English catalogue, each with its file.
fn catalogue() -> Vec<(String, String)> {
    let keys = files("src/words/en", ".ftl").into_iter().flat_map(|file| {
        let own = file.text.lines().filter_map(|line| line.split_once('=')).map(|(key, _)| key.trim_end().to_owned());
        let own = own.filter(|key| key.starts_with(|c: char| c.is_ascii_alphabetic()) && !key.contains(' '));
        own.map(|key| (key, file.path.clone())).collect::<Vec<_>>()
    });
    let keys: Vec<_> = keys.collect();
    assert!(!keys.is_empty(), "the English catalogue was not found");
    keys
}

/// The first argument of each such call, where it is written out.
fn first_arguments<'a>(text: &'a str, call: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    words_at(text, call).filter_map(move |at| {
        let inside = text[at + call.len()..].trim_start().strip_prefix('"')?;
        Some((at, &inside[..inside.find('"')?]))
    })
}
