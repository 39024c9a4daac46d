//! The constructors of a permit are the gate's own.

use turnpike::gate::{Permit, Principal};
use turnpike::policy::Route;
use turnpike::request::CanonicalUrl;

fn forge(url: CanonicalUrl, route: &Route) -> Permit<'_> {
    Permit::open("GET", url, route)
}

fn promote(permit: Permit<'_>) -> Permit<'_> {
    permit.for_principal(Principal { issuer: "i".to_owned(), subject: "s".to_owned() })
}

fn main() {}
