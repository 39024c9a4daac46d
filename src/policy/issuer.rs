//! Whose tokens are trusted, and what they must look like.

use super::Environment;
use super::KeySource;
use super::key_source;
use super::reader::Field;
use crate::json::Value;
use crate::token::{Algorithm, ScopeClaim};

/// A trusted issuer and what is required of its tokens. Keys are never shared between issuers.
#[derive(Debug)]
pub struct Issuer {
    identifier: String,
    audiences: Vec<String>,
    algorithms: Vec<Algorithm>,
    token_type: TokenType,
    scope_claim: ScopeClaim,
    max_lifetime: Option<u64>,
    max_age: Option<u64>,
    grace: u64,
    keys: KeySource,
}

/// What the `typ` header parameter must say (RFC 9068 section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenType {
    /// `at+jwt`: a JWT access token, and nothing else.
    AccessToken,
    /// `at+jwt` or `JWT`: for issuers older than RFC 9068.
    Jwt,
    /// Anything, or nothing, that does not claim to be a JWT for another purpose (`dpop+jwt`, ...).
    Any,
}

impl Issuer {
    /// The `iss` its tokens carry.
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// A token must be meant for one of these.
    pub fn audiences(&self) -> &[String] {
        &self.audiences
    }

    /// A token must be signed with one of these.
    pub fn algorithms(&self) -> &[Algorithm] {
        &self.algorithms
    }

    /// What a token must say it is.
    pub fn token_type(&self) -> TokenType {
        self.token_type
    }

    /// Where its tokens name their scopes.
    pub fn scope_claim(&self) -> ScopeClaim {
        self.scope_claim
    }

    /// How long its tokens may be made to live, from `iat` to `exp`, in seconds.
    pub fn max_lifetime(&self) -> Option<u64> {
        self.max_lifetime
    }

    /// How long after `iat` its tokens are accepted, in seconds, whatever their `exp`.
    pub fn max_age(&self) -> Option<u64> {
        self.max_age
    }

    /// For how many seconds fetched keys are used beyond their lifetime when there are no newer
    /// ones to be had.
    pub fn grace(&self) -> u64 {
        self.grace
    }

    /// Where the keys come from.
    pub fn keys(&self) -> &KeySource {
        &self.keys
    }
}

impl TokenType {
    /// Whether a `typ` header parameter is acceptable. It is a media type with an optional
    /// `application/` in front, compared without regard to case (RFC 7515 section 4.1.9).
    pub fn accepts(self, typ: Option<&str>) -> bool {
        let typ = typ.map(str::to_ascii_lowercase);
        let name = typ.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
        match (self, name) {
            (_, Some("at+jwt")) | (Self::Jwt | Self::Any, Some("jwt")) | (Self::Any, None) => true,
            (Self::Any, Some(name)) => !name.ends_with("+jwt"),
            _ => false,
        }
    }
}

/// The issuers that a list may name, and whose they are; none where they cannot be read.
#[derive(Clone, Copy, Default)]
pub(super) struct Known<'p> {
    pub(super) issuers: &'p [String],
    pub(super) whose: &'static str,
}

/// A list of issuers by their identifiers.
pub(super) fn named(field: &Field<'_, '_>, known: Known<'_>) -> Vec<String> {
    let names = field.texts(any);
    let Known { issuers, whose } = known;
    let is_unknown = |name| !issuers.is_empty() && !issuers.contains(name);
    for (number, name) in names.iter().enumerate().filter(|(_, name)| is_unknown(name)) {
        field.problem_at(
            &format!("[{number}]"),
            &format!("`{name}` is not among {whose} `issuers`: write one of those to the letter, or add it there"),
        );
    }
    names
}

#[expect(clippy::unnecessary_wraps, reason = "as others parse, which refuse some")]
fn any(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// All of them or, where one cannot be read, none.
pub(super) fn read_all(field: &Field<'_, '_>, environment: &dyn Environment) -> Vec<Issuer> {
    let mut issuers = Vec::new();
    let mut seen = Vec::new();
    let count = field.each(&mut |item| {
        issuers.extend(read(item, environment));
        // Whatever else is wrong with them, so that all problems come at once.
        let identifier = item.value().get("issuer").and_then(Value::as_str);
        if identifier.is_some() && seen.contains(&identifier) {
            item.problem_at(".issuer", "is given twice");
        }
        seen.push(identifier);
    });
    if issuers.len() < count {
        issuers.clear();
    }
    issuers
}

fn read(field: &Field<'_, '_>, environment: &dyn Environment) -> Option<Issuer> {
    let table = field.table()?;
    let identifier = table.required("issuer").and_then(|field| field.text());
    let audiences = table.required("audiences").map(|field| field.texts(any));
    let algorithms = table
        .required("algorithms")
        .map(|field| field.list_of(|item| item.parsed(Algorithm::parse)))
        .unwrap_or_default();
    let token_type = table.optional("token_type").and_then(|field| {
        field.one_of([
            ("at+jwt", TokenType::AccessToken),
            ("JWT", TokenType::Jwt),
            ("any", TokenType::Any),
        ])
    });
    let scope_claim = table
        .optional("scope_claim")
        .and_then(|field| field.one_of([("scope", ScopeClaim::Scope), ("scp", ScopeClaim::Scp)]));
    let seconds = |name| table.optional(name).map(|field| field.integer(1..=31_536_000));
    let (max_lifetime, max_age) = (seconds("max_lifetime"), seconds("max_age"));
    let grace = table.optional("grace").map(|field| {
        if table.optional("jwks_uri").or(table.optional("discovery")).is_none() {
            field.problem("has no effect without `jwks_uri` or `discovery`");
        }
        field.integer(0..=86_400)
    });
    let keys = key_source::read(&table, field, identifier, &algorithms, environment);
    table.close();
    Some(Issuer {
        identifier: identifier?.to_owned(),
        audiences: audiences.unwrap_or_default(),
        algorithms,
        token_type: token_type.unwrap_or(TokenType::AccessToken),
        scope_claim: scope_claim.unwrap_or(ScopeClaim::Scope),
        max_lifetime,
        max_age,
        grace: grace.unwrap_or(3600),
        keys: keys?,
    })
}
