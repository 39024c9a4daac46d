//! The parts that read and verify tokens, to be asked from outside: for `cargo xtask vectors`, which
//! compares their verdicts with those that public test vectors expect.
//!
//! Only the feature `probe` compiles this, and nothing that is deployed has it: it takes its keys
//! from whoever asks.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use js_sys::Promise;
use serde::Deserialize;
use serde_json::{Value, json};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use super::keys::{KeyRing, Set};
use super::{task, webcrypto};
use crate::fields::Headers;
use crate::keys::{KeyFault, KeySet, VerifyingKey};
use crate::request::{CredentialFault, CredentialSource, present};
use crate::token::{Algorithm, Jws, TokenFault, UntrustedToken};

/// A question about a key.
#[derive(Deserialize)]
struct Case {
    key: Key,
    /// What its issuer signs with.
    algorithms: Vec<String>,
    question: Question,
}

/// A key as an issuer gives it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Key {
    /// The one member of its key set.
    Jwk(Value),
    /// A secret in base64url.
    Secret(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// Can it be used?
    Key,
    /// Did its holder sign this, which must be a JWS in compact form?
    Jws(String),
    /// The same of an access token, whatever its claims say.
    Token(String),
    /// Did its holder make this signature of the message, both in base64url?
    Signature { message: String, signature: String },
}

/// Answers a list of questions with a list of words: `accepted`, or why not.
///
/// # Errors
///
/// When a question cannot be understood.
#[expect(unreachable_pub, reason = "wasm-bindgen exports it")]
#[wasm_bindgen]
pub fn probe(cases: String) -> Promise {
    task::begin(async move { Ok(words(&cases).await?.into()) })
}

async fn words(cases: &str) -> Result<String, JsError> {
    let cases: Vec<Case> = serde_json::from_str(cases)?;
    let mut words = Vec::new();
    for Case { key, algorithms, question } in cases {
        let answer = match set(key, &algorithms)? {
            Ok(set) => answer(question, &KeyRing::new(Set::Fetched(set))).await?,
            Err(why) => Err(key_word(why)),
        };
        words.push(answer.err().unwrap_or_else(|| "accepted".to_owned()));
    }
    Ok(json!(words).to_string())
}

/// The word for why something is refused.
type Refused = String;

fn set(key: Key, algorithms: &[String]) -> Result<Result<KeySet, KeyFault>, JsError> {
    let algorithms = algorithms.iter().map(|name| Algorithm::parse(name));
    let algorithms = algorithms.collect::<Result<Vec<_>, _>>().map_err(|why| JsError::new(&why))?;
    match key {
        Key::Jwk(jwk) => KeySet::parse(&json!({ "keys": [jwk] }).to_string(), &algorithms)
            .map(Ok)
            .map_err(|why| JsError::new(&why.to_string())),
        Key::Secret(secret) => Ok(KeySet::shared(&[&decoded(&secret)?], &algorithms)),
    }
}

async fn answer(question: Question, ring: &KeyRing) -> Result<Result<(), Refused>, JsError> {
    Ok(match question {
        Question::Key => match verify_with_all(b"", b"", ring).await {
            // WebCrypto took the key, and nothing is a signature of nothing.
            Err(why) if why == TokenFault::Signature.as_str() => Ok(()),
            answer => answer,
        },
        Question::Jws(text) => match Jws::parse(&text) {
            Ok(jws) => verify(&jws, ring).await,
            Err(fault) => Err(fault.as_str().to_owned()),
        },
        Question::Token(text) => match present(&[CredentialSource::Bearer], &Bearer(text)) {
            Ok(Some(credential)) => match UntrustedToken::parse(&credential) {
                Ok(token) => verify(token.jws(), ring).await,
                Err(fault) => Err(fault.as_str().to_owned()),
            },
            Err(CredentialFault::TooLong) => Err(TokenFault::TooLong.as_str().to_owned()),
            Ok(None) | Err(_) => Err("no_credential".to_owned()),
        },
        Question::Signature { message, signature } => {
            verify_with_all(&decoded(&message)?, &decoded(&signature)?, ring).await
        }
    })
}

/// The choice of keys and the signature step, as for a token of the gate.
async fn verify(jws: &Jws, ring: &KeyRing) -> Result<(), Refused> {
    let candidates = ring.set().candidates(jws);
    if candidates.is_empty() {
        return Err(TokenFault::UnknownKey.as_str().to_owned());
    }
    verify_with(&candidates, jws.message(), jws.signature(), ring).await
}

async fn verify_with_all(message: &[u8], signature: &[u8], ring: &KeyRing) -> Result<(), Refused> {
    if let [refusal] = ring.set().refused() {
        return Err(key_word(refusal.why));
    }
    let keys: Vec<_> = ring.set().keys().iter().collect();
    verify_with(&keys, message, signature, ring).await
}

async fn verify_with(
    keys: &[&VerifyingKey],
    message: &[u8],
    signature: &[u8],
    ring: &KeyRing,
) -> Result<(), Refused> {
    match webcrypto::is_made_by_any(keys, message, signature, ring).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(TokenFault::Signature.as_str().to_owned()),
        Err(denial) => Err(denial.code().to_owned()),
    }
}

fn key_word(why: KeyFault) -> Refused {
    format!("key: {why:?}")
}

fn decoded(text: &str) -> Result<Vec<u8>, JsError> {
    BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| JsError::new("not base64url"))
}

/// A request that carries this token and nothing else.
struct Bearer(String);

impl Headers for Bearer {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        (name == "authorization").then(|| format!("Bearer {}", self.0).into())
    }

    fn names(&self) -> Vec<&str> {
        vec!["authorization"]
    }
}
