//! What a credential of Open Badges 3.0 or CLR 2.0 must look like, in the order of the public validator of 1EdTech
//! (`inspector-vc` and `inspector-clr`): contexts, types, what the schema requires, the subject, evidence, the issuer.
//!
//! Pure, on the JSON as it came, because a signature is of what came. A finding is a place and a sentence.

use serde_json::{Map, Value};

use super::{BADGES, CREDENTIALS, RECORDS};

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An achievement credential, also called Open Badge.
    Achievement,
    /// A record with credentials in it.
    Record,
    /// What somebody says of another credential, a profile or an achievement.
    Endorsement,
    /// A status list.
    StatusList,
}

impl Kind {
    /// The kind of a credential by its types; none where it names none that we know.
    pub fn of(credential: &Value) -> Option<Self> {
        let types = types(credential);
        let is = |name: &str| types.contains(&name);
        if is("ClrCredential") {
            Some(Self::Record)
        } else if is("AchievementCredential") || is("OpenBadgeCredential") {
            Some(Self::Achievement)
        } else if is("EndorsementCredential") {
            Some(Self::Endorsement)
        } else if is("BitstringStatusListCredential") {
            Some(Self::StatusList)
        } else {
            None
        }
    }

    /// What people call it.
    pub fn shown(self) -> &'static str {
        match self {
            Self::Achievement => "Open Badges 3.0 credential",
            Self::Record => "CLR 2.0 record",
            Self::Endorsement => "endorsement",
            Self::StatusList => "status list",
        }
    }
}

/// The types that an object names.
pub fn types(object: &Value) -> Vec<&str> {
    match &object["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// What each of a member's values is: one, several or none.
pub fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(several) => several.iter().collect(),
        one => vec![one],
    }
}

/// What is wrong with the contexts.
pub fn contexts(credential: &Value, kind: Kind) -> Vec<String> {
    let named = each(&credential["@context"]);
    let wanted: &[&str] = match kind {
        Kind::Achievement | Kind::Endorsement => &[CREDENTIALS, BADGES],
        Kind::Record => &[CREDENTIALS, RECORDS, BADGES],
        Kind::StatusList => &[CREDENTIALS],
    };
    let mut wrong = Vec::new();
    for (at, wanted) in wanted.iter().enumerate() {
        let found = named.get(at).and_then(|one| one.as_str()).unwrap_or("nothing");
        if found != *wanted && !is_older(wanted, found) {
            wrong.push(format!("/@context/{at}: {wanted} must stand there, not {found}"));
        }
    }
    wrong
}

/// Another version of the same context, which the validator warns of.
fn is_older(wanted: &str, found: &str) -> bool {
    let stem = |address: &str| {
        if address.starts_with("https://www.w3.org/") {
            return "credentials".to_owned();
        }
        let file = address.trim_end_matches(".json");
        file.trim_end_matches(|sign: char| sign.is_ascii_digit() || sign == '.' || sign == '-').to_owned()
    };
    match wanted {
        CREDENTIALS => found == "https://www.w3.org/2018/credentials/v1",
        _ => stem(wanted) == stem(found),
    }
}

/// Whether the contexts are of an older version, with a proof that we have no reader for.
pub fn is_of_an_older_version(credential: &Value) -> bool {
    each(&credential["@context"]).first().is_some_and(|one| **one == "https://www.w3.org/2018/credentials/v1")
}

/// What is wrong with the types.
pub fn named_types(credential: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if !types(credential).contains(&"VerifiableCredential") {
        wrong.push("/type: VerifiableCredential is not among its types".to_owned());
    }
    if Kind::of(credential).is_none() {
        wrong.push("/type: it names no kind of credential that is known here".to_owned());
    }
    wrong
}

/// Collects what the schema requires and is not there.
struct Schema(Vec<String>);

impl Schema {
    fn wrong(&mut self, place: &str, what: &str) {
        self.0.push(format!("{place}: {what}"));
    }

    fn text(&mut self, object: &Value, place: &str, members: &[&str]) {
        for member in members {
            if !object[*member].is_string() {
                self.wrong(place, &format!("{member} is missing or no text"));
            }
        }
    }

    fn instant(&mut self, object: &Value, place: &str, member: &str) {
        let written = object[member].as_str().map(chrono::DateTime::parse_from_rfc3339);
        match (&object[member], written) {
            (Value::Null, _) | (_, Some(Ok(_))) => {}
            _ => self.wrong(place, &format!("{member} is no date and time with a time zone")),
        }
    }

    fn credential(&mut self, credential: &Value, kind: Kind) {
        self.text(credential, "", &["id"]);
        let has_start = credential["validFrom"].is_string() || credential["issuanceDate"].is_string();
        if !has_start {
            self.wrong("", "validFrom is missing");
        }
        for member in ["validFrom", "validUntil", "issuanceDate", "expirationDate", "awardedDate"] {
            self.instant(credential, "", member);
        }
        if kind == Kind::Record {
            self.text(credential, "", &["name"]);
        }
        match &credential["issuer"] {
            // W3C asks for the id alone; that it is a profile is asked of credentials of 1EdTech.
            Value::Object(_) if kind == Kind::StatusList => self.text(&credential["issuer"], "/issuer", &["id"]),
            Value::Object(_) => self.typed(&credential["issuer"], "/issuer", &["id"]),
            Value::String(id) if !id.is_empty() => {}
            _ => self.wrong("", "issuer is missing"),
        }
        if credential["credentialStatus"].is_array() {
            self.wrong("/credentialStatus", "there may be one only");
        }
        if !credential["credentialSubject"].is_object() {
            self.wrong("", "credentialSubject is missing or not one object");
        }
    }

    fn typed(&mut self, object: &Value, place: &str, members: &[&str]) {
        self.text(object, place, members);
        if types(object).is_empty() {
            self.wrong(place, "type is missing");
        }
    }

    fn parts(&mut self, of: &Value, place: &str, member: &str, members: &[&str]) {
        for (at, one) in each(&of[member]).into_iter().enumerate() {
            self.typed(one, &format!("{place}/{member}/{at}"), members);
        }
    }

    fn achievement(&mut self, achievement: &Value, place: &str) {
        self.typed(achievement, place, &["id", "name", "description"]);
        let criteria = &achievement["criteria"];
        if !criteria["id"].is_string() && !criteria["narrative"].is_string() {
            self.wrong(&format!("{place}/criteria"), "neither an address nor a narrative is there");
        }
        self.parts(achievement, place, "alignment", &["targetName", "targetUrl"]);
        self.parts(achievement, place, "resultDescription", &["id", "name", "resultType"]);
        for description in each(&achievement["resultDescription"]) {
            self.parts(description, &format!("{place}/resultDescription"), "rubricCriterionLevel", &["id", "name"]);
        }
    }
}

/// What the schema requires and is not there.
pub fn schema(credential: &Value, kind: Kind) -> Vec<String> {
    let mut schema = Schema(Vec::new());
    schema.credential(credential, kind);
    let subject = &credential["credentialSubject"];
    let place = "/credentialSubject";
    schema.parts(subject, place, "identifier", &["identityHash", "identityType"]);
    match kind {
        Kind::Achievement if subject["achievement"].is_object() => {
            schema.achievement(&subject["achievement"], "/credentialSubject/achievement");
        }
        Kind::Achievement => schema.wrong(place, "achievement is missing"),
        Kind::Record => {
            if each(&subject["verifiableCredential"]).is_empty() {
                schema.wrong(place, "it holds no credential");
            }
            for (at, one) in each(&subject["achievement"]).into_iter().enumerate() {
                schema.achievement(one, &format!("{place}/achievement/{at}"));
            }
            schema.parts(subject, place, "association", &["associationType", "sourceId", "targetId"]);
        }
        Kind::Endorsement => schema.text(subject, place, &["id"]),
        Kind::StatusList => schema.text(subject, place, &["statusPurpose", "encodedList"]),
    }
    schema.0
}

/// Schemas that a credential brings or names besides the standard's own for its kind, which is checked without being
/// fetched: by address or as what they are, with their type.
pub fn schemas_of_its_own(credential: &Value, kind: Kind) -> Vec<String> {
    let others = each(&credential["credentialSchema"]).into_iter().filter(|one| !is_of_standard(one, kind));
    let shown = |one: &Value| {
        let called = one["id"].as_str().or_else(|| one.as_str()).unwrap_or("a schema within the credential");
        format!("{called} ({})", types(one).first().unwrap_or(&"no type"))
    };
    others.map(shown).collect()
}

fn is_of_standard(schema: &Value, kind: Kind) -> bool {
    let file = match kind {
        Kind::Achievement => "achievementcredential",
        Kind::Record => "clrcredential",
        Kind::Endorsement => "endorsementcredential",
        Kind::StatusList => return false,
    };
    let members = schema.as_object().map_or(0, Map::len);
    let place = schema["id"].as_str().and_then(|id| id.strip_prefix("https://purl.imsglobal.org/spec/"));
    let is_there = place.is_some_and(|place| {
        let name = place.rsplit('/').next().unwrap_or_default();
        ["ob/v3p0/schema/", "clr/v2p0/schema/"].iter().any(|folder| place.starts_with(folder))
            && !place.contains("..")
            && (name == format!("{file}.json") || name.ends_with(&format!("_{file}_schema.json")))
    });
    is_there && members == 2 && types(schema) == ["1EdTechJsonSchemaValidator2019"]
}

/// What is wrong with the subject: of what classes it and its parts are.
pub fn subject(credential: &Value, kind: Kind) -> Vec<String> {
    let subject = &credential["credentialSubject"];
    let place = "/credentialSubject";
    let mut wrong = Vec::new();
    let class = match kind {
        Kind::Achievement => "AchievementSubject",
        Kind::Record => "ClrSubject",
        Kind::Endorsement => "EndorsementSubject",
        Kind::StatusList => "BitstringStatusList",
    };
    of_class(subject, place, class, &mut wrong);
    if matches!(kind, Kind::Achievement | Kind::Record)
        && subject["id"].is_null()
        && each(&subject["identifier"]).is_empty()
    {
        wrong.push(format!("{place}: it names nobody, neither by id nor by identifier"));
    }
    let parts =
        [("identifier", "IdentityObject"), ("result", "Result"), ("source", "Profile"), ("achievement", "Achievement")];
    for (member, class) in parts {
        for (at, one) in each(&subject[member]).into_iter().enumerate() {
            of_class(one, &format!("{place}/{member}/{at}"), class, &mut wrong);
        }
    }
    for achievement in each(&subject["achievement"]) {
        for one in each(&achievement["resultDescription"]) {
            of_class(one, &format!("{place}/achievement/resultDescription"), "ResultDescription", &mut wrong);
        }
    }
    wrong
}

/// What is wrong with the evidence.
pub fn evidence(credential: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, one) in each(&credential["evidence"]).into_iter().enumerate() {
        of_class(one, &format!("/evidence/{at}"), "Evidence", &mut wrong);
    }
    wrong
}

/// What is wrong with the issuer. Of a status list W3C asks for its id alone.
pub fn issuer(credential: &Value, kind: Kind) -> Vec<String> {
    let mut wrong = Vec::new();
    let issuer = &credential["issuer"];
    if !issuer.is_object() || kind == Kind::StatusList {
        return wrong;
    }
    of_class(issuer, "/issuer", "Profile", &mut wrong);
    for one in each(&issuer["otherIdentifier"]) {
        of_class(one, "/issuer/otherIdentifier", "IdentifierEntry", &mut wrong);
    }
    if !issuer["parentOrg"].is_null() {
        of_class(&issuer["parentOrg"], "/issuer/parentOrg", "Profile", &mut wrong);
    }
    wrong
}

fn of_class(object: &Value, place: &str, class: &str, wrong: &mut Vec<String>) {
    if !types(object).contains(&class) {
        wrong.push(format!("{place}/type: {class} is not among its types"));
    }
}

/// The id of whoever issued a credential.
pub fn issuer_id(credential: &Value) -> Option<&str> {
    credential["issuer"].as_str().or_else(|| credential["issuer"]["id"].as_str())
}

/// What somebody is told of when they look at a credential, by names in words.
pub fn facts(credential: &Value) -> Vec<(&'static str, String)> {
    let subject = &credential["credentialSubject"];
    let issuer = credential["issuer"]["name"].as_str().or_else(|| issuer_id(credential));
    let name = credential["name"].as_str().or_else(|| subject["achievement"]["name"].as_str());
    let holder = each(&subject["identifier"])
        .into_iter()
        .find(|one| one["identityType"] == "name" && one["hashed"] != true)
        .and_then(|one| one["identityHash"].as_str());
    let from = credential["validFrom"].as_str().or_else(|| credential["issuanceDate"].as_str());
    [("credential", name), ("holder", holder), ("issuer", issuer), ("issued", from)]
        .into_iter()
        .filter_map(|(what, told)| Some((what, told?.to_owned())))
        .collect()
}

/// A credential without its proof and without what a JWT adds beside it.
pub fn without_claims(payload: &Value) -> Value {
    let mut bare: Map<String, Value> = payload.as_object().cloned().unwrap_or_default();
    for claim in ["iss", "jti", "nbf", "sub", "exp", "iat", "aud"] {
        bare.remove(claim);
    }
    Value::Object(bare)
}
