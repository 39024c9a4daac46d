//! Project Wycheproof: JWS, and the signature schemes under them.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use turnpike::token::Algorithm;

use super::case::{Case, Group, Key, Label, Question, Suite};
use super::reader::{Folder, base64url, hex, list, member, text};
use crate::shell::{Failure, Result};

const JWS: &str = "wycheproof/json_web_signature_test.json";

/// The files of one signature scheme each, and the algorithms that use it.
const SCHEMES: [(&str, &[Algorithm]); 6] = [
    ("wycheproof/ed25519_test.json", &[Algorithm::EdDsa, Algorithm::Ed25519]),
    ("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", &[Algorithm::Es256]),
    ("wycheproof/ecdsa_secp384r1_sha384_p1363_test.json", &[Algorithm::Es384]),
    ("wycheproof/ecdsa_secp521r1_sha512_p1363_test.json", &[Algorithm::Es512]),
    ("wycheproof/rsa_signature_2048_sha256_test.json", &[Algorithm::Rs256]),
    ("wycheproof/rsa_pss_2048_sha256_mgf1_32_test.json", &[Algorithm::Ps256]),
];

/// 65537 in a JWK.
const EXPONENT: &str = "AQAB";

const HMAC: &str = "wycheproof/hmac_sha256_test.json";
/// A MAC of SHA-256, and the shortest key for it (RFC 7518 section 3.2).
const HMAC_BYTES: usize = 32;

/// An issuer that signs with everything: then it is the key alone that says what it is for.
const EVERY_PUBLIC: [Algorithm; 11] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::Es512,
    Algorithm::EdDsa,
    Algorithm::Ed25519,
];

/// JWS whose labels are not for us.
const EXCEPTIONS: [(&[u64], Label, &str); 4] = [
    (
        &[367, 370],
        Label::Accepted,
        "is, to the letter, the JWS of tcId 357 of the same key, which is labelled valid",
    ),
    (
        &[372, 373],
        Label::Refused,
        "has a `?` in its header or payload, which is not base64url (RFC 7515 section 5.2)",
    ),
    (
        &[346, 350],
        Label::Refused,
        "says PS384 while its key says PS256: the key decides (RFC 8725 section 3.1)",
    ),
    (&[347, 351], Label::Refused, "comes with a key for `ES521`, which is not an algorithm"),
];

pub(super) fn suites(folder: &mut Folder) -> Result<Vec<Suite>> {
    let mut suites = vec![folder.read(JWS, jws)?];
    for (file, algorithms) in SCHEMES {
        suites.push(folder.read(file, |value| scheme(file, value, algorithms))?);
    }
    suites.push(folder.read(HMAC, hmac)?);
    Ok(suites)
}

fn jws(file: &Value) -> Result<Suite> {
    let mut groups = Vec::new();
    let mut excepted = 0_usize;
    for group in list(file, "testGroups")? {
        let mut cases = Vec::new();
        for test in list(group, "tests")? {
            let question = Question::Jws(text(test, "jws")?.to_owned());
            let case = Case::new(name(test), question, label(test)?);
            let exception = EXCEPTIONS.iter().find(|(ids, ..)| ids.contains(&id(test)));
            cases.push(match exception {
                None => case,
                Some((_, label, reason)) => {
                    excepted = excepted.saturating_add(1);
                    case.except(*label, reason)
                }
            });
        }
        let (key, algorithms) = match group.get("public") {
            Some(key) => (Key::Jwk(key.clone()), algorithms(key)),
            None => secret(member(group, "private")?)?,
        };
        groups.push(Group { key, algorithms, cases });
    }
    if excepted == EXCEPTIONS.iter().map(|(ids, ..)| ids.len()).sum::<usize>() {
        Ok(Suite::new(JWS, groups))
    } else {
        Err(Failure::new("an exception names a tcId that is not there"))
    }
}

/// What the issuer of a public key signs with: as much as possible.
pub(super) fn algorithms(jwk: &Value) -> Vec<Algorithm> {
    let is_rsa = jwk.get("kty").is_some_and(|kty| kty == "RSA");
    if is_rsa && jwk.get("alg").is_none() {
        // It would not be used if it could mean several.
        vec![Algorithm::Rs256]
    } else {
        EVERY_PUBLIC.to_vec()
    }
}

/// A shared secret as an operator gives it: its bytes, and what it is for.
pub(super) fn secret(jwk: &Value) -> Result<(Key, Vec<Algorithm>)> {
    let algorithm = Algorithm::parse(text(jwk, "alg")?).map_err(Failure::new)?;
    Ok((Key::Secret(base64url(jwk, "k")?), vec![algorithm]))
}

fn scheme(name_of_file: &str, file: &Value, algorithms: &[Algorithm]) -> Result<Suite> {
    let mut groups = Vec::new();
    for group in list(file, "testGroups")? {
        let jwk = jwk(group)?;
        let has_other_exponent = jwk.get("e").is_some_and(|exponent| exponent != EXPONENT);
        let mut cases = Vec::new();
        for test in list(group, "tests")? {
            let question =
                Question::Signature { message: hex(test, "msg")?, signature: hex(test, "sig")? };
            let case = Case::new(name(test), question, label(test)?);
            cases.push(match (label(test)?, text(test, "comment")?) {
                (Label::Accepted, _) if has_other_exponent => case.except(
                    Label::Refused,
                    "has a key with another exponent than 65537, which the filter does not use",
                ),
                (Label::Either, "Missing NULL in the ASN encoding") => case.except(
                    Label::Refused,
                    "leaves out the parameters of the hash, which signers must not (RFC 8017 appendix A.2.4)",
                ),
                _ => case,
            });
        }
        groups.push(Group { key: Key::Jwk(jwk), algorithms: algorithms.to_vec(), cases });
    }
    Ok(Suite::new(name_of_file, groups))
}

/// The public key of a group; some have it as numbers alone.
fn jwk(group: &Value) -> Result<Value> {
    if let Some(jwk) = group.get("publicKeyJwk").or_else(|| group.get("keyJwk")) {
        return Ok(jwk.clone());
    }
    let key = member(group, "publicKey")?;
    let (curve, bytes) = match text(key, "curve")? {
        "secp256r1" => ("P-256", 32),
        "secp384r1" => ("P-384", 48),
        "secp521r1" => ("P-521", 66),
        other => return Err(Failure::new(format!("an unknown curve: {other}"))),
    };
    let coordinate = |name: &str| -> Result<String> {
        // The numbers are signed, so a zero may stand in front.
        let number = hex(key, name)?;
        let significant: Vec<u8> = number.into_iter().skip_while(|byte| *byte == 0).collect();
        let missing = bytes_missing(bytes, significant.len())?;
        let padded = [vec![0; missing], significant].concat();
        Ok(Base64UrlUnpadded::encode_string(&padded))
    };
    Ok(json!({ "kty": "EC", "crv": curve, "x": coordinate("wx")?, "y": coordinate("wy")? }))
}

fn bytes_missing(wanted: usize, there: usize) -> Result<usize> {
    wanted.checked_sub(there).ok_or_else(|| Failure::new("a coordinate is longer than its curve's"))
}

fn hmac(file: &Value) -> Result<Suite> {
    let mut groups = Vec::new();
    for group in list(file, "testGroups")? {
        for test in list(group, "tests")? {
            let (key, tag) = (hex(test, "key")?, hex(test, "tag")?);
            let (key_bytes, tag_bytes) = (key.len(), tag.len());
            let question = Question::Signature { message: hex(test, "msg")?, signature: tag };
            let case = Case::new(name(test), question, label(test)?);
            let case = match label(test)? {
                Label::Accepted if key_bytes < HMAC_BYTES => case.except(
                    Label::Refused,
                    "has a key shorter than the hash (RFC 7518 section 3.2)",
                ),
                Label::Accepted if tag_bytes < HMAC_BYTES => case.except(
                    Label::Refused,
                    "has a truncated MAC, which JWS does not know (RFC 7518 section 3.2)",
                ),
                _ => case,
            };
            let algorithms = vec![Algorithm::Hs256];
            groups.push(Group { key: Key::Secret(key), algorithms, cases: vec![case] });
        }
    }
    Ok(Suite::new(HMAC, groups))
}

fn id(test: &Value) -> u64 {
    test.get("tcId").and_then(Value::as_u64).unwrap_or_default()
}

fn name(test: &Value) -> String {
    format!("tcId {}", id(test))
}

fn label(test: &Value) -> Result<Label> {
    match text(test, "result")? {
        "valid" => Ok(Label::Accepted),
        "invalid" => Ok(Label::Refused),
        "acceptable" => Ok(Label::Either),
        other => Err(Failure::new(format!("an unknown result: {other}"))),
    }
}
