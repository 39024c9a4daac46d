//! The tables of `BENCHMARKS.md`, between its markers. What stands around them is written by hand.

use std::fs;

use super::Report;
use super::contender::{Contender, Size};
use super::report::{Outcome, Row, Spread};
use super::starts::Start;
use crate::project;
use crate::shell::{Failure, Result};

const FILE: &str = "BENCHMARKS.md";

/// Puts a text between the markers of a part.
pub(super) fn write(part: &str, text: &str) -> Result {
    let file = project::root()?.join(FILE);
    let old =
        fs::read_to_string(&file).map_err(Failure::because(format!("{FILE} cannot be read")))?;
    let new = replaced(&old, part, text)
        .ok_or_else(|| Failure::new(format!("{FILE} has no markers for `{part}` any more")))?;
    fs::write(file, new).map_err(Failure::because(format!("{FILE} cannot be written")))
}

fn replaced(old: &str, part: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- begin {part} -->\n"), format!("<!-- end {part} -->\n"));
    let (before, rest) = old.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{}\n\n{end}{after}", text.trim()))
}

/// All tables of a run.
pub(super) fn tables(report: &Report) -> String {
    let (beside_others, beside_itself): (Vec<_>, Vec<_>) =
        report.scenarios.iter().partition(|outcome| has_turnpike_and_floor(outcome));
    [
        conditions(report),
        cpu(&beside_others),
        itself(&beside_itself),
        latency(&beside_others),
        starts(report),
        goals(report),
    ]
    .join("\n")
}

fn conditions(report: &Report) -> String {
    let Report { rounds, requests, warm_up, .. } = report;
    let rounds = format!("{rounds} rounds of {requests} requests to each, after {warm_up}");
    let lines = report.machine.lines().into_iter().chain([rounds]);
    lines.map(|line| ["- ", &line, "\n"].concat()).collect()
}

fn cpu(outcomes: &[&Outcome]) -> String {
    let row = |outcome: &&Outcome| {
        let ours = outcome.rows.iter().find(|row| row.contender == Contender::Turnpike);
        let cpu = cells(outcome, |row| format!("{:.1}", row.cpu.median));
        let of_floor = ours.map(|row| row.of_first.finely()).unwrap_or_default();
        let of_peer = ours.and_then(|row| row.of_peer).map(Spread::finely).unwrap_or_default();
        format!("{} | {cpu} | {of_floor} | {of_peer}", outcome.title)
    };
    let head = " | floor | Turnpike | jose | Hono | of the floor | of the best peer";
    table("CPU for each request, in µs", head, outcomes.iter().map(row))
}

fn itself(outcomes: &[&Outcome]) -> String {
    let rows = outcomes.iter().flat_map(|outcome| {
        let first = |place| place == 0;
        outcome.rows.iter().enumerate().map(move |(place, row)| {
            let title = if first(place) { outcome.title } else { "" };
            let ratio = if first(place) { String::new() } else { row.of_first.finely() };
            format!("{title} | {} | {} | {ratio}", row.label, row.cpu.coarsely())
        })
    });
    table("Turnpike beside itself, and its work in JavaScript", " | | CPU, µs | of the first", rows)
}

fn latency(outcomes: &[&Outcome]) -> String {
    let cell = |row: &Row| format!("{:.0} / {:.0} / {:.0}", row.p50, row.p99, row.rate);
    let row = |outcome: &&Outcome| format!("{} | {}", outcome.title, cells(outcome, cell));
    let title = "Latency and throughput: p50 in µs / p99 in µs / answers in a second";
    table(title, " | floor | Turnpike | jose | Hono", outcomes.iter().map(row))
}

fn starts(report: &Report) -> String {
    let row = |(start, size): (&Start, &Size)| {
        let is_floor = start.contender == Contender::Floor;
        let above = if is_floor { String::new() } else { start.above.coarsely() };
        format!(
            "{} | {} | {above} | {} | {:.1} | {:.1}",
            start.contender.name(),
            start.cpu.coarsely(),
            start.active.coarsely(),
            size.raw,
            size.gzipped,
        )
    };
    let head = " | CPU to the first answer, ms | above the floor, ms | active at start-up, ms | KiB | KiB gzipped";
    table("Start and size", head, report.starts.iter().zip(&report.sizes).map(row))
}

fn goals(report: &Report) -> String {
    let goals: Vec<_> = report.scenarios.iter().flat_map(Outcome::goals).collect();
    let missed: Vec<_> = goals.iter().filter(|(_, is_reached)| !is_reached).collect();
    let reached = goals.len().saturating_sub(missed.len());
    let sum = format!("### Goals\n\n{reached} of {} are reached.", goals.len());
    let lines = missed.iter().map(|(goal, _)| ["- ", goal, "\n"].concat());
    match missed.len() {
        0 => sum,
        _ => [sum, " These are not:\n\n".to_owned(), lines.collect()].concat(),
    }
}

/// A table with a title. The first cell of a row is at the left, the others are numbers.
fn table(title: &str, head: &str, rows: impl Iterator<Item = String>) -> String {
    let rule = head.split('|').skip(1).map(|_| "--:").collect::<Vec<_>>().join("|");
    let rows: String = rows.map(|row| ["| ", &row, " |\n"].concat()).collect();
    format!("### {title}\n\n|{head} |\n|---|{rule}|\n{rows}")
}

fn has_turnpike_and_floor(outcome: &Outcome) -> bool {
    let has = |contender| outcome.rows.iter().any(|row| row.contender == contender);
    has(Contender::Floor) && has(Contender::Turnpike)
}

/// A cell for each contender, empty for who does not take part.
fn cells(outcome: &Outcome, cell: impl Fn(&Row) -> String) -> String {
    let of = |contender| {
        let mut rows = outcome.rows.iter();
        rows.find(|row| row.contender == contender).map(&cell).unwrap_or_default()
    };
    Contender::ALL.map(of).join(" | ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_tables_stays() {
        let old = "Before\n<!-- begin run -->\nold\n<!-- end run -->\nAfter\n";
        let new = "Before\n<!-- begin run -->\n\nnew\n\n<!-- end run -->\nAfter\n";
        assert_eq!(replaced(old, "run", "new\n").as_deref(), Some(new));
        assert_eq!(replaced(old, "memory", "new"), None);
    }
}
