//! A Rust toolchain with the wasm32 target.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::debian;
use crate::shell::{self, Failure, Result};

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// A closed network is to be noticed soon; the download is 20 MB.
const DEADLINE: Duration = Duration::from_secs(45);

pub(super) enum Toolchain {
    /// The one that is active anyway.
    Active,
    /// One made of Debian's packages.
    Debian(debian::Toolchain),
}

/// Installs the target when it is missing.
pub(super) fn ensure() -> Result<Toolchain> {
    if active_toolchain_has_target() {
        return Ok(Toolchain::Active);
    }
    if let Some(toolchain) = debian::installed_toolchain()? {
        return Ok(Toolchain::Debian(toolchain));
    }
    eprintln!("==> Adding Rust's {TARGET} target (10 seconds)");
    let mut rustup = Command::new("rustup");
    let is_added = shell::succeeds_within(DEADLINE, rustup.args(["target", "add", TARGET]));
    if is_added && active_toolchain_has_target() {
        return Ok(Toolchain::Active);
    }
    if debian::can_install() {
        eprintln!("    rustup could not get it: Debian's packages are used instead");
        return debian::make_toolchain().map(Toolchain::Debian);
    }
    Err(Failure::new(format!(
        "the {TARGET} target is missing: run `rustup target add {TARGET}` where rustup's server can be reached"
    )))
}

impl Toolchain {
    /// Has the command use this toolchain.
    pub(super) fn select(&self, command: &mut Command) {
        match self {
            Self::Active => {}
            Self::Debian(toolchain) => toolchain.select(command),
        }
    }

    pub(super) fn has_clippy(&self) -> bool {
        let mut clippy = Command::new("cargo");
        self.select(&mut clippy);
        shell::answer(clippy.args(["clippy", "--version"])).is_some()
    }
}

fn active_toolchain_has_target() -> bool {
    let mut rustc = Command::new("rustc");
    shell::answer(rustc.args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| Path::new(&folder).is_dir())
}
