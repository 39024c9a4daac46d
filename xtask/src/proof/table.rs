//! What came of it.

use super::journey::Tally;
use crate::shell::{Failure, Result};

/// One cache.
pub(super) struct Row {
    pub(super) name: &'static str,
    /// Its version and what was seen of it; `None` where it is not installed.
    pub(super) seen: Option<(String, Tally)>,
}

/// How many findings of one kind are printed.
const SHOWN: usize = 10;

/// Prints the table and every finding; fails if there is one.
pub(super) fn print(rows: &[Row], is_selection: bool) -> Result {
    println!(
        "\n{:<20} {:<28} {:>6} {:>6} {:>6} {:>9} {:>14}",
        "cache", "version", "tried", "stored", "reused", "control", "without filter"
    );
    for row in rows {
        match &row.seen {
            Some((version, tally)) => println!(
                "{:<20} {version:<28} {:>6} {:>6} {:>6} {:>9} {:>14}",
                row.name,
                tally.tried,
                tally.stored.len(),
                tally.reused.len(),
                of(tally.controls),
                of(tally.mutants)
            ),
            None => println!("{:<20} not installed: not tried", row.name),
        }
    }
    println!();
    for (name, concealed) in seen_of(rows).map(|(name, tally)| (name, &tally.concealed)) {
        if let Some(why) = concealed.first() {
            println!("{name} shows nobody {} of these answers: {why}.", concealed.len());
        }
    }
    let findings: usize = seen_of(rows).map(|(name, tally)| print_findings(name, tally)).sum();
    if findings > 0 {
        return Err(Failure::new(format!("{findings} findings: see above")));
    }
    let missing = rows.iter().filter(|row| row.seen.is_none()).count();
    if rows.len() == missing {
        return Err(Failure::new("no cache was tried, so nothing was shown"));
    }
    println!("No cache kept what it must not keep.");
    if missing > 0 || is_selection {
        println!("The proof is partial: not all caches were tried.");
    }
    Ok(())
}

fn seen_of(rows: &[Row]) -> impl Iterator<Item = (&'static str, &Tally)> {
    rows.iter().filter_map(|row| Some((row.name, &row.seen.as_ref()?.1)))
}

fn of((some, all): (usize, usize)) -> String {
    format!("{some}/{all}")
}

fn print_findings(name: &str, tally: &Tally) -> usize {
    let mut findings = 0_usize;
    for (what, found) in
        [("stored", &tally.stored), ("reused", &tally.reused), ("wrong", &tally.wrong)]
    {
        for finding in found.iter().take(SHOWN) {
            println!("{name}, {what}: {finding}");
        }
        if found.len() > SHOWN {
            println!("{name}, {what}: and {} more", found.len().saturating_sub(SHOWN));
        }
        findings = findings.saturating_add(found.len());
    }
    if tally.controls.0 < tally.controls.1 {
        println!("{name} does not work: it reuses {} public answers", of(tally.controls));
        findings = findings.saturating_add(1);
    }
    if tally.mutants.0 == 0 {
        println!("{name} would keep nothing without the filter either: that shows nothing");
        findings = findings.saturating_add(1);
    }
    findings
}
