//! The constructors of a permit are the gate's own.

use turnpike::gate::{Permit, Principal};
use turnpike::policy::Route;
use turnpike::request::CanonicalUrl;
use turnpike::time::UnixTime;

fn forge(url: CanonicalUrl, route: &Route) -> Permit<'_> {
    Permit::open("GET", url, route)
}

fn promote(permit: Permit<'_>, principal: Principal) -> Permit<'_> {
    permit.for_principal(principal)
}

fn main() {}
