//! What is behind the caches: the built Worker under a policy for this, an origin, and the same
//! Worker with an invalid configuration.

use std::fs;
use std::path::{Path, PathBuf};

use issuer::Issuer;
use serde_json::{Value, json};

use super::case::{self, AUDIENCE, Case, Host, ISSUER, Plan, SILENT_ISSUER};
use super::origin::Origin;
use super::relay::Relay;
use crate::server::{self, Server};
use crate::shell::{Failure, Result};
use crate::{check, project};

/// Everything behind the caches, until it is dropped.
pub(super) struct Site {
    pub(super) cases: Vec<Case>,
    pub(super) origin: Origin,
    filter: Relay,
    misconfigured: Relay,
    bare: Relay,
    _servers: [Server; 2],
}

impl Site {
    pub(super) fn start(issuer: &Issuer, folder: &Path) -> Result<Self> {
        let mut plan = Plan::new(issuer);
        plan.told.extend(case::mutants().1);
        let origin = Origin::start(plan.told)?;
        let serve = |name: &str, policy: &Value| {
            let file = configure(name, policy, folder)?;
            let port = server::free_port()?;
            Ok::<_, Failure>((Relay::start(port)?, Server::start(&[&file], port)?))
        };
        let (filter, first) = serve("filter", &policy(issuer, origin.port))?;
        let (misconfigured, second) = serve("misconfigured", &json!({ "issuers": "none" }))?;
        let bare = Relay::start(origin.port)?;
        Ok(Self {
            cases: plan.cases,
            origin,
            filter,
            misconfigured,
            bare,
            _servers: [first, second],
        })
    }

    /// Takes everything away from the caches, or gives it back.
    pub(super) fn cut(&self, is_cut: bool) {
        for relay in [&self.filter, &self.misconfigured, &self.bare] {
            relay.cut(is_cut);
        }
    }

    /// Where requests for a host are answered.
    pub(super) fn port(&self, host: Host) -> u16 {
        match host {
            Host::Filter | Host::Other => self.filter.port,
            Host::Misconfigured => self.misconfigured.port,
            Host::Bare => self.bare.port,
        }
    }
}

fn policy(issuer: &Issuer, origin: u16) -> Value {
    let origin = format!("http://127.0.0.1:{origin}");
    let mut jwks = issuer.jwks();
    if let Some(keys) = jwks.get_mut("keys").and_then(Value::as_array_mut) {
        keys.retain(|key| key.get("alg") == Some(&json!("ES256")));
    }
    let algorithms = ["ES256"];
    let trusted = json!({
        "issuer": ISSUER, "audiences": [AUDIENCE], "algorithms": algorithms, "jwks": jwks,
    });
    let silent = json!({
        "issuer": SILENT_ISSUER, "audiences": [AUDIENCE], "algorithms": algorithms,
        "jwks_uri": format!("{origin}/keys"),
    });
    json!({
        "origin": origin,
        // The address is for a browser, which can be sent to no other host on this machine.
        "hosts": [Host::Filter.name(), "127.0.0.1"],
        "credentials": ["bearer", "header:X-Access-Token"],
        "issuers": [trusted, silent],
        "routes": [
            { "path": "/public/*", "access": "public" },
            { "path": "/private/*", "scopes": ["read"], "max_age": 36_000 },
            { "path": "/paged/*", "scopes": ["read"], "origin_refusals": "page" },
            { "path": "/kept/*", "scopes": ["read"], "max_age": 36_000, "cache": "shared", "ttl": 600 },
        ],
    })
}

/// Writes what wrangler needs. The runtime is to behave as for the deployed Worker.
fn configure(name: &str, policy: &Value, folder: &Path) -> Result<PathBuf> {
    let root = project::root()?;
    let deployed = check::read(&root.join("wrangler.toml"))?;
    let configuration = json!({
        "name": name,
        "main": root.join("src").join("worker.js"),
        "compatibility_date": deployed.get("compatibility_date"),
        "vars": { "TURNPIKE": policy },
    });
    let folder = folder.join(name);
    let file = folder.join("wrangler.json");
    fs::create_dir_all(&folder)
        .and_then(|()| fs::write(&file, configuration.to_string()))
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
    Ok(file)
}
