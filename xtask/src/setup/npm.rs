//! The npm packages of `package-lock.json`, a Node new enough for wrangler among them.

use std::process::Command;
use std::{env, fs};

use crate::project;
use crate::shell::{self, Failure, Result};

/// What `npm` itself needs.
const SYSTEM_NODE: u32 = 20;
/// What wrangler needs. For Linux and Windows it is one of the packages.
const NODE: u32 = 22;

/// Installs the packages when they are missing or not those of the lock file.
pub(super) fn ensure() -> Result {
    let root = project::root()?;
    let lock = fs::read(root.join("package-lock.json"))
        .map_err(Failure::because("package-lock.json cannot be read"))?;
    // A copy of the lock file in there says what was installed.
    let installed = root.join("node_modules").join(".turnpike-installed");
    if fs::read(&installed).is_ok_and(|copy| copy == lock) {
        return Ok(());
    }
    require_node(Command::new("node"), SYSTEM_NODE)?;
    shell::step("Installing the npm packages (about 10 seconds)", || {
        let npm = if env::consts::FAMILY == "windows" { "npm.cmd" } else { "npm" };
        let mut install = Command::new(npm);
        install.args(["ci", "--loglevel=error"]).current_dir(&root);
        shell::run_quietly(
            &mut install,
            "`npm ci` failed: see above; if the registry could not be reached, try again",
        )
    })?;
    let mut node = Command::new("node");
    node.env("PATH", shell::path_with(&project::node_bin()?)?);
    require_node(node, NODE)?;
    fs::write(installed, lock).map_err(Failure::because("node_modules cannot be written to"))
}

fn require_node(mut node: Command, wanted: u32) -> Result {
    let version = shell::answer(node.arg("--version")).unwrap_or_default();
    let major =
        version.trim_start_matches('v').split('.').next().and_then(|major| major.parse().ok());
    match major {
        Some(major) if wanted <= major => Ok(()),
        Some(_) => {
            Err(Failure::new(format!("Node {version} is too old: install Node {wanted} or newer")))
        }
        None => Err(Failure::new(format!(
            "Node is not installed: install Node {wanted} or newer, with npm"
        ))),
    }
}
