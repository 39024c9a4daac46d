//! Where an issuer's keys come from: exactly one of `jwks`, `jwks_uri`, `discovery`, `secret`.

use super::hosts::address;
use super::reader::{Field, Table};
use super::{Environment, secret};
use crate::json::Value;
use crate::keys::{KeySet, metadata_urls};
use crate::token::Algorithm;

/// Where an issuer's keys come from.
#[derive(Debug)]
pub enum KeySource {
    /// From the configuration: an inline JWK Set, or a named secret.
    Static(KeySet),
    /// From a URL that serves a JWK Set (RFC 7517 section 5).
    Uri(String),
    /// From the URL that the issuer's metadata names, which is at the first of these that answers.
    Discovery([String; 2]),
}

pub(super) fn read(
    table: &Table<'_, '_>,
    issuer: &Field<'_, '_>,
    identifier: Option<&str>,
    algorithms: &[Algorithm],
    environment: &dyn Environment,
) -> Option<KeySource> {
    let sources = ["jwks", "jwks_uri", "discovery", "secret"]
        .map(|name| table.optional(name).map(|field| (name, field)));
    // What the keys are for decides which are usable; without that there is nothing more to say.
    if algorithms.is_empty() {
        return None;
    }
    let symmetric = algorithms.iter().filter(|algorithm| algorithm.is_symmetric()).count();
    if symmetric > 0 && symmetric < algorithms.len() {
        issuer.problem_at(
            ".algorithms",
            "mixes HS* with public-key algorithms, which RFC 8725 section 2.1 warns of; use one kind",
        );
        return None;
    }
    let mut given = sources.into_iter().flatten();
    let (name, field) = match (given.next(), given.next()) {
        (Some(source), None) => source,
        (found, _) => {
            issuer.problem(if found.is_none() {
                "one of `jwks`, `jwks_uri`, `discovery`, `secret` is missing"
            } else {
                "give only one of `jwks`, `jwks_uri`, `discovery`, `secret`"
            });
            return None;
        }
    };
    match (name, symmetric > 0) {
        ("secret", true) => shared(&field, algorithms, environment),
        ("secret", false) => {
            field.problem("is for HS* algorithms; public-key algorithms take `jwks`, `jwks_uri` or `discovery`");
            None
        }
        (_, true) => {
            field.problem("is for public-key algorithms; HS* takes `secret`");
            None
        }
        ("jwks", false) => inline(&field, algorithms),
        ("jwks_uri", false) => field.parsed(address).map(KeySource::Uri),
        _ => discovery(&field, issuer, identifier?),
    }
}

fn discovery(field: &Field<'_, '_>, issuer: &Field<'_, '_>, identifier: &str) -> Option<KeySource> {
    if field.value() != &Value::Bool(true) {
        field.problem("must be `true` when it is given");
        return None;
    }
    let urls = metadata_urls(identifier);
    if urls.is_none() {
        issuer.problem_at(
            ".issuer",
            "must be an https: URL without query and fragment, since `discovery` asks there",
        );
    }
    urls.map(KeySource::Discovery)
}

fn inline(field: &Field<'_, '_>, algorithms: &[Algorithm]) -> Option<KeySource> {
    match KeySet::of(field.value(), algorithms) {
        Err(error) => {
            field.problem(&error.to_string());
            None
        }
        Ok(set) if set.is_empty() && set.refused().is_empty() => {
            field.problem("holds no key");
            None
        }
        Ok(set) => {
            for refusal in set.refused() {
                field.problem_at(&format!(".keys[{}]", refusal.index), &refusal.why.to_string());
            }
            set.refused().is_empty().then_some(KeySource::Static(set))
        }
    }
}

/// One secret, or two while the second replaces the first.
fn shared(
    field: &Field<'_, '_>,
    algorithms: &[Algorithm],
    environment: &dyn Environment,
) -> Option<KeySource> {
    let secret = |field: &Field<'_, '_>| secret::read(field, environment);
    let secrets = match field.value() {
        Value::Array(names) if names.len() > 2 => {
            field.problem("names more than two secrets: the one in use and the one to come");
            return None;
        }
        Value::Array(_) => field.list_of(secret),
        _ => vec![secret(field)?],
    };
    for (name, secret) in &secrets {
        if let Err(why) = KeySet::shared(&[secret.as_bytes()], algorithms) {
            field.problem(&format!("the secret `{name}` is unusable: {why}"));
        }
    }
    let bytes: Vec<&[u8]> = secrets.iter().map(|(_, secret)| secret.as_bytes()).collect();
    KeySet::shared(&bytes, algorithms).ok().map(KeySource::Static)
}
