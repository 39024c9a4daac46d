//! Programs from the Rust package registry, kept per version in the user's cache folder.

use std::path::PathBuf;
use std::process::Command;

use crate::project;
use crate::shell::{self, Result};

pub(super) struct Tool {
    package: &'static str,
    version: &'static str,
    program: &'static str,
    usual_time: &'static str,
}

/// The version of the `wasm-bindgen` crate in `Cargo.lock`: they have to agree.
pub(super) const WASM_BINDGEN: Tool = Tool {
    package: "wasm-bindgen-cli",
    version: "0.2.129",
    program: "wasm-bindgen",
    usual_time: "2 to 3 minutes",
};

pub(super) const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    program: "cargo-deny",
    usual_time: "4 to 5 minutes",
};

pub(super) const CARGO_FUZZ: Tool = Tool {
    package: "cargo-fuzz",
    version: "0.13.2",
    program: "cargo-fuzz",
    usual_time: "1 minute",
};

pub(super) const CARGO_MUTANTS: Tool = Tool {
    package: "cargo-mutants",
    version: "27.1.0",
    program: "cargo-mutants",
    usual_time: "3 minutes",
};

/// Installs the tool when it is missing, and says where it is.
pub(super) fn ensure(tool: &Tool) -> Result<PathBuf> {
    let Tool { package, version, program, usual_time } = tool;
    let folder = project::cache()?.join("tools").join(format!("{package}-{version}"));
    let path = folder.join("bin").join(program).with_extension(std::env::consts::EXE_EXTENSION);
    if !path.exists() {
        let mut install = Command::new("cargo");
        install
            .args(["install", "--quiet", "--locked", package, "--version", version, "--root"])
            .arg(&folder)
            .env_remove("CARGO_TARGET_DIR");
        let otherwise = format!(
            "{package} {version} could not be installed: see above; if the package registry could not be reached, try again"
        );
        shell::step(&format!("Installing {package} {version} ({usual_time})"), || {
            shell::run_quietly(&mut install, &otherwise)
        })?;
    }
    Ok(path)
}
