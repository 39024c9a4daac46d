//! When a fetched key set is used, and when it is fetched again. Pure: the edge does the fetching.

use crate::time::UnixTime;

/// A larger answer is not a key set.
pub const MAX_SET_BYTES: usize = 256 * 1024;

/// After a failure, and after a look for an unknown `kid`, the issuer is left alone this long.
const COOLDOWN_SECONDS: u64 = 30;

/// After a failure with no set to fall back on, this long: nobody can pass meanwhile.
const RETRY_SECONDS: u64 = 5;

/// A fetch that began longer ago has been lost: each has a deadline, which is shorter.
const FETCH_SECONDS: u64 = 4;

/// Bounds of what an issuer may say about the lifetime of its set, and what holds when it is silent.
const MIN_AGE_SECONDS: u64 = 60;
const MAX_AGE_SECONDS: u64 = 24 * 60 * 60;
const DEFAULT_AGE_SECONDS: u64 = 10 * 60;

/// A set is renewed in the background when this share of its lifetime has passed, in percent.
const RENEWED_AT_PERCENT: u64 = 80;

/// What is known about the key set of one issuer.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    /// When the set in hand was fetched, and for how many seconds it is fresh.
    pub good: Option<(UnixTime, u64)>,
    /// When a fetch began that has not ended yet.
    pub began: Option<UnixTime>,
    /// When a fetch failed since.
    pub failed: Option<UnixTime>,
}

/// What to do for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Use the set in hand.
    Use,
    /// Use the set in hand, and fetch it anew without anyone waiting.
    UseAndRenew,
    /// Use the set in hand although its lifetime is over: there is no newer one to be had.
    UseStale,
    /// Fetch the set; when that fails, plan again.
    Fetch,
    /// Somebody is fetching the set: look again in a moment.
    Wait,
    /// What is in hand does not suffice to decide, and fetching just failed: try again in so many
    /// seconds.
    GiveUp {
        /// For `Retry-After`.
        retry_after: u64,
    },
}

/// Decides what to do for a token; `known` is whether the set in hand has a key for it, `grace` for
/// how many seconds a set is used beyond its lifetime when there is no newer one.
pub fn plan(history: &History, grace: u64, known: bool, now: UnixTime) -> Plan {
    let under_way = history.began.is_some_and(|began| now.since(began) < FETCH_SECONDS);
    match plan_alone(history, grace, known, now) {
        Plan::Fetch if under_way => Plan::Wait,
        Plan::UseAndRenew if under_way => Plan::Use,
        plan => plan,
    }
}

/// The same, as if nobody were fetching.
fn plan_alone(history: &History, grace: u64, known: bool, now: UnixTime) -> Plan {
    let age_and_lifetime = history.good.map(|(fetched, lifetime)| (now.since(fetched), lifetime));
    match age_and_lifetime {
        Some((age, lifetime)) if age < lifetime && known => {
            let is_due = age.saturating_mul(100) >= lifetime.saturating_mul(RENEWED_AT_PERCENT);
            let rests = history.failed.is_some_and(|failed| now.since(failed) < COOLDOWN_SECONDS);
            if is_due && !rests { Plan::UseAndRenew } else { Plan::Use }
        }
        Some((age, lifetime)) if age < lifetime => match history.failed {
            // The key may be one of those we failed to fetch, so the token may be good.
            Some(failed) => unless_resting(failed, COOLDOWN_SECONDS, now),
            None if age < COOLDOWN_SECONDS => Plan::Use,
            None => Plan::Fetch,
        },
        Some((age, lifetime)) if age < lifetime.saturating_add(grace) => {
            let next =
                history.failed.map_or(Plan::Fetch, |f| unless_resting(f, COOLDOWN_SECONDS, now));
            if next != Plan::Fetch && known { Plan::UseStale } else { next }
        }
        _ => history.failed.map_or(Plan::Fetch, |f| unless_resting(f, RETRY_SECONDS, now)),
    }
}

/// Fetches, unless that failed less than so many seconds ago.
fn unless_resting(failed: UnixTime, rest: u64, now: UnixTime) -> Plan {
    match rest.checked_sub(now.since(failed)) {
        None | Some(0) => Plan::Fetch,
        Some(retry_after) => Plan::GiveUp { retry_after },
    }
}

/// For how many seconds a fetched set is fresh, from its `Cache-Control` field, less those it has
/// spent in a cache on the way, from its `Age` field.
pub fn max_age(cache_control: Option<&str>, age: Option<&str>) -> u64 {
    let age = age.and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    cache_control
        .into_iter()
        .flat_map(|field| field.split(','))
        .filter_map(|directive| directive.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("max-age"))
        .and_then(|(_, seconds)| seconds.trim_matches('"').parse().ok())
        .map_or(DEFAULT_AGE_SECONDS, |seconds: u64| {
            seconds.saturating_sub(age).clamp(MIN_AGE_SECONDS, MAX_AGE_SECONDS)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FETCHED: UnixTime = UnixTime(1_000_000);

    fn good(failed: Option<u64>) -> History {
        History {
            good: Some((FETCHED, 600)),
            began: None,
            failed: failed.map(|at| FETCHED.plus(at)),
        }
    }

    #[track_caller]
    fn check(history: History, known: bool, at: u64, expected: Plan) {
        assert_eq!(plan(&history, 300, known, FETCHED.plus(at)), expected);
    }

    #[test]
    fn a_fresh_set_with_the_key_is_used() {
        check(good(None), true, 0, Plan::Use);
        check(good(None), true, 479, Plan::Use);
    }

    #[test]
    fn a_set_is_renewed_ahead_of_its_end_by_one_request_at_a_time() {
        check(good(None), true, 480, Plan::UseAndRenew);
        check(good(None), true, 599, Plan::UseAndRenew);
        let renewing = History { began: Some(FETCHED.plus(500)), ..good(None) };
        check(renewing, true, 503, Plan::Use);
        check(renewing, true, 504, Plan::UseAndRenew);
        check(good(Some(500)), true, 529, Plan::Use);
        check(good(Some(500)), true, 530, Plan::UseAndRenew);
    }

    #[test]
    fn an_old_set_is_fetched_again_and_used_for_the_grace_only_when_that_fails() {
        check(good(None), true, 600, Plan::Fetch);
        check(good(Some(600)), true, 600, Plan::UseStale);
        check(good(Some(600)), false, 600, Plan::GiveUp { retry_after: 30 });
        check(good(Some(600)), true, 629, Plan::UseStale);
        check(good(Some(600)), true, 630, Plan::Fetch);
        check(good(Some(899)), true, 899, Plan::UseStale);
        check(good(Some(899)), true, 900, Plan::GiveUp { retry_after: 4 });
        check(good(Some(895)), true, 900, Plan::Fetch);
        let strict = |at: u64| plan(&good(Some(600)), 0, true, FETCHED.plus(at));
        assert_eq!(strict(600), Plan::GiveUp { retry_after: 5 });
    }

    #[test]
    fn an_unknown_key_is_looked_for_once_per_cooldown() {
        check(good(None), false, 29, Plan::Use);
        check(good(None), false, 30, Plan::Fetch);
    }

    #[test]
    fn one_look_for_unknown_keys_is_under_way_at_a_time() {
        let looking = History { began: Some(FETCHED.plus(40)), ..good(None) };
        check(looking, false, 40, Plan::Wait);
        check(looking, false, 43, Plan::Wait);
        check(looking, true, 40, Plan::Use);
        // The look was lost: somebody else looks.
        check(looking, false, 44, Plan::Fetch);
    }

    #[test]
    fn whoever_finds_no_set_waits_for_the_one_who_fetches_it() {
        let fetching = History { began: Some(FETCHED), ..History::default() };
        check(fetching, false, 0, Plan::Wait);
        check(fetching, false, 3, Plan::Wait);
        check(fetching, false, 4, Plan::Fetch);
        let renewing = History { began: Some(FETCHED.plus(600)), ..good(None) };
        check(renewing, true, 600, Plan::Wait);
        // Enough is known to wait no longer than that.
        check(History { failed: Some(FETCHED.plus(599)), ..renewing }, true, 600, Plan::UseStale);
    }

    #[test]
    fn a_key_that_could_not_be_looked_for_is_no_fault_of_the_token() {
        check(good(Some(30)), false, 30, Plan::GiveUp { retry_after: 30 });
        check(good(Some(30)), false, 59, Plan::GiveUp { retry_after: 1 });
        check(good(Some(30)), false, 60, Plan::Fetch);
        check(good(Some(30)), true, 31, Plan::Use);
    }

    #[test]
    fn without_a_set_a_failure_is_remembered_for_a_moment() {
        check(History::default(), false, 0, Plan::Fetch);
        let failed = History { failed: Some(FETCHED), ..History::default() };
        check(failed, false, 4, Plan::GiveUp { retry_after: 1 });
        check(failed, false, 5, Plan::Fetch);
    }

    #[test]
    fn the_lifetime_an_issuer_names_is_kept_within_bounds() {
        assert_eq!(max_age(None, None), 600);
        assert_eq!(max_age(Some("public, max-age=3600"), None), 3600);
        assert_eq!(max_age(Some("Max-Age=\"900\""), None), 900);
        assert_eq!(max_age(Some("max-age=1"), None), 60);
        assert_eq!(max_age(Some("max-age=99999999"), None), 86_400);
        assert_eq!(max_age(Some("no-store"), None), 600);
        assert_eq!(max_age(Some("max-age=soon"), None), 600);
    }

    #[test]
    fn the_time_a_set_has_spent_in_a_cache_counts() {
        assert_eq!(max_age(Some("max-age=3600"), Some("600")), 3000);
        assert_eq!(max_age(Some("max-age=3600"), Some(" 3590 ")), 60);
        assert_eq!(max_age(Some("max-age=3600"), Some("9999")), 60);
        assert_eq!(max_age(Some("max-age=3600"), Some("-1")), 3600);
        assert_eq!(max_age(Some("max-age=3600"), Some("soon")), 3600);
        assert_eq!(max_age(None, Some("600")), 600);
    }
}
