//! Lines of the log, one JSON object each, and what may stand in them.
//!
//! No token, no cookie and no claim has a way in: a value stands in a line only if its type says
//! that it may, and text at large does not.

use crate::json::quoted;

/// A value that may stand in the log: words and numbers of ours, and what was made to be there.
pub trait Loggable {
    /// The value as JSON.
    fn json(&self) -> String;
}

/// Words of ours, and of the policy, which outlives all requests.
impl Loggable for &'static str {
    fn json(&self) -> String {
        quoted(self)
    }
}

impl Loggable for u64 {
    fn json(&self) -> String {
        self.to_string()
    }
}

impl<T: Loggable> Loggable for [T] {
    fn json(&self) -> String {
        let items: Vec<String> = self.iter().map(Loggable::json).collect();
        format!("[{}]", items.join(","))
    }
}

/// A line in the making.
#[derive(Debug)]
pub struct Line(String);

impl Line {
    /// The line of something that happened.
    pub fn of(event: &'static str) -> Self {
        Self(format!("{{\"event\":{}", event.json()))
    }

    /// Adds a value.
    #[must_use]
    pub fn with<T: Loggable + ?Sized>(mut self, name: &'static str, value: &T) -> Self {
        for part in [",\"", name, "\":", &value.json()] {
            self.0.push_str(part);
        }
        self
    }

    /// Adds a value if there is one.
    #[must_use]
    pub fn with_any<T: Loggable>(self, name: &'static str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The whole line.
    pub fn finish(self) -> String {
        self.0 + "}"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_object() {
        let line = Line::of("request")
            .with("status", &401)
            .with_any("code", Some(&"a \"quoted\"\nword"))
            .with_any("route", None::<&&'static str>)
            .with("problems", ["one", "two"].as_slice());
        let line = line.finish();
        assert_eq!(
            line,
            r#"{"event":"request","status":401,"code":"a \"quoted\"\nword","problems":["one","two"]}"#
        );
        serde_json::from_str::<serde_json::Value>(&line).unwrap();
    }
}
