//! What is known of a stored answer besides itself, and what it may therefore be used for.

use std::fmt;

use crate::time::UnixTime;

/// When an answer arrived, and for how long it may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// When it arrived, or was last found unchanged by its origin.
    pub at: UnixTime,
    /// How old it was then, in seconds.
    pub age: u64,
    /// For how many seconds it was fresh from then on.
    pub fresh_for: u64,
    /// For how many seconds beyond that it may be served while it is revalidated in the background
    /// (RFC 5861 section 3).
    pub while_revalidating: u64,
    /// For how many seconds beyond that it may be served in place of an error (section 4).
    pub if_error: u64,
    /// Its status. The store itself knows 200 only.
    pub status: u16,
}

/// What a stored answer may be used for, for a request that was permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To answer.
    Fresh,
    /// To answer, while it is revalidated in the background.
    WhileRevalidating,
    /// To ask the origin whether it is still right.
    Revalidate,
}

/// How long an answer with a validator is kept for revalidation after its time.
const KEPT_FOR_REVALIDATION: u64 = 24 * 60 * 60;

impl Record {
    /// How old the answer is, in seconds (RFC 9111 section 4.2.3).
    pub fn age(&self, now: UnixTime) -> u64 {
        self.age.saturating_add(now.since(self.at))
    }

    /// For how many seconds it is still fresh; how long it has been stale, below zero.
    pub fn ttl(&self, now: UnixTime) -> i64 {
        let seconds = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
        seconds(self.fresh_for).saturating_sub(seconds(now.since(self.at)))
    }

    /// What it may be used for.
    pub fn use_at(&self, now: UnixTime) -> Use {
        match now.since(self.at).checked_sub(self.fresh_for) {
            None => Use::Fresh,
            Some(stale) if stale < self.while_revalidating => Use::WhileRevalidating,
            Some(_) => Use::Revalidate,
        }
    }

    /// Whether it may be served when the origin fails.
    pub fn may_stand_in(&self, now: UnixTime) -> bool {
        let stale = now.since(self.at).saturating_sub(self.fresh_for);
        stale < self.if_error.max(self.while_revalidating)
    }

    /// For how many seconds it is worth keeping.
    pub fn kept_for(&self, has_validator: bool) -> u64 {
        let revalidation = if has_validator { KEPT_FOR_REVALIDATION } else { 0 };
        let stale = self.while_revalidating.max(self.if_error).max(revalidation);
        self.fresh_for.saturating_add(stale)
    }

    /// Reads what [`Display`](fmt::Display) wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split(' ').map(str::parse::<u64>);
        let mut next = || numbers.next()?.ok();
        let record = Self {
            at: UnixTime(next()?),
            age: next()?,
            fresh_for: next()?,
            while_revalidating: next()?,
            if_error: next()?,
            status: next()?.try_into().ok()?,
        };
        numbers.next().is_none().then_some(record)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, age, fresh_for, while_revalidating, if_error, status } = self;
        write!(formatter, "{} {age} {fresh_for} {while_revalidating} {if_error} {status}", at.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: Record = Record {
        at: UnixTime(1000),
        age: 5,
        fresh_for: 60,
        while_revalidating: 30,
        if_error: 100,
        status: 200,
    };

    #[track_caller]
    fn check(at: u64, ttl: i64, used: Use, stands_in: bool) {
        let now = UnixTime(at);
        assert_eq!((RECORD.ttl(now), RECORD.use_at(now)), (ttl, used));
        assert_eq!(RECORD.may_stand_in(now), stands_in);
    }

    #[test]
    fn an_answer_is_fresh_then_stale_then_of_use_to_nobody() {
        check(1000, 60, Use::Fresh, true);
        check(1059, 1, Use::Fresh, true);
        check(1060, 0, Use::WhileRevalidating, true);
        check(1089, -29, Use::WhileRevalidating, true);
        check(1090, -30, Use::Revalidate, true);
        check(1159, -99, Use::Revalidate, true);
        check(1160, -100, Use::Revalidate, false);
        // A clock that was set back.
        check(900, 60, Use::Fresh, true);
    }

    #[test]
    fn it_is_kept_for_as_long_as_it_may_be_used() {
        assert_eq!(RECORD.kept_for(false), 160);
        assert_eq!(RECORD.kept_for(true), 60 + 86_400);
        assert_eq!(RECORD.age(UnixTime(1010)), 15);
    }

    #[test]
    fn what_is_written_is_read_back_and_nothing_else() {
        assert_eq!(Record::parse(&RECORD.to_string()), Some(RECORD));
        for text in ["", "1", "1 2 3 4 5", "1 2 3 4 5 6 7", "1 2 3 4 5 99999", "1 2 3 4 5 -6"] {
            assert_eq!(Record::parse(text), None, "{text}");
        }
    }
}
