//! What `check` finds: where it stands, what it means, and what to do about it.

use serde_json::{Value, json};
use turnpike::policy::Problem;

use super::lines::Lines;

/// A choice that is allowed and risky, known by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Risk {
    /// Stable, for `--allow` and for programs.
    pub(super) name: &'static str,
    /// What is chosen.
    pub(super) when: &'static str,
    pub(super) remedy: &'static str,
}

impl Risk {
    /// The row of the README's table.
    #[cfg(test)]
    pub(super) fn row(&self) -> String {
        format!("| `{}` | {} | {} |", self.name, self.when, self.remedy)
    }
}

/// A problem, or a warning if it has a risk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// The table that the place is in, as a header of TOML names it; nothing for the top level.
    table: String,
    /// From the table on: names of fields, and places in lists counted from 0.
    place: String,
    what: String,
    pub(super) risk: Option<Risk>,
}

/// The fields of a policy itself that are no tables. In TOML they end at the first table.
pub(super) const FIELDS: [&str; 8] =
    ["realm", "origin", "hosts", "store", "leeway", "credentials", "mode", "log_key"];

impl Finding {
    /// A setting of wrangler that must not be.
    pub(super) fn problem(place: String, what: impl Into<String>) -> Self {
        Self { table: String::new(), place, what: what.into(), risk: None }
    }

    /// A problem of the policy, which stands in this table.
    pub(super) fn of_policy(table: String, problem: &Problem) -> Self {
        // The table itself has been named.
        let place = if problem.place() == "TURNPIKE" { "" } else { problem.place() };
        let mut what = problem.what().to_owned();
        if !place.is_empty() && FIELDS.iter().any(|name| what == format!("unknown field `{name}`"))
        {
            what = format!("{what}; a field of [{table}] has to stand above its first table");
        }
        Self { table, place: place.to_owned(), what, risk: None }
    }

    /// A risk; the table may be the top level, `""`.
    pub(super) fn risk(risk: Risk, table: &str, place: &str, what: impl Into<String>) -> Self {
        let (table, place) = (table.to_owned(), place.to_owned());
        Self { table, place, what: what.into(), risk: Some(risk) }
    }

    /// The whole place, as a path.
    pub(super) fn path(&self) -> String {
        let parts = [self.table.as_str(), self.place.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
    }

    /// The line it stands in, where the file has lines.
    pub(super) fn line(&self, lines: &Lines) -> Option<usize> {
        // An unknown field is a problem of its table; its name says which line it is.
        let unknown = self.what.strip_prefix("unknown field `").and_then(|it| it.split('`').next());
        let path = self.path();
        unknown
            .and_then(|name| lines.of(&format!("{path}.{name}")))
            .or_else(|| inherited(&path, lines))
            .or_else(|| lines.of_nearest(&path))
    }

    /// As people are shown it.
    pub(super) fn text(&self, lines: &Lines) -> String {
        let table = if self.table.is_empty() { String::new() } else { format!("[{}]", self.table) };
        let parts = [table.as_str(), self.place.as_str()];
        let mut text: String =
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if let Some(line) = self.line(lines) {
            text = format!("{text} (line {line})");
        }
        match self.risk {
            None => format!("{text}: {}", self.what),
            Some(risk) => {
                let Risk { name, when, remedy } = risk;
                let what = &self.what;
                format!("warning {name}: {text}: {what}; {when}\n    remedy: {remedy}")
            }
        }
    }

    /// The same for programs.
    pub(super) fn json(&self, lines: &Lines) -> Value {
        let (place, line) = (self.path(), self.line(lines));
        match self.risk {
            None => json!({ "place": place, "line": line, "message": self.what }),
            Some(risk) => json!({
                "name": risk.name,
                "place": place,
                "line": line,
                "message": format!("{}; {}", self.what, risk.when),
                "remedy": risk.remedy,
            }),
        }
    }
}

/// The line in which an environment's setting stands at the top level, where it inherits that.
fn inherited(path: &str, lines: &Lines) -> Option<usize> {
    let (environment, setting) = path.strip_prefix("env.")?.split_once('.')?;
    let first = setting.split(['.', '[']).next()?;
    let is_own = lines.of(&format!("env.{environment}.{first}")).is_some();
    if is_own || first == "vars" { None } else { lines.of_nearest(setting) }
}
