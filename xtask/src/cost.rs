//! `cargo xtask cost`: how many instructions the steps of a request's life take, and whether they
//! keep to their budgets.

use std::process::Command;

use pico_args::Arguments;

use crate::budgets::{self, Budgets};
use crate::project;
use crate::shell::{self, Failure, Result};

pub(crate) const HELP: &str = "\
Usage: cargo xtask cost [--write]

Counts with valgrind how many instructions the steps of a request's life take in the core (the list
is in examples/core.rs), compiled for this machine and optimized as the Worker is. Fails when a step
takes 2 % more than its budget in xtask/budgets.toml, or finding a route among 500 more than 1.2
times what it takes among 5.

Another compiler makes other code: what was counted with another one than this is not compared, and
that is said. Needs `valgrind` in the PATH; on Debian, `cargo xtask test` installs it.

Options:
  --write   what was counted is the new budget";

/// What can be counted, in examples/core.rs.
const STEPS: [&str; 11] = [
    "route-of-5",
    "route-of-50",
    "route-of-500",
    "token-seen",
    "cache-key",
    "to-origin",
    "none-json",
    "none-page",
    "junk-shape",
    "junk-issuer",
    "expired",
];

/// What a lookup among the most routes may cost, in lookups among the fewest.
const MOST_ROUTES: f64 = 1.2;

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let is_written = arguments.contains("--write");
    crate::finish(arguments)?;
    let counted = count()?;
    let budgets = Budgets::read()?;
    let compiler = compiler()?;
    let compared = budgets.compare(&counted, &compiler);
    for line in compared.lines() {
        println!("{line}");
    }
    compare_lookups(&counted)?;
    if is_written {
        return budgets::write(&counted, &compiler);
    }
    compared.result()?;
    println!("none takes 2 % more than its budget");
    Ok(())
}

/// The same as a part of the tests, where valgrind is.
pub(crate) fn test() -> Result {
    if shell::answer(Command::new("valgrind").arg("--version")).is_none() {
        eprintln!("    not compared: `valgrind` is not installed");
        return Ok(());
    }
    let (budgets, compiler) = (Budgets::read()?, compiler()?);
    let counted = count()?;
    let compared = budgets.compare(&counted, &compiler);
    for line in compared.lines() {
        eprintln!("    {line}");
    }
    compare_lookups(&counted)?;
    compared.result()
}

/// What makes the code: the version of the compiler, and for which machine.
fn compiler() -> Result<String> {
    let mut rustc = Command::new("rustc");
    rustc.current_dir(project::root()?).args(["--version", "--verbose"]);
    let said = shell::output(&mut rustc, "rustc does not say its version: see above")?;
    let value = |name: &str| {
        let mut lines = said.lines();
        lines.find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim()
    };
    Ok(format!("{} {} for {}", value("release:"), value("commit-hash:"), value("host:")))
}

/// How many instructions each step takes.
fn count() -> Result<Vec<(&'static str, f64)>> {
    shell::step("Building examples/core.rs", || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(project::root()?);
        cargo.args(["build", "--quiet", "--package", "turnpike", "--release"]);
        shell::run(cargo.args(["--example", "core"]), "it does not compile: see above")
    })?;
    shell::step("Counting instructions (half a minute)", || {
        STEPS.into_iter().map(|step| Ok((step, each(step)?))).collect()
    })
}

/// Finding a route is to take about as long among many.
fn compare_lookups(counted: &[(&'static str, f64)]) -> Result {
    let of = |step| counted.iter().find(|(name, _)| *name == step).map_or(f64::NAN, |it| it.1);
    let ratio = of("route-of-500") / of("route-of-5");
    if ratio <= MOST_ROUTES {
        return Ok(());
    }
    Err(Failure::new(format!(
        "finding a route among 500 takes {ratio:.2} times what it takes among 5: at most {MOST_ROUTES} is the budget"
    )))
}

/// Two runs, so that what is done once, reading the policy, does not count.
fn each(step: &str) -> Result<f64> {
    // A multiple of the addresses that are looked up in turn.
    const ROUNDS: f64 = 600.0;
    let [less, more] = [60.0, 60.0 + ROUNDS].map(|rounds| instructions(step, rounds));
    Ok((more? - less?) / ROUNDS)
}

fn instructions(step: &str, rounds: f64) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    valgrind.arg(project::target()?.join("release/examples/core"));
    valgrind.args([step.to_owned(), rounds.to_string()]);
    let report = shell::output(&mut valgrind, "the step failed: see above")?;
    collected(&report).ok_or_else(|| Failure::new("valgrind does not say how many it `Collected`"))
}

/// The number in `==1== Collected : 3109727`.
fn collected(report: &str) -> Option<f64> {
    let (_, after) = report.split_once("Collected : ")?;
    after.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_read_from_the_report_of_valgrind() {
        assert_eq!(
            collected("==1== Events    : Ir\n==1== Collected : 3109\n==1== \n"),
            Some(3109.0)
        );
        assert_eq!(collected("==1== Collected : none"), None);
    }

    #[test]
    fn many_routes_are_compared_with_few() {
        let counted = |few, many| compare_lookups(&[("route-of-5", few), ("route-of-500", many)]);
        assert!(counted(100.0, 119.0).is_ok());
        assert!(counted(100.0, 121.0).is_err());
    }
}
