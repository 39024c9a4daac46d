//! The fuzz targets of `fuzz/`, each for a while.

mod report;
mod seeds;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

use pico_args::Arguments;

use self::report::Report;
pub(crate) use self::seeds::write as write_seeds;
use crate::shell::{self, Failure, Result};
use crate::{project, setup};

pub(crate) const HELP: &str = "\
Feeds everything that reads bytes from outside with random ones, and looks whether what must hold
still does. Without TARGET all targets of fuzz/fuzz_targets/ are run, two at a time on two cores.

It begins with the requests and tokens of tests/cases/, and goes on from what earlier runs found
(fuzz/corpus/). A crash is kept below fuzz/artifacts/, makes the command fail, and is tried again by
the next run. Output of the targets is in target/fuzz/logs/. Needs a nightly toolchain:
`rustup toolchain install nightly`.

Usage: cargo xtask fuzz [TARGET...] [options]

Options:
  --seconds N   how long each target runs; default: 60
  --jobs N      how many run at a time; default: as many as there are cores";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let seconds: u64 = arguments.opt_value_from_str("--seconds")?.unwrap_or(60);
    let jobs: Option<NonZeroUsize> = arguments.opt_value_from_str("--jobs")?;
    let jobs = jobs.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get);
    let targets = chosen(arguments)?;

    let fuzzing = setup::for_fuzzing()?;
    shell::step("Building the fuzz targets (3 minutes the first time)", || {
        let mut build = fuzzing.cargo_fuzz()?;
        // Without a sanitizer, which looks for what `forbid(unsafe_code)` excludes at half the
        // speed; and without `cfg(fuzzing)`, by which a package may leave out what it checks.
        build
            .args(["build", "--sanitizer", "none", "--no-cfg-fuzzing", "--target-dir"])
            .arg(project::target()?.join("fuzz"))
            .args(["--target", fuzzing.host()]);
        shell::run(&mut build, "the fuzz targets could not be built: see above")
    })?;
    shell::step("Making seeds of the cases", write_seeds)?;

    let programs = project::target()?.join("fuzz").join(fuzzing.host()).join("release");
    let announcement =
        format!("Running {} for {seconds} s each, {jobs} at a time", count(targets.len()));
    let reports = shell::step(&announcement, || {
        run_all(&targets, jobs, |target| fuzz(&programs.join(target), target, seconds))
    })?;
    report::print(&reports)
}

/// The targets that were named, or all of them.
fn chosen(arguments: Arguments) -> Result<Vec<String>> {
    let all = all_targets()?;
    let named: Vec<String> =
        arguments.finish().iter().map(|name| name.to_string_lossy().into_owned()).collect();
    match named.iter().find(|name| !all.contains(name)) {
        Some(name) => Err(Failure::new(format!(
            "`{name}` is neither an option nor a target; the targets are {}",
            all.join(", ")
        ))),
        None if named.is_empty() => Ok(all),
        None => Ok(named),
    }
}

fn all_targets() -> Result<Vec<String>> {
    let entries = fs::read_dir(folder()?.join("fuzz_targets"))
        .map_err(Failure::because("fuzz/fuzz_targets/ cannot be read"))?;
    let mut names: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    Ok(names)
}

fn folder() -> Result<PathBuf> {
    Ok(project::root()?.join("fuzz"))
}

fn count(targets: usize) -> String {
    if targets == 1 { "one target".to_owned() } else { format!("{targets} targets") }
}

/// Runs so many at a time; the reports are in the order of the targets.
fn run_all(
    targets: &[String],
    jobs: usize,
    fuzz: impl Fn(&str) -> Result<Report> + Sync,
) -> Result<Vec<Report>> {
    let waiting = Mutex::new(targets.iter().enumerate().collect::<VecDeque<_>>());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    let mut done = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            while let Some((place, target)) = next() {
                done.push((place, fuzz(target)));
            }
            done
        };
        let workers: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect::<Vec<_>>()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, report)| report).collect()
}

/// Runs one target and reads what it said at the end.
fn fuzz(program: &Path, target: &str, seconds: u64) -> Result<Report> {
    let folder = folder()?;
    let corpus = folder.join("corpus").join(target);
    let artifacts = folder.join("artifacts").join(target);
    let logs = project::target()?.join("fuzz").join("logs");
    for folder in [&corpus, &artifacts, &logs] {
        fs::create_dir_all(folder).map_err(Failure::because("fuzz/ cannot be written to"))?;
    }
    let log = logs.join(format!("{target}.log"));
    let output = File::create(&log).map_err(Failure::because("target/ cannot be written to"))?;
    let status = Command::new(program)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={}", folder.join("dictionary.txt").display()))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        // The first input waits for the keys of the issuers.
        .args(["-timeout=120", "-report_slow_units=120", "-print_final_stats=1"])
        // What crashed before is tried first.
        .args([corpus, artifacts])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(output)
        .status()
        .map_err(Failure::because(format!("the target {target} could not be started")))?;
    let said = fs::read(&log).map_err(Failure::because("the log cannot be read"))?;
    Ok(Report::of(target, program, log, &String::from_utf8_lossy(&said), status.success()))
}
