//! Addresses and methods that stand for all that a route is for.
//!
//! Where a route leaves something open, they have what no route names, so that no other route comes
//! in between.

use turnpike::policy::{Policy, Route};
use turnpike::request::CanonicalUrl;

use super::words::paths;

/// A segment, or the first label of a host.
const OTHER: &str = "turnpike--other";

/// A method that no route names.
pub(crate) const OTHER_METHOD: &str = "TURNPIKE-OTHER";

/// A host where any host is served.
pub(crate) const OTHER_HOST: &str = "turnpike.example";

/// The hosts at which routes can differ, each by its name or its wildcard.
pub(crate) fn hosts(policy: &Policy) -> Vec<String> {
    let mut hosts = policy.hosts().map_or_else(|| vec![OTHER_HOST.to_owned()], <[_]>::to_vec);
    for host in policy.routes().named().iter().filter_map(Route::hosts).flatten() {
        add(host.clone(), &mut hosts);
    }
    hosts
}

/// The methods that routes name, and one that none does.
pub(crate) fn methods(policy: &Policy) -> Vec<&str> {
    let mut methods = Vec::new();
    for method in policy.routes().named().iter().filter_map(Route::methods).flatten() {
        if method != "TRACE" {
            add(method.as_str(), &mut methods);
        }
    }
    methods.push(OTHER_METHOD);
    methods
}

/// An address at a host, or at one that a wildcard is for.
pub(crate) fn address(host: &str, path: &str) -> Option<CanonicalUrl> {
    CanonicalUrl::parse(&format!("https://{}{path}", host.replace('*', OTHER))).ok()
}

/// Addresses that fall under a route: of each of its hosts, and as many as a final `*` needs.
pub(crate) fn addresses(policy: &Policy, route: &Route) -> Vec<CanonicalUrl> {
    at_its_hosts(policy, route, &common_paths(policy, route, route))
}

/// Addresses just below a route that ends without `*`.
pub(crate) fn addresses_below(policy: &Policy, route: &Route) -> Vec<CanonicalUrl> {
    let paths = common_paths(policy, route, route);
    let below: Vec<String> = paths.iter().map(|path| format!("{path}/{OTHER}")).collect();
    at_its_hosts(policy, route, &below)
}

fn at_its_hosts(policy: &Policy, route: &Route, paths: &[String]) -> Vec<CanonicalUrl> {
    let any = [OTHER_HOST.to_owned()];
    let hosts = route.hosts().or(policy.hosts()).unwrap_or(&any);
    paths.iter().flat_map(|path| hosts.iter().filter_map(move |host| address(host, path))).collect()
}

/// Paths that fall under both of two routes.
pub(crate) fn common_paths(policy: &Policy, one: &Route, other: &Route) -> Vec<String> {
    let parts = |route| {
        let mut segments = paths(route);
        let has_rest = segments.pop_if(|last| *last == "*").is_some();
        (segments, has_rest)
    };
    let ((one, one_has_rest), (other, other_has_rest)) = (parts(one), parts(other));
    let mut path = String::new();
    for at in 0..one.len().max(other.len()) {
        let segment = match (one.get(at), other.get(at)) {
            (Some(one), Some(other)) if one == other || *other == ":" => one,
            (Some(one), Some(other)) if *one == ":" => other,
            (Some(one), None) if other_has_rest => one,
            (None, Some(other)) if one_has_rest => other,
            _ => return Vec::new(),
        };
        path = format!("{path}/{}", if *segment == ":" { OTHER } else { segment });
    }
    let rests = if one_has_rest && other_has_rest { depth(policy) } else { 0 };
    (0..=rests).map(|length| path.clone() + &format!("/{OTHER}").repeat(length)).collect()
}

/// More segments than any pattern has.
fn depth(policy: &Policy) -> usize {
    let lengths = policy.routes().named().iter().map(|route| paths(route).len());
    lengths.max().unwrap_or_default().saturating_add(1)
}

/// Methods that the routes for some paths and hosts leave out, and the route to which they fall.
pub(crate) struct LeftOut<'p> {
    /// With [`OTHER_METHOD`] among them where that is so of all that no route names.
    pub(crate) methods: Vec<&'p str>,
    pub(crate) hosts: Vec<String>,
    pub(crate) next: &'p Route,
}

/// What becomes of the methods that a route, and those for the same paths and hosts, leave out; of
/// all others last.
pub(crate) fn left_out<'p>(policy: &'p Policy, route: &Route) -> Vec<LeftOut<'p>> {
    let routes = policy.routes();
    let mut found: Vec<LeftOut<'_>> = Vec::new();
    for url in addresses(policy, route) {
        let is_alike = |other: &Route| {
            let wideness = |route: &Route| route.wideness(url.host());
            paths(other) == paths(route) && wideness(other) == wideness(route)
        };
        if !routes.covering(&url).first().is_some_and(|first| is_alike(first)) {
            continue;
        }
        let host = url.host().replace(OTHER, "*");
        for method in methods(policy) {
            let Ok(next) = routes.find(method, &url) else { continue };
            if !std::ptr::eq(next, routes.unnamed()) && is_alike(next) {
                continue;
            }
            match found.iter_mut().find(|it| std::ptr::eq(it.next, next)) {
                Some(known) => {
                    add(method, &mut known.methods);
                    add(host.clone(), &mut known.hosts);
                }
                None => {
                    found.push(LeftOut { methods: vec![method], hosts: vec![host.clone()], next });
                }
            }
        }
    }
    found.sort_by_key(|it| it.methods.contains(&OTHER_METHOD));
    found
}

/// Adds what is not there yet.
fn add<T: PartialEq>(item: T, items: &mut Vec<T>) {
    if !items.contains(&item) {
        items.push(item);
    }
}
