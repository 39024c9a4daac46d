//! `wrangler.toml`, read as the Worker would read it.

mod environment;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pico_args::Arguments;
use serde_json::Value;
use turnpike::policy::{Policy, Problem, Store};

use self::environment::Settings;
use crate::shell::{Failure, Result};
use crate::{finish, project};

pub(crate) const HELP: &str = "\
Reads the configuration as the Worker would and prints every problem with its place: first what
wrangler itself would let pass although it opens a way around the gate, then [vars.TURNPIKE].
Exits with 1 if there is a problem. Nothing is sent anywhere.

Secrets are not in the file. Those in .dev.vars beside it are checked as well; the others are taken
to be set, and listed.

Options:
  --config FILE   default: wrangler.toml
  --env NAME      one environment of the file; default: the top level and every environment";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let config: Option<PathBuf> = arguments.opt_value_from_str("--config")?;
    let environment: Option<String> = arguments.opt_value_from_str("--env")?;
    finish(arguments)?;
    let file = match config {
        Some(file) => file,
        None => project::root()?.join("wrangler.toml"),
    };
    check_file(&file, environment.as_deref())
}

/// Prints the problems of a file, or that it is fine; without an environment, those of the top
/// level and of every environment.
pub(crate) fn check_file(file: &Path, environment: Option<&str>) -> Result {
    let config = read(file)?;
    let environments = match environment {
        Some(name) => vec![Settings::of_environment(&config, name).ok_or_else(|| {
            Failure::new(format!("there is no [env.{name}] in {}", file.display()))
        })?],
        None => Settings::all(&config),
    };
    let mut problems = Vec::new();
    let mut secrets = BTreeSet::new();
    for settings in &environments {
        match check(settings, file, &mut secrets) {
            Ok(summary) => println!("{}: {summary}", settings.title()),
            Err(found) => problems.extend(found),
        }
    }
    for problem in &problems {
        println!("{problem}");
    }
    if !secrets.is_empty() {
        let names: Vec<_> = secrets.into_iter().collect();
        println!("secrets to set with `wrangler secret put`: {}", names.join(", "));
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err(Failure::new(format!("{} has a problem: see above", file.display()))),
        count => Err(Failure::new(format!("{} has {count} problems: see above", file.display()))),
    }
}

fn check(
    settings: &Settings,
    file: &Path,
    secrets: &mut BTreeSet<String>,
) -> std::result::Result<String, Vec<String>> {
    let mut problems = ways_around_the_gate(settings);
    let Some(value) = settings.own("vars").and_then(|vars| vars.get("TURNPIKE")) else {
        let why = if settings.is_top_level() { "" } else { "; no environment inherits vars" };
        problems.push(format!("{}: is missing{why}", settings.place("vars.TURNPIKE")));
        return Err(problems);
    };
    let environment = settings.environment(file);
    let policy = Policy::parse(value, &environment);
    secrets.extend(environment.secrets_to_set());
    match policy {
        Ok(policy) => {
            problems.extend(missing_store(settings, policy.store()));
            if !problems.is_empty() {
                return Err(problems);
            }
            Ok(format!(
                "{} and {} are fine",
                count(policy.issuers().len(), "issuer"),
                count(policy.routes().len(), "route")
            ))
        }
        Err(found) => {
            let place = settings.place("vars.TURNPIKE");
            let of_it = |problem: &Problem| {
                let problem = problem.to_string();
                // The table itself has been named.
                let problem = problem.strip_prefix("TURNPIKE: ").unwrap_or(&problem);
                format!("[{place}] {problem}")
            };
            problems.extend(found.iter().map(of_it));
            Err(problems)
        }
    }
}

/// What has requests answered without the gate being asked.
fn ways_around_the_gate(settings: &Settings) -> Vec<String> {
    let mut problems = Vec::new();
    let main = settings.inherited("main").and_then(Value::as_str);
    if main.is_some_and(|main| !Path::new(main).ends_with("src/worker.js")) {
        problems.push(format!(
            "{}: must be src/worker.js, which exports the gate and its store; build/index.js would let other Workers call all of the WebAssembly",
            settings.place("main")
        ));
    }
    if has_cache_in_front(settings, "default") {
        problems.push(format!(
            "{}: must be false, or Workers Cache answers without the gate being asked{}",
            settings.place("exports.default.cache.enabled"),
            lost_exports(settings)
        ));
    }
    let assets = settings.inherited("assets");
    let worker_first = assets.and_then(|assets| assets.get("run_worker_first"));
    if assets.is_some() && worker_first != Some(&Value::Bool(true)) {
        problems.push(format!(
            "{}: must be true, or files are served without the gate being asked",
            settings.place("assets.run_worker_first")
        ));
    }
    problems
}

/// Whether Workers Cache stands in front of an entrypoint.
fn has_cache_in_front(settings: &Settings, entrypoint: &str) -> bool {
    let enabled = |cache: Option<&Value>| {
        cache.and_then(|cache| cache.get("enabled")).and_then(Value::as_bool)
    };
    let exports = settings.inherited("exports");
    let own = exports.and_then(|exports| exports.get(entrypoint)?.get("cache"));
    enabled(own).or_else(|| enabled(settings.inherited("cache"))).unwrap_or(false)
}

/// Why `store = "tiered"` would store nothing.
fn missing_store(settings: &Settings, store: Store) -> Option<String> {
    (store == Store::Tiered && !has_cache_in_front(settings, "TurnpikeStore")).then(|| {
        format!(
            "{}: must be true for `store = \"tiered\"`, or nothing is ever stored{}",
            settings.place("exports.TurnpikeStore.cache.enabled"),
            lost_exports(settings)
        )
    })
}

/// What to add when a setting of the top level does not count because of others beside it.
fn lost_exports(settings: &Settings) -> &'static str {
    if !settings.is_top_level() && settings.own("exports").is_some() {
        "; this environment has `exports` of its own, and so none of the top level's"
    } else {
        ""
    }
}

/// A configuration of wrangler.
pub(crate) fn read(file: &Path) -> Result<Value> {
    let text = fs::read_to_string(file)
        .map_err(Failure::because(format!("{} cannot be read", file.display())))?;
    toml::from_str(&text).map_err(|error| {
        let reason = error.to_string();
        Failure::new(format!("{} is not TOML: {}", file.display(), reason.trim_end()))
    })
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(config: &str, places: &[&str]) {
        let config: Value = toml::from_str(config).unwrap_or_default();
        assert!(config.is_object());
        let problems =
            Settings::all(&config).iter().flat_map(ways_around_the_gate).collect::<Vec<_>>();
        let found: Vec<_> =
            problems.iter().filter_map(|problem| problem.split(": ").next()).collect();
        assert_eq!(found, places);
    }

    #[test]
    fn nothing_enabled_is_fine() {
        check("", &[]);
    }

    #[test]
    fn cache_in_front_of_the_gate_is_a_problem() {
        check("cache.enabled = true", &["exports.default.cache.enabled"]);
        check("exports.default.cache.enabled = true", &["exports.default.cache.enabled"]);
    }

    #[test]
    fn cache_behind_the_gate_is_fine() {
        check("exports.Inner.cache.enabled = true", &[]);
        check("cache.enabled = true\nexports.default.cache.enabled = false", &[]);
    }

    #[test]
    fn a_module_that_exports_more_than_the_gate_is_a_problem() {
        check("main = 'build/index.js'", &["main"]);
        check("main = 'src/worker.js'\nenv.old.main = '../build/index.js'", &["env.old.main"]);
        check(
            "main = '../src/worker.js'\nenv.other.main = 'src/my-worker.js'",
            &["env.other.main"],
        );
    }

    #[test]
    fn the_tiered_store_needs_its_cache_in_every_environment() {
        let config: Value = toml::from_str(
            "exports.TurnpikeStore.cache.enabled = true
            env.fine.vars = {}
            env.off.exports.TurnpikeStore.cache.enabled = false
            env.lost.exports.Other.type = 'worker'",
        )
        .unwrap_or_default();
        let lacking = |store| {
            let all = Settings::all(&config);
            let found = all.iter().filter_map(|settings| missing_store(settings, store));
            found
                .filter_map(|problem| Some(problem.split_once(':')?.0.to_owned()))
                .collect::<Vec<_>>()
        };
        let setting = "exports.TurnpikeStore.cache.enabled";
        assert_eq!(
            lacking(Store::Tiered),
            [format!("env.lost.{setting}"), format!("env.off.{setting}")]
        );
        assert_eq!(lacking(Store::Colo), [""; 0]);
    }

    #[test]
    fn environment_with_exports_of_its_own_loses_those_of_the_top_level() {
        let config = "
            cache.enabled = true
            exports.default.cache.enabled = false
            env.fine.vars = {}
            env.lost.exports.Other.type = 'worker'";
        check(config, &["env.lost.exports.default.cache.enabled"]);
    }

    #[test]
    fn assets_served_before_the_gate_are_a_problem() {
        check("assets.directory = 'public'", &["assets.run_worker_first"]);
        check("assets.run_worker_first = ['/private/*']", &["assets.run_worker_first"]);
        check("assets.run_worker_first = true", &[]);
    }
}
