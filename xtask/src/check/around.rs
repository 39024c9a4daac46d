//! Settings of wrangler that open a way around the gate, or keep its store from working.

use std::path::Path;

use serde_json::Value;
use turnpike::policy::Store;

use super::environment::Settings;
use super::finding::Finding;

/// What has requests answered without the gate being asked.
pub(super) fn ways_around_the_gate(settings: &Settings) -> Vec<Finding> {
    let mut problems = Vec::new();
    let main = settings.inherited("main").and_then(Value::as_str);
    if main.is_some_and(|main| !Path::new(main).ends_with("src/worker.js")) {
        problems.push(Finding::problem(
            settings.place("main"),
            "must be src/worker.js, which exports the gate and its store; build/index.js would let other Workers call all of the WebAssembly",
        ));
    }
    if has_cache_in_front(settings, "default") {
        let lost = lost_exports(settings);
        problems.push(Finding::problem(
            settings.place("exports.default.cache.enabled"),
            format!("must be false, or Workers Cache answers without the gate being asked{lost}"),
        ));
    }
    let assets = settings.inherited("assets");
    let worker_first = assets.and_then(|assets| assets.get("run_worker_first"));
    if assets.is_some() && worker_first != Some(&Value::Bool(true)) {
        problems.push(Finding::problem(
            settings.place("assets.run_worker_first"),
            "must be true, or files are served without the gate being asked",
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
pub(super) fn missing_store(settings: &Settings, store: Store) -> Option<Finding> {
    (store == Store::Tiered && !has_cache_in_front(settings, "TurnpikeStore")).then(|| {
        let lost = lost_exports(settings);
        Finding::problem(
            settings.place("exports.TurnpikeStore.cache.enabled"),
            format!("must be true for `store = \"tiered\"`, or nothing is ever stored{lost}"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(config: &str, places: &[&str]) {
        let config: Value = toml::from_str(config).unwrap_or_default();
        assert!(config.is_object());
        let problems =
            Settings::all(&config).iter().flat_map(ways_around_the_gate).collect::<Vec<_>>();
        let found: Vec<_> = problems.iter().map(Finding::path).collect();
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
            found.map(|problem| problem.path()).collect::<Vec<_>>()
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
