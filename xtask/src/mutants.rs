//! Mutants of the decision code: each is one small mistake, and some test has to notice it.

mod accepted;

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use issuer::Issuer;
use pico_args::Arguments;
use serde_json::Value;

use crate::shell::{self, Failure, Result};
use crate::{project, setup};

pub(crate) const HELP: &str = "\
Makes one small mistake at a time in the code that decides, such as `<` for `<=`, and runs the
native tests against it (without those that compile). A mutant that no test notices is a survivor:
write the test that notices, or list it in .cargo/mutants.toml with the reason why none could.

Ends with a table, and fails when a survivor is not listed. The rest of the report is in
target/mutants/mutants.out/. All files take two to three hours on two cores.

Usage: cargo xtask mutants [PATH...] [options]

PATH is the beginning of a file's path, like src/gate; without it, all files of .cargo/mutants.toml.

Options:
  --jobs N   how many run at a time; default: as many as there are cores";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let jobs: Option<NonZeroUsize> = arguments.opt_value_from_str("--jobs")?;
    let jobs = jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let paths: Vec<String> =
        arguments.finish().iter().map(|path| format!("^{}", path.display())).collect();
    if let Some(option) = paths.iter().find_map(|path| path.strip_prefix("^-")) {
        return Err(Failure::new(format!(
            "`-{option}` is not an option of `mutants`: `cargo xtask mutants --help` lists them"
        )));
    }

    let folder = project::target()?.join("mutants");
    let mutants = Mutants { program: setup::for_mutants()?, paths };
    let (chosen, accepted) = accepted::check(&mutants, &folder)?;
    let keys = folder.join("issuer.json");
    Issuer::load_or_generate(&keys).map_err(Failure::because("the tests' keys cannot be kept"))?;
    eprintln!("==> Testing mutants, {jobs} at a time");
    let mut test = mutants.command()?;
    test.args(["--no-shuffle", "--colors", "never", "--jobs", &jobs.to_string(), "--output"])
        .arg(&folder)
        // Making keys, many random cases and finding the smallest of them take longer than the rest.
        .env("TURNPIKE_TEST_ISSUER", keys)
        .env("PROPTEST_CASES", "32")
        .env("PROPTEST_MAX_SHRINK_ITERS", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "none");
    let outcomes = folder.join("mutants.out").join("outcomes.json");
    let _ = fs::remove_file(&outcomes);
    // Whether it went well is told by the table; it is an error of its own to have none.
    let ended_well = shell::run(&mut test, "the mutants could not be tested: see above");
    match fs::read_to_string(outcomes).ok().and_then(|text| Table::read(&text)) {
        Some(table) if table.tested() == chosen && chosen > 0 => table.print(accepted),
        Some(table) => Err(Failure::new(format!(
            "{} of {chosen} mutants were tested: see above",
            table.tested()
        ))),
        None => ended_well.and(Err(Failure::new("cargo-mutants left no report"))),
    }
}

/// `cargo mutants`, and which files it is about.
struct Mutants {
    program: PathBuf,
    paths: Vec<String>,
}

impl Mutants {
    fn command(&self) -> Result<Command> {
        let mut command = Command::new(&self.program);
        command.arg("mutants").current_dir(project::root()?).env_remove("CARGO_TARGET_DIR");
        for path in &self.paths {
            command.args(["--re", path]);
        }
        Ok(command)
    }

    /// How many there are, without those whose names match.
    fn count(&self, configuration: &Path, excluded: Option<&str>) -> Result<usize> {
        let mut list = self.command()?;
        list.args(["--list", "--config"]).arg(configuration);
        if let Some(pattern) = excluded {
            list.args(["--exclude-re", pattern]);
        }
        let list = shell::output(&mut list, "the mutants cannot be listed: see above")?;
        Ok(list.lines().count())
    }
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
struct Table {
    caught: usize,
    unviable: usize,
    /// The tests ran into an endless loop, which is a way to notice.
    timeouts: usize,
    survivors: Vec<String>,
}

impl Table {
    /// Reads the report; `None` when it is none that we understand.
    fn read(report: &str) -> Option<Self> {
        let report: Value = serde_json::from_str(report).ok()?;
        let mut table = Self { caught: 0, unviable: 0, timeouts: 0, survivors: Vec::new() };
        for outcome in report.get("outcomes")?.as_array()? {
            let Some(name) = outcome.pointer("/scenario/Mutant/name").and_then(Value::as_str)
            else {
                continue;
            };
            match outcome.get("summary")?.as_str()? {
                "CaughtMutant" => table.caught = table.caught.saturating_add(1),
                "Unviable" => table.unviable = table.unviable.saturating_add(1),
                "Timeout" => table.timeouts = table.timeouts.saturating_add(1),
                "MissedMutant" => table.survivors.push(name.to_owned()),
                _ => return None,
            }
        }
        Some(table)
    }

    fn tested(&self) -> usize {
        [self.caught, self.unviable, self.timeouts, self.survivors.len()].iter().sum()
    }

    fn print(&self, accepted: usize) -> Result {
        let Self { caught, unviable, timeouts, survivors } = self;
        println!("mutants                {:>5}", self.tested().saturating_add(accepted));
        println!("caught                 {caught:>5}");
        println!("caught by a timeout    {timeouts:>5}");
        println!("do not compile         {unviable:>5}");
        println!("accepted survivors     {accepted:>5}");
        println!("unexplained survivors  {:>5}", survivors.len());
        for survivor in survivors {
            println!("  {survivor}");
        }
        if survivors.is_empty() {
            Ok(())
        } else {
            Err(Failure::new(
                "mutants survive: write the tests that notice, or list them in .cargo/mutants.toml with the reason why none could",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_from_a_report() {
        let outcome = |summary: &str| {
            format!(
                r#"{{"scenario":{{"Mutant":{{"name":"{summary} it"}}}},"summary":"{summary}"}}"#
            )
        };
        let report = |summaries: [&str; 3]| {
            let baseline = r#"{"scenario":"Baseline","summary":"Success"}"#;
            format!(r#"{{"outcomes":[{baseline},{}]}}"#, summaries.map(outcome).join(","))
        };
        let survivors = vec!["MissedMutant it".to_owned()];
        let table = Table { caught: 1, unviable: 1, timeouts: 0, survivors };
        assert_eq!(table.tested(), 3);
        assert_eq!(Table::read(&report(["CaughtMutant", "MissedMutant", "Unviable"])), Some(table));
        assert_eq!(Table::read(&report(["CaughtMutant", "MissedMutant", "Unheard"])), None);
        assert_eq!(Table::read(""), None);
    }
}
