//! What came of fuzzing, as a table.

use std::path::{Path, PathBuf};

use crate::shell::{Failure, Result};

/// What came of one target.
pub(super) struct Report {
    target: String,
    program: PathBuf,
    log: PathBuf,
    runs: u64,
    /// Code edges that were reached.
    edges: u64,
    /// What libFuzzer counts as different behaviour.
    features: u64,
    /// Inputs that are worth keeping.
    corpus: u64,
    /// What made it crash.
    crashes: Vec<String>,
    ended_well: bool,
}

impl Report {
    /// Reads the log of a run.
    pub(super) fn of(
        target: &str,
        program: &Path,
        log: PathBuf,
        said: &str,
        ended_well: bool,
    ) -> Self {
        let status = said.lines().rfind(|line| line.contains(" cov: ")).unwrap_or_default();
        let runs = number_after(said, "stat::number_of_executed_units: ");
        let crashes = said.lines().filter_map(|line| line.split_once("Test unit written to "));
        Self {
            target: target.to_owned(),
            program: program.to_owned(),
            log,
            runs,
            edges: number_after(status, " cov: "),
            features: number_after(status, " ft: "),
            corpus: number_after(status, " corp: "),
            crashes: crashes.map(|(_, path)| path.trim().to_owned()).collect(),
            ended_well,
        }
    }
}

fn number_after(text: &str, label: &str) -> u64 {
    let after = text.split_once(label).map_or("", |(_, after)| after).trim_start();
    let digits = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.split_at(digits).0.parse().unwrap_or(0)
}

/// Prints the table; a crash is a failure.
pub(super) fn print(reports: &[Report]) -> Result {
    println!(
        "{:<12} {:>12} {:>7} {:>9} {:>7} {:>8}",
        "target", "runs", "edges", "features", "corpus", "crashes"
    );
    for report in reports {
        let Report { target, runs, edges, features, corpus, crashes, .. } = report;
        println!(
            "{target:<12} {runs:>12} {edges:>7} {features:>9} {corpus:>7} {:>8}",
            crashes.len()
        );
    }
    let failed: Vec<&Report> = reports.iter().filter(|report| !report.ended_well).collect();
    for report in &failed {
        println!("\n{} failed: see {}", report.target, report.log.display());
        for crash in &report.crashes {
            println!("  once more: {} {crash}", report.program.display());
        }
    }
    match failed.len() {
        0 => Ok(()),
        1 => Err(Failure::new("a target failed: see above")),
        count => Err(Failure::new(format!("{count} targets failed: see above"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_from_what_libfuzzer_says() {
        let said = "#2\tINITED cov: 10 ft: 11 corp: 1/1b\n\
            #900\tDONE   cov: 50 ft: 97 corp: 53/1966b lim: 4096 exec/s: 151894 rss: 29Mb\n\
            artifact_prefix='a/'; Test unit written to a/crash-1\n\
            stat::number_of_executed_units: 1367046\n";
        let report = Report::of("url", Path::new("url"), PathBuf::new(), said, false);
        assert_eq!((report.runs, report.edges, report.features), (1_367_046, 50, 97));
        assert_eq!((report.corpus, report.crashes), (53, vec!["a/crash-1".to_owned()]));
        let nothing = Report::of("url", Path::new("url"), PathBuf::new(), "", false);
        assert_eq!((nothing.runs, nothing.edges), (0, 0));
    }
}
