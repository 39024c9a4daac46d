//! The lifetime of fetched keys: bounded whatever a key server says, and no plan uses old ones.

use arbitrary::Arbitrary;
use turnpike::keys::{History, Plan, max_age, plan};
use turnpike::time::UnixTime;

/// What is known of an issuer's keys at some time.
#[derive(Arbitrary, Debug)]
pub struct Moment<'a> {
    cache_control: Option<&'a str>,
    age: Option<&'a str>,
    fetched: Option<u64>,
    began: Option<u64>,
    failed: Option<u64>,
    grace: u64,
    known: bool,
    now: u64,
}

/// Once, with one input.
pub fn run(moment: Moment) {
    let lifetime = max_age(moment.cache_control, moment.age);
    assert!((60..=24 * 60 * 60).contains(&lifetime));
    // What the rest of the field says makes no difference.
    if let Some(field) = moment.cache_control {
        assert_eq!(max_age(Some(&format!("no-cache, x=1, {field}")), moment.age), lifetime);
    }
    let history = History {
        good: moment.fetched.map(|at| (UnixTime(at), lifetime)),
        began: moment.began.map(UnixTime),
        failed: moment.failed.map(UnixTime),
    };
    let now = UnixTime(moment.now);
    let age = moment.fetched.map(|at| now.since(UnixTime(at)));
    match plan(&history, moment.grace, moment.known, now) {
        Plan::Use => assert!(age.is_some_and(|age| age < lifetime)),
        Plan::UseAndRenew => assert!(moment.known && age.is_some_and(|age| age < lifetime)),
        Plan::UseStale => {
            assert!(moment.known && moment.failed.is_some());
            let end = lifetime.saturating_add(moment.grace);
            assert!(age.is_some_and(|age| (lifetime..end).contains(&age)));
        }
        Plan::Fetch => {}
        // No fetch takes longer.
        Plan::Wait => assert!(moment.began.is_some_and(|began| now.since(UnixTime(began)) < 4)),
        Plan::GiveUp { retry_after } => assert!((1..=30).contains(&retry_after)),
    }
}
