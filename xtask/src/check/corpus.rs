//! Configurations of `tests/configurations` and everything that is found in them, in one run.
//!
//! In a `NAME.toml`, each line that a problem is about ends with `#!`, as often as there are
//! problems, and each line of a warning with `#?`. `NAME.txt` is what `check` prints.
//! With `TURNPIKE_BLESS` set, it is written down; then read the difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::finding::Finding;
use super::{Report, risks};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/configurations")
}

fn configurations() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("there are configurations");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

/// How often each line is marked.
fn marked(text: &str, mark: &str) -> BTreeMap<usize, usize> {
    let lines = (1..).zip(text.lines()).map(|(number, line)| (number, line.matches(mark).count()));
    lines.filter(|(_, marks)| *marks > 0).collect()
}

/// How often each line is found; what has no line counts for the first, which is the title.
fn found(report: &Report, findings: &[Finding]) -> BTreeMap<usize, usize> {
    let all: Vec<usize> =
        findings.iter().map(|finding| finding.line(&report.lines).unwrap_or(1)).collect();
    all.iter().map(|line| (*line, all.iter().filter(|other| *other == line).count())).collect()
}

#[test]
fn everything_is_found_in_one_run() {
    let mut faults = Vec::new();
    for file in configurations() {
        let name = file.display();
        let text = fs::read_to_string(&file).expect("it can be read");
        let report = Report::of(&file, None).unwrap_or_else(|failure| panic!("{name}: {failure}"));
        let printed = report.text();
        let snapshot = file.with_extension("txt");
        if std::env::var_os("TURNPIKE_BLESS").is_some() {
            fs::write(&snapshot, &printed).expect("it can be written");
        }
        for (what, findings, mark) in
            [("problems", &report.problems, "#!"), ("warnings", &report.warnings, "#?")]
        {
            let (found, marked) = (found(&report, findings), marked(&text, mark));
            if found != marked {
                faults.push(format!("{name}, {what}: {found:?}, marked {marked:?}\n{printed}"));
            }
        }
        let expected = fs::read_to_string(&snapshot).unwrap_or_default();
        if printed != expected {
            faults.push(format!("{name}\n--- expected\n{expected}--- found\n{printed}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_corpus_is_large_and_shows_every_warning() {
    let files = configurations();
    let several = files.iter().filter(|file| {
        let text = fs::read_to_string(file).expect("it can be read");
        let marks = |mark| marked(&text, mark).values().sum::<usize>();
        marks("#!").max(marks("#?")) > 1 || marks("#!").min(marks("#?")) > 0
    });
    assert!(several.count() >= 60, "most have several findings");
    let printed: String = files
        .iter()
        .map(|file| fs::read_to_string(file.with_extension("txt")).expect("a snapshot"))
        .collect();
    for risk in risks::ALL {
        assert!(printed.contains(&format!("warning {}: ", risk.name)), "{}", risk.name);
    }
}

#[test]
fn the_readme_lists_the_warnings() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).expect("there is a README");
    let rows: Vec<String> = risks::ALL.iter().map(super::finding::Risk::row).collect();
    assert!(readme.contains(&rows.join("\n")), "the README's table is:\n{}", rows.join("\n"));
}

#[test]
fn fields_that_may_stand_in_the_wrong_table_are_known() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(readme).expect("there is a README");
    let section =
        readme.split("### `[vars.TURNPIKE]`").nth(1).and_then(|it| it.split("###").next());
    let rows = section.expect("a section").lines().filter(|row| row.starts_with("| `"));
    let fields = rows.filter_map(|row| {
        let mut cells = row.split(" | ");
        let name = cells.next()?.trim_start_matches("| ").trim_matches('`');
        cells.next().filter(|kind| !kind.contains("table")).map(|_| name)
    });
    assert_eq!(fields.collect::<Vec<_>>(), super::finding::FIELDS);
}

/// Programs get the same, in one document.
#[test]
fn json_has_what_the_text_has() {
    for file in configurations() {
        let report = Report::of(&file, None).expect("it can be read");
        let json = report.json();
        for (list, findings) in [("problems", &report.problems), ("warnings", &report.warnings)] {
            let listed = json[list].as_array().expect("a list");
            assert_eq!(listed.len(), findings.len());
            for (value, finding) in listed.iter().zip(findings) {
                assert_eq!(value["place"], finding.path());
                assert_eq!(value["line"].as_u64().is_some(), finding.line(&report.lines).is_some());
                assert!(value["message"].as_str().is_some_and(|message| !message.is_empty()));
                assert_eq!(value.get("name").is_some(), list == "warnings");
                assert_eq!(value.get("remedy").is_some(), list == "warnings");
            }
        }
    }
}
