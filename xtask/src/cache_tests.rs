//! The public suite of tests for HTTP caches, run through the filter in workerd.

mod reasons;
mod table;

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use issuer::{Algorithm, Issuer};
use pico_args::Arguments;
use serde::Deserialize;
use serde_json::json;

use self::table::Test;
use crate::server::{self, Server};
use crate::shell::{self, Failure, Result};
use crate::token::{self, Wanted};
use crate::{bundle, check, finish, project, setup};

pub(crate) const HELP: &str = "\
Builds the Worker, serves it on this machine with the server of the npm package http-cache-tests
behind it, and runs the tests of that package (https://cache-tests.fyi) through it with a token, on
a route that is cached for its subject. Then sends all their requests once more without the token.

Prints what passed, and every test that did not, with the reason in
xtask/src/cache_tests/reasons.rs. Exits with 1 when
  - a stored answer was used in a test of variants, freshness or invalidation that forbids it,
  - a test did not pass and has no reason there, or has one and passed,
  - fewer tests passed than is written there,
  - a request without a token was not refused, or came to the origin.

It takes a minute and a half. CACHE_TEST=ID in the environment runs one test and shows its requests.";

/// The field that carries the token, so that `Authorization` is free for the suite's own tests.
const TOKEN_FIELD: &str = "header:X-Access-Token";

/// What `run.mjs` writes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Results {
    tests: Vec<Test>,
    without: Without,
    /// What the suite tells of a test that is run alone.
    log: Vec<String>,
}

/// What came of the requests without a token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Without {
    statuses: std::collections::BTreeMap<u16, usize>,
    reached_origin: usize,
}

pub(crate) fn run(arguments: Arguments) -> Result {
    finish(arguments)?;
    let installed = setup::for_build()?;
    bundle::make(&installed)?;
    let issuer = token::development_issuer()?;
    let (port, origin_port) = (server::free_port()?, server::free_port()?);
    let configuration = configure(&issuer, origin_port)?;
    let server = Server::start(&[&configuration], port)?;
    let results = shell::step("Running the tests (about a minute)", || {
        let token = token::mint(&issuer, &Wanted::default());
        let mut node = setup::npm_program("node")?;
        node.current_dir(project::root()?)
            .arg("xtask/src/cache_tests/run.mjs")
            .arg(format!("http://{}:{port}", Ipv4Addr::LOCALHOST))
            .arg(origin_port.to_string())
            .arg(token);
        let written = shell::output(&mut node, "the tests could not be run: see above");
        if written.is_err() {
            server.print_last_lines();
        }
        serde_json::from_str::<Results>(&written?)
            .map_err(Failure::because("the results are not what was expected"))
    })?;
    for line in &results.log {
        println!("{line}");
    }
    let mut faults = table::print(&results.tests);
    faults.extend(results.without.faults());
    for fault in &faults {
        println!("{fault}");
    }
    match faults.len() {
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} findings: see above"))),
    }
}

impl Without {
    /// Prints what came of them, and gives what should not have.
    fn faults(&self) -> Option<String> {
        let all: usize = self.statuses.values().sum();
        let refused = self.statuses.get(&401).copied().unwrap_or_default();
        println!(
            "\nWithout a token: {refused} of {all} requests refused with 401, {} at the origin.",
            self.reached_origin
        );
        let is_right = all > 0 && refused == all && self.reached_origin == 0;
        (!is_right).then(|| format!("Not all were refused: {:?}", self.statuses))
    }
}

/// Writes the Worker's configuration. The runtime is to behave as for the deployed Worker.
fn configure(issuer: &Issuer, origin_port: u16) -> Result<PathBuf> {
    let root = project::root()?;
    let deployed = check::read(&root.join("wrangler.toml"))?;
    // All that the issuer has keys for: a key that none of them can use would be refused.
    let algorithms = Algorithm::all().filter(|it| it.kid().is_some()).map(Algorithm::name);
    let configuration = json!({
        "name": "cache-tests",
        "main": root.join("src").join("worker.js"),
        "compatibility_date": deployed.get("compatibility_date"),
        "compatibility_flags": deployed.get("compatibility_flags").unwrap_or(&json!([])),
        "vars": { "TURNPIKE": {
            "realm": "cache tests",
            "origin": format!("http://{}:{origin_port}", Ipv4Addr::LOCALHOST),
            "credentials": [TOKEN_FIELD],
            "issuers": [{
                "issuer": token::ISSUER,
                "audiences": [token::AUDIENCE],
                "algorithms": algorithms.collect::<Vec<_>>(),
                "jwks": issuer.jwks(),
            }],
            // For one subject, because then the origin sees all fields: the suite's server tells
            // requests apart by them.
            "routes": [{ "path": "/test/*", "cache": "subject", "stale_if_error": 60 }],
        } },
    });
    let folder = project::target()?.join("cache-tests");
    let file = folder.join("wrangler.json");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, configuration.to_string()))
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
    Ok(file)
}
