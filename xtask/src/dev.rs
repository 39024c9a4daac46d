//! The demo on this machine: the gate with the demo origin behind it, in Cloudflare's own runtime.

mod guide;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use issuer::Issuer;
use pico_args::Arguments;
use serde_json::Value;

use crate::server::Server;
use crate::shell::{Failure, Result};
use crate::{bundle, check, finish, project, setup, token};

pub(crate) const HELP: &str = "\
Builds the Worker and serves the demo of demo/wrangler.toml with the origin of demo/origin/ behind
it, on this machine alone. Prints tokens and requests to try; Ctrl-C ends it. The cache is empty at
every start.

The policy can be edited, and [vars.TURNPIKE_NEXT] can stand beside it. Secrets that it names are
read from demo/.dev.vars: NAME='VALUE', one a line. What the Worker logs is printed.

Options:
  --port PORT   default: 8787";

const PORT: u16 = 8787;
const HMAC_SECRET: &str = "DEV_HMAC_SECRET";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let port = arguments.opt_value_from_str("--port")?.unwrap_or(PORT);
    finish(arguments)?;
    require_free(port)?;
    let demo = project::root()?.join("demo");
    check::for_development(&demo.join("wrangler.toml"), &[HMAC_SECRET])?;
    let issuer = token::development_issuer()?;
    let config = write_configuration(&demo, &issuer)?;
    let installed = setup::for_build()?;
    bundle::make(&installed)?;

    let server = Server::start(&[&config, Path::new("demo/origin/wrangler.toml")], port)?;
    guide::print(&issuer, port);
    server.wait()
}

fn require_free(port: u16) -> Result {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop).map_err(|_| {
        Failure::new(format!(
            "port {port} is in use: stop what uses it, or choose another with --port"
        ))
    })
}

/// Writes the demo's configuration with the issuer's keys in it. The folder is, as `demo/` is, one
/// below the root, so relative paths stay right, and git ignores it.
fn write_configuration(demo: &Path, issuer: &Issuer) -> Result<PathBuf> {
    let folder = project::root()?.join(".turnpike");
    let config = with_keys(check::read(&demo.join("wrangler.toml"))?, &issuer.jwks());
    // There may be none.
    let secrets = fs::read_to_string(demo.join(".dev.vars")).unwrap_or_default();
    let file = folder.join("wrangler.json");
    fs::write(&file, format!("{config:#}\n"))
        .and_then(|()| {
            let target = folder.join(".dev.vars");
            fs::write(&target, format!("{secrets}\n{HMAC_SECRET}={}\n", issuer.secret()))?;
            keep_to_owner(&target)
        })
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
    Ok(file)
}

/// The secret is as much of a secret as the issuer's keys beside it.
#[cfg(unix)]
fn keep_to_owner(file: &Path) -> io::Result<()> {
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn keep_to_owner(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The demo's configuration with these keys in place of those that nobody serves.
fn with_keys(mut config: Value, keys: &Value) -> Value {
    for policy in ["TURNPIKE", "TURNPIKE_NEXT"] {
        let issuers = config.pointer_mut(&format!("/vars/{policy}/issuers"));
        let issuers = issuers.and_then(Value::as_array_mut).into_iter().flatten();
        for trusted in issuers.filter_map(Value::as_object_mut) {
            let is_ours = trusted.get("issuer").is_some_and(|issuer| issuer == token::ISSUER);
            if is_ours && trusted.remove("jwks_uri").is_some() {
                trusted.insert("jwks".to_owned(), keys.clone());
            }
        }
    }
    config
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_of_the_development_issuer_are_filled_in() {
        let of = |field: &str, value: Value| {
            let issuers = json!({ "issuers": [
                { "issuer": token::ISSUER, field: value },
                { "issuer": "https://idp.example", "jwks_uri": "https://idp.example/jwks.json" },
                { "issuer": "https://hs.example", "secret": "S" },
            ] });
            json!({ "vars": { "TURNPIKE": issuers.clone(), "TURNPIKE_NEXT": issuers } })
        };
        let fetched = of("jwks_uri", json!("https://issuer.demo.example/jwks.json"));
        assert_eq!(with_keys(fetched, &json!(7)), of("jwks", json!(7)));
    }
}
