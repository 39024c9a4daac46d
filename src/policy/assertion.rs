//! What the filter signs for the origin: `assertion`.

use super::hosts::address;
use super::reader::Field;
use super::{Environment, Origin, secret};
use crate::json::quoted;
use crate::keys::{KeySet, SigningKey};
use crate::token::{Algorithm, ClaimPath, Claims, TokenFault};

/// A signed word for the origin on who asks, and on whose behalf it is given.
#[derive(Debug)]
pub struct Assertion {
    keys: Vec<SigningKey>,
    published: KeySet,
    issuer: String,
    audience: String,
    lifetime: u64,
    claims: Vec<ClaimPath>,
    jwks: String,
}

/// The claims of an assertion that are the filter's own word.
const OURS: [&str; 10] =
    ["aud", "cnf", "exp", "iat", "iss", "jti", "nbf", "route", "sub", "token_issuer"];

/// What is told of the token's claims is not longer, as JSON.
const MAX_CLAIMS_BYTES: usize = 4096;

impl Assertion {
    /// Where its keys are published.
    pub const JWKS_PATH: &str = "/.well-known/turnpike/jwks.json";

    /// The private keys: the first signs.
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// Their public parts.
    pub fn published(&self) -> &KeySet {
        &self.published
    }

    /// Its `iss`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its `aud`.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Seconds from its `iat` to its `exp`, at most.
    pub fn lifetime(&self) -> u64 {
        self.lifetime
    }

    /// The public parts of its keys, as a JWK Set (RFC 7517 section 5).
    pub fn jwks(&self) -> &str {
        &self.jwks
    }

    /// What it repeats of a token's claims, each under the name that the policy has for it: members of
    /// a JSON object, each with a comma in front. A claim with a number in it that was rounded when it
    /// was read is not repeated.
    ///
    /// # Errors
    ///
    /// [`TokenFault::ClaimTooLong`].
    pub fn told(&self, claims: &Claims) -> Result<String, TokenFault> {
        let mut told = String::new();
        for name in &self.claims {
            if let Some(value) = claims.at(name).filter(|value| value.is_exact()) {
                told.push(',');
                told += &quoted(name.as_str());
                told.push(':');
                told += &value.to_string();
            }
        }
        if told.len() > MAX_CLAIMS_BYTES { Err(TokenFault::ClaimTooLong) } else { Ok(told) }
    }
}

pub(super) fn read(
    field: &Field<'_, '_>,
    origin: Option<&Origin>,
    environment: &dyn Environment,
) -> Option<Assertion> {
    let table = field.table()?;
    let keys = table.required("keys").and_then(|field| read_keys(&field, environment));
    // An origin compares it to the letter, so it is taken as it is written.
    let issuer = table.required("issuer").map(|field| field.string(address));
    let audience = match (table.optional("audience"), origin) {
        (Some(field), _) => field.text().map(str::to_owned),
        (None, Some(Origin::Url(server))) => Some(server.clone()),
        (None, Some(Origin::Own | Origin::Binding(_))) => {
            field.problem("`audience` is missing: `origin` is no URL that could stand in for it");
            None
        }
        (None, None) => None,
    };
    let lifetime = table.integer("lifetime", 10..=300, 60);
    let claims =
        table.optional("claims").map(|field| field.list_of(|item| item.parsed(repeated_claim)));
    table.close()?;
    let (keys, jwks, published) = keys?;
    Some(Assertion {
        keys,
        jwks,
        published,
        issuer: issuer?,
        audience: audience?,
        lifetime,
        claims: claims.unwrap_or_default(),
    })
}

/// One key, or two while one replaces the other; and their public parts.
fn read_keys(
    field: &Field<'_, '_>,
    environment: &dyn Environment,
) -> Option<(Vec<SigningKey>, String, KeySet)> {
    let mut keys: Vec<SigningKey> = Vec::new();
    let names = field.texts(secret::name);
    if names.is_empty() {
        return None;
    }
    for (index, name) in names.iter().enumerate() {
        let secret = environment.signing_key(name);
        let problem = match secret.map(|secret| SigningKey::from_jwk(&secret)) {
            None => secret::missing(name),
            Some(None) => format!("the secret `{name}` {NO_KEY}"),
            Some(Some(key)) if keys.contains(&key) => format!("`{name}` is a key given before"),
            Some(Some(key)) => {
                keys.push(key);
                continue;
            }
        };
        field.problem_at(&format!("[{index}]"), &problem);
    }
    if names.len() > 2 {
        field.problem("names more than two secrets: the key that signs and the one to come");
    }
    let public: Vec<&str> = keys.iter().map(SigningKey::public).collect();
    let jwks = format!("{{\"keys\":[{}]}}\n", public.join(","));
    let published = KeySet::parse(&jwks, &[Algorithm::Es256, Algorithm::EdDsa]).ok()?;
    if !published.refused().is_empty() {
        field.problem(&format!("one of the secrets {NO_KEY}"));
    }
    Some((keys, jwks, published))
}

const NO_KEY: &str =
    "is no private JWK on P-256 or of Ed25519; `cargo xtask assertion-key` makes one";

fn repeated_claim(text: &str) -> Result<ClaimPath, String> {
    if OURS.contains(&text) {
        Err(format!("`{text}` is what the filter itself says, or nothing that it can repeat"))
    } else {
        ClaimPath::parse(text)
    }
}
