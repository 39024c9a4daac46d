//! What is allowed and risky in how the routes of a policy lie beside each other.

use turnpike::policy::{Access, Condition, Origin, Policy, Requirement, Route};

use super::finding::{Finding, Risk};
use super::risks;
use crate::decide::{access, requirement, samples};

/// The risks of the routes of a valid policy. `index_of` is the place of a route in the file.
pub(super) fn of_routes(
    policy: &Policy,
    table: &str,
    index_of: impl Fn(&Route) -> Option<usize>,
) -> Vec<Finding> {
    let warn = |route: &Route, risk: Risk, what: String| {
        let place =
            index_of(route).map_or_else(String::new, |index| format!("routes[{index}].path"));
        Finding::risk(risk, table, &place, what)
    };
    let mut found = Vec::new();
    for route in policy.routes().named() {
        let name = route.name();
        if is_open(route) && name == "/*" {
            let what = "`/*` needs no token".to_owned();
            found.push(warn(route, risks::PUBLIC_EVERYTHING, what));
        }
        if !is_ever_chosen(policy, route) {
            let what = format!("`{name}` is never chosen");
            found.push(warn(route, risks::UNREACHABLE_ROUTE, what));
            continue;
        }
        let Access::Protected(needed) = route.access() else { continue };
        if let Some((below, public)) = opened_beside(policy, route) {
            let what = format!("`{name}` is protected, and {below} is open by `{}`", public.name());
            found.push(warn(route, risks::PUBLIC_SHADOWS, what));
        }
        if let Some(elsewhere) = had_from_another_host(policy, route, needed) {
            let what = format!("`{name}` needs {}, but {elsewhere}", requirement(needed));
            found.push(warn(route, risks::HOSTS_SHARE_ORIGIN, what));
        }
        if *needed != Requirement::default() && leaves_methods(policy, route) {
            let needs = requirement(needed);
            let what = format!("`{name}` needs {needs}; its other methods, any valid token");
            found.push(warn(route, risks::METHODS_WITHOUT_SCOPES, what));
        }
    }
    found
}

/// Whether some request falls under a route. If any does, so does one whose segments and method no
/// other route names.
fn is_ever_chosen(policy: &Policy, route: &Route) -> bool {
    let methods = samples::methods(policy);
    samples::addresses(policy, route).iter().any(|url| {
        methods.iter().any(|method| {
            policy.routes().find(method, url).is_ok_and(|chosen| std::ptr::eq(chosen, route))
        })
    })
}

/// What is open just below a route that ends without `*`, and by which route.
fn opened_beside<'p>(policy: &'p Policy, route: &Route) -> Option<(String, &'p Route)> {
    if route.name().ends_with('*') {
        return None;
    }
    let below = samples::addresses_below(policy, route);
    let mut chosen = below.iter().filter_map(|url| policy.routes().find("GET", url).ok());
    let shown = format!("`{}/...`", route.name().trim_end_matches('/'));
    Some((shown, chosen.find(|chosen| is_open(chosen))?))
}

/// Whether it takes no token.
fn is_open(route: &Route) -> bool {
    match route.access() {
        Access::Public | Access::Optional(_) => true,
        Access::Protected(_) => false,
    }
}

/// Whether a route leaves out methods that then need a token and nothing else of it.
fn leaves_methods(policy: &Policy, route: &Route) -> bool {
    let any_token = Access::Protected(Requirement::default());
    samples::left_out(policy, route).iter().any(|it| *it.next.access() == any_token)
}

/// Another host from which what a protected route is for can be had as well, by whom it would
/// refuse: the origin is told one host for all of them.
fn had_from_another_host(policy: &Policy, route: &Route, needed: &Requirement) -> Option<String> {
    let routes = policy.routes();
    let names_hosts = routes.named().iter().any(|route| route.hosts().is_some());
    if !names_hosts || !matches!(policy.origin(), Origin::Url(_)) {
        return None;
    }
    let hosts = samples::hosts(policy);
    for path in routes.named().iter().flat_map(|it| samples::common_paths(policy, route, it)) {
        for method in samples::methods(policy) {
            let at = |host: &String| {
                let chosen = routes.find(method, &samples::address(host, &path)?).ok()?;
                Some((host.clone(), chosen))
            };
            let chosen: Vec<_> = hosts.iter().filter_map(at).collect();
            if !chosen.iter().any(|(_, chosen)| std::ptr::eq(*chosen, route)) {
                continue;
            }
            let laxer = chosen.into_iter().find(|(_, other)| match other.access() {
                Access::Public | Access::Optional(_) => true,
                Access::Protected(given) => !asks_for_as_much(given, needed),
            });
            if let Some((host, other)) = laxer {
                let host = if host == samples::OTHER_HOST { "other hosts" } else { &host };
                let is_unnamed = std::ptr::eq(other, routes.unnamed());
                let name =
                    if is_unnamed { "what no route names" } else { &format!("`{}`", other.name()) };
                return Some(format!("at {host} {name} needs {}", access(other)));
            }
        }
    }
    None
}

/// Whether who has what is asked for here has for certain what is needed there.
fn asks_for_as_much(given: &Requirement, needed: &Requirement) -> bool {
    let is_within = |given: &[String], needed: &[String]| {
        let is_listed = |item| needed.contains(item);
        needed.is_empty() || !given.is_empty() && given.iter().all(is_listed)
    };
    is_within(&given.issuers, &needed.issuers)
        && is_within(&given.acr_values, &needed.acr_values)
        && needed.max_age.is_none_or(|needed| given.max_age.is_some_and(|given| given <= needed))
        && parts(&needed.condition).iter().all(|part| parts(&given.condition).contains(part))
}

/// All that must be true.
fn parts(condition: &Condition) -> &[Condition] {
    match condition {
        Condition::All(parts) => parts,
        one => std::slice::from_ref(one),
    }
}
