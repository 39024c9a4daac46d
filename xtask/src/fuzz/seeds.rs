//! What fuzzing begins with: the cases' requests, tokens and answers, key sets and policies.
//!
//! The targets `signed` and `freshness` take their input apart themselves and need no seeds.

#[allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::arithmetic_side_effects,
    clippy::assigning_clones,
    clippy::expect_used,
    clippy::format_push_string,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::single_match_else,
    clippy::string_slice,
    reason = "it belongs to the tests, where a panic is a failure"
)]
#[path = "../../../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::Path;

use base64ct::{Base64UrlUnpadded, Encoding};
use issuer::Issuer;
use serde_json::{Value, json};

use self::support::case::{self, Message};
use self::support::token::{fill, with_keys};
use crate::shell::{Failure, Result};
use crate::{project, token};

/// When the tokens of the cases are good, as the suites have it.
const NOW: u64 = 1_800_000_000;

/// Writes the seeds of all targets; those of an earlier run are replaced.
pub(crate) fn write() -> Result {
    let issuer = token::development_issuer()?;
    let root = project::root()?;
    let mut seeds = Vec::new();
    for case in case::all_in(&root.join("tests").join("cases")) {
        let request = filled(&case.request, &issuer);
        let (_, target) = request.method_and_path();
        let url = format!("https://docs.example.com{target}");
        seeds.push(("url", case.name(), url));
        for reader in ["gate", "credentials", "negotiation", "origin"] {
            seeds.push((reader, case.name(), request.to_string()));
        }
        for (_, value) in &request.fields {
            for token in value.split([' ', '=', ';']).filter(|word| word.contains('.')) {
                seeds.push(("jws", case.name(), token.to_owned()));
                seeds.extend(parts(token).map(|parts| ("claims", case.name(), parts)));
            }
        }
        if let Some((_, answer)) = &case.origin {
            for reader in ["caching", "origin"] {
                seeds.push((reader, format!("{}-answer", case.name()), answer.to_string()));
            }
        }
    }
    let jwks = issuer.jwks();
    for key in jwks.get("keys").and_then(Value::as_array).into_iter().flatten() {
        let name = key.get("kid").and_then(Value::as_str).unwrap_or_default();
        seeds.push(("keys", name.to_owned(), json!({ "keys": [key] }).to_string()));
    }
    seeds.push(("keys", "all".to_owned(), jwks.to_string()));
    for (name, policy) in policies(&root, &issuer)? {
        for reader in ["json", "policy"] {
            seeds.push((reader, name.clone(), policy.to_string()));
        }
    }
    for (reader, name, seed) in seeds {
        let folder = root.join("fuzz").join("corpus").join(reader);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join(format!("seed-{name}")), seed))
            .map_err(Failure::because("fuzz/corpus/ cannot be written to"))?;
    }
    Ok(())
}

/// A request with its tokens signed.
fn filled(request: &Message, issuer: &Issuer) -> Message {
    let mut request = request.clone();
    for (_, value) in &mut request.fields {
        *value = fill(value, issuer, NOW);
    }
    request
}

/// Header and claims of a token, in two lines, as if the secret's issuer had made it: the target
/// signs them with the secret.
fn parts(token: &str) -> Option<String> {
    let mut parts = token
        .split('.')
        .map(|part| String::from_utf8(Base64UrlUnpadded::decode_vec(part).ok()?).ok());
    let (header, claims) = (parts.next()??, parts.next()??);
    let header = header.replace("\"ES256\"", "\"HS256\"");
    Some(format!("{header}\n{}", claims.replace("issuer.example", "secret.example")))
}

/// The policy of the cases, and those of the `wrangler.toml` files.
fn policies(root: &Path, issuer: &Issuer) -> Result<Vec<(String, Value)>> {
    let read = |file: &str| -> Result<Value> {
        let text = fs::read_to_string(root.join(file))
            .map_err(Failure::because(format!("{file} cannot be read")))?;
        toml::from_str(&text).map_err(Failure::because(format!("{file} is not TOML")))
    };
    let mut policies =
        vec![("cases".to_owned(), with_keys(read("tests/cases/policy.toml")?, issuer))];
    for (name, file) in [("template", "wrangler.toml"), ("demo", "demo/wrangler.toml")] {
        let policy = read(file)?.pointer("/vars/TURNPIKE").cloned();
        policies.push((
            name.to_owned(),
            policy.ok_or_else(|| Failure::new(format!("{file} has no [vars.TURNPIKE]")))?,
        ));
    }
    Ok(policies)
}
