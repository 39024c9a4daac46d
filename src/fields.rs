//! Header fields: reading them, and changing them.

use std::borrow::Cow;

/// Header fields, read by lower-case name. Several field lines of one name are joined by `, `, as
/// the Fetch standard does and RFC 9110 section 5.3 allows.
pub trait Headers {
    /// The value of a field, `None` when it is absent.
    fn get(&self, name: &str) -> Option<Cow<'_, str>>;

    /// The names of all fields, in lower case.
    fn names(&self) -> Vec<&str>;
}

impl Headers for http::HeaderMap {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let lines = self.get_all(name).iter().map(http::HeaderValue::as_bytes);
        // Nearly all are text: whole, they are looked through faster than with care.
        let mut lines = lines.map(|line| {
            str::from_utf8(line).map_or_else(|_| String::from_utf8_lossy(line), Cow::Borrowed)
        });
        let first = lines.next()?;
        Some(lines.fold(first, |joined, line| format!("{joined}, {line}").into()))
    }

    fn names(&self) -> Vec<&str> {
        self.keys().map(http::HeaderName::as_str).collect()
    }
}

/// Changes to a set of header fields: first the removals, then the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Fields to remove, every line of them.
    pub remove: Vec<Cow<'static, str>>,
    /// Fields to set, in place of whatever is there.
    pub set: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl Edits {
    /// Removes these as well.
    pub fn remove(&mut self, names: &[&'static str]) {
        for name in names {
            self.remove.push(Cow::Borrowed(name));
        }
    }

    /// Removes those as well that were found among others.
    pub fn remove_found(&mut self, names: impl IntoIterator<Item = String>) {
        for name in names {
            self.remove.push(Cow::Owned(name));
        }
    }

    /// Removes those of these fields that have such a name.
    pub fn remove_where(&mut self, fields: &dyn Headers, is_removed: &dyn Fn(&str) -> bool) {
        for name in fields.names() {
            if is_removed(name) {
                self.remove.push(Cow::Owned(name.to_owned()));
            }
        }
    }

    /// Sets this as well.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) {
        self.set.push((name.into(), value.into()));
    }

    /// These, and then others.
    pub fn append(&mut self, others: Self) {
        self.set.retain(|(set, _)| !others.remove.contains(set));
        self.remove.extend(others.remove);
        self.set.extend(others.set);
    }

    /// Whether a field is removed, though it may be set again.
    pub fn removes(&self, name: &str) -> bool {
        self.remove.iter().any(|removed| removed == name)
    }

    /// What a field is set to.
    pub fn value_of(&self, name: &str) -> Option<&str> {
        self.set.iter().rev().find(|(set, _)| set == name).map(|(_, value)| &**value)
    }
}
