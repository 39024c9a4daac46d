//! From text to a value.

use std::fmt;

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

/// It is not JSON, or more than the limits allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson {
    /// Where that shows: the line, counted from 1 ...
    line: usize,
    /// ... and the letter in it.
    column: usize,
}

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
        let text = str::from_utf8(text).map_err(|_| NotJson { line: 1, column: 1 })?;
        let mut reader = Reader { rest: text, limits };
        let value = reader.value().filter(|_| reader.peek().is_none());
        value.ok_or_else(|| {
            let read = text.strip_suffix(reader.rest).unwrap_or_default();
            let line = read.rsplit('\n').next().unwrap_or_default();
            let count = |number: usize| number.saturating_add(1);
            NotJson {
                line: count(read.bytes().filter(|byte| *byte == b'\n').count()),
                column: count(line.chars().count()),
            }
        })
    }
}

/// Whatever gives `None` leaves what it could not read.
struct Reader<'t> {
    rest: &'t str,
    limits: Limits,
}

impl<'t> Reader<'t> {
    /// The next byte that is no space (RFC 8259 section 2).
    fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.bytes().next()
    }

    /// Takes as many bytes, at the end of which a letter ends.
    fn take(&mut self, count: usize) -> Option<&'t str> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Takes a word if it comes next.
    fn word(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    fn value(&mut self) -> Option<Value> {
        match self.peek()? {
            b'{' => self.deeper(Self::object),
            b'[' => self.deeper(Self::array),
            b'"' => self.string().map(Value::String),
            b't' => self.word("true").map(|()| Value::Bool(true)),
            b'f' => self.word("false").map(|()| Value::Bool(false)),
            b'n' => self.word("null").map(|()| Value::Null),
            _ => self.number().map(Value::Number),
        }
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        let depth = self.limits.depth;
        self.limits.depth = depth.checked_sub(1)?;
        self.take(1)?;
        let value = read(self)?;
        self.limits.depth = depth;
        Some(value)
    }

    /// Whether there is one more item before the end of a list or an object of so many.
    fn goes_on(&mut self, count: usize, end: u8) -> Option<bool> {
        let next = self.peek()?;
        if next == end {
            self.take(1)?;
            return Some(false);
        }
        if count > 0 {
            self.word(",")?;
        }
        Some(true)
    }

    fn array(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        while self.goes_on(items.len(), b']')? {
            if items.len() >= self.limits.items {
                return None;
            }
            items.push(self.value()?);
        }
        Some(Value::Array(items))
    }

    fn object(&mut self) -> Option<Value> {
        let mut object = Object::default();
        let mut count: usize = 0;
        while self.goes_on(count, b'}')? {
            if object.members().len() >= self.limits.members || self.peek()? != b'"' {
                return None;
            }
            let name = self.string()?;
            self.peek();
            self.word(":")?;
            let value = self.value()?;
            if object.insert(name, value).is_some() && !self.limits.repeats {
                return None;
            }
            count = count.saturating_add(1);
        }
        Some(Value::Object(object))
    }

    fn number(&mut self) -> Option<Number> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        let end = self.rest.bytes().position(|byte| !is_part(byte)).unwrap_or(self.rest.len());
        let number = Number::parse(self.rest.get(..end)?)?;
        self.take(end)?;
        Some(number)
    }

    /// A string (RFC 8259 section 7), which begins here.
    fn string(&mut self) -> Option<String> {
        self.take(1)?;
        let mut string = String::new();
        loop {
            let is_special = |byte: u8| byte == b'"' || byte == b'\\' || byte < b' ';
            let end = self.rest.bytes().position(is_special)?;
            string.push_str(self.take(end)?);
            if self.word("\"").is_some() {
                return Some(string);
            }
            self.word("\\")?;
            string.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.take(1)? {
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => return self.unicode(),
            letter => letter.chars().next().filter(|letter| "\"\\/".contains([*letter]))?,
        })
    }

    /// Four digits, or twice four that are the halves of one letter. Half a letter is none.
    fn unicode(&mut self) -> Option<char> {
        let first = self.digits()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.word("\\u")?;
        let second = self.digits()?.checked_sub(0xdc00).filter(|second| *second < 0x400)?;
        let first = first.checked_sub(0xd800)?;
        char::from_u32((first << 10 | second).checked_add(0x1_0000)?)
    }

    fn digits(&mut self) -> Option<u32> {
        self.take(4)?.chars().try_fold(0, |number, digit| Some(number << 4 | digit.to_digit(16)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_said_where_it_ends_to_be_json() {
        for (text, line, column) in
            [("{", 1, 2), ("", 1, 1), ("{\n  \"é\": x}", 2, 8), ("1 2", 1, 3)]
        {
            assert_eq!(Value::parse(text.as_bytes()), Err(NotJson { line, column }), "{text}");
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
