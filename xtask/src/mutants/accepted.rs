//! The survivors that are accepted: `exclude_re` of `.cargo/mutants.toml`.

use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::Mutants;
use crate::project;
use crate::shell::{Failure, Result};

const FILE: &str = ".cargo/mutants.toml";

/// How many mutants are to be tested, and how many are accepted. Each entry of the list has its
/// reason in the line above, and is about one mutant.
pub(super) fn check(mutants: &Mutants, folder: &Path) -> Result<(usize, usize)> {
    let file = project::root()?.join(FILE);
    let text = fs::read_to_string(&file).map_err(Failure::because(format!("{FILE} is missing")))?;
    let mut configuration: Table =
        text.parse().map_err(Failure::because(format!("{FILE} is not TOML")))?;
    let patterns = configuration.remove("exclude_re").map_or(Ok(Vec::new()), Value::try_into);
    let patterns: Vec<String> =
        patterns.map_err(Failure::because(format!("{FILE}: exclude_re")))?;
    if let Some(entry) = without_reason(&text) {
        return Err(Failure::new(format!("{FILE}: no reason stands above {entry}")));
    }

    // All mutants, the accepted ones included.
    let everything = folder.join("everything.toml");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&everything, configuration.to_string()))
        .map_err(Failure::because("target/ cannot be written to"))?;
    let every = Mutants { program: mutants.program.clone(), paths: Vec::new() };
    let all = every.count(&everything, None)?;
    for pattern in &patterns {
        let about = all.saturating_sub(every.count(&everything, Some(pattern))?);
        if about != 1 {
            return Err(Failure::new(format!(
                "{FILE}: `{pattern}` is about {about} mutants, not about one"
            )));
        }
    }
    let all = mutants.count(&everything, None)?;
    let chosen = mutants.count(&file, None)?;
    Ok((chosen, all.saturating_sub(chosen)))
}

/// The first entry of the list that follows another one rather than a comment.
fn without_reason(text: &str) -> Option<&str> {
    let (_, list) = text.split_once("exclude_re = [")?;
    let lines = list.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut before = "";
    for line in lines.take_while(|line| !line.starts_with(']')) {
        if !line.starts_with('#') && !before.starts_with('#') {
            return Some(line);
        }
        before = line;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_needs_a_reason() {
        assert_eq!(without_reason("exclude_re = [\n  # Why.\n  'a',\n\n  # Why.\n  'b',\n]"), None);
        assert_eq!(without_reason("exclude_re = [\n  # Why.\n  'a',\n  'b',\n]"), Some("'b',"));
        assert_eq!(without_reason("exclude_re = [\n  'a',\n]"), Some("'a',"));
        assert_eq!(without_reason("x = 1"), None);
    }
}
