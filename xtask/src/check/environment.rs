//! An environment of `wrangler.toml`: what it inherits from the top level, what it binds, and its
//! secrets.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;
use turnpike::policy;

/// The top level of the file, or one of its environments.
pub(super) struct Settings<'c> {
    top_level: &'c Value,
    own: &'c Value,
    name: Option<&'c str>,
}

impl<'c> Settings<'c> {
    /// The top level and every environment.
    pub(super) fn all(config: &'c Value) -> Vec<Self> {
        let top_level = Self::top_level(config);
        let environments = config.get("env").and_then(Value::as_object).into_iter().flatten();
        let environments =
            environments.map(|(name, own)| Self { top_level: config, own, name: Some(name) });
        std::iter::once(top_level).chain(environments).collect()
    }

    pub(super) fn top_level(config: &'c Value) -> Self {
        Self { top_level: config, own: config, name: None }
    }

    pub(super) fn of_environment(config: &'c Value, name: &str) -> Option<Self> {
        Self::all(config).into_iter().find(|settings| settings.name == Some(name))
    }

    pub(super) fn is_top_level(&self) -> bool {
        self.name.is_none()
    }

    pub(super) fn title(&self) -> String {
        self.name.map_or_else(|| "top level".to_owned(), |name| format!("environment {name}"))
    }

    /// Where a setting stands in the file.
    pub(super) fn place(&self, setting: &str) -> String {
        self.name.map_or_else(|| setting.to_owned(), |name| format!("env.{name}.{setting}"))
    }

    /// A setting that environments do not inherit.
    pub(super) fn own(&self, setting: &str) -> Option<&'c Value> {
        self.own.get(setting)
    }

    /// A setting that environments inherit, as a whole, unless they have their own.
    pub(super) fn inherited(&self, setting: &str) -> Option<&'c Value> {
        self.own(setting).or_else(|| self.top_level.get(setting))
    }

    /// What the configuration may refer to by name.
    pub(super) fn environment(&self, file: &Path) -> Environment {
        let services = self.own("services").and_then(Value::as_array).into_iter().flatten();
        let assets = self.inherited("assets");
        let bindings = services
            .chain(assets)
            .filter_map(|bound| Some(bound.get("binding")?.as_str()?.to_owned()))
            .collect();
        Environment { bindings, secrets: self.local_secrets(file), not_local: RefCell::default() }
    }

    /// The secrets for development: `.dev.vars.NAME` replaces `.dev.vars`.
    fn local_secrets(&self, file: &Path) -> BTreeMap<String, String> {
        let of_environment = self.name.map(|name| file.with_file_name(format!(".dev.vars.{name}")));
        let text = of_environment
            .and_then(|file| fs::read_to_string(file).ok())
            .or_else(|| fs::read_to_string(file.with_file_name(".dev.vars")).ok());
        text.unwrap_or_default().lines().filter_map(parse_variable).collect()
    }
}

/// What the Worker will find in its environment.
pub(super) struct Environment {
    bindings: BTreeSet<String>,
    secrets: BTreeMap<String, String>,
    not_local: RefCell<BTreeSet<String>>,
}

impl Environment {
    /// The secrets that were asked for and are not known here.
    pub(super) fn secrets_to_set(self) -> BTreeSet<String> {
        self.not_local.into_inner()
    }
}

impl policy::Environment for Environment {
    fn secret(&self, name: &str) -> Option<String> {
        /// Long enough for every algorithm: its content is not known here.
        const STAND_IN: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        Some(self.secrets.get(name).cloned().unwrap_or_else(|| {
            self.not_local.borrow_mut().insert(name.to_owned());
            STAND_IN.to_owned()
        }))
    }

    fn signing_key(&self, name: &str) -> Option<String> {
        let known = self.secrets.get(name).cloned();
        // Another one for each name: the same key twice is a problem.
        Some(known.unwrap_or_else(|| {
            self.not_local.borrow_mut().insert(name.to_owned());
            issuer::fresh_key().to_string()
        }))
    }

    fn has_binding(&self, name: &str) -> bool {
        self.bindings.contains(name)
    }
}

/// `NAME=value` or `NAME="value"`; `None` for comments and empty lines.
fn parse_variable(line: &str) -> Option<(String, String)> {
    let (name, value) = line.trim().split_once('=').filter(|(name, _)| !name.starts_with('#'))?;
    let value = value.trim();
    let unquoted =
        ['"', '\''].into_iter().find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
    Some((name.trim().to_owned(), unquoted.unwrap_or(value).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_with_and_without_quotes() {
        let expected = Some(("NAME".to_owned(), "a=b".to_owned()));
        assert_eq!(parse_variable("NAME=a=b"), expected);
        assert_eq!(parse_variable(" NAME = \"a=b\" "), expected);
        assert_eq!(parse_variable("NAME='a=b'"), expected);
        assert_eq!(parse_variable("# NAME=a"), None);
        assert_eq!(parse_variable(""), None);
    }

    #[test]
    fn bindings_are_not_inherited_but_assets_are() {
        let config = serde_json::json!({
            "services": [{ "binding": "TOP" }],
            "assets": { "binding": "ASSETS" },
            "env": { "staging": { "services": [{ "binding": "STAGING" }] } },
        });
        let staging = Settings::of_environment(&config, "staging");
        let environment = staging.map(|staging| staging.environment(Path::new("wrangler.toml")));
        let bindings = environment.map(|environment| environment.bindings);
        let expected = ["ASSETS", "STAGING"].map(str::to_owned);
        assert_eq!(bindings, Some(BTreeSet::from(expected)));
    }
}
