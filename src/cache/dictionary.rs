//! Dictionaries of Structured Fields (RFC 9651 section 4.2.2), as strict as it says: what fails in
//! one place fails as a whole.

use percent_encoding::percent_decode_str;

/// The members of a dictionary, with their values as they are written, `=` included and without
/// parameters: a name alone stands for true. Of several equal names the last one counts. `None` for
/// what is no dictionary, and for an empty one.
pub(super) fn members(field: &str) -> Option<Vec<(&str, &str)>> {
    let mut rest = Reader(field.trim_matches(' '));
    let mut members: Vec<(&str, &str)> = Vec::new();
    loop {
        let name = rest.key()?;
        let value = if rest.0.starts_with('=') { rest.text_of(Reader::value)? } else { "" };
        rest.parameters()?;
        members.retain(|(other, _)| *other != name);
        members.push((name, value));
        rest.take(is_white);
        if rest.0.is_empty() {
            return Some(members);
        }
        rest.eat(',')?;
        rest.take(is_white);
    }
}

/// What is still to be read.
struct Reader<'a>(&'a str);

impl<'a> Reader<'a> {
    fn eat(&mut self, character: char) -> Option<()> {
        self.0 = self.0.strip_prefix(character)?;
        Some(())
    }

    fn take(&mut self, is_part: fn(char) -> bool) -> &'a str {
        let rest = self.0.trim_start_matches(is_part);
        let taken = self.0.strip_suffix(rest).unwrap_or_default();
        self.0 = rest;
        taken
    }

    /// What is read by that, as text.
    fn text_of(&mut self, read: fn(&mut Self) -> Option<()>) -> Option<&'a str> {
        let from = self.0;
        read(self)?;
        from.strip_suffix(self.0)
    }

    fn key(&mut self) -> Option<&'a str> {
        self.0.starts_with(|c: char| c.is_ascii_lowercase() || c == '*').then(|| {
            self.take(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || "_-.*".chars().any(|it| it == c)
            })
        })
    }

    fn value(&mut self) -> Option<()> {
        self.eat('=')?;
        if self.eat('(').is_none() {
            return self.item();
        }
        loop {
            self.take(|c| c == ' ');
            if self.eat(')').is_some() {
                return Some(());
            }
            self.item()?;
            self.parameters()?;
            if !self.0.starts_with([' ', ')']) {
                return None;
            }
        }
    }

    fn parameters(&mut self) -> Option<()> {
        while self.eat(';').is_some() {
            self.take(|c| c == ' ');
            self.key()?;
            if self.eat('=').is_some() {
                self.item()?;
            }
        }
        Some(())
    }

    fn item(&mut self) -> Option<()> {
        match self.0.chars().next()? {
            '"' => self.string().map(|_| ()),
            '?' => {
                self.eat('?')?;
                self.eat('0').or_else(|| self.eat('1'))
            }
            ':' => self.bytes(),
            '@' => {
                self.eat('@')?;
                self.number().filter(|is_integer| *is_integer).map(|_| ())
            }
            '%' => self.display_string(),
            c if c.is_ascii_alphabetic() || c == '*' => {
                self.take(|c| {
                    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".chars().any(|it| it == c)
                });
                Some(())
            }
            _ => self.number().map(|_| ()),
        }
    }

    /// Whether it is an integer.
    fn number(&mut self) -> Option<bool> {
        _ = self.eat('-');
        let digit = |c: char| c.is_ascii_digit();
        let whole = self.take(digit).len();
        if self.eat('.').is_none() {
            return (1..=15).contains(&whole).then_some(true);
        }
        let fraction = self.take(digit).len();
        ((1..=12).contains(&whole) && (1..=3).contains(&fraction)).then_some(false)
    }

    /// What is between the quotes, as it is written.
    fn string(&mut self) -> Option<&'a str> {
        self.eat('"')?;
        let text = self.text_of(|rest| {
            loop {
                rest.take(|c| matches!(c, ' '..='~') && c != '"' && c != '\\');
                if rest.eat('\\').is_none() {
                    return Some(());
                }
                rest.eat('"').or_else(|| rest.eat('\\'))?;
            }
        })?;
        self.eat('"')?;
        Some(text)
    }

    fn bytes(&mut self) -> Option<()> {
        self.eat(':')?;
        let body = self.take(|c| c.is_ascii_alphanumeric() || c == '+' || c == '/').len();
        let padding = self.take(|c| c == '=').len();
        self.eat(':')?;
        // Padding may be left out, but there is no place for more of it.
        let is_padding = matches!((body % 4, padding), (_, 0) | (2, 1 | 2) | (3, 1));
        (body % 4 != 1 && is_padding).then_some(())
    }

    fn display_string(&mut self) -> Option<()> {
        self.eat('%')?;
        self.eat('"')?;
        let text = self.take(|c| matches!(c, ' '..='~') && c != '"');
        self.eat('"')?;
        let is_escape = |part: &str| {
            let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
            part.chars().take(2).filter(|c| is_hex(*c)).count() == 2
        };
        let is_escaped = text.split('%').skip(1).all(is_escape);
        (is_escaped && percent_decode_str(text).decode_utf8().is_ok()).then_some(())
    }
}

fn is_white(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sfv::{BareItem, Dictionary, ListEntry, Parser, Version};

    use super::*;

    /// The names of a dictionary and its integers, as another reader has them.
    fn by_sfv(field: &str) -> Option<Vec<(String, Option<i64>)>> {
        let parser = Parser::new(field).with_version(Version::Rfc9651);
        let members = parser.parse::<Dictionary>().ok()?;
        let integer = |entry: &ListEntry| match entry {
            ListEntry::Item(item) => match item.bare_item {
                BareItem::Integer(integer) => Some(i64::from(integer)),
                _ => None,
            },
            ListEntry::InnerList(_) => None,
        };
        let mut members: Vec<_> =
            members.iter().map(|(name, entry)| (name.to_string(), integer(entry))).collect();
        members.sort();
        (!members.is_empty()).then_some(members)
    }

    fn by_us(field: &str) -> Option<Vec<(String, Option<i64>)>> {
        let integer = |value: &str| value.strip_prefix('=')?.parse().ok();
        let mut members: Vec<_> = members(field)?
            .into_iter()
            .map(|(name, value)| (name.to_owned(), integer(value)))
            .collect();
        members.sort();
        Some(members)
    }

    #[test]
    fn members_are_read_as_they_are_written() {
        assert_eq!(members("max-age=60"), Some(vec![("max-age", "=60")]));
        assert_eq!(
            members(" a;x=1;y,\tb=\"1, \\\"2\";z , *c.d_-=(1 2;q (?1) "),
            None,
            "a list within a list"
        );
        assert_eq!(
            members(" a;x=1;y,\tb=\"1, \\\"2\";z , *c.d_-=(1 2;q  ?1) "),
            Some(vec![("a", ""), ("b", "=\"1, \\\"2\""), ("*c.d_-", "=(1 2;q  ?1)")])
        );
        assert_eq!(members("a=1, b=2, a=3"), Some(vec![("b", "=2"), ("a", "=3")]));
        for odd in
            ["", " ", ",", "a,", "a b", "A=1", "1=a", "a=", "a =1", "a= 1", "a;B", "a=\"", "é"]
        {
            assert_eq!(members(odd), None, "{odd}");
        }
    }

    #[test]
    fn values_are_of_the_kinds_there_are() {
        let is_value = |value: &str| {
            let field = format!("a={value}, b=1");
            assert_eq!(by_us(&field), by_sfv(&field), "{field}");
            by_us(&field).is_some()
        };
        let numbers = ["-1", "123456789012345", "1.5", "123456789012.123"];
        let others =
            ["?1", ":YQ==:", ":+/E=:", ":YWJj:", "@-1", "%\"%c3%a9\"", "*a", "A/b:c", "(:YQ: @1)"];
        for value in numbers.iter().chain(&others) {
            assert!(is_value(value), "{value}");
        }
        let numbers = ["-", "1234567890123456", ".5", "1.", "1.2345", "1234567890123.1", "@1.5"];
        let others =
            ["?", "?2", ":YQ=", ":Y:", ":YWE==:", "@", "%\"%C3%A9\"", "%\"%c3\"", "+1", "~", "(1"];
        for value in numbers.iter().chain(&others) {
            assert!(!is_value(value), "{value}");
        }
    }

    proptest! {
        #[test]
        fn another_reader_reads_the_same(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "max-age", "*", "B", "=", "=60", "=-1", "=1.5", "=1.2345", "0", "999999999",
                    "=\"x\"", "\"", "\\", "=?1", "?", "=:YQ==:", ":", "YQ", "=@1", "@", "=%\"%c3%a9\"",
                    "%", "%\"", "%C3", "=(", "(", ")", "(1 a)", " ", "\t", ",", ", ", ";", ";q=1", "é",
                    "=a/b", "-", ".", "+", "/",
                ]),
                0..8,
            ),
        ) {
            let field = parts.concat();
            prop_assert_eq!(by_us(&field), by_sfv(&field), "{}", field);
        }

        #[test]
        fn another_reader_reads_the_same_of_any_value(
            value in "[-0-9.a-zA-Z\"\\\\:=?@%() ;,+/*é]{0,12}",
        ) {
            let field = format!("a={value}");
            prop_assert_eq!(by_us(&field), by_sfv(&field), "{}", field);
        }
    }
}
