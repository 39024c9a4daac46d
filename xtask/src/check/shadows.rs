//! What is allowed and risky in how the routes of a policy lie beside each other.

use turnpike::policy::{Access, Policy, Requirement, Route};

use super::finding::{Finding, Risk};
use super::risks;
use crate::decide::{requirement, samples};

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
    samples::left_out(policy, route).iter().any(|(_, next)| *next.access() == any_token)
}
