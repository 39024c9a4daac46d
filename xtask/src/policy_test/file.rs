//! A file of tests, and what a test expects.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};
use turnpike::time::UnixTime;

use crate::decide::{Decision, Question, Who, parse_time};
use crate::shell::{Failure, Result};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TestFile {
    pub(super) config: Option<String>,
    pub(super) env: Option<String>,
    pub(super) at: Option<At>,
    pub(super) test: Vec<Test>,
}

/// One request, and what is to come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Test {
    pub(super) name: String,
    request: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    claims: Option<Map<String, Value>>,
    #[serde(default)]
    omit: Vec<String>,
    expires_in: Option<i64>,
    token: Option<String>,
    at: Option<At>,
    pub(super) expect: Expect,
}

/// A time: text, seconds, or a date of TOML.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum At {
    Seconds(u64),
    Text(String),
    Date(toml::value::Datetime),
}

impl At {
    pub(super) fn time(&self) -> Result<UnixTime> {
        let text = match self {
            Self::Seconds(seconds) => return Ok(UnixTime(*seconds)),
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
        };
        parse_time(&text).map_err(|why| Failure::new(format!("`at`: {why}")))
    }
}

/// What is to come of a request. Only what is there is compared; an empty text is for none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expect {
    status: u16,
    code: Option<String>,
    reason: Option<String>,
    route: Option<String>,
    cache: Option<String>,
    subject: Option<String>,
    challenge: Option<String>,
    origin: Option<String>,
    check: Option<String>,
    would_deny: Option<String>,
}

/// Where a decision is not what was expected.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: &'static str,
    pub(super) expected: String,
    pub(super) found: String,
}

impl TestFile {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).map_err(Failure::because(format!(
            "{} cannot be read; `cargo xtask policy-test --help` says what stands in it",
            file.display()
        )))?;
        toml::from_str(&text).map_err(|error| {
            Failure::new(format!("{}: {}", file.display(), error.to_string().trim_end()))
        })
    }
}

impl Test {
    /// The question that it puts; `now` is the time of the file.
    pub(super) fn question(&self, now: UnixTime) -> Result<Question> {
        let (method, url) = self.request.split_once(' ').ok_or_else(|| {
            Failure::new("`request` is a method and a URL, like \"GET https://docs.example.com/\"")
        })?;
        let at = self.at.as_ref().map_or(Ok(now), At::time)?;
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), value.clone()));
        Ok(Question {
            method: method.to_owned(),
            url: url.trim().to_owned(),
            headers: headers.collect(),
            who: self.who(at)?,
            at,
        })
    }

    fn who(&self, at: UnixTime) -> Result<Who> {
        let is_about_claims = !self.omit.is_empty() || self.expires_in.is_some();
        let mut claims = match (&self.claims, &self.token) {
            (Some(_), Some(_)) => return Err(Failure::new("give `claims` or `token`, not both")),
            (None, _) if is_about_claims => {
                return Err(Failure::new("`omit` and `expires_in` are about `claims`: add them"));
            }
            (None, Some(token)) => return Ok(Who::Token(token.clone())),
            (None, None) => return Ok(Who::Nobody),
            (Some(claims), None) => claims.clone(),
        };
        if let Some(seconds) = self.expires_in {
            claims.insert("exp".to_owned(), at.0.saturating_add_signed(seconds).into());
        }
        claims.extend(self.omit.iter().map(|name| (name.clone(), Value::Null)));
        Ok(Who::Claims(claims))
    }
}

impl Expect {
    pub(super) fn differences(&self, decision: &Decision) -> Vec<Difference> {
        let answer = &decision.answer;
        let status = self.status.to_string();
        let fields = [
            ("status", Some(status.as_str()), Some(answer.status().to_string())),
            ("code", self.code.as_deref(), answer.code().map(str::to_owned)),
            ("reason", self.reason.as_deref(), answer.reason().map(str::to_owned)),
            ("route", self.route.as_deref(), decision.route.as_ref().map(|it| it.name.clone())),
            ("cache", self.cache.as_deref(), Some(decision.partition().to_owned())),
            ("subject", self.subject.as_deref(), decision.subject.clone()),
            ("challenge", self.challenge.as_deref(), answer.challenge().map(str::to_owned)),
            ("origin", self.origin.as_deref(), decision.asked.as_ref().map(|it| it.url.clone())),
            ("would_deny", self.would_deny.as_deref(), answer.would_deny().map(str::to_owned)),
            ("check", self.check.as_deref(), decision.failed().map(str::to_owned)),
        ];
        let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
        fields
            .into_iter()
            .filter_map(|(field, expected, found)| {
                let (expected, found) = (expected?, found.unwrap_or_default());
                (expected != found).then(|| Difference {
                    field,
                    expected: shown(expected),
                    found: shown(&found),
                })
            })
            .collect()
    }
}
