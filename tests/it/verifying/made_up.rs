//! Documents of others that are made up and signed here: with several signatures, schemas of their own, endorsements about
//! something else, keys on P-384. Nobody is asked of them, since their issuers are named by their keys.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    hash::{MessageDigest, hash},
    nid::Nid,
    pkey::{PKey, Private},
};
use serde_json::{Value, json};

use testamur::{
    clock,
    registrar::{
        Portal,
        verify::{Outcome, Report, Verdict, verify},
    },
    sign::{Ed25519Secret, PublicKey, integrity},
};

async fn report(document: impl ToString) -> Report {
    let portal = Portal::without_keys("https://portal.example.edu");
    verify(None, &portal, &[], document.to_string().into_bytes()).await.unwrap()
}

/// The checks of a name, as how each came out and what it says.
fn told<'a>(report: &'a Report, id: &str) -> Vec<(Outcome, &'a str)> {
    report.checks.iter().filter(|check| check.id == id).map(|check| (check.outcome, check.detail.as_str())).collect()
}

#[track_caller]
fn says(report: &Report, id: &str, wanted: (Outcome, &str)) {
    let found = told(report, id);
    let fits = |(outcome, detail): &(Outcome, &str)| *outcome == wanted.0 && detail.contains(wanted.1);
    assert!(found.iter().any(fits), "{id} is not {wanted:?}: {found:#?}");
}

#[track_caller]
fn is(report: &Report, verdict: Verdict) {
    let others: Vec<_> = report.checks.iter().filter(|check| check.outcome != Outcome::Passed).collect();
    assert_eq!(report.verdict(), verdict, "{others:#?}");
}

/// An issuer with an Ed25519 key, which is its name.
struct Issuer {
    key: Ed25519Secret,
    id: String,
    method: String,
}

impl Issuer {
    fn new() -> Self {
        let key = Ed25519Secret::generate();
        let multikey = key.public().to_multikey().unwrap();
        Self { key, id: format!("did:key:{multikey}"), method: format!("did:key:{multikey}#{multikey}") }
    }

    fn signed(&self, document: &Value) -> Value {
        let proven = integrity::prove(&document.to_string(), &self.method, clock::now(), |bytes| self.key.sign(bytes));
        serde_json::from_str(&proven.unwrap()).unwrap()
    }

    fn proof(&self, document: &Value) -> Value {
        self.signed(document)["proof"].clone()
    }
}

const ACHIEVEMENT: &str = "urn:uuid:6f3f0a3e-0000-4000-8000-000000000003";

fn credential(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:6f3f0a3e-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential", "AchievementCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "A college"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {"id": "urn:uuid:6f3f0a3e-0000-4000-8000-000000000002", "type": ["AchievementSubject"],
            "achievement": {"id": ACHIEVEMENT, "type": ["Achievement"], "name": "N", "description": "D",
                "criteria": {"narrative": "C"}}},
    })
}

/// The same, with the context that knows the standard's kind of schema.
fn with_extensions(issuer: &Issuer) -> Value {
    let mut document = credential(&issuer.id);
    let contexts = document["@context"].as_array_mut().unwrap();
    contexts.push(json!("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"));
    document
}

fn endorsement(issuer: &str, of: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": "urn:uuid:6f3f0a3e-0000-4000-8000-000000000009",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": issuer, "type": ["Profile"], "name": "A board"},
        "validFrom": "2026-01-02T00:00:00Z",
        "credentialSubject": {"id": of, "type": ["EndorsementSubject"], "endorsementComment": "Sound"},
    })
}

fn under(document: &Value, proofs: &[Value]) -> Value {
    let mut document = document.clone();
    document["proof"] = json!(proofs);
    document
}

#[tokio::test]
async fn several_signatures_are_checked_each_by_itself_and_all_must_hold() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let document = credential(&issuer.id);
    let proof = issuer.proof(&document);
    is(&report(under(&document, std::slice::from_ref(&proof))).await, Verdict::Valid);
    let both = report(under(&document, &[proof.clone(), proof.clone()])).await;
    is(&both, Verdict::Valid);
    says(&both, "signature", (Outcome::Passed, "Signature 1 of 2: The signature holds"));
    says(&both, "signature", (Outcome::Passed, "Signature 2 of 2: The signature holds"));
    says(&both, "key", (Outcome::Passed, "Signature 2 of 2: The issuer’s name is the key itself"));

    let mut altered = document.clone();
    altered["name"] = json!("Another name");
    let of_another = issuer.proof(&altered);
    let one_wrong = report(under(&document, &[proof.clone(), of_another])).await;
    is(&one_wrong, Verdict::Invalid);
    says(&one_wrong, "signature", (Outcome::Passed, "Signature 1 of 2"));
    says(&one_wrong, "signature", (Outcome::Failed, "Signature 2 of 2"));
    let all_wrong = report(under(&altered, &[proof.clone(), proof.clone()])).await;
    assert!(told(&all_wrong, "signature").iter().all(|(outcome, _)| *outcome == Outcome::Failed));

    let of_others = report(under(&document, &[other.proof(&document), proof.clone()])).await;
    is(&of_others, Verdict::Invalid);
    says(&of_others, "key", (Outcome::Failed, "Signature 1 of 2: The key is named under"));

    let mut unknown = proof.clone();
    unknown["cryptosuite"] = json!("bbs-2023");
    let one_unknown = report(under(&document, &[proof.clone(), unknown])).await;
    is(&one_unknown, Verdict::Unchecked);
    says(&one_unknown, "signature", (Outcome::Unchecked, "Signature 2 of 2: It is signed in a way that cannot be"));
    let mut chained = proof.clone();
    chained["previousProof"] = json!("urn:uuid:6f3f0a3e-0000-4000-8000-000000000008");
    for chain in [vec![proof.clone(), chained.clone()], vec![chained]] {
        let chain = report(under(&document, &chain)).await;
        is(&chain, Verdict::Unchecked);
        says(&chain, "signature", (Outcome::Unchecked, "covers another signature"));
    }
    let many = report(under(&document, &vec![proof; 9])).await;
    is(&many, Verdict::Unchecked);
    says(&many, "signature", (Outcome::Unchecked, "9 signatures"));
    let none = report(under(&document, &[])).await;
    says(&none, "signature", (Outcome::Failed, "It is not signed"));
}

#[tokio::test]
async fn a_schema_of_its_own_is_never_passed() {
    let issuer = Issuer::new();
    let with = |schema: Value| {
        let mut document = with_extensions(&issuer);
        document["credentialSchema"] = schema;
        report(issuer.signed(&document))
    };
    const KIND: &str = "1EdTechJsonSchemaValidator2019";
    let of_standard = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json";
    is(&with(json!([{"id": of_standard, "type": KIND}])).await, Verdict::Valid);
    for id in [
        "https://schemas.example.edu/diploma.json",
        "data:application/schema+json;base64,e30=",
        "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json",
        "https://purl.imsglobal.org/spec/else/achievementcredential.json",
    ] {
        for schema in
            [json!({"id": id, "type": KIND}), json!([{"id": of_standard, "type": KIND}, {"id": id, "type": KIND}])]
        {
            let own = with(schema).await;
            is(&own, Verdict::Unchecked);
            says(&own, "schema", (Outcome::Unchecked, "a schema of its own"));
            assert!(own.checks.iter().any(|check| check.technical.iter().any(|line| line.contains(id))), "{id}");
        }
    }
    let nameless = with(json!({"type": KIND})).await;
    is(&nameless, Verdict::Unchecked);
    // What stands in the credential as a schema is no word of its contexts either.
    let mut inline = issuer.signed(&with_extensions(&issuer));
    inline["credentialSchema"] = json!({"type": KIND, "schema": {"type": "object"}});
    says(&report(&inline).await, "schema", (Outcome::Unchecked, "a schema of its own"));
}

#[tokio::test]
async fn an_endorsement_must_be_about_what_carries_it() {
    let (issuer, board) = (Issuer::new(), Issuer::new());
    let id = credential(&issuer.id)["id"].as_str().unwrap().to_owned();
    let carried = |place: &'static str, endorsement: Value| {
        let mut document = credential(&issuer.id);
        document.pointer_mut(place).unwrap()["endorsement"] = json!([endorsement]);
        report(issuer.signed(&document))
    };
    let about = |of: &str| board.signed(&endorsement(&board.id, of));
    for (place, of) in [
        ("", id.as_str()),
        ("", ACHIEVEMENT),
        ("", issuer.id.as_str()),
        ("/issuer", issuer.id.as_str()),
        ("/credentialSubject/achievement", ACHIEVEMENT),
    ] {
        let found = carried(place, about(of)).await;
        is(&found, Verdict::Valid);
        says(&found, "endorsement", (Outcome::Passed, "It is about"));
    }
    for place in ["", "/issuer", "/credentialSubject/achievement"] {
        let found = carried(place, about("urn:uuid:6f3f0a3e-0000-4000-8000-00000000000f")).await;
        is(&found, Verdict::Invalid);
        says(&found, "endorsement", (Outcome::Failed, "something else than the thing that carries it"));
    }
    let mut other = credential(&board.id);
    other["id"] = json!("urn:uuid:6f3f0a3e-0000-4000-8000-00000000000a");
    let found = carried("", board.signed(&other)).await;
    is(&found, Verdict::Invalid);
    says(&found, "endorsement", (Outcome::Failed, "and is none"));
}

/// An issuer with a key on P-384, which is its name.
struct OnP384 {
    key: EcKey<Private>,
    id: String,
    kid: String,
}

impl OnP384 {
    fn new() -> Self {
        let key = EcKey::generate(&EcGroup::from_curve_name(Nid::SECP384R1).unwrap()).unwrap();
        let public = PKey::from_ec_key(key.clone()).unwrap().public_key_to_der().unwrap();
        let multikey = PublicKey::from_der(&public).unwrap().to_multikey().unwrap();
        assert!(multikey.starts_with("z82"));
        Self { key, id: format!("did:key:{multikey}"), kid: format!("did:key:{multikey}#{multikey}") }
    }

    /// A credential as 1EdTech writes it as a JWT, under a header that names this algorithm.
    fn token(&self, credential: &Value, algorithm: &str) -> String {
        let mut claims = credential.clone();
        claims["iss"] = credential["issuer"]["id"].clone();
        claims["jti"] = credential["id"].clone();
        claims["sub"] = credential["credentialSubject"]["id"].clone();
        let from = chrono::DateTime::parse_from_rfc3339(credential["validFrom"].as_str().unwrap()).unwrap();
        claims["nbf"] = json!(from.timestamp());
        let header = json!({"alg": algorithm, "kid": self.kid, "typ": "JWT"});
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        let made = EcdsaSig::sign(&hash(MessageDigest::sha384(), signed.as_bytes()).unwrap(), &self.key).unwrap();
        let numbers = [made.r().to_vec_padded(48).unwrap(), made.s().to_vec_padded(48).unwrap()].concat();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(numbers))
    }
}

#[tokio::test]
async fn a_token_of_a_key_on_p_384_is_checked_and_an_unknown_algorithm_is_named() {
    let (issuer, board) = (OnP384::new(), OnP384::new());
    let document = credential(&issuer.id);
    let genuine = report(issuer.token(&document, "ES384")).await;
    is(&genuine, Verdict::Valid);
    says(&genuine, "signature", (Outcome::Passed, "holds"));
    let technical = genuine.checks.iter().flat_map(|check| &check.technical);
    assert!(technical.into_iter().any(|line| line == "JSON Web Signature, ES384"));

    let mut altered = document.clone();
    altered["credentialSubject"]["achievement"]["name"] = json!("Another");
    let (token, other) = (issuer.token(&document, "ES384"), issuer.token(&altered, "ES384"));
    let (signed, payload) = (token.rsplit_once('.').unwrap().1, other.rsplit_once('.').unwrap().0);
    let forged = report(format!("{payload}.{signed}")).await;
    is(&forged, Verdict::Invalid);
    says(&forged, "signature", (Outcome::Failed, "does not hold"));
    let stolen = report(board.token(&document, "ES384")).await;
    is(&stolen, Verdict::Invalid);
    says(&stolen, "key", (Outcome::Failed, "not under the issuer"));
    says(&report(issuer.token(&document, "ES256")).await, "signature", (Outcome::Failed, "does not fit"));
    for unknown in ["ES512", "PS256", "ES256K"] {
        let told = report(issuer.token(&document, unknown)).await;
        is(&told, Verdict::Unchecked);
        says(&told, "signature", (Outcome::Unchecked, unknown));
    }

    // Endorsements stand in tokens as tokens, and are about what carries them too.
    for (of, verdict) in
        [(ACHIEVEMENT, Verdict::Valid), ("urn:uuid:6f3f0a3e-0000-4000-8000-00000000000f", Verdict::Invalid)]
    {
        let mut document = document.clone();
        document["credentialSubject"]["achievement"]["endorsementJwt"] =
            json!([board.token(&endorsement(&board.id, of), "ES384")]);
        is(&report(issuer.token(&document, "ES384")).await, verdict);
    }
    // An embedded proof with such a key is another matter: it is told, and never taken for a broken one.
    let mut embedded = document.clone();
    embedded["proof"] = json!({"type": "DataIntegrityProof", "cryptosuite": "ecdsa-rdfc-2019",
        "created": "2026-01-01T00:00:00Z", "verificationMethod": issuer.kid, "proofPurpose": "assertionMethod",
        "proofValue": "z1"});
    let told = report(&embedded).await;
    is(&told, Verdict::Unchecked);
    says(&told, "signature", (Outcome::Unchecked, "P-384"));
}
