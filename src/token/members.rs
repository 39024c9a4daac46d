//! A JSON object with one meaning: every name once, at every depth, and of bounded size.
//!
//! RFC 7515 section 4 and RFC 7519 section 4 let a parser choose between refusing duplicate names
//! and taking the last one. Two parsers that choose differently read two tokens in one.

use super::TokenFault;
use crate::json::{Limits, Value};

/// What a token may hold at most.
const LIMITS: Limits = Limits { depth: 16, members: 128, items: 128, repeats: false };

/// The members of an object.
#[derive(Clone)]
pub(super) struct Members(Value);

impl Members {
    /// Reads an object; `None` when it is none, or has more than one meaning.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let value = Value::parse_within(LIMITS, text).ok()?;
        matches!(value, Value::Object(_)).then_some(Self(value))
    }

    /// About how many bytes of memory they take.
    pub(super) fn bytes(&self) -> usize {
        self.0.bytes()
    }

    /// The value of a member.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value at a JSON Pointer (RFC 6901).
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        pointer.split('/').skip(1).try_fold(&self.0, |value, part| match value {
            Value::Object(object) => object.get(&unescaped(part)),
            Value::Array(items) => items.get(index(part)?),
            _ => None,
        })
    }

    /// A member that, if it is there, must be a string.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, TokenFault> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(TokenFault::Malformed),
        }
    }

    /// Whether a member is there, whatever its value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }
}

/// A part of a JSON Pointer as the name that it stands for.
fn unescaped(part: &str) -> String {
    let mut pieces = part.split('~');
    let mut name = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        name.push(if piece.starts_with('1') { '/' } else { '~' });
        name.push_str(piece.get(1..).unwrap_or_default());
    }
    name
}

/// A number as RFC 6901 section 4 wants it: without a sign, and without zeros in front.
fn index(part: &str) -> Option<usize> {
    let is_index = part == "0" || !part.starts_with(['0', '+']);
    usize::try_from(part.parse::<u64>().ok().filter(|_| is_index)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, accepted: bool) {
        assert_eq!(Members::parse(text.as_bytes()).is_some(), accepted, "{text}");
    }

    #[test]
    fn ordinary_objects_are_read_as_they_are() {
        let text = r#"{"a":[1,-2,35,"x",null,true],"b":{"a":{}}}"#;
        let members = Members::parse(text.as_bytes()).unwrap();
        assert_eq!(members.0.to_string(), text);
    }

    #[test]
    fn a_name_is_given_once() {
        check(r#"{"a":1,"b":2}"#, true);
        check(r#"{"a":1,"a":1}"#, false);
        check(r#"{"a":1,"\u0061":2}"#, false);
        check(r#"{"x":[{"a":1,"a":2}]}"#, false);
        check(r#"{"x":{"y":{"a":1,"a":2}}}"#, false);
    }

    #[test]
    fn a_pointer_leads_into_them() {
        let text = r#"{"a":{"b":[1,{"c":2}],"":3},"x/y":4,"~":5,"~1":6,"":{"":7}}"#;
        let members = Members::parse(text.as_bytes()).unwrap();
        for (pointer, value) in [
            ("/a/b/0", Some(1)),
            ("/a/b/1/c", Some(2)),
            ("/a/", Some(3)),
            ("/x~1y", Some(4)),
            ("/~0", Some(5)),
            ("/~01", Some(6)),
            ("//", Some(7)),
            ("/a/b/00", None),
            ("/a/b/2", None),
            ("/a/b/-", None),
            ("/b", None),
            ("/a/b/0/c", None),
            ("/x/y", None),
        ] {
            assert_eq!(members.at(pointer).and_then(Value::as_u64), value, "{pointer}");
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let nested =
            |depth: usize| format!("{}{}", r#"{"a":"#.repeat(depth) + "1", "}".repeat(depth));
        check(&nested(16), true);
        check(&nested(17), false);
        let members = |count: usize| {
            let members: Vec<String> = (0..count).map(|n| format!(r#""m{n}":0"#)).collect();
            format!("{{{}}}", members.join(","))
        };
        check(&members(128), true);
        check(&members(129), false);
        check(&format!(r#"{{"a":[{}0]}}"#, "0,".repeat(127)), true);
        check(&format!(r#"{{"a":[{}0]}}"#, "0,".repeat(128)), false);
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in [
            "[]",
            "1",
            "null",
            "\"x\"",
            "",
            "{",
            "{}x",
            "\u{feff}{}",
            r#"{"a":1e999}"#,
            r#"{"a":"\ud800"}"#,
        ] {
            check(text, false);
        }
    }
}
