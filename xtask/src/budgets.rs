//! `xtask/budgets.toml`: what the Worker may weigh, and what the steps of a request may take.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;

use crate::project;
use crate::shell::{Failure, Result};

const FILE: &str = "xtask/budgets.toml";

/// How much more than its budget a step may take.
const TOLERANCE: f64 = 1.02;

/// Where the part begins that `cargo xtask cost --write` writes.
const COUNTED: &str = "[instructions]\n";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budgets {
    /// KiB of the upload, gzipped, as wrangler counts it.
    pub(crate) gzipped: f64,
    instructions: Instructions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instructions {
    /// What the steps were compiled with.
    compiler: String,
    steps: BTreeMap<String, f64>,
}

/// What came of a comparison.
#[derive(Debug, PartialEq)]
pub(crate) enum Compared {
    /// The budgets are for another compiler.
    Not { budgets: String, here: String },
    /// The lines to show, and how many steps take too much or have no budget.
    With { lines: Vec<String>, faults: usize },
}

impl Budgets {
    pub(crate) fn read() -> Result<Self> {
        toml::from_str(&text()?).map_err(Failure::because(format!("{FILE} is not as it should be")))
    }

    /// Holds what was counted against its budget.
    pub(crate) fn compare(&self, counted: &[(&'static str, f64)], compiler: &str) -> Compared {
        let Instructions { compiler: theirs, steps } = &self.instructions;
        if theirs != compiler {
            return Compared::Not { budgets: theirs.clone(), here: compiler.to_owned() };
        }
        let (mut lines, mut faults) = (Vec::new(), 0_usize);
        for (step, number) in counted {
            let budget = steps.get(*step).copied();
            let ratio = budget.map_or(f64::INFINITY, |budget| number / budget);
            let remark = match budget {
                None => "it has no budget",
                Some(_) if ratio > TOLERANCE => "too many",
                Some(_) if ratio * TOLERANCE < 1.0 => "less than it may: `--write` would keep that",
                Some(_) => "",
            };
            if ratio > TOLERANCE {
                faults = faults.saturating_add(1);
            }
            let line =
                format!("{step:<13} {number:>8.0} of {:>8.0}  {remark}", budget.unwrap_or(0.0));
            lines.push(line.trim_end().to_owned());
        }
        for step in steps.keys().filter(|step| !counted.iter().any(|(name, _)| name == step)) {
            lines.push(format!("{step:<13} has a budget and is not counted any more"));
            faults = faults.saturating_add(1);
        }
        Compared::With { lines, faults }
    }
}

impl Compared {
    /// What there is to say.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Self::Not { budgets, here } => vec![
                "not compared: another compiler makes other code".to_owned(),
                format!("the budgets are for rustc {budgets}"),
                format!("this is             rustc {here}"),
            ],
            Self::With { lines, .. } => lines.clone(),
        }
    }

    /// # Errors
    ///
    /// When a step takes more than it may.
    pub(crate) fn result(&self) -> Result {
        match self {
            Self::With { faults: 1.., .. } => Err(Failure::new(
                "the core takes more instructions than its budgets in xtask/budgets.toml: make it \
                 cheaper, or run `cargo xtask cost --write` and say in the commit what it is worth",
            )),
            _ => Ok(()),
        }
    }
}

/// Makes what was counted the budget. The rest of the file stays.
pub(crate) fn write(counted: &[(&'static str, f64)], compiler: &str) -> Result {
    let text = rewritten(&text()?, counted, compiler)
        .ok_or_else(|| Failure::new(format!("{FILE} has no line `{}`", COUNTED.trim())))?;
    fs::write(project::root()?.join(FILE), text)
        .map_err(Failure::because(format!("{FILE} cannot be written")))
}

fn rewritten(old: &str, counted: &[(&'static str, f64)], compiler: &str) -> Option<String> {
    let (before, _) = old.split_once(COUNTED)?;
    let mut text = format!("{before}{COUNTED}compiler = \"{compiler}\"\n\n[instructions.steps]\n");
    for (step, number) in counted {
        text.extend([*step, " = ", &format!("{number:.0}"), "\n"]);
    }
    Some(text)
}

fn text() -> Result<String> {
    fs::read_to_string(project::root()?.join(FILE))
        .map_err(Failure::because(format!("{FILE} cannot be read")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budgets() -> Budgets {
        let old = "gzipped = 215\n\n# Counted.\n[instructions]\ncompiler = \"old\"\n";
        let written = rewritten(old, &[("some", 1000.0), ("other", 500.4)], "1.95").unwrap();
        assert!(written.starts_with("gzipped = 215\n\n# Counted.\n"), "{written}");
        toml::from_str(&written).unwrap()
    }

    #[test]
    fn what_is_written_is_the_budget() {
        let compared = budgets().compare(&[("some", 1019.0), ("other", 500.4)], "1.95");
        assert!(compared.result().is_ok(), "{compared:?}");
    }

    #[test]
    fn more_than_the_budget_fails() {
        for counted in [[("some", 1021.0), ("other", 500.0)], [("some", 1000.0), ("new", 500.0)]] {
            assert!(budgets().compare(&counted, "1.95").result().is_err(), "{counted:?}");
        }
        assert!(budgets().compare(&[("some", 1000.0)], "1.95").result().is_err());
    }

    #[test]
    fn another_compiler_is_told_of_and_not_compared() {
        let compared = budgets().compare(&[("some", 9999.0)], "1.96");
        assert!(matches!(compared, Compared::Not { .. }));
        assert!(compared.result().is_ok());
        assert!(compared.lines().join(" ").starts_with("not compared"));
    }
}
