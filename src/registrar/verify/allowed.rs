//! What is asked of hosts that an administrator allowed, over real TLS: keys, lists, newer versions, hosted copies, third
//! parties; and what a host may try against whoever asks it.

use std::{net::TcpListener, sync::LazyLock};

use serde_json::{Value, json};

use super::{
    Outcome, Report, Verdict,
    fetch::{
        self,
        pretend::{Host, Page},
    },
    outside::Answer,
    verify,
};
use crate::{
    clock,
    registrar::Portal,
    sign::{
        Ed25519Secret, RsaSecret, Secret, integrity, jws,
        status_bits::{self, PLACES},
    },
};

static RSA: LazyLock<Secret> = LazyLock::new(|| Secret::Rsa(RsaSecret::generate().unwrap()));

async fn asked(hosts: &[&Host], document: impl ToString) -> Report {
    let allowed: Vec<String> = hosts.iter().map(|host| host.name.to_owned()).collect();
    let portal = Portal::without_keys("https://portal.example.edu");
    verify(None, &portal, &allowed, document.to_string().into_bytes()).await.unwrap()
}

fn found(report: &Report, id: &str) -> (Outcome, String) {
    let check = report.checks.iter().rev().find(|check| check.id == id);
    check.map(|check| (check.outcome, check.detail.clone())).unwrap_or_else(|| panic!("no {id}: {report:#?}"))
}

#[track_caller]
fn is_valid(report: &Report) {
    let others: Vec<_> = report.checks.iter().filter(|check| check.outcome != Outcome::Passed).collect();
    assert_eq!(report.verdict(), Verdict::Valid, "{others:#?}");
}

#[track_caller]
fn fails(report: &Report, id: &str, why: &str) {
    let (outcome, detail) = found(report, id);
    assert!(outcome == Outcome::Failed && detail.contains(why), "{id}: {outcome:?} {detail}");
    assert_eq!(report.verdict(), Verdict::Invalid);
}

#[track_caller]
fn is_unchecked(report: &Report, id: &str, why: &str) {
    let (outcome, detail) = found(report, id);
    assert!(outcome == Outcome::Unchecked && detail.contains(why), "{id}: {outcome:?} {detail}");
    assert_eq!(report.verdict(), Verdict::Unchecked);
}

/// An issuer of Open Badges 3.0 at a host, by did:web.
struct Issuer {
    host: Host,
    key: Ed25519Secret,
    id: String,
    method: String,
}

impl Issuer {
    fn start(name: &'static str) -> Self {
        let host = Host::start(name);
        let (key, id) = (Ed25519Secret::generate(), format!("did:web:{name}"));
        let method = format!("{id}#one");
        host.says("/.well-known/did.json", &controller(&id, &method, &key));
        Self { host, key, id, method }
    }

    fn credential(&self) -> Value {
        json!({
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
            ],
            "id": "urn:uuid:6f3f0a3e-0000-4000-8000-000000000001",
            "type": ["VerifiableCredential", "AchievementCredential"],
            "issuer": {"id": self.id, "type": ["Profile"], "name": "A college"},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": "urn:uuid:2", "type": ["AchievementSubject"], "achievement": {
                "id": "urn:uuid:3", "type": ["Achievement"], "name": "N", "description": "D",
                "criteria": {"narrative": "C"}}},
        })
    }

    fn signed(&self, document: &Value) -> String {
        let sign = |bytes: &[u8]| self.key.sign(bytes);
        integrity::prove(&document.to_string(), &self.method, clock::now(), sign).unwrap()
    }

    /// A credential that names its place in a status list.
    fn listed(&self, place: u32) -> String {
        let list = self.host.at("/status/1");
        let mut credential = self.credential();
        credential["credentialStatus"] = json!({"id": format!("{list}#{place}"), "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation", "statusListIndex": place.to_string(), "statusListCredential": list});
        self.signed(&credential)
    }

    /// A status list of this issuer with these bits.
    fn list(&self, encoded: String) -> Value {
        let list = self.host.at("/status/1");
        let list = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"], "id": list,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"], "issuer": {"id": self.id},
            "validFrom": "2026-01-01T00:00:00Z",
            "credentialSubject": {"id": format!("{list}#list"), "type": "BitstringStatusList",
                "statusPurpose": "revocation", "encodedList": encoded},
        });
        let multikey = self.key.public().to_multikey().unwrap();
        let method = format!("{}#{multikey}", self.id);
        let proven = integrity::prove(&list.to_string(), &method, clock::now(), |bytes| self.key.sign(bytes));
        serde_json::from_str(&proven.unwrap()).unwrap()
    }
}

fn controller(id: &str, method: &str, key: &Ed25519Secret) -> Value {
    json!({"id": id, "assertionMethod": [method], "verificationMethod": [{
        "id": method, "type": "Multikey", "controller": id,
        "publicKeyMultibase": key.public().to_multikey().unwrap()}]})
}

#[tokio::test]
async fn an_allowed_host_is_asked_for_keys_and_lists_once_and_told_nothing_of_who_asks() {
    let issuer = Issuer::start("keys.allowed.example.edu");
    issuer.host.says("/status/1", &issuer.list(status_bits::encoded(&[7])));
    is_valid(&asked(&[&issuer.host], issuer.listed(4711)).await);
    assert_eq!(issuer.host.asked(), ["GET /.well-known/did.json", "GET /status/1"]);
    fails(&asked(&[&issuer.host], issuer.listed(7)).await, "status", "revoked it");

    let before = issuer.host.asked().len();
    is_unchecked(&asked(&[], issuer.listed(4711)).await, "status", "was not asked");
    assert_eq!(issuer.host.asked().len(), before);
}

#[tokio::test]
async fn a_status_list_that_is_cut_swapped_or_signed_by_another_is_refused_for_its_own_reason() {
    let issuer = Issuer::start("lists.allowed.example.edu");
    let other = Issuer::start("other-lists.allowed.example.edu");
    let hosts = [&issuer.host, &other.host];
    let zipped = |bytes: &[u8]| {
        use std::io::Write;
        let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        zipped.write_all(bytes).unwrap();
        format!("u{}", integrity::base64url(&zipped.finish().unwrap()))
    };
    let short = zipped(&vec![0; PLACES as usize / 8 - 1]);
    issuer.host.says("/status/1", &issuer.list(short));
    fails(&asked(&hosts, issuer.listed(3)).await, "status", "cut short");

    issuer.host.says("/status/1", &issuer.list(status_bits::encoded(&[])));
    fails(&asked(&hosts, issuer.listed(PLACES)).await, "status", "cut short");

    let mut cut = issuer.list(status_bits::encoded(&[3]));
    let whole = cut["credentialSubject"]["encodedList"].as_str().unwrap().to_owned();
    cut["credentialSubject"]["encodedList"] = json!(whole[..whole.len() - 8]);
    issuer.host.says("/status/1", &cut);
    fails(&asked(&hosts, issuer.listed(3)).await, "status", "signature of its status list does not hold");

    let mut cleared = issuer.list(status_bits::encoded(&[3]));
    cleared["credentialSubject"]["encodedList"] = json!(status_bits::encoded(&[]));
    issuer.host.says("/status/1", &cleared);
    fails(&asked(&hosts, issuer.listed(3)).await, "status", "signature of its status list does not hold");

    issuer.host.says("/status/1", &other.list(status_bits::encoded(&[])));
    fails(&asked(&hosts, issuer.listed(3)).await, "status", "signed by somebody else");

    issuer.host.says("/status/1", &json!({"status": "fine"}));
    fails(&asked(&hosts, issuer.listed(3)).await, "status", "is none");
    issuer.host.answers("/status/1", Page::of(500, "no"));
    is_unchecked(&asked(&hosts, issuer.listed(3)).await, "status", "gave no answer");
}

#[tokio::test]
async fn the_list_of_1edtech_says_who_was_revoked_and_why() {
    let issuer = Issuer::start("revocations.allowed.example.edu");
    let mut credential = issuer.credential();
    credential["credentialStatus"] = json!({"id": issuer.host.at("/revoked"), "type": "1EdTechRevocationList"});
    let signed = issuer.signed(&credential);
    let list = |of: &str, revoked: Value| json!({"id": issuer.host.at("/revoked"), "issuer": of, "revokedCredential": revoked});
    issuer.host.says("/revoked", &list(&issuer.id, json!([{"id": "urn:uuid:other"}])));
    is_valid(&asked(&[&issuer.host], &signed).await);
    let entry = json!([{"id": credential["id"], "revoked": true, "revocationReason": "Conferred in error"}]);
    issuer.host.says("/revoked", &list(&issuer.id, entry));
    fails(&asked(&[&issuer.host], &signed).await, "status", "Conferred in error");
    issuer.host.says("/revoked", &list("did:web:somebody.example", json!([])));
    fails(&asked(&[&issuer.host], &signed).await, "status", "somebody else’s");
}

#[tokio::test]
async fn a_key_that_the_document_brings_along_is_the_issuers_when_the_issuers_host_says_so() {
    let host = Host::start("profile.allowed.example.edu");
    let key = Ed25519Secret::generate();
    let id = host.at("/issuers/1");
    let method = format!("{id}#{}", key.public().to_multikey().unwrap());
    let issuer = Issuer { id: id.clone(), method: method.clone(), key, host };
    let signed = issuer.signed(&issuer.credential());
    is_unchecked(&asked(&[], &signed).await, "key", "was not asked");
    issuer.host.says("/issuers/1", &controller(&id, &method, &issuer.key));
    is_valid(&asked(&[&issuer.host], &signed).await);
    issuer.host.says("/issuers/1", &controller(&id, &method, &Ed25519Secret::generate()));
    fails(&asked(&[&issuer.host], &signed).await, "key", "does not name this key");
    issuer.host.says("/issuers/1", &json!({"id": id, "type": "Profile", "name": "No key at all"}));
    fails(&asked(&[&issuer.host], &signed).await, "key", "does not name this key");
}

#[tokio::test]
async fn a_newer_version_is_asked_for_once_and_believed_only_of_the_same_issuer_and_holder() {
    let issuer = Issuer::start("refresh.allowed.example.edu");
    let other = Issuer::start("other-refresh.allowed.example.edu");
    let hosts = [&issuer.host, &other.host];
    let mut older = issuer.credential();
    older["refreshService"] = json!({"id": issuer.host.at("/newest"), "type": "1EdTechCredentialRefresh"});
    older["validUntil"] = json!("2026-02-01T00:00:00Z");
    let handed_in = issuer.signed(&older);
    // Nothing comes: the credential is checked as it was handed in.
    fails(&asked(&hosts, &handed_in).await, "expiration", "expired");
    assert!(found(&asked(&hosts, &handed_in).await, "newest").1.contains("No newer version could be had"));

    let mut newer = older.clone();
    newer["id"] = json!("urn:uuid:6f3f0a3e-0000-4000-8000-000000000002");
    newer["validUntil"] = json!("2099-01-01T00:00:00Z");
    newer["name"] = json!("A newer name");
    issuer.host.answers("/newest", Page::of(200, issuer.signed(&newer)));
    let report = asked(&hosts, &handed_in).await;
    is_valid(&report);
    assert!(report.facts.iter().any(|(_, told)| told == "A newer name"), "{:?}", report.facts);
    let times = issuer.host.asked().iter().filter(|line| *line == "GET /newest").count();
    assert_eq!(times, 3, "once for each time that it was checked");

    let mut of_somebody = newer.clone();
    of_somebody["credentialSubject"]["id"] = json!("urn:uuid:somebody");
    issuer.host.answers("/newest", Page::of(200, issuer.signed(&of_somebody)));
    fails(&asked(&hosts, &handed_in).await, "expiration", "expired");
    let mut by_other = newer.clone();
    by_other["issuer"]["id"] = json!(other.id);
    issuer.host.answers("/newest", Page::of(200, other.signed(&by_other)));
    fails(&asked(&hosts, &handed_in).await, "expiration", "expired");
    let mut unsigned: Value = serde_json::from_str(&issuer.signed(&newer)).unwrap();
    unsigned["validUntil"] = json!("2098-01-01T00:00:00Z");
    issuer.host.says("/newest", &unsigned);
    fails(&asked(&hosts, &handed_in).await, "expiration", "expired");
    is_unchecked(&asked(&[], &issuer.signed(&newer)).await, "newest", "was not asked");
}

/// An endorsement as the token of Open Badges 3.0, with a key that lies at the endorser's host.
fn endorsement_token(host: &Host, of: &str) -> String {
    host.says("/keys/1", &RSA.public().unwrap().to_jwk().unwrap());
    let issuer = host.at("/endorser");
    let claims = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:9", "type": ["VerifiableCredential", "EndorsementCredential"], "name": "Said",
        "issuer": {"id": issuer, "type": ["Profile"]}, "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": of, "type": ["EndorsementSubject"], "endorsementComment": "Sound"},
        "iss": issuer, "jti": "urn:uuid:9", "sub": of, "nbf": 1_767_225_600,
    });
    jws::sign(claims.to_string().as_bytes(), &RSA, &host.at("/keys/1"), Some("JWT")).unwrap()
}

#[tokio::test]
async fn endorsements_that_stand_as_tokens_are_checked_each_by_itself() {
    let issuer = Issuer::start("endorsed.allowed.example.edu");
    let endorser = Host::start("endorser.allowed.example.org");
    let hosts = [&issuer.host, &endorser];
    let mut credential = issuer.credential();
    let token = endorsement_token(&endorser, "urn:uuid:3");
    credential["credentialSubject"]["achievement"]["endorsementJwt"] = json!([token]);
    // We sign no such term, because older programs do not know it; others may have.
    assert!(integrity::prove(&credential.to_string(), "did:web:x#1", clock::now(), |_| [0; 64]).is_err());
    let with = |credential: &Value| proven_with_recent_terms(&issuer, credential);
    let report = asked(&hosts, with(&credential)).await;
    is_valid(&report);
    assert!(report.checks.iter().any(|check| check.about.ends_with("/endorsementJwt/0") && check.id == "signature"));
    let (head, _) = token.rsplit_once('.').unwrap();
    credential["credentialSubject"]["achievement"]["endorsementJwt"] = json!([format!("{head}.AAAA")]);
    fails(&asked(&hosts, with(&credential)).await, "signature", "does not hold");
    credential["credentialSubject"]["achievement"]["endorsementJwt"] = json!(["no token"]);
    fails(&asked(&hosts, with(&credential)).await, "signature", "cut short");
}

/// A proof over terms that we read and do not sign.
fn proven_with_recent_terms(issuer: &Issuer, credential: &Value) -> String {
    use sha2::{Digest, Sha256};
    let created = "2026-01-02T00:00:00Z";
    let facts = integrity::proof_facts(created, &issuer.method);
    let canonical = integrity::canonical_form(credential).unwrap();
    let signed = [Sha256::digest(facts).as_slice(), Sha256::digest(canonical).as_slice()].concat();
    let mut proven = credential.clone();
    proven["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "created": created,
        "verificationMethod": issuer.method, "proofPurpose": "assertionMethod",
        "proofValue": format!("z{}", bs58::encode(issuer.key.sign(&signed)).into_string())});
    proven.to_string()
}

/// A publisher of CLR 1.0 at a host, with one RSA key and a revocation list.
struct Publisher {
    host: Host,
}

impl Publisher {
    fn start(name: &'static str) -> Self {
        let own = Self { host: Host::start(name) };
        own.host.says(
            "/keys/1",
            &json!({"id": own.host.at("/keys/1"), "owner": own.host.at("/profile"),
            "type": "CryptographicKey", "publicKeyPem": RSA.public().unwrap().to_pem().unwrap()}),
        );
        own.revokes(json!([]));
        own
    }

    fn revokes(&self, ids: Value) {
        self.host.says(
            "/revoked",
            &json!({"id": self.host.at("/revoked"), "issuer": self.host.at("/profile"),
            "type": "RevocationList", "revokedAssertions": ids}),
        );
    }

    fn profile(&self) -> Value {
        json!({"id": self.host.at("/profile"), "type": "Profile", "name": "A college",
            "publicKey": {"id": self.host.at("/keys/1"), "owner": self.host.at("/profile"), "publicKeyPem": "x"},
            "revocationList": self.host.at("/revoked"),
            "verification": {"type": "Verification", "verificationProperty": "id"}})
    }

    fn record(&self) -> Value {
        json!({
            "@context": crate::clr::v1::CONTEXT, "id": self.host.at("/clrs/1"), "type": "Clr",
            "issuedOn": "2026-01-01T00:00:00Z",
            "learner": {"id": "urn:uuid:8c0b6a4e-0000-4000-8000-000000000001", "type": "Profile"},
            "publisher": self.profile(),
            "assertions": [{
                "id": self.host.at("/assertions/1"), "type": "Assertion", "issuedOn": "2026-01-01T00:00:00Z",
                "recipient": {"type": "id", "identity": "urn:uuid:8c0b6a4e-0000-4000-8000-000000000001", "hashed": false},
                "achievement": {"id": "urn:uuid:8c0b6a4e-0000-4000-8000-000000000002", "type": "Achievement",
                    "name": "N", "issuer": self.profile()},
            }],
        })
    }

    fn signed(&self, what: &Value) -> String {
        let mut what = what.clone();
        what["verification"] = json!({"type": "Signed", "creator": self.host.at("/keys/1")});
        jws::sign(what.to_string().as_bytes(), &RSA, &self.host.at("/keys/1"), None).unwrap()
    }
}

#[tokio::test]
async fn a_signed_record_of_old_is_checked_by_its_publishers_key_and_list() {
    let publisher = Publisher::start("clr.allowed.example.edu");
    let token = publisher.signed(&publisher.record());
    is_valid(&asked(&[&publisher.host], &token).await);
    is_unchecked(&asked(&[], &token).await, "signature", "could not be had");
    // In a set, which is how JSON carries a signed record.
    let set = json!({"@context": crate::clr::v1::CONTEXT, "type": "ClrSet", "signedClrs": [token]});
    is_valid(&asked(&[&publisher.host], set).await);

    publisher.revokes(json!([publisher.host.at("/clrs/1")]));
    fails(&asked(&[&publisher.host], &token).await, "status", "revoked it");
    publisher.host.says("/revoked", &json!({"issuer": "https://somebody.example/", "revokedAssertions": []}));
    fails(&asked(&[&publisher.host], &token).await, "status", "somebody else’s");
    let mut without = publisher.record();
    without["publisher"].as_object_mut().unwrap().remove("revocationList");
    is_unchecked(&asked(&[&publisher.host], publisher.signed(&without)).await, "status", "names no list");

    let mut stolen = publisher.record();
    stolen["publisher"]["id"] = json!("https://another.example.edu/profile");
    publisher.revokes(json!([]));
    fails(&asked(&[&publisher.host], publisher.signed(&stolen)).await, "key", "somebody else as its owner");
}

#[tokio::test]
async fn what_third_parties_signed_of_a_record_is_checked_and_must_be_about_what_carries_it() {
    let publisher = Publisher::start("said.allowed.example.edu");
    let board = Publisher::start("board.allowed.example.org");
    let hosts = [&publisher.host, &board.host];
    let said = |of: &str| {
        board.signed(&json!({
            "@context": crate::clr::v1::CONTEXT, "id": board.host.at("/endorsements/1"), "type": "Endorsement",
            "issuedOn": "2026-01-01T00:00:00Z", "issuer": board.profile(),
            "claim": {"id": of, "type": "EndorsementClaim", "endorsementComment": "Sound"},
        }))
    };
    let mut record = publisher.record();
    let of_assertion = record["assertions"][0]["id"].as_str().unwrap().to_owned();
    record["assertions"][0]["signedEndorsements"] = json!([said(&of_assertion)]);
    let report = asked(&hosts, publisher.signed(&record)).await;
    is_valid(&report);
    assert!(report.checks.iter().any(|check| check.about.ends_with("/assertions/0/signedEndorsements/0")));
    board.revokes(json!([board.host.at("/endorsements/1")]));
    fails(&asked(&hosts, publisher.signed(&record)).await, "status", "revoked it");
    board.revokes(json!([]));
    record["assertions"][0]["signedEndorsements"] = json!([said("urn:uuid:another")]);
    fails(&asked(&hosts, publisher.signed(&record)).await, "endorsement", "something else");
    let damaged = format!("{}AAAA", said(&of_assertion));
    record["assertions"][0]["signedEndorsements"] = json!([damaged]);
    assert_eq!(asked(&hosts, publisher.signed(&record)).await.verdict(), Verdict::Invalid);
}

#[tokio::test]
async fn what_lies_at_its_own_address_is_the_truth_about_it() {
    let publisher = Publisher::start("hosted.allowed.example.edu");
    let elsewhere = Host::start("elsewhere.allowed.example.org");
    let hosts = [&publisher.host, &elsewhere];
    let mut record = publisher.record();
    record["verification"] = json!({"type": "Hosted"});
    record["assertions"][0]["verification"] = json!({"type": "Hosted"});
    let mut hosted = record["assertions"][0].clone();
    hosted["@context"] = json!(crate::clr::v1::CONTEXT);
    publisher.host.says("/clrs/1", &record);
    publisher.host.says("/assertions/1", &hosted);
    is_valid(&asked(&hosts, &record).await);

    publisher.host.answers("/assertions/1", Page::of(410, ""));
    fails(&asked(&hosts, &record).await, "hosted", "taken back");
    let revoked = json!({"@context": crate::clr::v1::CONTEXT, "id": publisher.host.at("/assertions/1"), "revoked": true,
        "revocationReason": "Found out"});
    publisher.host.says("/assertions/1", &revoked);
    fails(&asked(&hosts, &record).await, "hosted", "Found out");
    publisher.host.says("/assertions/1", &hosted);
    let mut changed = record.clone();
    changed["assertions"][0]["achievement"]["name"] = json!("Another");
    fails(&asked(&hosts, &changed).await, "hosted", "something else");

    // At a host that is not the publisher's it proves nothing, unless the publisher says that its things lie there.
    let mut foreign = record.clone();
    foreign["id"] = json!(elsewhere.at("/clrs/1"));
    elsewhere.says("/clrs/1", &foreign);
    publisher.host.answers("/profile", Page::of(404, ""));
    assert_eq!(asked(&hosts, &foreign).await.verdict(), Verdict::Unchecked);
    let mut profile = publisher.profile();
    publisher.host.says("/profile", &profile);
    assert_eq!(asked(&hosts, &foreign).await.verdict(), Verdict::Unchecked);
    profile["verification"]["startsWith"] = json!([elsewhere.at("/clrs/")]);
    publisher.host.says("/profile", &profile);
    is_valid(&asked(&hosts, &foreign).await);
}

#[tokio::test]
async fn badges_of_old_are_checked_by_their_address_or_by_their_issuers_key_and_list() {
    let publisher = Publisher::start("badges.allowed.example.edu");
    let host = &publisher.host;
    host.says("/profile", &publisher.profile());
    host.says(
        "/badge",
        &json!({"id": host.at("/badge"), "type": "BadgeClass", "name": "N", "issuer": host.at("/profile")}),
    );
    let badge = |verification: Value| {
        json!({"@context": "https://w3id.org/openbadges/v2", "type": "Assertion",
        "id": host.at("/awards/1"), "recipient": {"type": "email", "hashed": false, "identity": "a@example.org"},
        "badge": host.at("/badge"), "issuedOn": "2026-01-01T00:00:00Z", "verification": verification})
    };
    let hosted = badge(json!({"type": "hosted"}));
    host.says("/awards/1", &hosted);
    is_valid(&asked(&[host], &hosted).await);
    host.answers("/awards/1", Page::of(410, ""));
    fails(&asked(&[host], &hosted).await, "hosted", "taken back");

    let signed = badge(json!({"type": "signed", "creator": host.at("/keys/1")}));
    let token = jws::sign(signed.to_string().as_bytes(), &RSA, &host.at("/keys/1"), None).unwrap();
    is_valid(&asked(&[host], &token).await);
    publisher.revokes(json!([{"id": host.at("/awards/1"), "revocationReason": "Wrong person"}]));
    fails(&asked(&[host], &token).await, "status", "Wrong person");
}

/// The key that a proof brings along, published by the host of its issuer.
fn published(hosts: &[&Host], document: &Value) {
    let proofs = match &document["proof"] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    for method in proofs.iter().filter_map(|proof| proof["verificationMethod"].as_str()) {
        let (id, multikey) = method.split_once('#').unwrap();
        let key = json!({"id": method, "type": "Multikey", "controller": id, "publicKeyMultibase": multikey});
        let host = hosts.iter().find(|host| id.starts_with(&host.at("/"))).unwrap();
        let path = id.strip_prefix(&host.at("")).unwrap();
        host.says(path, &json!({"id": id, "assertionMethod": [method], "verificationMethod": [key]}));
    }
    if let Value::Array(members) = &document["credentialSubject"]["verifiableCredential"] {
        members.iter().for_each(|member| published(hosts, member));
    }
}

#[tokio::test]
async fn fixtures_of_1edtech_come_out_as_there_once_their_hosts_may_be_asked() {
    let fixture = |path: &str| -> Option<Value> {
        serde_json::from_str(&crate::sign::oracle::standard(&format!("{path}.json"))?).ok()
    };
    let hosts = ["example.com", "1edtech.edu", "example.edu", "raw.githubusercontent.com"].map(Host::start);
    let hosts: Vec<&Host> = hosts.iter().collect();
    let folder = "ob3/validator-fixtures";
    for path in ["simple", "simple_v1", "simple-context-version", "simple-did-web-method"] {
        let Some(document) = fixture(&format!("{folder}/{path}")) else { return };
        published(&hosts, &document);
        is_valid(&asked(&hosts, &document).await);
    }
    let record = fixture("clr2/validator-fixtures/simple").unwrap();
    published(&hosts, &record);
    is_valid(&asked(&hosts, &record).await);

    let list = crate::sign::oracle::standard(&format!("{folder}/bit-string-list/testlist")).unwrap();
    let at = "/1EdTech/digital-credentials-public-validator/refs/heads/main/inspector-vc/src/test/resources/ob30/\
              bit-string-list/testlist";
    hosts[3].answers(at, Page::of(200, list));
    for name in ["credential-status-revoked", "credential-status-revoked-blank-nodes"] {
        let document = fixture(&format!("{folder}/bit-string-list/{name}")).unwrap();
        published(&hosts, &document);
        fails(&asked(&hosts, &document).await, "status", "revoked it");
    }
    // What a holder chose to show may lack what speaks against it.
    let shown = fixture(&format!("{folder}/sd/derivedcredential")).unwrap();
    published(&hosts, &shown);
    let report = asked(&hosts, &shown).await;
    assert_eq!(found(&report, "signature").0, Outcome::Passed, "{report:#?}");
    is_unchecked(&report, "status", "may leave out parts");
    let mut changed = shown.clone();
    changed["credentialSubject"]["achievement"]["name"] = json!("Another");
    fails(&asked(&hosts, &changed).await, "signature", "does not fit");
}

#[tokio::test]
async fn the_vectors_of_signed_records_come_out_as_they_are_meant() {
    let Some(vectors) = crate::sign::oracle::standard("clr1/derived/signed-clr-vectors.json") else { return };
    let vectors: Value = serde_json::from_str(&vectors).unwrap();
    let host = Host::start("clr.example.edu");
    let list = crate::sign::oracle::standard("clr1/derived/revocation-list.json").unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    for document in [&vectors["publicKeyDocument"], &list] {
        host.says(document["id"].as_str().unwrap().strip_prefix(&host.at("")).unwrap(), document);
    }
    for vector in vectors["vectors"].as_array().unwrap() {
        let report = asked(&[&host], vector["jws"].as_str().unwrap()).await;
        let own = report.checks.iter().find(|check| check.id == "signature" && check.about.is_empty());
        let signature = own.unwrap().outcome;
        match vector["expect"].as_str().unwrap() {
            "valid" | "valid-signature" => assert_eq!(signature, Outcome::Passed, "{}: {report:#?}", vector["name"]),
            _ => assert_eq!(signature, Outcome::Failed, "{}: {report:#?}", vector["name"]),
        }
    }
}

// ---- What a host may try.

async fn got(address: &str) -> Answer {
    fetch::fetch(address.to_owned()).await
}

#[tokio::test]
async fn a_host_that_leads_elsewhere_leads_nowhere() {
    let canary = TcpListener::bind("127.0.0.1:0").unwrap();
    canary.set_nonblocking(true).unwrap();
    let inside = format!("https://127.0.0.1:{}/", canary.local_addr().unwrap().port());
    let host = Host::start("redirects.allowed.example.edu");
    let other = Host::start("redirected.allowed.example.edu");
    other.answers("/", Page::of(200, "{}"));
    let named = other.at("/");
    for to in ["https://169.254.169.254/latest/", "http://127.0.0.1/", "file:///etc/passwd", &inside, &named, "/here"] {
        host.answers("/", Page::redirect(to));
        assert_eq!(got(&host.at("/")).await, Answer::Nothing, "{to}");
    }
    assert!(canary.accept().is_err(), "nothing inside was connected to");
    assert!(other.asked().is_empty(), "not even a host that answers properly was");
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_refused_when_any_of_its_addresses_is_inside() {
    let host = Host::start("rebinding.allowed.example.edu");
    host.answers("/", Page::of(200, "{}"));
    let (public, inside) = (host.address, "127.0.0.1".parse().unwrap());
    // The connection goes to the address that was looked at, whatever the name stands for a moment later.
    host.stands_for(vec![vec![public], vec![inside]]);
    assert_eq!(got(&host.at("/")).await, Answer::Content(b"{}".to_vec()));
    assert_eq!(got(&host.at("/")).await, Answer::Nothing);
    assert_eq!(host.asked().len(), 1);
    for mixed in ["10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "64:ff9b::7f00:1"] {
        host.stands_for(vec![vec![public, mixed.parse().unwrap()]]);
        assert_eq!(got(&host.at("/")).await, Answer::Nothing, "{mixed}");
    }
    host.stands_for(vec![Vec::new()]);
    assert_eq!(got(&host.at("/")).await, Answer::Nothing);
    assert_eq!(host.asked().len(), 1);
}

#[tokio::test]
async fn an_answer_is_taken_only_whole_small_in_time_and_under_the_hosts_own_name() {
    let host = Host::start("answers.allowed.example.edu");
    host.answers("/fits", Page::of(200, vec![b' '; 1024 * 1024 - 1]));
    assert!(matches!(got(&host.at("/fits")).await, Answer::Content(content) if content.len() == 1024 * 1024 - 1));
    host.answers("/large", Page::of(200, vec![b' '; 1024 * 1024 + 1]));
    assert_eq!(got(&host.at("/large")).await, Answer::Nothing);
    assert_eq!(got(&host.at("/missing")).await, Answer::Nothing);
    host.answers("/failing", Page::of(500, "{}"));
    assert_eq!(got(&host.at("/failing")).await, Answer::Nothing);
    host.answers("/gone", Page::of(410, "{}"));
    assert_eq!(got(&host.at("/gone")).await, Answer::Gone);
    let deceiver = Host::with_certificate("deceiver.allowed.example.edu", "answers.allowed.example.edu");
    deceiver.answers("/", Page::of(200, "{}"));
    assert_eq!(got(&deceiver.at("/")).await, Answer::Nothing, "a certificate of another name");
}
