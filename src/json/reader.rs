//! From text to a value, by `serde_json`.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{Number, Object, Value};

/// What a text may hold at most.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Objects and lists within each other.
    pub depth: usize,
    /// Members of an object.
    pub members: usize,
    /// Items of a list.
    pub items: usize,
    /// Whether a name may be given twice in an object. The last one counts.
    pub repeats: bool,
}

/// For what comes from the operator, and from the issuers that are trusted. Where members are put in
/// the order of their names, time grows with the square of their number.
const TRUSTED: Limits = Limits { depth: 127, members: 1024, items: usize::MAX, repeats: true };

/// Few texts have more members. Within them there is no room ahead: a list of a thousand empty objects
/// would take a hundred times its text.
const USUAL_MEMBERS: usize = 10;

/// It is not JSON, or more than the limits allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson {
    /// Where that shows: the line, counted from 1 ...
    line: usize,
    /// ... and the letter in it.
    column: usize,
}

/// For what is wrong as a whole.
const BEGINNING: NotJson = NotJson { line: 1, column: 1 };

impl fmt::Display for NotJson {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "see line {} column {}", self.line, self.column)
    }
}

impl Value {
    /// Reads JSON that we trust.
    ///
    /// # Errors
    ///
    /// [`NotJson`].
    pub fn parse(text: &[u8]) -> Result<Self, NotJson> {
        Self::parse_within(TRUSTED, text)
    }

    /// Reads JSON within limits.
    ///
    /// # Errors
    ///
    /// [`NotJson`].
    pub fn parse_within(limits: Limits, text: &[u8]) -> Result<Self, NotJson> {
        // Once for the whole text, and not for each string of it.
        let text = str::from_utf8(text).map_err(|_| BEGINNING)?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let is_beyond = Cell::new(false);
        let within = Within { limits, room: USUAL_MEMBERS, is_beyond: &is_beyond };
        let value = within.deserialize(&mut reader);
        match value.and_then(|value| reader.end().map(|()| value)) {
            Ok(value) if !is_beyond.get() => Ok(value),
            Ok(_) => Err(BEGINNING),
            Err(error) => Err(NotJson { line: error.line(), column: error.column() }),
        }
    }
}

/// Reads any value within limits.
#[derive(Clone, Copy)]
struct Within<'l> {
    limits: Limits,
    /// For so many members room is made ahead.
    room: usize,
    /// Whether there was more. An error of ours would be text to `serde_json`, which searches it for a
    /// place: that alone would be 3 % of the Worker.
    is_beyond: &'l Cell<bool>,
}

impl Within<'_> {
    /// What is left within an object or a list.
    fn deeper(self) -> Option<Self> {
        let depth = self.limits.depth.checked_sub(1)?;
        Some(Self { limits: Limits { depth, ..self.limits }, room: 0, ..self })
    }

    /// Says that there is more than the limits allow. Nothing more is read.
    fn beyond(self) -> Value {
        self.is_beyond.set(true);
        Value::Null
    }
}

impl<'de> DeserializeSeed<'de> for Within<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(Number::Natural(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::Negative(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(Number::Rounded(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Some(deeper) = self.deeper() else { return Ok(self.beyond()) };
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(deeper)? {
            if list.len() >= self.limits.items {
                return Ok(self.beyond());
            }
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let Some(deeper) = self.deeper() else { return Ok(self.beyond()) };
        let mut object = Object::with_capacity(self.room);
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(deeper)?;
            let is_full = object.members().len() >= self.limits.members;
            if is_full || object.insert(name, value).is_some() && !self.limits.repeats {
                return Ok(self.beyond());
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_where_it_ends_to_be_json() {
        for (text, line, column) in
            [("{", 1, 1), ("", 1, 0), ("{\n  \"a\": x}", 2, 8), ("1 2", 1, 3)]
        {
            assert_eq!(Value::parse(text.as_bytes()), Err(NotJson { line, column }), "{text}");
        }
        for text in [b"\n\"\xff\"".as_slice(), b"\n1\xff", b"\n{\"\xc3\":1}"] {
            assert_eq!(Value::parse(text), Err(BEGINNING), "{text:?} is not UTF-8");
        }
    }

    #[test]
    fn size_and_depth_are_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let object = |members: usize| {
            let members: Vec<String> = (0..members).map(|n| format!("\"{n}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        let is_read = |text: &str| Value::parse(text.as_bytes()).is_ok();
        assert!(is_read(&nested(127)) && !is_read(&nested(128)));
        assert!(is_read(&object(1024)) && !is_read(&object(1025)));
        assert!(is_read(&format!("[{}0]", "0,".repeat(9999))));
    }
}
