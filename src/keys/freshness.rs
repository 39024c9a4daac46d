//! When a fetched key set is used, and when it is fetched again. Pure: the edge does the fetching.

use crate::time::UnixTime;

/// A larger answer is not a key set.
pub const MAX_SET_BYTES: usize = 256 * 1024;

/// After a failure, and after a look for an unknown `kid`, the issuer is left alone this long.
const COOLDOWN_SECONDS: u64 = 30;

/// After a failure with no set to fall back on, this long: nobody can pass meanwhile.
const RETRY_SECONDS: u64 = 5;

/// Bounds of what an issuer may say about the lifetime of its set, and what holds when it is silent.
const MIN_AGE_SECONDS: u64 = 60;
const MAX_AGE_SECONDS: u64 = 24 * 60 * 60;
const DEFAULT_AGE_SECONDS: u64 = 10 * 60;

/// What is known about the key set of one issuer.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    /// When the set in hand was fetched, and for how many seconds it is fresh.
    pub good: Option<(UnixTime, u64)>,
    /// When a look for an unknown key began that has not ended yet.
    pub looking: Option<UnixTime>,
    /// When a fetch failed since.
    pub failed: Option<UnixTime>,
}

/// What to do for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Use the set in hand.
    Use,
    /// Fetch the set; when that fails, plan again.
    Fetch,
    /// What is in hand does not suffice to decide, and fetching just failed: try again in so many
    /// seconds.
    GiveUp {
        /// For `Retry-After`.
        retry_after: u64,
    },
}

/// Decides what to do for a token; `known` is whether the set in hand has a key for it.
pub fn plan(history: &History, known: bool, now: UnixTime) -> Plan {
    match history.good {
        Some((fetched, max_age)) if now.since(fetched) < max_age => match history.failed {
            _ if known => Plan::Use,
            // Others wait for the outcome by coming back: one look is enough.
            _ if history.looking.is_some_and(|began| now.since(began) < RETRY_SECONDS) => {
                Plan::GiveUp { retry_after: 1 }
            }
            // The key may be one of those we failed to fetch, so the token may be good.
            Some(failed) => unless_resting(failed, COOLDOWN_SECONDS, now),
            None if now.since(fetched) < COOLDOWN_SECONDS => Plan::Use,
            None => Plan::Fetch,
        },
        _ => match history.failed {
            Some(failed) => unless_resting(failed, RETRY_SECONDS, now),
            None => Plan::Fetch,
        },
    }
}

/// Fetches, unless that failed less than so many seconds ago.
fn unless_resting(failed: UnixTime, rest: u64, now: UnixTime) -> Plan {
    match rest.checked_sub(now.since(failed)) {
        None | Some(0) => Plan::Fetch,
        Some(retry_after) => Plan::GiveUp { retry_after },
    }
}

/// The freshness lifetime of a fetched set in seconds, from its `Cache-Control` field.
pub fn max_age(cache_control: Option<&str>) -> u64 {
    cache_control
        .into_iter()
        .flat_map(|field| field.split(','))
        .filter_map(|directive| directive.trim().split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case("max-age"))
        .and_then(|(_, seconds)| seconds.trim_matches('"').parse().ok())
        .map_or(DEFAULT_AGE_SECONDS, |seconds: u64| seconds.clamp(MIN_AGE_SECONDS, MAX_AGE_SECONDS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FETCHED: UnixTime = UnixTime(1_000_000);

    fn good(failed: Option<u64>) -> History {
        History {
            good: Some((FETCHED, 600)),
            looking: None,
            failed: failed.map(|at| FETCHED.plus(at)),
        }
    }

    #[track_caller]
    fn check(history: History, known: bool, at: u64, expected: Plan) {
        assert_eq!(plan(&history, known, FETCHED.plus(at)), expected);
    }

    #[test]
    fn a_fresh_set_with_the_key_is_used() {
        check(good(None), true, 0, Plan::Use);
        check(good(None), true, 599, Plan::Use);
        check(good(Some(598)), true, 599, Plan::Use);
    }

    #[test]
    fn an_old_set_is_fetched_again_and_never_used() {
        check(good(None), true, 600, Plan::Fetch);
        check(good(Some(600)), true, 600, Plan::GiveUp { retry_after: 5 });
        check(good(Some(600)), true, 604, Plan::GiveUp { retry_after: 1 });
        check(good(Some(600)), true, 605, Plan::Fetch);
    }

    #[test]
    fn an_unknown_key_is_looked_for_once_per_cooldown() {
        check(good(None), false, 29, Plan::Use);
        check(good(None), false, 30, Plan::Fetch);
    }

    #[test]
    fn one_look_for_unknown_keys_is_under_way_at_a_time() {
        let looking = History { looking: Some(FETCHED.plus(40)), ..good(None) };
        check(looking, false, 40, Plan::GiveUp { retry_after: 1 });
        check(looking, true, 40, Plan::Use);
        // The one who looked was cancelled, say: somebody else looks.
        check(looking, false, 45, Plan::Fetch);
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
        assert_eq!(max_age(None), 600);
        assert_eq!(max_age(Some("public, max-age=3600")), 3600);
        assert_eq!(max_age(Some("Max-Age=\"900\"")), 900);
        assert_eq!(max_age(Some("max-age=1")), 60);
        assert_eq!(max_age(Some("max-age=99999999")), 86_400);
        assert_eq!(max_age(Some("no-store")), 600);
        assert_eq!(max_age(Some("max-age=soon")), 600);
    }
}
