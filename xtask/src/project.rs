//! Where things are.

use std::env;
use std::path::PathBuf;

use crate::shell::{Failure, Result};

/// The folder of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    let xtask = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    xtask
        .and_then(|folder| folder.parent().map(PathBuf::from))
        .ok_or_else(|| Failure::new("xtask is to be started as `cargo xtask`"))
}

/// Where Cargo puts what it builds.
pub(crate) fn target() -> Result<PathBuf> {
    let root = root()?;
    Ok(env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder)))
}

/// Where the programs of npm packages are.
pub(crate) fn node_bin() -> Result<PathBuf> {
    Ok(root()?.join("node_modules").join(".bin"))
}

/// Where tools are kept for all checkouts of this user.
pub(crate) fn cache() -> Result<PathBuf> {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_CACHE_HOME")
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .map(|cache| cache.join("turnpike"))
        .ok_or_else(|| Failure::new("no home directory: set XDG_CACHE_HOME to a folder for tools"))
}

/// The development issuer's keys.
pub(crate) fn issuer_file() -> Result<PathBuf> {
    Ok(root()?.join(".turnpike").join("dev-issuer.json"))
}
