//! A JSON object with one meaning: every name once, at every depth, and of bounded size.
//!
//! RFC 7515 section 4 and RFC 7519 section 4 let a parser choose between refusing duplicate names
//! and taking the last one. Two parsers that choose differently read two tokens in one.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::{Map, Number, Value};

use super::TokenFault;

/// Objects and lists within each other.
const MAX_DEPTH: usize = 16;

/// Members of an object, items of a list.
const MAX_ITEMS: usize = 128;

/// The members of an object.
#[derive(Clone, Default)]
pub(super) struct Members(Value);

impl Members {
    /// The value of a member.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value at a JSON Pointer (RFC 6901). That of `serde_json` would weigh half a KB more.
    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        pointer.split('/').skip(1).try_fold(&self.0, |value, part| match value {
            Value::Object(members) => members.get(&unescaped(part)),
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

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match (Strict { depth: MAX_DEPTH }).deserialize(deserializer)? {
            object @ Value::Object(_) => Ok(Self(object)),
            _ => Err(D::Error::custom("not an object")),
        }
    }
}

/// Reads any value whose depth is within what is left.
#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth }),
            None => Err(E::custom("nested too deep")),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(deeper)? {
            if list.len() == MAX_ITEMS {
                return Err(A::Error::custom("too many items"));
            }
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.len() == MAX_ITEMS {
                return Err(A::Error::custom("too many members"));
            }
            let value = members.next_value_seed(deeper)?;
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name is given twice"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, accepted: bool) {
        assert_eq!(serde_json::from_str::<Members>(text).is_ok(), accepted, "{text}");
    }

    #[test]
    fn ordinary_objects_are_read_as_they_are() {
        let text = r#"{"a":[1,-2,3.5,"x",null,true],"b":{"a":{}}}"#;
        let members: Members = serde_json::from_str(text).unwrap();
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
        let members: Members = serde_json::from_str(text).unwrap();
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
