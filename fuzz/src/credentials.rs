//! Credentials: one token at most, it stands in the request, and none of it goes on to the origin.

use std::sync::LazyLock;

use crate::{POLICY, apply, message, permits};
use turnpike::fields::Headers;
use turnpike::gate::Permit;
use turnpike::origin::{self, Purpose};
use turnpike::request::{cookie_pairs, present};

static PERMITS: LazyLock<Vec<Permit<'static>>> =
    LazyLock::new(|| permits(&[("POST", "/public/x"), ("POST", "/mine/x"), ("GET", "/open/x")]));

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Some((_, fields)) = message(bytes) else { return };
    let given = |name: &str| Headers::get(&fields, name).unwrap_or_default();

    let cookies = given("cookie");
    let ours = ["__Host-access_token"];
    let pairs = cookie_pairs(&cookies, &ours);
    for pair in &pairs {
        assert!(!pair.is_empty() && *pair == pair.trim() && !pair.contains(';'));
        assert!(cookies.contains(pair));
    }
    assert_eq!(cookie_pairs(&pairs.join("; "), &ours), pairs);

    let found = present(POLICY.credentials(), &fields);
    if let Ok(Some(token)) = &found {
        let token = token.as_str();
        assert!(!token.is_empty() && token.len() <= 8 * 1024);
        assert!(crate::credential_fields().any(|name| given(name).contains(token)));
    }
    // The order in which the places are looked at makes no difference to what is found.
    let mut reversed = POLICY.credentials().to_vec();
    reversed.reverse();
    match (&found, present(&reversed, &fields)) {
        (Ok(one), Ok(other)) => assert_eq!(one, &other),
        (one, other) => assert_eq!(one.is_err(), other.is_err()),
    }

    for permit in PERMITS.iter() {
        let left =
            apply(&origin::request(&POLICY, permit, &fields, &Purpose::Relay), fields.clone());
        assert_eq!(present(POLICY.credentials(), &left), Ok(None), "{permit:?}");
    }
}
