//! Examples out of RFCs: the JOSE cookbook (RFC 7520, 7797, 8037), file by file, and those of other
//! RFCs in one file.

use serde_json::{Value, json};
use turnpike::token::Algorithm;

use super::case::{Case, Group, Key, Label, Question, Suite};
use super::reader::{Folder, list, member, text};
use super::wycheproof::{algorithms, secret};
use crate::shell::{Failure, Result};

const COOKBOOK: &str = "rfc7520-cookbook/";
const EXAMPLES: &str = "rfc-examples/rfc-examples.json";

const JSON_SERIALIZATION: &str =
    "is in JSON serialization, while a JWT is always compact (RFC 7519 section 3)";

/// Compact examples that the filter has to refuse.
const EXCEPTIONS: [(&str, &str); 3] = [
    (
        "jws/4_5.signature_with_detached_content.json",
        "has its payload elsewhere (RFC 7515 appendix F), while a token carries its claims",
    ),
    (
        "rfc7797/hmac-sha2_b64_false.json",
        "has a payload that is not encoded, which a JWT must not have (RFC 7797 section 7)",
    ),
    ("curve25519/ecdh-es.json", "is a JWE: the filter decrypts nothing"),
];

/// What the filter does not do: vectors of it are counted, and not asked.
const NOT_DONE: [(&str, &str); 4] = [
    ("jwk-thumbprint-sha256", "is a thumbprint of a key (RFC 7638): the filter computes none"),
    ("jkt", "is a thumbprint of a key (RFC 7638): the filter computes none"),
    ("pkce-s256", "is PKCE (RFC 7636): the filter signs nobody in"),
    ("ws-accept", "is the WebSocket handshake (RFC 6455), which is the origin's"),
];

/// One suite per file of the cookbook.
pub(super) fn cookbook(folder: &mut Folder) -> Result<Vec<Suite>> {
    let files = folder.below(COOKBOOK);
    if files.is_empty() {
        return Err(Failure::new(format!("{COOKBOOK} is missing or empty")));
    }
    let mut excepted = 0_usize;
    let mut suites = Vec::new();
    for name in files {
        let exception = EXCEPTIONS.iter().find(|(file, _)| name.ends_with(file));
        excepted = excepted.saturating_add(usize::from(exception.is_some()));
        let groups = folder.read(&name, |file| match file.get("kty") {
            Some(_) => Ok(vec![published(file)]),
            None => example(file, exception.map(|(_, reason)| *reason)),
        })?;
        suites.push(Suite::new(name, groups));
    }
    if excepted == EXCEPTIONS.len() {
        Ok(suites)
    } else {
        Err(Failure::new("an exception names a file of the cookbook that is not there"))
    }
}

/// A JWK in the key set of an issuer. It is of use if it verifies signatures and nothing else.
fn published(jwk: &Value) -> Group {
    let (label, what) = match jwk.get("d").or_else(|| jwk.get("k")) {
        Some(_) => (Label::Refused, "a private or symmetric key in a key set"),
        None => (Label::Accepted, "a public key in a key set"),
    };
    let cases = vec![Case::new(what, Question::Key, label)];
    Group { key: Key::Jwk(jwk.clone()), algorithms: algorithms(jwk), cases }
}

/// Its keys, as they stand there, and each form of its output.
fn example(file: &Value, exception: Option<&'static str>) -> Result<Vec<Group>> {
    let input = member(file, "input")?;
    let keys = match member(input, "key")? {
        Value::Array(keys) => keys.iter().collect(),
        key => vec![key],
    };
    let mut groups: Vec<_> = keys.iter().map(|key| published(key)).collect();
    let key = keys.first().ok_or_else(|| Failure::new("`key` is empty"))?;
    let (key, algorithms) = if text(key, "kty")? == "oct" {
        secret(key)?
    } else {
        let algorithm = input.get("alg").and_then(Value::as_str).and_then(Algorithm::named);
        (Key::Jwk(public(key)), algorithm.map_or_else(|| algorithms(key), |one| vec![one]))
    };
    let output = member(file, "output")?.as_object();
    let output = output.ok_or_else(|| Failure::new("`output` is no object"))?;
    let mut cases = Vec::new();
    for (form, value) in output {
        let case = |text| Case::new(form, Question::Jws(text), Label::Accepted);
        cases.push(match (value.as_str(), exception) {
            (Some(compact), None) => case(compact.to_owned()),
            (Some(compact), Some(why)) => case(compact.to_owned()).except(Label::Refused, why),
            (None, _) => case(value.to_string()).except(Label::Refused, JSON_SERIALIZATION),
        });
    }
    groups.push(Group { key, algorithms, cases });
    Ok(groups)
}

/// The public part of a key pair.
fn public(jwk: &Value) -> Value {
    let mut jwk = jwk.clone();
    if let Some(members) = jwk.as_object_mut() {
        members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
    }
    jwk
}

/// The examples of other RFCs.
pub(super) fn examples(folder: &mut Folder) -> Result<Suite> {
    folder.read(EXAMPLES, |file| {
        let mut groups = Vec::new();
        let mut not_asked = Vec::new();
        for vector in list(file, "vectors")? {
            let (id, kind) = (text(vector, "id")?, text(vector, "kind")?);
            match kind {
                "jws" => groups.push(jws(id, vector)?),
                "dpop-proof" => groups.push(proof(id, vector)?),
                _ => match NOT_DONE.iter().find(|(name, _)| *name == kind) {
                    Some((_, reason)) => not_asked.push((id.to_owned(), *reason)),
                    None => {
                        return Err(Failure::new(format!("{id} is of an unknown kind: {kind}")));
                    }
                },
            }
        }
        Ok(Suite { not_asked, ..Suite::new(EXAMPLES, groups) })
    })
}

fn jws(id: &str, vector: &Value) -> Result<Group> {
    let label = match text(vector, "expect")? {
        "valid" => Label::Accepted,
        "invalid" => Label::Refused,
        other => return Err(Failure::new(format!("{id} expects something unknown: {other}"))),
    };
    let alg = text(vector, "alg")?;
    let (key, algorithms) = match vector.get("jwk") {
        Some(jwk) if text(jwk, "kty")? == "oct" => {
            let mut jwk = jwk.clone();
            if let Some(members) = jwk.as_object_mut() {
                members.insert("alg".to_owned(), json!(alg));
            }
            secret(&jwk)?
        }
        Some(jwk) => {
            let algorithm = Algorithm::parse(alg).map_err(Failure::new)?;
            (Key::Jwk(jwk.clone()), vec![algorithm])
        }
        // Unsecured: no key could help.
        None => (Key::Secret(vec![0; 64]), vec![Algorithm::Hs256, Algorithm::Hs512]),
    };
    let question = Question::Jws(text(vector, "jws")?.to_owned());
    Ok(Group { key, algorithms, cases: vec![Case::new(id, question, label)] })
}

/// A proof of possession (`DPoP`) is a JWS, and no access token: as one, it lacks the claims.
fn proof(id: &str, vector: &Value) -> Result<Group> {
    let jwk = member(member(vector, "header")?, "jwk")?;
    let proof = text(vector, "proof")?.to_owned();
    let cases = vec![
        Case::new(format!("{id} as a JWS"), Question::Jws(proof.clone()), Label::Accepted),
        Case::new(format!("{id} as an access token"), Question::Token(proof), Label::Refused),
    ];
    Ok(Group { key: Key::Jwk(jwk.clone()), algorithms: vec![Algorithm::Es256], cases })
}
