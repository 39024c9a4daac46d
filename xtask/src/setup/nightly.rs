//! A nightly Rust toolchain, which is what can fuzz.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project;
use crate::shell::{self, Failure, Result};

const TOOLCHAIN: &str = "nightly";

/// The toolchain, and `cargo fuzz` for it.
pub(crate) struct Toolchain {
    host: String,
    cargo_fuzz: PathBuf,
}

/// The platform that the toolchain is for, if there is one.
pub(super) fn host() -> Result<String> {
    let mut rustc = Command::new("rustc");
    let answer = shell::answer(select(&mut rustc).arg("-vV"))
        // Without rustup it is some other toolchain that answers.
        .filter(|answer| answer.lines().next().is_some_and(|version| version.contains("nightly")));
    answer
        .and_then(|answer| {
            answer.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
        })
        .ok_or_else(|| {
            Failure::new(format!(
                "fuzzing needs a nightly toolchain, and there is none: run `rustup toolchain install {TOOLCHAIN} --profile minimal`"
            ))
        })
}

impl Toolchain {
    pub(super) fn new(host: String, cargo_fuzz: PathBuf) -> Self {
        Self { host, cargo_fuzz }
    }

    /// The platform it is for.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// `cargo fuzz`, to be told what to do.
    pub(crate) fn cargo_fuzz(&self) -> Result<Command> {
        let mut command = Command::new("cargo");
        let folder = self.cargo_fuzz.parent().unwrap_or(Path::new("."));
        select(&mut command)
            .current_dir(project::root()?)
            .env("PATH", shell::path_with(folder)?)
            .arg("fuzz");
        Ok(command)
    }
}

fn select(command: &mut Command) -> &mut Command {
    command.env("RUSTUP_TOOLCHAIN", TOOLCHAIN)
}
