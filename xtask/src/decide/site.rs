//! A policy as a file has it, and the keys that are at hand.

use std::path::{Path, PathBuf};

use pico_args::Arguments;
use serde_json::Value;
use turnpike::answer::Answers;
use turnpike::keys::KeySet;
use turnpike::policy::{Issuer, KeySource, Policy};

use crate::check;
use crate::project;
use crate::shell::{Failure, Result};

/// A valid policy and what is known around it.
pub(crate) struct Site {
    policy: Policy,
    answers: Answers,
    /// Issuers whose secrets are not in `.dev.vars`.
    without_secret: Vec<String>,
    /// A JWK Set to use for public-key algorithms.
    keys: Option<Value>,
    /// The file, as it was named.
    pub(crate) file: PathBuf,
    pub(crate) environment: Option<String>,
    /// Whether it is the policy that is to come.
    pub(crate) is_next: bool,
}

/// The keys of an issuer, as far as they are at hand.
pub(super) enum Keys<'s> {
    Configured(&'s KeySet),
    Given(KeySet),
    Unknown,
}

impl Site {
    /// The policy that `--config`, `--env`, `--next` and `--keys` name.
    pub(crate) fn from_arguments(arguments: &mut Arguments) -> Result<Self> {
        let config: Option<PathBuf> = arguments.opt_value_from_str("--config")?;
        let environment: Option<String> = arguments.opt_value_from_str("--env")?;
        let is_next = arguments.contains("--next");
        let keys: Option<PathBuf> = arguments.opt_value_from_str("--keys")?;
        let file = match config {
            Some(file) => file,
            None => project::root()?.join("wrangler.toml"),
        };
        Self::load(&file, environment, is_next, keys.as_deref())
    }

    /// The policy of a file.
    pub(crate) fn load(
        file: &Path,
        environment: Option<String>,
        is_next: bool,
        keys: Option<&Path>,
    ) -> Result<Self> {
        let (policy, secrets, raw) = check::policy(file, environment.as_deref(), is_next)?;
        let is_missing = |secret: &Value| match secret {
            Value::Array(names) => {
                names.iter().any(|name| name.as_str().is_some_and(|name| secrets.contains(name)))
            }
            name => name.as_str().is_some_and(|name| secrets.contains(name)),
        };
        let issuers = raw.get("issuers").and_then(Value::as_array).into_iter().flatten();
        let without_secret = issuers
            .filter(|issuer| issuer.get("secret").is_some_and(is_missing))
            .filter_map(|issuer| Some(issuer.get("issuer")?.as_str()?.to_owned()));
        let keys = keys.map(read_keys).transpose()?;
        Ok(Self {
            answers: Answers::new(&policy),
            without_secret: without_secret.collect(),
            policy,
            keys,
            file: file.to_owned(),
            environment,
            is_next,
        })
    }

    /// A policy that stands in no file.
    #[cfg(test)]
    pub(crate) fn of(policy: &Value) -> Self {
        struct OneKey;
        impl turnpike::policy::Environment for OneKey {
            fn secret(&self, _: &str) -> Option<String> {
                Some(issuer::fresh_key().to_string())
            }

            fn has_binding(&self, _: &str) -> bool {
                false
            }
        }
        let policy = Policy::parse(&policy.to_string(), &OneKey).expect("it is valid");
        Self {
            answers: Answers::new(&policy),
            policy,
            without_secret: Vec::new(),
            keys: None,
            file: PathBuf::new(),
            environment: None,
            is_next: false,
        }
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    pub(super) fn answers(&self) -> &Answers {
        &self.answers
    }

    pub(super) fn keys_of(&self, issuer: &Issuer) -> Keys<'_> {
        let is_symmetric = issuer.algorithms().iter().any(|it| it.is_symmetric());
        if let Some(keys) = self.keys.as_ref().filter(|_| !is_symmetric) {
            return KeySet::parse(&keys.to_string(), issuer.algorithms())
                .map_or(Keys::Unknown, Keys::Given);
        }
        if self.without_secret.iter().any(|name| name == issuer.identifier()) {
            return Keys::Unknown;
        }
        match self.policy.issuer(issuer.identifier()).map(Issuer::keys) {
            Some(KeySource::Static(keys)) => Keys::Configured(keys),
            Some(KeySource::Uri(_) | KeySource::Discovery(_)) | None => Keys::Unknown,
        }
    }

    /// Why the keys of an issuer are not at hand.
    pub(super) fn where_keys_are(issuer: &Issuer) -> String {
        let fetched = |url: &str| {
            format!(
                "the signature was not checked: the keys would be fetched from {url}; --keys FILE \
                 takes a copy of them"
            )
        };
        match issuer.keys() {
            KeySource::Uri(url) => fetched(url),
            KeySource::Discovery([url, _]) => fetched(&format!("where {url} says")),
            KeySource::Static(_) => {
                "the signature was not checked: the secret is not in .dev.vars".to_owned()
            }
        }
    }
}

fn read_keys(file: &Path) -> Result<Value> {
    let told = |what: &str| Failure::new(format!("--keys {}: {what}", file.display()));
    let text = std::fs::read_to_string(file)
        .map_err(Failure::because(format!("--keys {}: cannot be read", file.display())))?;
    let keys: Value = serde_json::from_str(&text).map_err(|_| told("is not JSON"))?;
    KeySet::parse(&keys.to_string(), &[]).map_err(|error| told(&error.to_string()))?;
    Ok(keys)
}
