//! Times as HTTP writes them (RFC 9110 section 5.6.7), with or without the right capitals
//! (RFC 9111 section 4.2).

use crate::time::UnixTime;

const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";

/// How many days of a common year have passed before a month begins.
const DAYS_BEFORE: [u64; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// A time in one of the three formats, in UTC; `None` for anything else, and before 1970.
///
/// The day of the week must be one, but nothing asks for the one that the calendar has.
pub(super) fn date(text: &str) -> Option<UnixTime> {
    let text = text.trim().to_ascii_lowercase();
    let is_weekday = |given: &str, is_whole: bool| {
        WEEKDAYS
            .iter()
            .any(|name| given == if is_whole { name } else { name.get(..3).unwrap_or(name) })
    };
    if let Some((weekday, rest)) = text.split_once(',') {
        let rest = rest.strip_suffix(" gmt").or_else(|| rest.strip_suffix(" utc"))?;
        let (date, time) = rest.strip_prefix(' ')?.rsplit_once(' ')?;
        // `sun, 06 nov 1994 08:49:37 gmt`, or `sunday, 06-nov-94 08:49:37 gmt`.
        let is_old = date.as_bytes().contains(&b'-');
        let separator = if is_old { '-' } else { ' ' };
        let (day, rest) = date.split_once(separator)?;
        let (month, year) = rest.split_once(separator)?;
        let year = match digits(year, if is_old { 2 } else { 4 })? {
            year if !is_old => year,
            year @ 0..70 => year.saturating_add(2000),
            year => year.saturating_add(1900),
        };
        is_weekday(weekday, is_old).then(|| unix_time(year, month, digits(day, 2)?, time))?
    } else {
        // `sun nov  6 08:49:37 1994`
        let (weekday, rest) = text.split_once(' ')?;
        let (month, rest) = rest.split_once(' ')?;
        let (day, rest) = rest.split_at_checked(2)?;
        let (time, year) = rest.strip_prefix(' ')?.split_once(' ')?;
        let day = day.strip_prefix(' ').map_or_else(|| digits(day, 2), |day| digits(day, 1))?;
        is_weekday(weekday, false).then(|| unix_time(digits(year, 4)?, month, day, time))?
    }
}

/// A number of just so many digits.
fn digits(text: &str, count: usize) -> Option<u64> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[expect(clippy::arithmetic_side_effects, reason = "no year has more than four digits")]
fn unix_time(year: u64, month: &str, day: u64, time: &str) -> Option<UnixTime> {
    let (hour, rest) = time.split_once(':')?;
    let (minute, second) = rest.split_once(':')?;
    let (hour, minute, second) = (digits(hour, 2)?, digits(minute, 2)?, digits(second, 2)?);
    let month = MONTHS.as_bytes().chunks(3).position(|name| name == month.as_bytes())?;
    let divides = |years: u64| year.is_multiple_of(years);
    let leap_day = u64::from(divides(4) && (!divides(100) || divides(400)));
    let before = |month: usize| {
        DAYS_BEFORE.get(month).map(|days| days + if month > 1 { leap_day } else { 0 })
    };
    let day_of_year = before(month)? + day;
    let is_valid = year >= 1970
        && day > 0
        && day_of_year <= before(month + 1)?
        && hour < 24
        && minute < 60
        && second <= 60;
    // Whole years since the year 1, less those until 1970.
    let years = year.checked_sub(1)?;
    let days = years * 365 + years / 4 - years / 100 + years / 400 + day_of_year;
    let seconds = (hour * 60 + minute) * 60 + second;
    is_valid.then(|| UnixTime((days - 719_163) * 86_400 + seconds))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

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
        assert_eq!(date("Tue, 29 Feb 2028 12:00:60 GMT"), Some(UnixTime(1_835_438_460)));
        assert_eq!(date("Friday, 31-Dec-99 23:59:59 GMT"), Some(UnixTime(946_684_799)));
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
            "Thu, 18 Aug 0000 02:01:18 GMT",
            "Thu, 00 Aug 2050 02:01:18 GMT",
            "Thu, 29 Feb 2100 02:01:18 GMT",
            "Thu, 18 Anf 2050 02:01:18 GMT",
            "Thu, 18 Aug 2050 02:60:18 GMT",
            "Thu, 18 Aug 2050 02:01:61 GMT",
            "Thu, 18 Aug 2050 02:01:18:00 GMT",
            "Thu Aug 8 02:01:18 2050",
            "Thu Aug 08 02:01:18 50",
            "Th\u{fc}, 18 Aug 2050 02:01:18 GMT",
            "\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}\u{fc}",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn another_reader_reads_the_same(seconds in 0_u64..253_402_300_800) {
            let time = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).expect("in range");
            let text = httpdate::fmt_http_date(time);
            prop_assert_eq!(date(&text), Some(UnixTime(seconds)), "{}", text);
        }

        #[test]
        fn another_reader_takes_nothing_else(
            text in "(Mon|Thu|Thursday|thu)(, | |,)[0-3 ]?[0-9][ -](Aug|aug|Feb|Jan)[ -]((19|20|)[0-9]{2})( |)[0-2][0-9](:[0-6][0-9]){1,3} (GMT|[0-9]{4}|EST)",
        ) {
            if let Ok(time) = httpdate::parse_http_date(&text) {
                let seconds = time.duration_since(UNIX_EPOCH).expect("no earlier year").as_secs();
                prop_assert_eq!(date(&text), Some(UnixTime(seconds)), "{}", text);
            }
        }
    }
}
