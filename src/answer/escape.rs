//! Text in a page.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Writes text so that it is nothing but text, also as the value of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Html;

impl Escaper for Html {
    fn write_escaped_str<W: Write>(&self, mut page: W, text: &str) -> fmt::Result {
        text.chars().try_for_each(|letter| match letter {
            '<' | '>' | '&' | '"' | '\'' => write!(page, "&#{};", u32::from(letter)),
            _ => page.write_char(letter),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut page = String::new();
        Html.write_escaped_str(&mut page, "<a href=\"é\" id='b'>&amp;").unwrap();
        assert_eq!(page, "&#60;a href=&#34;é&#34; id=&#39;b&#39;&#62;&#38;amp;");
    }
}
