//! Points in time as people write them: RFC 3339, or seconds after 1970.

use toml::value::{Datetime, Offset};
use turnpike::time::UnixTime;

/// Reads `2026-11-23T11:00:00Z`, with any offset, or `1800000000`.
pub(crate) fn parse(text: &str) -> Result<UnixTime, String> {
    let hint = || format!("`{text}` is no time: write 2026-11-23T11:00:00Z, or seconds after 1970");
    if let Ok(seconds) = text.parse() {
        return Ok(UnixTime(seconds));
    }
    let given: Datetime = text.parse().map_err(|_| hint())?;
    let (Some(date), Some(time), Some(offset)) = (given.date, given.time, given.offset) else {
        return Err(hint());
    };
    let minutes = match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let days = days(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let seconds = days
        .saturating_mul(86_400)
        .saturating_add(i64::from(time.hour).saturating_mul(3600))
        .saturating_add(i64::from(time.minute).saturating_mul(60))
        .saturating_add(i64::from(time.second.unwrap_or_default()))
        .saturating_sub(minutes.saturating_mul(60));
    u64::try_from(seconds).map(UnixTime).map_err(|_| hint())
}

/// The same in UTC; in seconds, what lies behind the year 9999.
pub(crate) fn show(time: u64) -> String {
    let days = i64::try_from(time.div_euclid(86_400)).unwrap_or(i64::MAX);
    let year = (1970_i64..=9999).find(|year| self::days(year.saturating_add(1), 1, 1) > days);
    let Some(year) = year else { return time.to_string() };
    let month = (1..=12).rev().find(|month| self::days(year, *month, 1) <= days).unwrap_or(1);
    let day = days.saturating_sub(self::days(year, month, 1)).saturating_add(1);
    let of_day = time.rem_euclid(86_400);
    let (hour, minute, second) =
        (of_day.div_euclid(3600), of_day.div_euclid(60).rem_euclid(60), of_day.rem_euclid(60));
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Days from 1970-01-01 to a day of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // A year that begins in March has its leap day at the end.
    let shifted = month.saturating_add(9).rem_euclid(12);
    let year = if month > 2 { year } else { year.saturating_sub(1) };
    let leaps = year
        .div_euclid(4)
        .saturating_sub(year.div_euclid(100))
        .saturating_add(year.div_euclid(400));
    let of_year = shifted.saturating_mul(153).saturating_add(2).div_euclid(5);
    year.saturating_mul(365)
        .saturating_add(leaps)
        .saturating_add(of_year)
        .saturating_add(day)
        .saturating_sub(719_469)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_shown() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-11-23T11:00:00Z", 1_795_431_600),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(parse(text), Ok(UnixTime(seconds)), "{text}");
            assert_eq!(show(seconds), text);
        }
        assert_eq!(show(253_402_300_799), "9999-12-31T23:59:59Z");
        assert_eq!(show(253_402_300_800), "253402300800");
        assert_eq!(parse("1800000000"), Ok(UnixTime(1_800_000_000)));
        assert_eq!(parse("2026-11-23T12:30:00+01:30"), Ok(UnixTime(1_795_431_600)));
        for text in ["", "now", "2026-11-23", "2026-11-23T11:00:00", "-1", "1969-12-31T23:59:59Z"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
