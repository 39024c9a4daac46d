//! `wrangler.toml`, read as the Worker would read it.

mod around;
#[cfg(test)]
mod corpus;
mod environment;
mod finding;
mod lines;
mod risks;
mod shadows;
mod warnings;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pico_args::Arguments;
use serde_json::{Value, json};
use turnpike::policy::{Policy, Problem, Rollout, Route};

use self::environment::{Environment, Settings};
use self::finding::Finding;
use self::lines::Lines;
use crate::shell::{Failure, Result};
use crate::{finish, project};

pub(crate) const HELP: &str = "\
Reads the configuration as the Worker would and prints every problem with its place and line: first
what wrangler itself would let pass although it opens a way around the gate, then [vars.TURNPIKE].
Then it warns of what is allowed and risky, each by a name; README.md lists them.
Exits with 1 if there is a problem. Nothing is sent anywhere.

Places in lists are counted from 0. Secrets are not in the file. Those in .dev.vars beside it are
checked as well; the others are taken to be set, and listed.

Options:
  --config FILE     TOML, or JSON without comments; default: wrangler.toml
  --env NAME        one environment of the file; default: the top level and every environment
  --allow NAME      do not warn of this; may be repeated
  --deny-warnings   exit with 1 if there is a warning
  --json            print one JSON document: `problems` and `warnings` with `place`, `line` and
                    `message`, warnings also with `name` and `remedy`; `secrets`; `policies`";

/// The policy, and the one that is to come.
const TABLES: [&str; 2] = ["TURNPIKE", "TURNPIKE_NEXT"];

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let config: Option<PathBuf> = arguments.opt_value_from_str("--config")?;
    let environment: Option<String> = arguments.opt_value_from_str("--env")?;
    let allowed: Vec<String> = arguments.values_from_str("--allow")?;
    let (deny_warnings, as_json) =
        (arguments.contains("--deny-warnings"), arguments.contains("--json"));
    finish(arguments)?;
    if let Some(name) = allowed.iter().find(|name| risks::ALL.iter().all(|it| it.name != **name)) {
        let known: Vec<_> = risks::ALL.iter().map(|risk| risk.name).collect();
        return Err(Failure::new(format!(
            "--allow {name}: there is no such warning; there are {}",
            known.join(", ")
        )));
    }
    let file = match config {
        Some(file) => file,
        None => project::root()?.join("wrangler.toml"),
    };
    let mut report = Report::of(&file, environment.as_deref())?;
    let is_allowed = |risk| allowed.iter().any(|name| *name == risk);
    report.warnings.retain(|it| it.risk.is_none_or(|risk| !is_allowed(risk.name)));
    if as_json {
        println!("{:#}", report.json());
    } else {
        println!("{}", report.text().trim_end());
    }
    report.verdict(&file, deny_warnings)
}

/// Prints the problems and warnings of a file, or that it is fine.
pub(crate) fn check_file(file: &Path) -> Result {
    let report = Report::of(file, None)?;
    println!("{}", report.text().trim_end());
    report.verdict(file, false)
}

/// Whether a file can be served on this machine; if not, its problems are printed. What is only risky
/// is not, and these secrets need not be there.
pub(crate) fn for_development(file: &Path, secrets: &[&str]) -> Result {
    let mut report = Report::of(file, None)?;
    report.warnings.clear();
    report.secrets.retain(|name| !secrets.contains(&name.as_str()));
    if !report.problems.is_empty() {
        println!("{}", report.text().trim_end());
    }
    report.verdict(file, false)?;
    match report.secrets.first() {
        None => Ok(()),
        Some(name) => Err(Failure::new(format!(
            "{} has no line {name}='...': the policy needs this secret",
            file.with_file_name(".dev.vars").display()
        ))),
    }
}

/// The policy of a file, the names of its secrets that are not known here, and what stands in the
/// file.
pub(crate) fn policy(
    file: &Path,
    environment: Option<&str>,
    is_next: bool,
) -> Result<(Policy, BTreeSet<String>, Value)> {
    let config = read(file)?;
    let settings = match environment {
        Some(name) => settings_of(&config, name, file)?,
        None => Settings::top_level(&config),
    };
    let name = TABLES.into_iter().nth(usize::from(is_next)).unwrap_or_default();
    let place = settings.place(&format!("vars.{name}"));
    let raw = settings
        .own("vars")
        .and_then(|vars| vars.get(name))
        .ok_or_else(|| Failure::new(format!("there is no [{place}] in {}", file.display())))?;
    let around = settings.environment(file);
    let policy = parse_policy(name, raw, &around).map_err(|problems| {
        Failure::new(format!(
            "[{place}] of {file} has {}: `cargo xtask check --config {file}` shows them",
            count(problems.len(), "problem"),
            file = file.display(),
        ))
    })?;
    Ok((policy, around.secrets_to_set(), warnings::unpacked(raw).unwrap_or_default()))
}

/// The policy of this name.
fn parse_policy(
    name: &str,
    value: &Value,
    around: &Environment,
) -> std::result::Result<Policy, Vec<Problem>> {
    match name {
        "TURNPIKE_NEXT" => Rollout::parse(&value.to_string(), around).map(|(policy, _)| policy),
        _ => Policy::parse(&value.to_string(), around),
    }
}

fn settings_of<'c>(config: &'c Value, name: &str, file: &Path) -> Result<Settings<'c>> {
    Settings::of_environment(config, name).ok_or_else(|| {
        Failure::new(format!("--env {name}: there is no [env.{name}] in {}", file.display()))
    })
}

/// What was found in a file.
struct Report {
    lines: Lines,
    fine: Vec<Fine>,
    problems: Vec<Finding>,
    warnings: Vec<Finding>,
    secrets: BTreeSet<String>,
}

/// An environment without problems.
struct Fine {
    title: String,
    issuers: usize,
    routes: usize,
}

impl Report {
    /// Looks at one environment; without a name, at the top level and every environment.
    fn of(file: &Path, environment: Option<&str>) -> Result<Self> {
        let text = text_of(file)?;
        let config = parse(file, &text)?;
        let environments = match environment {
            Some(name) => vec![settings_of(&config, name, file)?],
            None => Settings::all(&config),
        };
        let mut report = Self {
            lines: if is_json(file) { Lines::none() } else { Lines::of_toml(&text) },
            fine: Vec::new(),
            problems: Vec::new(),
            warnings: Vec::new(),
            secrets: BTreeSet::new(),
        };
        for settings in &environments {
            report.look_at(settings, file);
        }
        // As a reader goes through the file; what has no line comes first.
        for found in [&mut report.problems, &mut report.warnings] {
            found.sort_by_key(|finding| finding.line(&report.lines));
        }
        Ok(report)
    }

    fn look_at(&mut self, settings: &Settings, file: &Path) {
        let vars = settings.own("vars");
        let given = |name: &str| vars.and_then(|vars| vars.get(name));
        let raw = TABLES.map(|name| given(name).and_then(warnings::unpacked));
        // A request is refused for its host if either policy does so.
        let is_listed = |policy: &Option<Value>| {
            policy.as_ref().is_none_or(|policy| policy.get("hosts").is_some())
        };
        let has_hosts = raw.iter().all(is_listed) && given("TURNPIKE").is_some();
        let secrets: Vec<String> = raw.iter().flatten().flat_map(warnings::secret_names).collect();
        self.warnings.extend(warnings::of_settings(settings, has_hosts, &secrets));
        let before = self.problems.len();
        self.problems.extend(around::ways_around_the_gate(settings));
        if given("TURNPIKE").is_none() {
            let names = vars.and_then(Value::as_object).into_iter().flat_map(|vars| vars.keys());
            let slip = names.into_iter().find(|name| name.eq_ignore_ascii_case("TURNPIKE"));
            let why = match slip {
                Some(slip) => format!("; write `{slip}` in capitals"),
                None if settings.is_top_level() => String::new(),
                None => "; no environment inherits vars".to_owned(),
            };
            let (place, what) = (settings.place("vars.TURNPIKE"), format!("is missing{why}"));
            self.problems.push(Finding::problem(place, what));
        }
        let around = settings.environment(file);
        let mut policies = Vec::new();
        for (name, raw) in TABLES.into_iter().zip(raw) {
            let Some(value) = given(name) else { continue };
            let (table, raw) = (settings.place(&format!("vars.{name}")), raw.unwrap_or_default());
            self.warnings.extend(warnings::of_policy(&raw, &table));
            match parse_policy(name, value, &around) {
                Ok(policy) => {
                    self.problems.extend(around::missing_store(settings, policy.store()));
                    for warning in warnings::unserved(settings, &policy) {
                        if !self.warnings.contains(&warning) {
                            self.warnings.push(warning);
                        }
                    }
                    let index_of = |route: &Route| index_of(&raw, route);
                    self.warnings.extend(shadows::of_routes(&policy, &table, index_of));
                    policies.push(Fine {
                        title: settings.title()
                            + if policies.is_empty() { "" } else { ", next policy" },
                        issuers: policy.issuers().len(),
                        routes: policy.routes().len(),
                    });
                }
                Err(found) => {
                    let of_policy = |problem| Finding::of_policy(table.clone(), problem);
                    self.problems.extend(found.iter().map(of_policy));
                }
            }
        }
        self.secrets.extend(around.secrets_to_set());
        if self.problems.len() == before {
            self.fine.extend(policies);
        }
    }

    fn text(&self) -> String {
        let fine = self.fine.iter().map(|fine| {
            let (issuers, routes) = (count(fine.issuers, "issuer"), count(fine.routes, "route"));
            format!("{}: {issuers} and {routes} are fine\n", fine.title)
        });
        let found = self.problems.iter().chain(&self.warnings);
        let found = found.map(|finding| format!("{}\n", finding.text(&self.lines)));
        let mut text: String = fine.chain(found).collect();
        if !self.secrets.is_empty() {
            let names: Vec<_> = self.secrets.iter().map(String::as_str).collect();
            text += "secrets to set with `wrangler secret put`: ";
            text += &names.join(", ");
            text += "\n";
        }
        text
    }

    fn json(&self) -> Value {
        let all = |findings: &[Finding]| -> Vec<Value> {
            findings.iter().map(|finding| finding.json(&self.lines)).collect()
        };
        let policies = self.fine.iter().map(|fine| {
            json!({ "environment": fine.title, "issuers": fine.issuers, "routes": fine.routes })
        });
        json!({
            "problems": all(&self.problems),
            "warnings": all(&self.warnings),
            "secrets": self.secrets,
            "policies": policies.collect::<Vec<_>>(),
        })
    }

    fn verdict(&self, file: &Path, deny_warnings: bool) -> Result {
        let failed =
            |what: String| Err(Failure::new(format!("{} has {what}: see above", file.display())));
        match (self.problems.len(), self.warnings.len()) {
            (0, 0) => Ok(()),
            (0, _) if !deny_warnings => Ok(()),
            (0, warnings) => failed(count(warnings, "warning")),
            (1, _) => failed("a problem".to_owned()),
            (problems, _) => failed(count(problems, "problem")),
        }
    }
}

/// The place of a route in the file: no two have the same path, methods and hosts.
fn index_of(policy: &Value, route: &Route) -> Option<usize> {
    let (methods, hosts) = (json!(route.methods()), json!(route.hosts()));
    let is_it = |value: &Value| {
        let given = |name: &str| value.get(name).unwrap_or(&Value::Null);
        given("path") == route.name() && *given("methods") == methods && *given("hosts") == hosts
    };
    let mut routes = warnings::items(policy, "routes");
    routes.find(|(_, value)| is_it(value)).map(|(index, _)| index)
}

/// A configuration of wrangler, in TOML or, by its name, in JSON.
pub(crate) fn read(file: &Path) -> Result<Value> {
    parse(file, &text_of(file)?)
}

fn text_of(file: &Path) -> Result<String> {
    fs::read_to_string(file).map_err(Failure::because(format!("{} cannot be read", file.display())))
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "json" || extension == "jsonc")
}

fn parse(file: &Path, text: &str) -> Result<Value> {
    let broken = |language: &str, reason: String| {
        Failure::new(format!("{} is not {language}: {}", file.display(), reason.trim_end()))
    };
    if is_json(file) {
        serde_json::from_str(text).map_err(|error| {
            broken("JSON", format!("{error}; comments and final commas are not read here"))
        })
    } else {
        toml::from_str(text).map_err(|error| broken("TOML", error.to_string()))
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
