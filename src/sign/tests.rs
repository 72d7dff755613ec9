use super::*;

/// Every form of a public key reads back as the same key.
fn reads_back(key: &PublicKey) {
    let der = key.to_der().unwrap();
    for again in [
        PublicKey::from_der(&der),
        PublicKey::from_pem(&key.to_pem().unwrap()),
        PublicKey::from_jwk(&key.to_jwk().unwrap()),
        PublicKey::from_multikey(&key.to_multikey().unwrap()),
    ] {
        assert_eq!(again.unwrap().to_der().unwrap(), der);
    }
}

#[test]
fn an_ed25519_key_signs_and_reads_back_in_every_form() {
    let key = Ed25519Secret::generate();
    let public = key.public();
    let signature = key.sign(b"message");
    assert!(public.verify(Algorithm::EdDsa, b"message", &signature));
    assert!(!public.verify(Algorithm::EdDsa, b"massage", &signature));
    assert!(!public.verify(Algorithm::Rs256, b"message", &signature));
    assert!(public.to_multikey().unwrap().starts_with("z6Mk"));
    reads_back(&public);
    let secret = Secret::Ed25519(key);
    let again = Secret::from_bytes(Algorithm::EdDsa, &secret.to_bytes().unwrap()).unwrap();
    assert_eq!(again.sign(b"message").unwrap(), signature);
}

#[test]
fn an_rsa_key_signs_and_reads_back_in_every_form() {
    let secret = Secret::Rsa(RsaSecret::generate().unwrap());
    let public = secret.public().unwrap();
    let signature = secret.sign(b"message").unwrap();
    assert_eq!(signature.len(), 3072 / 8);
    assert!(public.verify(Algorithm::Rs256, b"message", &signature));
    assert!(!public.verify(Algorithm::Rs512, b"message", &signature), "another digest");
    assert!(!public.verify(Algorithm::EdDsa, b"message", &signature));
    assert!(!public.verify(Algorithm::Rs256, b"message", &signature[1..]));
    reads_back(&public);
    let again = Secret::from_bytes(Algorithm::Rs256, &secret.to_bytes().unwrap()).unwrap();
    assert_eq!(again.sign(b"message").unwrap(), signature);
}

/// RFC 8032, 7.1, test 1, and the did:key of the same public key.
#[test]
fn the_first_vector_of_ed25519_is_met() {
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    };
    let seed = bytes("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let key = Ed25519Secret::from_seed(&seed.try_into().unwrap());
    let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b\
                     d25bf5f0595bbe24655141438e7a100b";
    assert_eq!(key.sign(b"").to_vec(), bytes(signature));
}

/// A key and a signature of RFC 7515, A.3 (ES256), of another implementation.
#[test]
fn a_signature_on_p_256_of_the_standard_holds() {
    let jwk = serde_json::json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    });
    let key = PublicKey::from_jwk(&jwk).unwrap();
    reads_back(&key);
    let message = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9p\
                   c19yb290Ijp0cnVlfQ";
    let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let signature = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature).unwrap();
    assert!(key.verify(Algorithm::Es256, message.as_bytes(), &signature));
    assert!(!key.verify(Algorithm::Es256, b"else", &signature));
}

/// A key on P-384 made here, as OpenSSL writes it down and signs.
#[test]
fn a_signature_on_p_384_holds_under_its_own_algorithm_only() {
    use openssl::{ec, ecdsa::EcdsaSig, hash, nid::Nid, pkey::PKey};
    let secret = ec::EcKey::generate(&ec::EcGroup::from_curve_name(Nid::SECP384R1).unwrap()).unwrap();
    let digest = hash::hash(hash::MessageDigest::sha384(), b"what was said").unwrap();
    let made = EcdsaSig::sign(&digest, &secret).unwrap();
    let signature = [made.r().to_vec_padded(48).unwrap(), made.s().to_vec_padded(48).unwrap()].concat();
    let key = PublicKey::from_der(&PKey::from_ec_key(secret).unwrap().public_key_to_der().unwrap()).unwrap();
    reads_back(&key);
    assert!(key.verify(Algorithm::Es384, b"what was said", &signature));
    assert!(!key.verify(Algorithm::Es384, b"else", &signature));
    assert!(!key.verify(Algorithm::Es256, b"what was said", &signature));
    assert!(!key.verify(Algorithm::Es384, b"what was said", &signature[..64]));
}

#[test]
fn a_key_that_proves_nothing_is_refused() {
    let mut jwk = Ed25519Secret::generate().public().to_jwk().unwrap();
    jwk["d"] = "c2VjcmV0".into();
    assert!(PublicKey::from_jwk(&jwk).unwrap_err().to_string().contains("private"));
    assert!(PublicKey::from_ed25519(&[0; 32]).is_err());
    assert!(PublicKey::from_multikey("z6Mk").is_err());
    assert!(PublicKey::from_jwk(&serde_json::json!({"kty": "oct", "k": "c2VjcmV0"})).is_err());
    let small = openssl::rsa::Rsa::generate(1024).unwrap().public_key_to_pem().unwrap();
    assert!(PublicKey::from_pem(&String::from_utf8(small).unwrap()).unwrap_err().to_string().contains("2,048"));
}
