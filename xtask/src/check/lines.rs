//! In which line of a TOML file a setting stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A file whose settings can be looked up.
pub(crate) struct Lines {
    text: String,
}

impl Lines {
    /// The lines of a TOML file; of other text, no setting has a line.
    pub(crate) fn of_toml(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    /// No lines at all, for what is not TOML.
    pub(crate) fn none() -> Self {
        Self { text: String::new() }
    }

    /// The line of a setting, counted from 1. A path is like `vars.TURNPIKE.routes[2].path`.
    pub(super) fn of(&self, path: &str) -> Option<usize> {
        let root = DeTable::parse(&self.text).ok()?;
        let (first, rest) = steps(path)?;
        let mut at: &Spanned<DeValue<'_>> = root.get_ref().get(first)?;
        for step in rest {
            at = match step {
                Step::Name(name) => at.get_ref().as_table()?.get(name)?,
                Step::Item(index) => at.get_ref().as_array()?.get(index)?,
            };
        }
        let before = self.text.get(..at.span().start)?;
        Some(before.matches('\n').count().saturating_add(1))
    }

    /// The same, or that of the nearest thing around it that is there.
    pub(super) fn of_nearest(&self, path: &str) -> Option<usize> {
        let mut path = path;
        loop {
            if let Some(line) = self.of(path) {
                return Some(line);
            }
            path = path.get(..path.rfind(['.', '['])?)?;
        }
    }
}

enum Step<'p> {
    Name(&'p str),
    Item(usize),
}

/// The first name of a path, and what follows it.
fn steps(path: &str) -> Option<(&str, Vec<Step<'_>>)> {
    let mut all = Vec::new();
    for part in path.split('.') {
        let mut parts = part.split('[');
        all.push(Step::Name(parts.next()?));
        for index in parts {
            all.push(Step::Item(index.strip_suffix(']')?.parse().ok()?));
        }
    }
    let mut all = all.into_iter();
    match all.next()? {
        Step::Name(first) => Some((first, all.collect())),
        Step::Item(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_found_wherever_they_stand() {
        let lines = Lines::of_toml(
            "main = 'x'

[vars.TURNPIKE]
leeway = 1
hosts = [
    'a',
    'b',
]
brand.name = 'c'

[[vars.TURNPIKE.routes]]
path = '/'
[[vars.TURNPIKE.routes]]
path = '/a'
scopes = ['x']
[env.staging]
assets = { binding = 'A' }
",
        );
        for (path, line) in [
            ("main", 1),
            ("vars.TURNPIKE", 3),
            ("vars.TURNPIKE.leeway", 4),
            ("vars.TURNPIKE.hosts[1]", 7),
            ("vars.TURNPIKE.brand.name", 9),
            ("vars.TURNPIKE.routes[1]", 13),
            ("vars.TURNPIKE.routes[1].scopes[0]", 15),
            ("env.staging.assets.binding", 17),
        ] {
            assert_eq!(lines.of(path), Some(line), "{path}");
        }
        assert_eq!(lines.of("vars.TURNPIKE.routes[2]"), None);
        assert_eq!(lines.of_nearest("vars.TURNPIKE.routes[0].methods[3]"), Some(11));
        assert_eq!(lines.of_nearest("env.staging.exports.default"), Some(16));
        assert_eq!(lines.of_nearest("name"), None);
        assert_eq!(Lines::none().of_nearest("main"), None);
    }
}
