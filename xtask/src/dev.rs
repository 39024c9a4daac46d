//! The demo on this machine: the gate with the demo origin behind it, in Cloudflare's own runtime.

mod guide;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use issuer::Issuer;
use pico_args::Arguments;
use serde_json::{Value, json};

use crate::server::Server;
use crate::shell::{Failure, Result};
use crate::{bundle, finish, project, setup, token};

pub(crate) const HELP: &str = "\
Builds the Worker and serves the demo of demo/wrangler.toml with the origin of demo/origin/ behind
it, on this machine alone. Prints tokens and requests to try; Ctrl-C ends it. The cache is empty at
every start.

Options:
  --port PORT   default: 8787";

const PORT: u16 = 8787;
const HMAC_SECRET: &str = "DEV_HMAC_SECRET";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let port = arguments.opt_value_from_str("--port")?.unwrap_or(PORT);
    finish(arguments)?;
    require_free(port)?;
    let issuer = token::development_issuer()?;
    let config = write_configuration(&issuer)?;
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
fn write_configuration(issuer: &Issuer) -> Result<PathBuf> {
    let folder = project::root()?.join(".turnpike");
    let config = demo_with_keys(issuer)?;
    let file = folder.join("wrangler.json");
    fs::write(&file, format!("{config:#}\n"))
        .and_then(|()| {
            let secrets = folder.join(".dev.vars");
            fs::write(&secrets, format!("{HMAC_SECRET}={}\n", issuer.secret()))?;
            keep_to_owner(&secrets)
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

fn demo_with_keys(issuer: &Issuer) -> Result<Value> {
    let file = project::root()?.join("demo").join("wrangler.toml");
    let text =
        fs::read_to_string(file).map_err(Failure::because("demo/wrangler.toml cannot be read"))?;
    let mut config: Value =
        toml::from_str(&text).map_err(Failure::because("demo/wrangler.toml is not TOML"))?;
    let issuers = config.pointer_mut("/vars/TURNPIKE/issuers").and_then(Value::as_array_mut);
    let asymmetric = issuers.into_iter().flatten().filter_map(Value::as_object_mut);
    for trusted in asymmetric.filter(|trusted| !trusted.contains_key("secret")) {
        trusted.remove("jwks_uri");
        trusted.insert("jwks".to_owned(), json!(issuer.jwks()));
    }
    Ok(config)
}
