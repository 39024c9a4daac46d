//! The constructors of a permit are the gate's own.

use turnpike::gate::{Permit, Principal};
use turnpike::policy::Route;
use turnpike::request::{CanonicalUrl, Head};
use turnpike::time::UnixTime;

fn forge<'p>(head: &Head<'_>, url: CanonicalUrl, route: &'p Route) -> Permit<'p> {
    Permit::open(head, url, route)
}

fn promote(permit: Permit<'_>, principal: Principal) -> Permit<'_> {
    permit.for_principal(principal)
}

fn main() {}
