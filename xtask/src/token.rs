//! Tokens of the development issuer.

use std::time::{SystemTime, UNIX_EPOCH};

use issuer::{Algorithm, Issuer};
use pico_args::Arguments;
use serde_json::{Map, Value};

use crate::shell::{Failure, Result};
use crate::{finish, project};

pub(crate) const HELP: &str = "\
Prints one token, and nothing else, that the demo accepts. The issuer's keys are made on first use
and kept in .turnpike/dev-issuer.json.

Options:
  --sub SUBJECT          who the token is about; default: alice
  --scope \"SCOPE ...\"    what it permits, such as reports:read; default: nothing
  --alg ALGORITHM        ES256 (default), another of ES*, RS*, PS*, HS*, or EdDSA
  --expires-in SECONDS   default: 3600; a negative number makes an expired token
  --claim NAME=JSON      a further claim, or another value for one; may be repeated";

/// Who signs with its key pairs, as `demo/wrangler.toml` has it.
pub(crate) const ISSUER: &str = "https://issuer.demo.example";
/// Who signs with the secret.
const HMAC_ISSUER: &str = "https://hs.issuer.demo.example";
/// Whom tokens are for.
pub(crate) const AUDIENCE: &str = "https://demo.example";
const LIFETIME: i64 = 3600;

/// What a token is to say.
pub(crate) struct Wanted {
    pub(crate) algorithm: Algorithm,
    pub(crate) subject: String,
    pub(crate) scope: Option<String>,
    pub(crate) expires_in: i64,
    pub(crate) further_claims: Vec<(String, Value)>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Es256,
            subject: "alice".to_owned(),
            scope: None,
            expires_in: LIFETIME,
            further_claims: Vec::new(),
        }
    }
}

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let default = Wanted::default();
    let wanted = Wanted {
        algorithm: arguments.opt_value_from_str("--alg")?.unwrap_or(default.algorithm),
        subject: arguments.opt_value_from_str("--sub")?.unwrap_or(default.subject),
        scope: arguments.opt_value_from_str("--scope")?,
        expires_in: arguments.opt_value_from_str("--expires-in")?.unwrap_or(default.expires_in),
        further_claims: arguments.values_from_fn("--claim", parse_claim)?,
    };
    finish(arguments)?;
    println!("{}", mint(&development_issuer()?, &wanted));
    Ok(())
}

/// The issuer that the demo trusts, made on first use.
pub(crate) fn development_issuer() -> Result<Issuer> {
    let path = project::issuer_file()?;
    Issuer::load_or_generate(&path).map_err(Failure::because(format!(
        "the development issuer's keys are unusable, delete {} to have new ones",
        path.display()
    )))
}

/// Signs a token.
pub(crate) fn mint(issuer: &Issuer, wanted: &Wanted) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let expires = now.saturating_add(wanted.expires_in);
    // An expired token was issued before it expired.
    let issued_at = if expires > now { now } else { expires.saturating_sub(LIFETIME) };
    let mut claims = Map::new();
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    set("iss", if wanted.algorithm.kid().is_none() { HMAC_ISSUER } else { ISSUER }.into());
    set("aud", AUDIENCE.into());
    set("sub", wanted.subject.as_str().into());
    set("iat", issued_at.into());
    set("exp", expires.into());
    if let Some(scope) = &wanted.scope {
        set("scope", scope.as_str().into());
    }
    for (name, value) in &wanted.further_claims {
        set(name, value.clone());
    }
    issuer.token(wanted.algorithm, &Value::Object(claims))
}

fn parse_claim(argument: &str) -> std::result::Result<(String, Value), String> {
    let (name, json) = argument.split_once('=').ok_or("a claim is written NAME=JSON")?;
    let value = serde_json::from_str(json).map_err(|_| {
        format!("the value of {name} is not JSON: a text needs its quotes, '{name}=\"...\"'")
    })?;
    Ok((name.to_owned(), value))
}
