//! Every test vector of the standards that lie beside the repository. A file that nobody judged fails the test: each is
//! either compared here, or named with the reason why it cannot be.

use std::{cell::RefCell, collections::BTreeSet, path::PathBuf};

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::derived;
use crate::sign::{
    PublicKey,
    canonical::canonical,
    integrity,
    oracle::{self, standard},
    quads::{Node, Object, Quad},
};

const FOLDERS: [&str; 3] = ["vc/test-vectors", "ob3/test-vectors", "clr2/test-vectors"];
const OTHER_WORDS: &str =
    "its words are defined at w3id.org/citizenship/v4rc1, which does not lie beside the repository";
const ISSUING: &str = "a step of issuing or deriving with ecdsa-sd-2023; only derived proofs are read here";
/// Files that no comparison is made with, and why.
const NOT_COMPARED: &[(&str, &str)] = &[
    ("vc/test-vectors/vc-di-eddsa/employmentAuth.json", OTHER_WORDS),
    ("vc/test-vectors/vc-di-ecdsa/employmentAuth.json", OTHER_WORDS),
    ("vc/test-vectors/vc-di-ecdsa/prCredUnsigned.json", OTHER_WORDS),
    ("vc/test-vectors/vc-di-ecdsa/employMandatory.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/employSelective.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/prCredMandatory.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/prCredSelective.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/addPointerValues.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/addRawBaseSignatureInfo.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/addSignedSDBase.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedAdjMandatoryIndexes.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedAdjSignatures.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedAllGroupData.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedDisclosureData.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedGroupIndexes.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedRecoveredBaseData.json", ISSUING),
    ("vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/derivedUnsignedReveal.json", ISSUING),
    (
        "vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023/prc/verifyDerivedProofValue.json",
        "the proof value is read as a whole",
    ),
];

/// The vectors, and which of them were read.
#[derive(Default)]
struct Vectors(RefCell<BTreeSet<String>>);

impl Vectors {
    fn text(&self, path: &str) -> String {
        self.0.borrow_mut().insert(path.to_owned());
        standard(path).unwrap()
    }

    fn json(&self, path: &str) -> Value {
        serde_json::from_str(&self.text(path)).unwrap()
    }

    fn bare(&self, path: &str) -> Value {
        let mut document = self.json(path);
        document.as_object_mut().unwrap().remove("proof");
        document
    }

    /// A document, the facts of its proof, the hashes of both and their canonical forms, and the signed document.
    fn signed(&self, (folder, files): (&str, &str), document: &str, key: &PublicKey) {
        let at = |name: &str, ending: &str| format!("{folder}/{name}{files}.{ending}");
        let canonical = integrity::canonical_form(&self.bare(document)).unwrap();
        assert_eq!(canonical, self.text(&at("canonDoc", "txt")));
        let mut config = self.json(&at("proofConfig", "json"));
        config.as_object_mut().unwrap().remove("proofValue");
        let facts = integrity::canonical_form(&config).unwrap();
        assert_eq!(facts, self.text(&at("proofCanon", "txt")));
        let (of_facts, of_document) = (self.text(&at("proofHash", "txt")), self.text(&at("docHash", "txt")));
        assert_eq!((hash(&facts), hash(&canonical)), (of_facts.trim().to_owned(), of_document.trim().to_owned()));
        let combined = format!("{}{}", of_facts.trim(), of_document.trim());
        assert_eq!(combined, self.text(&at("combinedHash", "txt")).trim());
        let signed = self.json(&at("signed", "json"));
        let value = signed["proof"]["proofValue"].as_str().unwrap();
        assert_eq!(value, self.text(&at("sigBTC58", "txt")).trim());
        let signature = bs58::decode(&value[1..]).into_vec().unwrap();
        assert_eq!(hex(&signature), self.text(&at("sigHex", "txt")).trim());
        integrity::holds(&signed, key).unwrap();
        let mut changed = signed.clone();
        changed["name"] = json!("Something else");
        assert!(integrity::holds(&changed, key).is_err());
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hash(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// Every file below a folder of the standards, by its path there.
fn files(folder: &str, into: &mut BTreeSet<String>) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/standards");
    for file in std::fs::read_dir(root.join(folder)).unwrap().map(|file| file.unwrap().path()) {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        match file.is_dir() {
            true => files(&path, into),
            false => drop(into.insert(path)),
        }
    }
}

#[test]
fn every_vector_beside_the_repository_is_met_or_named_with_the_reason() {
    if !oracle::is_here() {
        return;
    }
    let vectors = Vectors::default();
    of_eddsa(&vectors);
    of_ecdsa(&vectors);
    of_1edtech(&vectors);
    of_selective_disclosure(&vectors);
    let mut all = BTreeSet::new();
    FOLDERS.iter().for_each(|folder| files(folder, &mut all));
    let judged = vectors.0.into_inner();
    let named: BTreeSet<String> = NOT_COMPARED.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(judged.intersection(&named).collect::<Vec<_>>(), Vec::<&String>::new(), "compared after all");
    let unjudged: Vec<_> = all.iter().filter(|path| !judged.contains(*path) && !named.contains(*path)).collect();
    assert!(unjudged.is_empty(), "nobody judged {unjudged:#?}");
    assert!(named.iter().all(|path| all.contains(path)), "a file that is named is no longer there");
}

fn of_eddsa(vectors: &Vectors) {
    let folder = "vc/test-vectors/vc-di-eddsa";
    let pair = vectors.json(&format!("{folder}/keyPair.json"));
    let key = PublicKey::from_multikey(pair["publicKeyMultibase"].as_str().unwrap()).unwrap();
    let document = format!("{folder}/unsigned.json");
    vectors.signed((&format!("{folder}/eddsa-rdfc-2022"), "DataInt"), &document, &key);
    // Ed25519 signs the same every time, so ours is the very signature of the vector.
    let secret = bs58::decode(&pair["privateKeyMultibase"].as_str().unwrap()[1..]).into_vec().unwrap();
    let secret = SigningKey::from_bytes(secret[2..].try_into().unwrap());
    let proof = &vectors.json(&format!("{folder}/eddsa-rdfc-2022/signedDataInt.json"))["proof"];
    let (created, method) = (proof["created"].as_str().unwrap(), proof["verificationMethod"].as_str().unwrap());
    let sign = |bytes: &[u8]| secret.sign(bytes).to_bytes();
    let proven = integrity::prove(&vectors.text(&document), method, created.parse().unwrap(), sign).unwrap();
    let proven: Value = serde_json::from_str(&proven).unwrap();
    assert_eq!(proven["proof"]["proofValue"], proof["proofValue"]);
    // What is signed is written from a template; it is what a reader finds.
    let template = integrity::proof_facts(created, method);
    assert_eq!(template, vectors.text(&format!("{folder}/eddsa-rdfc-2022/proofCanonDataInt.txt")));
}

fn of_ecdsa(vectors: &Vectors) {
    let folder = "vc/test-vectors/vc-di-ecdsa";
    let pair = vectors.json(&format!("{folder}/p256KeyPair.json"));
    let key = PublicKey::from_multikey(pair["publicKeyMultibase"].as_str().unwrap()).unwrap();
    let other = vectors.json(&format!("{folder}/p384KeyPair.json"))["publicKeyMultibase"].clone();
    let on_p384 = PublicKey::from_multikey(other.as_str().unwrap()).unwrap();
    assert_eq!(on_p384.to_multikey().unwrap(), other);
    let document = format!("{folder}/unsigned.json");
    vectors.signed((&format!("{folder}/ecdsa-rdfc-2019-p256"), "ECDSAP256"), &document, &key);
}

fn of_1edtech(vectors: &Vectors) {
    let canonical = |document: &Value| integrity::canonical_form(document).unwrap();
    let clr = "clr2/test-vectors";
    let document = vectors.text(&format!("{clr}/document-canon.txt"));
    for file in ["00-unsigned", "01-unsigned", "03-signed"] {
        let found = vectors.bare(&format!("{clr}/json/{file}.json"));
        // One of them is the record alone, without what its statements need to be made.
        let found = match found["@context"].is_null() {
            true => continue,
            false => canonical(&found),
        };
        assert_eq!(found, document, "{file}");
    }
    let signed = vectors.json(&format!("{clr}/json/03-signed.json"));
    let mut config = vectors.json(&format!("{clr}/json/02-proofconfig.json"));
    config["@context"] = signed["@context"].clone();
    config.as_object_mut().unwrap().remove("proofValue");
    assert_eq!(canonical(&config), vectors.text(&format!("{clr}/proof-canon.txt")));
    let named = signed["proof"][0]["verificationMethod"].as_str().unwrap();
    let key = PublicKey::from_multikey(named.split_once('#').unwrap().1).unwrap();
    integrity::holds(&signed, &key).unwrap();

    // The document of this vector is the fixture with another issuer.
    let mut badge: Value = serde_json::from_str(&standard("ob3/validator-fixtures/simple.json").unwrap()).unwrap();
    badge.as_object_mut().unwrap().remove("proof");
    badge["issuer"] = json!({
        "id": "https://example.edu/issuers/565049", "type": ["Profile"], "name": "Example Corp",
        "url": "https://www.imsglobal.org",
    });
    assert_eq!(canonical(&badge), vectors.text("ob3/test-vectors/document-canon.txt"));
    assert_eq!(canonical(&config), vectors.text("ob3/test-vectors/proof-canon.txt"));
}

fn of_selective_disclosure(vectors: &Vectors) {
    let folder = "vc/test-vectors/vc-di-ecdsa/ecdsa-sd-2023";
    let at = |name: &str| format!("{folder}/prc/{name}");
    let material = vectors.json(&format!("{folder}/SDKeyMaterial.json"));
    let key = PublicKey::from_multikey(material["baseKeyPair"]["publicKeyMultibase"].as_str().unwrap()).unwrap();
    // The proof's facts need no words of the credential but those of W3C.
    let mut config = vectors.json(&at("addProofConfig.json"));
    config["@context"] = json!("https://www.w3.org/ns/credentials/v2");
    let facts = integrity::canonical_form(&config).unwrap();
    assert_eq!(facts, vectors.text(&at("addProofConfigCanon.txt")));
    let hashes = vectors.json(&at("addHashData.json"));
    assert_eq!(hashes["proofHash"], hash(&facts));
    let fixed = vectors.json(&at("addBaseTransform.json"))["mandatory"]["value"].clone();
    let fixed: String = fixed.as_array().unwrap().iter().map(|one| one[1].as_str().unwrap()).collect();
    assert_eq!(hashes["mandatoryHash"], hash(&fixed));
    // The statements under other names: the canonical form gives them the names of the vector.
    let lines = |path: &str| -> Vec<String> { serde_json::from_value(vectors.json(&at(path))).unwrap() };
    let renamed: Vec<Quad> = lines("addBaseDocHMACCanon.json").iter().map(|line| quad(line)).collect();
    assert_eq!(canonical(&renamed).unwrap(), lines("addBaseDocCanon.json").concat());
    // What a holder showed, as it is verified.
    let shown = lines("verifyNQuads.json").concat();
    let derived = vectors.json(&at("derivedRevealDocument.json"));
    let proof = if derived["proof"].is_array() { &derived["proof"][0] } else { &derived["proof"] };
    let value = proof["proofValue"].as_str().unwrap();
    derived::holds(value, (&facts, &shown), &key).unwrap();
    assert_eq!(vectors.json(&at("verifyCreateVerifyData.json"))["proofHash"], hash(&facts));
    for changed in [shown.replacen("Permanent", "permanent", 1), shown.lines().skip(1).collect::<Vec<_>>().join("\n")] {
        assert!(derived::holds(value, (&facts, &changed), &key).is_err());
    }
    assert!(derived::holds(value, (&facts.replace("2023", "2024"), &shown), &key).is_err());
}

/// A statement of N-Quads without a graph; a thing without an address gets a number by its name.
fn quad(line: &str) -> Quad {
    let mut parts = line.trim_end().trim_end_matches(" .").splitn(3, ' ');
    let mut part = || parts.next().unwrap();
    let (subject, property, object) = (node(part()).unwrap(), part(), part());
    let object = node(object).map_or_else(|| Object::Literal(object.to_owned()), Object::Node);
    let property = property.trim_matches(['<', '>']).to_owned();
    Quad { subject, predicate: "", example: Some(property), object, graph: None }
}

fn node(text: &str) -> Option<Node> {
    thread_local! { static NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) } }
    if let Some(address) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
        return Some(Node::Address(address.to_owned()));
    }
    let name = text.strip_prefix("_:")?;
    NAMES.with_borrow_mut(|names| {
        let known = names.iter().position(|one| one == name);
        Some(Node::Blank(known.unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        })))
    })
}

/// Contexts of every version that is read, each over a credential with one of everything, against the library.
#[test]
fn the_table_and_the_library_agree_on_every_version_of_the_contexts() {
    if !oracle::is_here() {
        return;
    }
    const V1: &str = "https://www.w3.org/2018/credentials/v1";
    const V2: &str = "https://www.w3.org/ns/credentials/v2";
    let badges = |version: &str| format!("https://purl.imsglobal.org/spec/ob/v3p0/context{version}.json");
    for (credentials, version) in [(V2, "-3.0.3"), (V2, "-3.0.2"), (V1, ""), (V1, "-3.0.1")] {
        let document = everything(credentials, &badges(version));
        let found = integrity::canonical_form(&document).unwrap_or_else(|why| panic!("{credentials} {version}: {why}"));
        assert_eq!(found, oracle::canonical(&document).unwrap(), "{credentials} {version}");
    }
    // Two versions at once mean different things to different programs, or nothing at all.
    for both in [vec![V2, &badges("-3.0.3"), &badges("-3.0.1")], vec![V2, &badges("-3.0.1")], vec![V2, &badges("")]] {
        let document = json!({"@context": both, "id": "urn:uuid:1"});
        assert!(matches!(integrity::canonical_form(&document), Err(integrity::Undefined::Context(_))));
    }
}

#[allow(clippy::too_many_lines)] // One document with every term; cut in pieces it says less.
fn everything(credentials: &str, badges: &str) -> Value {
    let is_first = credentials.contains("2018");
    let has_awarded = badges.contains("3.0.1") || badges.contains("3.0.3");
    let mut contexts = vec![credentials, badges, "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"];
    if is_first {
        contexts.push("https://w3id.org/security/suites/ed25519-2020/v1");
    }
    let profile = json!({"id": "https://a.example/issuer", "type": ["Profile"], "name": "A", "url": "https://a.example/",
        "phone": "1", "description": "d", "email": "a@a.example", "official": "o", "givenName": "g",
        "image": {"id": "https://a.example/i.png", "type": "Image", "caption": "c"},
        "address": {"type": ["Address"], "addressCountry": "C", "postalCode": "1",
            "geo": {"type": "GeoCoordinates", "latitude": 1, "longitude": "2.5"}},
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "1", "identifierType": "sourcedId"}],
        "parentOrg": {"id": "https://a.example/parent", "type": ["Profile"], "name": "P"}});
    let achievement = json!({
        "id": "urn:uuid:3", "type": ["Achievement"], "name": "A", "description": "D", "achievementType": "Course",
        "criteria": {"id": "https://a.example/c", "type": "Criteria", "narrative": "C"}, "creditsAvailable": 3,
        "creator": {"id": "https://a.example/creator", "type": ["Profile"]}, "tag": ["b", "a"], "version": "1",
        "fieldOfStudy": "f", "humanCode": "h", "specialization": "s",
        "image": {"id": "https://a.example/b.png", "type": "Image"},
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "2", "identifierType": "ext:x"}],
        "related": [{"id": "urn:uuid:4", "type": ["Related"], "version": "0"}],
        "alignment": [{"type": ["Alignment"], "targetName": "T", "targetUrl": "https://a.example/t",
            "targetCode": "c", "targetDescription": "d", "targetFramework": "f", "targetType": "CTDL"}],
        "resultDescription": [{"id": "urn:uuid:5", "type": ["ResultDescription"], "name": "R",
            "resultType": "RubricCriterionLevel", "allowedValue": ["A", "B", "A"], "requiredLevel": "urn:uuid:6",
            "requiredValue": "B", "valueMin": "1", "valueMax": "2",
            "rubricCriterionLevel": [{"id": "urn:uuid:6", "type": ["RubricCriterionLevel"], "name": "L",
                "level": "1", "points": "5"}]}],
        "endorsement": [{"@context": contexts, "id": "urn:uuid:7",
            "type": ["VerifiableCredential", "EndorsementCredential"],
            "issuer": {"id": "https://b.example/", "type": ["Profile"]},
            "credentialSubject": {"id": "urn:uuid:3", "type": ["EndorsementSubject"], "endorsementComment": "e"}}],
    });
    let mut document = json!({
        "@context": contexts, "id": "urn:uuid:1", "type": ["VerifiableCredential", "AchievementCredential"],
        "name": "N", "description": "D", "issuer": profile, "image": {"id": "https://a.example/b.png", "type": "Image"},
        "evidence": [{"id": "https://a.example/e", "type": ["Evidence"], "name": "E", "narrative": "n", "genre": "g"}],
        "credentialStatus": {"id": "https://a.example/s", "type": "1EdTechRevocationList"},
        "credentialSchema": [{"id": "https://a.example/schema", "type": "1EdTechJsonSchemaValidator2019"}],
        "credentialSubject": {
            "id": "urn:uuid:2", "type": ["AchievementSubject"], "activityStartDate": "2026-01-01T00:00:00Z",
            "creditsEarned": 2.5, "licenseNumber": "l", "role": "r", "term": "t", "narrative": "n",
            "source": {"id": "https://a.example/source", "type": ["Profile"], "name": "S"},
            "image": {"id": "https://a.example/b.png", "type": "Image"},
            "identifier": [{"type": "IdentityObject", "hashed": true, "identityHash": "h", "identityType": "email", "salt": "s"}],
            "result": [{"type": ["Result"], "resultDescription": "urn:uuid:5", "achievedLevel": "urn:uuid:6", "value": "v",
                "status": "Completed"}],
        },
    });
    document["credentialSubject"]["achievement"] = achievement;
    let from = if is_first { "issuanceDate" } else { "validFrom" };
    document[from] = json!("2026-01-01T00:00:00Z");
    if has_awarded {
        document["awardedDate"] = json!("2026-01-01T00:00:00Z");
    }
    if badges.contains("3.0.3") {
        document["credentialSubject"]["achievement"]["inLanguage"] = json!("en");
    }
    if is_first {
        document["credentialSubject"]["achievement"]["endorsement"][0]["proof"] = json!({"type": "Ed25519Signature2020",
            "created": "2026-01-01T00:00:00Z", "verificationMethod": "https://b.example/#1",
            "proofPurpose": "assertionMethod", "proofValue": "z1"});
    }
    document
}
