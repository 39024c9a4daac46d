//! A value, and how it is written.

use std::fmt::{self, Write};

use super::Number;

/// Any value (RFC 8259 section 3). It displays as JSON without spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// A list.
    Array(Vec<Value>),
    /// An object.
    Object(Object),
}

/// What so many bytes take of memory: they are handed out in pieces of 16, and each has some of its own
/// in front.
fn block(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { bytes.next_multiple_of(16).saturating_add(16) }
}

/// The members of an object, each name once, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    /// No members yet, and room for so many.
    pub(super) fn with_capacity(members: usize) -> Self {
        Self(Vec::with_capacity(members))
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        // Of most names, the length says that they are others. Of few, that beats halving them.
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Adds a member, in place of the one that has its name, which is handed back.
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        match self.find(&name) {
            Ok(index) => {
                let (_, known) = self.0.get_mut(index)?;
                Some(std::mem::replace(known, value))
            }
            Err(index) => {
                self.0.insert(index, (name, value));
                None
            }
        }
    }

    /// Takes a member away.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let index = self.find(name).ok()?;
        Some(self.0.remove(index).1)
    }

    /// Names and values.
    pub fn members(&self) -> &[(String, Value)] {
        &self.0
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }
}

impl Value {
    /// The value of a member, if this is an object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(object) => object.get(name),
            _ => None,
        }
    }

    /// A string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// An integer of at most 64 bits, without a sign.
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(number) => number.as_u64(),
            _ => None,
        }
    }

    /// The items of a list.
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }
}

impl Value {
    /// About how many bytes of memory it takes, with all that is in it, and with the room for more.
    pub fn bytes(&self) -> usize {
        size_of::<Self>().saturating_add(self.bytes_behind())
    }

    /// The same without itself.
    fn bytes_behind(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) => 0,
            Self::String(text) => block(text.capacity()),
            Self::Array(items) => {
                let room = items.capacity().saturating_mul(size_of::<Self>());
                items.iter().map(Self::bytes_behind).fold(block(room), usize::saturating_add)
            }
            Self::Object(Object(members)) => {
                let room = members.capacity().saturating_mul(size_of::<(String, Self)>());
                let member = |(name, value): &(String, Self)| {
                    block(name.capacity()).saturating_add(value.bytes_behind())
                };
                members.iter().map(member).fold(block(room), usize::saturating_add)
            }
        }
    }

    /// Whether every number in it is what was written.
    pub fn is_exact(&self) -> bool {
        match self {
            Self::Number(number) => number.is_exact(),
            Self::Array(items) => items.iter().all(Self::is_exact),
            Self::Object(object) => object.members().iter().all(|(_, value)| value.is_exact()),
            Self::Null | Self::Bool(_) | Self::String(_) => true,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.write(&mut text);
        formatter.write_str(&text)
    }
}

impl Value {
    fn write(&self, text: &mut String) {
        match self {
            Self::Null => text.push_str("null"),
            Self::Bool(true) => text.push_str("true"),
            Self::Bool(false) => text.push_str("false"),
            Self::Number(number) => _ = write!(text, "{number}"),
            Self::String(string) => quote(string, text),
            Self::Array(items) => {
                text.push('[');
                for (index, item) in items.iter().enumerate() {
                    separate(index, text);
                    item.write(text);
                }
                text.push(']');
            }
            Self::Object(object) => {
                text.push('{');
                for (index, (name, value)) in object.members().iter().enumerate() {
                    separate(index, text);
                    quote(name, text);
                    text.push(':');
                    value.write(text);
                }
                text.push('}');
            }
        }
    }
}

fn separate(index: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
}

/// A string as JSON (RFC 8259 section 7).
pub fn quoted(string: &str) -> String {
    let mut text = String::with_capacity(string.len().saturating_add(2));
    quote(string, &mut text);
    text
}

fn quote(string: &str, text: &mut String) {
    text.push('"');
    let is_special = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    let mut rest = string;
    while let Some(at) = rest.bytes().position(is_special)
        && let Some((plain, special)) = rest.split_at_checked(at)
        && let Some((letter, after)) = special.split_at_checked(1)
    {
        text.push_str(plain);
        match letter {
            "\n" => text.push_str("\\n"),
            "\r" => text.push_str("\\r"),
            "\t" => text.push_str("\\t"),
            "\"" | "\\" => text.extend(["\\", letter]),
            // Writing to a string cannot fail.
            other => _ = write!(text, "\\u{:04x}", other.bytes().next().unwrap_or_default()),
        }
        rest = after;
    }
    text.push_str(rest);
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nested_takes_as_much_as_is_counted() {
        let bytes = |text: &str| Value::parse(text.as_bytes()).unwrap().bytes();
        let of_1000 = |item: &str| bytes(&format!("[{}{item}]", format!("{item},").repeat(999)));
        let list = of_1000("0");
        assert!(list >= 1000 * size_of::<Value>());
        // Nothing is behind what is empty.
        assert_eq!([of_1000("{}"), of_1000("[]"), of_1000("\"\"")], [list; 3]);
        let member = size_of::<(String, Value)>();
        // However short they are.
        for (item, least) in [("[0]", size_of::<Value>()), ("\"a\"", 16), (r#"{"":0}"#, member)] {
            assert!(of_1000(item) >= list + 1000 * (least + 16), "{item}");
        }
        // Room is as much as what is in it.
        let roomy = Value::Array(Vec::with_capacity(1000));
        assert!(roomy.bytes() >= 1000 * size_of::<Value>());
    }

    #[test]
    fn what_is_written_is_read_by_others_as_it_was() {
        let string: String =
            (0..0x80).filter_map(char::from_u32).chain("é😀\u{2028}".chars()).collect();
        assert_eq!(serde_json::from_str::<String>(&quoted(&string)).unwrap(), string);
        let text = r#"{"":[],"a":[1,-2,"x",null,true,false],"b":{"a":{}}}"#;
        let value = Value::parse(text.as_bytes()).unwrap();
        assert_eq!(value.to_string(), text);
    }

    #[test]
    fn members_are_in_the_order_of_their_names() {
        let mut object = Object::default();
        for (name, known) in [("b", None), ("a", None), ("c", None), ("b", Some(Value::Null))] {
            assert_eq!(object.insert(name.to_owned(), Value::Null), known);
        }
        assert_eq!(Value::Object(object.clone()).to_string(), r#"{"a":null,"b":null,"c":null}"#);
        assert_eq!((object.remove("b"), object.remove("b")), (Some(Value::Null), None));
        assert_eq!((object.get("a"), object.get("b")), (Some(&Value::Null), None));
    }
}
