//! Times as HTTP writes them (RFC 9110 section 5.6.7), with or without the right capitals
//! (RFC 9111 section 4.2).

use crate::time::UnixTime;

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A time in one of the three formats, in UTC; `None` for anything else.
///
/// The day of the week must be one, but nothing asks for the one that the calendar has. `httpdate`
/// does, so it is offered all seven.
pub(super) fn date(text: &str) -> Option<UnixTime> {
    let text = capitalized(text.trim());
    let text = match text.strip_suffix(" Gmt").or_else(|| text.strip_suffix(" Utc")) {
        Some(time) => format!("{time} GMT"),
        None => text,
    };
    let (day, rest) = text.split_at_checked(text.find([',', ' '])?)?;
    let is_short = day.len() == 3;
    let names = DAYS.map(|name| if is_short { name.get(..3).unwrap_or(name) } else { name });
    if !names.contains(&day) {
        return None;
    }
    let read = |name: &&str| httpdate::parse_http_date(&format!("{name}{rest}")).ok();
    let date = names.iter().find_map(read)?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime(since.as_secs()))
}

/// Every word with a capital, and the rest of it in lower case.
fn capitalized(text: &str) -> String {
    let mut is_within = false;
    let cased = text.chars().map(|character| {
        let begins = !std::mem::replace(&mut is_within, character.is_ascii_alphabetic());
        if begins { character.to_ascii_uppercase() } else { character.to_ascii_lowercase() }
    });
    cased.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Option<UnixTime> = Some(UnixTime(2_544_400_878));

    #[test]
    fn each_format_is_read_in_any_case() {
        for text in [
            "Thu, 18 Aug 2050 02:01:18 GMT",
            " Thu, 18 Aug 2050 02:01:18 GMT ",
            "THU, 18 AUG 2050 02:01:18 GMT",
            "thu, 18 aug 2050 02:01:18 gMT",
            "Thu, 18 Aug 2050 02:01:18 UTC",
            "Thursday, 18-Aug-50 02:01:18 GMT",
            "THURSDAY, 18-aug-50 02:01:18 utc",
            "Thu Aug 18 02:01:18 2050",
            "thu AUG 18 02:01:18 2050",
            // Another day than the calendar has.
            "Mon, 18 Aug 2050 02:01:18 GMT",
            "Friday, 18-Aug-50 02:01:18 GMT",
            "Sun Aug 18 02:01:18 2050",
        ] {
            assert_eq!(date(text), TIME, "{text}");
        }
        assert_eq!(date("Mon Aug  8 02:01:18 2050"), Some(UnixTime(2_543_536_878)));
        assert_eq!(date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(UnixTime(0)));
    }

    #[test]
    fn what_is_in_no_format_is_no_time() {
        for text in [
            "",
            "0",
            "-1",
            "Thu",
            "Thu, 18 Aug 2050 02:01:18 AEST",
            "Thu, 18 Aug 2050 02:01:18 EST",
            "Thu, 18 Aug 2050 02:01:18 Z",
            "Thu, 18 Aug 2050 02:01:18 +0000",
            "Thu, 18 Aug 2050 02:01:18",
            "Thu 18 Aug 2050 02:01:18 GMT",
            "Thu, 18 Aug 50 02:01:18 GMT",
            "Thu, 18  Aug  2050 02:01:18 GMT",
            "Thu, 18-Aug-2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 02.01.18 GMT",
            "Thu, 18 Aug 2050 2:01:18 GMT",
            "Thu, 18 Aug 2050 24:01:18 GMT",
            "Thu, 31 Feb 2050 02:01:18 GMT",
            "Foo, 18 Aug 2050 02:01:18 GMT",
            "Thursday, 18 Aug 2050 02:01:18 GMT",
            "Thu, 18-Aug-50 02:01:18 GMT",
            "Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT",
            "Thu, 18 Aug 1950 02:01:18 GMT",
            "Th\u{fc}, 18 Aug 2050 02:01:18 GMT",
            "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
