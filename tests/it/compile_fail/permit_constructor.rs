//! The constructors of a permit are the gate's own.

use turnpike::gate::{Permit, Principal};
use turnpike::policy::Route;
use turnpike::request::CanonicalUrl;
use turnpike::time::UnixTime;

fn forge(url: CanonicalUrl, route: &Route) -> Permit<'_> {
    Permit::open("GET", url, route)
}

fn promote(permit: Permit<'_>) -> Permit<'_> {
    let (issuer, subject) = ("i".to_owned(), "s".to_owned());
    permit.for_principal(Principal {
        issuer,
        subject,
        claims: Vec::new(),
        fields: Vec::new(),
        expires_at: UnixTime(0),
    })
}

fn main() {}
