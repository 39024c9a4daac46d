//! What the commands need is installed by them: silent and instant when nothing is missing.

pub(crate) mod caches;
mod debian;
mod nightly;
mod npm;
mod tools;
mod wasm;

use std::path::PathBuf;
use std::process::Command;

use pico_args::Arguments;

pub(crate) use self::wasm::TARGET;
use crate::shell::{self, Result};
use crate::{finish, project};

pub(crate) const HELP: &str = "\
Installs, where missing:
  - the wasm32-unknown-unknown target, by rustup (on Debian also without rustup's server),
  - wasm-bindgen and cargo-deny, from the Rust package registry, into the user's cache folder,
  - the npm packages of package-lock.json, into node_modules/,
  - Chromium, Java and Valgrind, on Debian.
The other commands install what they need themselves: `setup` is for doing it ahead of time. `fuzz`
and `mutants` install cargo-fuzz and cargo-mutants, which nothing else needs.";

pub(crate) fn run(arguments: Arguments) -> Result {
    finish(arguments)?;
    for_tests()?;
    eprintln!("Everything is installed.");
    Ok(())
}

/// The installed programs, ready to be run.
pub(crate) struct Installed {
    wasm: wasm::Toolchain,
    wasm_bindgen: PathBuf,
}

/// What building and running the Worker takes.
pub(crate) fn for_build() -> Result<Installed> {
    let wasm = wasm::ensure()?;
    let wasm_bindgen = tools::ensure(&tools::WASM_BINDGEN)?;
    npm::ensure()?;
    Ok(Installed { wasm, wasm_bindgen })
}

/// What the tests take: also a browser, Java, `cargo deny`, and Valgrind where it can be installed.
pub(crate) fn for_tests() -> Result<(Installed, CargoDeny)> {
    let installed = for_build()?;
    debian::ensure_chromium()?;
    debian::ensure_java()?;
    debian::ensure_valgrind()?;
    let cargo_deny = tools::ensure(&tools::CARGO_DENY)?;
    Ok((installed, CargoDeny(cargo_deny)))
}

/// What fuzzing takes: a nightly toolchain and `cargo fuzz`.
pub(crate) fn for_fuzzing() -> Result<nightly::Toolchain> {
    let host = nightly::host()?;
    let cargo_fuzz = tools::ensure(&tools::CARGO_FUZZ)?;
    Ok(nightly::Toolchain::new(host, cargo_fuzz))
}

/// What testing mutants takes: `cargo mutants`.
pub(crate) fn for_mutants() -> Result<PathBuf> {
    tools::ensure(&tools::CARGO_MUTANTS)
}

/// Chromium, where it can be installed.
pub(crate) fn browser() -> Result {
    if debian::can_install() { debian::ensure_chromium() } else { Ok(()) }
}

impl Installed {
    /// Cargo, with a toolchain that has the wasm32 target.
    pub(crate) fn cargo_for_wasm(&self) -> Result<Command> {
        self.with_wasm_toolchain("cargo")
    }

    /// Whether that toolchain has Clippy.
    pub(crate) fn has_clippy_for_wasm(&self) -> bool {
        self.wasm.has_clippy()
    }

    /// `wasm-bindgen`.
    pub(crate) fn wasm_bindgen(&self) -> Command {
        Command::new(&self.wasm_bindgen)
    }

    fn with_wasm_toolchain(&self, program: impl AsRef<std::ffi::OsStr>) -> Result<Command> {
        let mut command = Command::new(program);
        command.current_dir(project::root()?);
        self.wasm.select(&mut command);
        Ok(command)
    }
}

/// A program of the npm packages.
pub(crate) fn npm_program(name: &str) -> Result<Command> {
    let node_bin = project::node_bin()?;
    let mut command = Command::new(name);
    // The folder comes first where the program is looked for, and where it looks for Node.
    command.env("PATH", shell::path_with(&node_bin)?);
    Ok(command)
}

/// `wrangler`, without questions, reports to its makers or look-ups in the network.
pub(crate) fn wrangler() -> Result<Command> {
    let mut command = npm_program("wrangler")?;
    command
        .env("CI", "1")
        .env("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .env("FORCE_COLOR", "0")
        .env("WRANGLER_HIDE_BANNER", "true")
        .env("WRANGLER_LOG_PATH", project::target()?.join("wrangler-logs"))
        .env("WRANGLER_SEND_ERROR_REPORTS", "false")
        .env("WRANGLER_SEND_METRICS", "false");
    Ok(command)
}

/// Where `cargo-deny` is.
pub(crate) struct CargoDeny(PathBuf);

impl CargoDeny {
    pub(crate) fn command(&self) -> Command {
        Command::new(&self.0)
    }
}
