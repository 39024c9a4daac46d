//! Everything continuous integration runs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use pico_args::Arguments;

use crate::budgets::Budgets;
use crate::setup::{self, CargoDeny, Installed};
use crate::shell::{self, Failure, Result};
use crate::{bundle, check, cost, finish, fuzz, project};

pub(crate) const HELP: &str = "\
Runs, and stops at the first failure: formatting, Clippy for this machine, for wasm32 and for the
fuzz targets, those on their seeds, the documentation, licences and sources of dependencies, `check`
on wrangler.toml, the build and a dry run of its deployment with the size budget, the budgets of
instructions where valgrind is, the native and the workerd tests and the comparison with other
verifiers, the tests in browsers and with libraries of clients.";

pub(crate) fn run(arguments: Arguments) -> Result {
    finish(arguments)?;
    let started = Instant::now();
    let (installed, cargo_deny) = setup::for_tests()?;
    shell::step("Formatting", formatting)?;
    shell::step("Clippy for this machine", clippy_for_host)?;
    shell::step("Clippy for wasm32", || clippy_for_wasm(&installed))?;
    shell::step("Clippy for the fuzz targets", clippy_for_fuzz)?;
    shell::step("The fuzz targets on their seeds", fuzz_seeds)?;
    shell::step("Documentation", documentation)?;
    shell::step("Licences, sources and bans of dependencies", || dependencies(&cargo_deny))?;
    shell::step("wrangler.toml", || check::check_file(&project::root()?.join("wrangler.toml")))?;
    shell::step("Build", || bundle::make(&installed))?;
    shell::step("Deployment, as far as it goes without an account", deployment)?;
    shell::step("Instructions of the core", cost::test)?;
    shell::step("Native and workerd tests", rust_tests)?;
    shell::step("Tests in browsers and with libraries of clients", client_tests)?;
    eprintln!("Everything passed in {} s.", started.elapsed().as_secs());
    Ok(())
}

fn formatting() -> Result {
    shell::run(
        cargo()?.args(["fmt", "--all", "--check"]),
        "some files are not formatted: run `cargo fmt --all`",
    )?;
    shell::run(
        cargo()?.args(["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"]),
        "some fuzz targets are not formatted: run `cargo fmt` in fuzz/",
    )
}

fn clippy_for_host() -> Result {
    shell::run(
        cargo()?.args([
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
        "Clippy has objections: see above",
    )
}

fn clippy_for_wasm(installed: &Installed) -> Result {
    let has_clippy = installed.has_clippy_for_wasm();
    if !has_clippy {
        eprintln!(
            "    this toolchain for wasm32 has no Clippy: compiled with warnings as errors instead"
        );
    }
    // What is deployed, and what `vectors` asks.
    for features in ["", "probe"] {
        let mut cargo = installed.cargo_for_wasm()?;
        let options = ["--quiet", "--package", "turnpike", "--target", setup::TARGET];
        let options = options.into_iter().chain(["--features", features]);
        if has_clippy {
            cargo.arg("clippy").args(options).args(["--", "-D", "warnings"]);
            shell::run(&mut cargo, "Clippy has objections: see above")?;
        } else {
            cargo.arg("check").args(options).env("RUSTFLAGS", "-D warnings");
            shell::run(&mut cargo, "the compiler has objections: see above")?;
        }
    }
    Ok(())
}

/// They are another workspace, and only `cargo xtask fuzz` has the nightly compiler to run them.
fn clippy_for_fuzz() -> Result {
    shell::run(
        cargo()?
            .args(["clippy", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml"])
            .args(["--no-default-features", "--all-targets", "--target-dir"])
            .arg(project::target()?)
            .args(["--", "-D", "warnings"]),
        "Clippy has objections: see above",
    )
}

/// Without the fuzzer: a target that cannot start, or does not hold on what it begins with, shows.
fn fuzz_seeds() -> Result {
    fuzz::write_seeds()?;
    shell::run(
        cargo()?
            .args(["test", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml"])
            .args(["--no-default-features", "--lib", "--target-dir"])
            .arg(project::target()?),
        "a fuzz target does not hold: see above",
    )
}

fn documentation() -> Result {
    shell::run(
        cargo()?
            .args(["doc", "--quiet", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
        "the documentation has faults: see above",
    )
}

fn dependencies(cargo_deny: &CargoDeny) -> Result {
    eprintln!("    security advisories are left out: looking them up takes a network");
    // cargo-deny looks at the packages of every platform, which are not all needed here.
    shell::run_quietly(
        cargo()?.args(["fetch", "--quiet", "--locked"]),
        "the packages of Cargo.lock could not be downloaded: see above",
    )?;
    shell::run_quietly(
        cargo_deny
            .command()
            .args(["--offline", "check", "bans", "licenses", "sources"])
            .current_dir(project::root()?),
        "a dependency is not allowed by deny.toml: see above",
    )
}

fn deployment() -> Result {
    let mut wrangler = setup::wrangler()?;
    let outdir = project::target()?.join("deployment");
    wrangler.current_dir(project::root()?).args(["deploy", "--dry-run", "--outdir"]).arg(outdir);
    let report = shell::output(&mut wrangler, "wrangler would not deploy this: see above")?;
    let size = gzipped_size(&report).ok_or_else(|| {
        Failure::new("wrangler no longer says `gzip: NUMBER KiB`: adapt xtask/src/test.rs")
    })?;
    let budget = Budgets::read()?.gzipped;
    if size > budget {
        return Err(Failure::new(format!(
            "the Worker weighs {size} KiB gzipped: more than the {budget} KiB in xtask/budgets.toml"
        )));
    }
    eprintln!("    {size} KiB gzipped of the {budget} KiB it may weigh");
    Ok(())
}

fn rust_tests() -> Result {
    let node_bin = project::node_bin()?;
    shell::run(
        cargo()?.args(["test", "--quiet", "--workspace"]).env("TURNPIKE_NODE_BIN", node_bin),
        "a test failed: see above",
    )
}

fn client_tests() -> Result {
    let mut files = client_test_files("browser")?;
    files.extend(client_test_files("clients")?);
    let node_bin = project::node_bin()?;
    let mut node = setup::npm_program("node")?;
    node.current_dir(project::root()?).arg("--test").args(files).env("TURNPIKE_NODE_BIN", node_bin);
    shell::run(&mut node, "a test in a browser or with a library of clients failed: see above")
}

/// `tests/FOLDER/*.test.*`: by name, since Node is content with a pattern that matches nothing.
fn client_test_files(folder: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(project::root()?.join("tests").join(folder))
        .map_err(Failure::because(format!("tests/{folder}/ cannot be read")))?;
    let mut files: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name().is_some_and(|name| name.to_string_lossy().contains(".test."))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(Failure::new(format!("no tests were found as tests/{folder}/*.test.*")));
    }
    Ok(files)
}

fn cargo() -> Result<Command> {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(project::root()?);
    Ok(cargo)
}

/// The number in `Total Upload: 123.45 KiB / gzip: 45.67 KiB`.
fn gzipped_size(report: &str) -> Option<f64> {
    let (_, after) = report.split_once("gzip: ")?;
    after.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_is_read_from_the_report_of_wrangler() {
        let report = "Total Upload: 477.95 KiB / gzip: 189.11 KiB\nYour Worker has";
        assert_eq!(gzipped_size(report), Some(189.11));
        assert_eq!(gzipped_size("Total Upload: 1 KiB"), None);
    }
}
