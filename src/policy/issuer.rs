//! Whose tokens are trusted, and what they must look like.

use serde_json::Value;

use super::reader::{Field, Table};
use super::{Environment, secure_uri};
use crate::keys::KeySet;
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

/// Where an issuer's keys come from.
#[derive(Debug)]
pub enum KeySource {
    /// From the configuration: an inline JWK Set, or a named secret.
    Static(KeySet),
    /// From a URL that serves a JWK Set (RFC 7517 section 5).
    Uri(String),
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

pub(super) fn read_all(
    field: &Field<'_, '_>,
    environment: &dyn Environment,
) -> Option<Vec<Issuer>> {
    let items = field.list()?;
    let count = items.len();
    let mut issuers: Vec<Issuer> = Vec::with_capacity(count);
    for item in items {
        match read(&item, environment) {
            Some(issuer) if issuers.iter().any(|seen| seen.identifier == issuer.identifier) => {
                item.problem_at(".issuer", "is given twice");
            }
            Some(issuer) => issuers.push(issuer),
            None => {}
        }
    }
    (issuers.len() == count).then_some(issuers)
}

fn read(field: &Field<'_, '_>, environment: &dyn Environment) -> Option<Issuer> {
    let table = field.table()?;
    let text = |field: &Field<'_, '_>| field.text().map(str::to_owned);
    let identifier = table.required("issuer").and_then(|field| text(&field));
    let audiences = table.required("audiences").and_then(|field| field.list_of(text));
    let algorithms = table
        .required("algorithms")
        .and_then(|field| field.list_of(|item| item.parsed(Algorithm::parse)));
    let token_type = table.optional("token_type").map_or(Some(TokenType::AccessToken), |field| {
        field.one_of(&[
            ("at+jwt", TokenType::AccessToken),
            ("JWT", TokenType::Jwt),
            ("any", TokenType::Any),
        ])
    });
    let scope_claim = table.optional("scope_claim").map_or(Some(ScopeClaim::Scope), |field| {
        field.one_of(&[("scope", ScopeClaim::Scope), ("scp", ScopeClaim::Scp)])
    });
    let seconds = |name| match table.optional(name) {
        None => Some(None),
        Some(field) => field.integer(1..=31_536_000).map(Some),
    };
    let (max_lifetime, max_age) = (seconds("max_lifetime"), seconds("max_age"));
    let grace = table.optional("grace").map_or(Some(3600), |field| {
        if table.optional("jwks_uri").is_none() {
            field.problem("has no effect without `jwks_uri`");
        }
        field.integer(0..=86_400)
    });
    let keys = read_keys(field, &table, algorithms.as_deref(), environment);
    table.close();
    Some(Issuer {
        identifier: identifier?,
        audiences: audiences?,
        algorithms: algorithms?,
        token_type: token_type?,
        scope_claim: scope_claim?,
        max_lifetime: max_lifetime?,
        max_age: max_age?,
        grace: grace?,
        keys: keys?,
    })
}

fn read_keys(
    issuer: &Field<'_, '_>,
    table: &Table<'_, '_>,
    algorithms: Option<&[Algorithm]>,
    environment: &dyn Environment,
) -> Option<KeySource> {
    let sources = (table.optional("jwks"), table.optional("jwks_uri"), table.optional("secret"));
    let uri = sources.1.as_ref().map(|field| field.parsed(key_server));
    // What the keys are for decides which are usable; without that there is nothing more to say.
    let algorithms = algorithms?;
    let symmetric = algorithms.iter().filter(|algorithm| algorithm.is_symmetric()).count();
    if symmetric > 0 && symmetric < algorithms.len() {
        issuer.problem_at(
            ".algorithms",
            "mixes HS* with public-key algorithms, which RFC 8725 section 2.1 warns of; use one kind",
        );
        return None;
    }
    match sources {
        (Some(jwks), None, None) if symmetric == 0 => inline(&jwks, algorithms),
        (None, Some(_), None) if symmetric == 0 => uri?.map(KeySource::Uri),
        (None, None, Some(secret)) if symmetric > 0 => shared(&secret, algorithms, environment),
        (None, None, Some(secret)) => {
            secret
                .problem("is for HS* algorithms; public-key algorithms take `jwks` or `jwks_uri`");
            None
        }
        (Some(field), None, None) | (None, Some(field), None) => {
            field.problem("is for public-key algorithms; HS* takes `secret`");
            None
        }
        (None, None, None) => {
            issuer.problem("one of `jwks`, `jwks_uri`, `secret` is missing");
            None
        }
        _ => {
            issuer.problem("give only one of `jwks`, `jwks_uri`, `secret`");
            None
        }
    }
}

fn key_server(text: &str) -> Result<String, String> {
    secure_uri(text).map(|_| text.to_owned())
}

fn inline(field: &Field<'_, '_>, algorithms: &[Algorithm]) -> Option<KeySource> {
    match KeySet::parse(field.value(), algorithms) {
        Err(error) => {
            field.problem(error.to_string());
            None
        }
        Ok(set) => {
            for refusal in set.refused() {
                field.problem_at(&format!(".keys[{}]", refusal.index), refusal.why.to_string());
            }
            if set.is_empty() && set.refused().is_empty() {
                field.problem("holds no key");
            }
            (!set.is_empty() && set.refused().is_empty()).then_some(KeySource::Static(set))
        }
    }
}

/// One secret, or two while the second replaces the first.
fn shared(
    field: &Field<'_, '_>,
    algorithms: &[Algorithm],
    environment: &dyn Environment,
) -> Option<KeySource> {
    let name = |field: &Field<'_, '_>| {
        let name = field.parsed(secret_name)?;
        let secret = environment.secret(&name);
        if secret.is_none() {
            field.problem(format!(
                "there is no secret `{name}`; set it with `wrangler secret put {name}`"
            ));
        }
        Some((name, secret?))
    };
    let secrets = match field.value() {
        Value::Array(names) if names.len() > 2 => {
            field.problem("names more than two secrets: the one in use and the one to come");
            return None;
        }
        Value::Array(_) => field.list_of(name)?,
        _ => vec![name(field)?],
    };
    for (name, secret) in &secrets {
        if let Err(why) = KeySet::shared(&[secret.as_bytes()], algorithms) {
            field.problem(format!("the secret `{name}` is unusable: {why}"));
        }
    }
    let bytes: Vec<&[u8]> = secrets.iter().map(|(_, secret)| secret.as_bytes()).collect();
    KeySet::shared(&bytes, algorithms).ok().map(KeySource::Static)
}

/// Who writes the secret itself here must not find it in the log, so only what is plainly a name is
/// repeated there: words in capitals, joined by `_`.
fn secret_name(text: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        (1..=24).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    if text.len() <= 64 && text.split('_').all(is_word) {
        Ok(text.to_owned())
    } else {
        Err("must be the name of a secret, like JWT_SECRET: words in capitals, joined by `_`"
            .to_owned())
    }
}
