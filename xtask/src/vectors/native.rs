//! Verdicts on this machine, by the parts that the gate is made of.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::json;
use turnpike::fields::Headers;
use turnpike::keys::{KeyFault, KeySet, VerifyingKey};
use turnpike::native;
use turnpike::request::{CredentialFault, CredentialSource, present};
use turnpike::token::{Jws, TokenFault, UntrustedToken};

use super::case::{Group, Key, Question, Verdict};
use crate::shell::{Failure, Result};

/// The verdicts on the cases of a group, in their order.
pub(super) fn verdicts(group: &Group) -> Result<Vec<Verdict>> {
    let set = match &group.key {
        Key::Jwk(jwk) => KeySet::parse(&json!({ "keys": [jwk] }).to_string(), &group.algorithms)
            .map(Ok)
            .map_err(Failure::because("a key set"))?,
        Key::Secret(secret) => KeySet::shared(&[secret], &group.algorithms),
    };
    Ok(group
        .cases
        .iter()
        .map(|case| {
            unless_it_panics(|| {
                let answer = match &set {
                    Ok(set) => answer(&case.question, set),
                    Err(why) => Err(key_word(*why)),
                };
                answer.map_or_else(Verdict::Refused, |()| Verdict::Accepted)
            })
        })
        .collect())
}

/// Has a panic count as one.
pub(super) fn unless_it_panics(judge: impl FnOnce() -> Verdict) -> Verdict {
    catch_unwind(AssertUnwindSafe(judge))
        .unwrap_or_else(|_| Verdict::Broken("it panicked".to_owned()))
}

fn answer(question: &Question, set: &KeySet) -> std::result::Result<(), String> {
    let word = |fault: TokenFault| fault.as_str().to_owned();
    match question {
        Question::Key => the_key(set).map(drop),
        Question::Jws(text) => verify(&Jws::parse(text).map_err(word)?, set),
        Question::Token(text) => {
            let headers = Bearer(text);
            let credential = match present(&[CredentialSource::Bearer], &headers) {
                Ok(Some(credential)) => credential,
                Err(CredentialFault::TooLong) => return Err(word(TokenFault::TooLong)),
                Ok(None) | Err(_) => return Err("no_credential".to_owned()),
            };
            verify(UntrustedToken::parse(&credential).map_err(word)?.jws(), set)
        }
        Question::Signature { message, signature } => {
            verify_with(&[the_key(set)?], message, signature)
        }
    }
}

fn the_key(set: &KeySet) -> std::result::Result<&VerifyingKey, String> {
    match (set.keys(), set.refused()) {
        ([key], []) => Ok(key),
        (_, [refusal]) => Err(key_word(refusal.why)),
        _ => Err("more than one key".to_owned()),
    }
}

/// The choice of keys and the signature step, as for a token of the gate.
fn verify(jws: &Jws, set: &KeySet) -> std::result::Result<(), String> {
    let candidates = set.candidates(jws);
    if candidates.is_empty() {
        return Err(TokenFault::UnknownKey.as_str().to_owned());
    }
    verify_with(&candidates, jws.message(), jws.signature())
}

fn verify_with(
    keys: &[&VerifyingKey],
    message: &[u8],
    signature: &[u8],
) -> std::result::Result<(), String> {
    if keys.iter().any(|key| native::is_made_by(key, message, signature)) {
        Ok(())
    } else {
        Err(TokenFault::Signature.as_str().to_owned())
    }
}

fn key_word(why: KeyFault) -> String {
    format!("key: {why:?}")
}

/// A request that carries this token and nothing else.
struct Bearer<'t>(&'t str);

impl Headers for Bearer<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        (name == "authorization").then(|| format!("Bearer {}", self.0).into())
    }

    fn names(&self) -> Vec<&str> {
        vec!["authorization"]
    }
}
