//! Text in a page.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// Writes text so that it is nothing but text, also as the value of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Html;

impl Escaper for Html {
    fn write_escaped_str<W: Write>(&self, mut page: W, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) =
            rest.bytes().position(|byte| matches!(byte, b'<' | b'>' | b'&' | b'"' | b'\''))
            && let Some((plain, special)) = rest.split_at_checked(at)
            && let Some((letter, after)) = special.split_at_checked(1)
        {
            page.write_str(plain)?;
            write!(page, "&#{};", letter.bytes().next().unwrap_or_default())?;
            rest = after;
        }
        page.write_str(rest)
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
