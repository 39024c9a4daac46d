//! `cargo xtask cost`: how many instructions it takes to find the route of a request, among few
//! routes and among many.

use std::process::Command;

use pico_args::Arguments;

use crate::project;
use crate::shell::{self, Failure, Result};

pub(crate) const HELP: &str = "\
Usage: cargo xtask cost

Counts with valgrind how many instructions it takes to find the route of a request among 5, 50 and
500 routes, in examples/lookup.rs, optimized as the Worker is. Fails when it takes more than 1.2
times as many among 500 as among 5. Needs `valgrind` in the PATH.";

/// What a lookup among the most routes may cost, in lookups among the fewest.
const BUDGET: f64 = 1.2;

/// Lookups of one round: the addresses in examples/lookup.rs.
const LOOKUPS: f64 = 6.0;

pub(crate) fn run(arguments: Arguments) -> Result {
    crate::finish(arguments)?;
    shell::step("Building examples/lookup.rs", || {
        let mut cargo = Command::new("cargo");
        cargo.current_dir(project::root()?);
        cargo.args(["build", "--quiet", "--package", "turnpike", "--release"]);
        shell::run(cargo.args(["--example", "lookup"]), "it does not compile: see above")
    })?;
    let few = per_lookup(5)?;
    per_lookup(50)?;
    let ratio = per_lookup(500)? / few;
    println!("500 routes cost {ratio:.2} times what 5 cost; the budget is {BUDGET}");
    if ratio > BUDGET {
        return Err(Failure::new("finding a route costs more the more routes there are"));
    }
    Ok(())
}

/// Two runs, so that what is done once, reading the policy, does not count.
fn per_lookup(routes: u32) -> Result<f64> {
    const ROUNDS: f64 = 500.0;
    let [less, more] = [100.0, 100.0 + ROUNDS].map(|rounds| instructions(routes, rounds));
    let each = (more? - less?) / ROUNDS / LOOKUPS;
    println!("{routes:>5} routes: {each:.0} instructions for each lookup");
    Ok(each)
}

fn instructions(routes: u32, rounds: f64) -> Result<f64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    valgrind.arg(project::target()?.join("release/examples/lookup"));
    valgrind.args([routes.to_string(), rounds.to_string()]);
    let report = shell::output(&mut valgrind, "the lookups failed: see above")?;
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
}
