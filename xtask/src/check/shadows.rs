//! What is allowed and risky in how the routes of a policy lie beside each other.

use turnpike::policy::{Access, Policy, Route};
use turnpike::request::CanonicalUrl;

use super::finding::{Finding, Risk};
use super::risks;

/// A segment that no route names.
const OTHER: &str = "turnpike--other";

/// A method that no route names.
const OTHER_METHOD: &str = "TURNPIKE-OTHER";

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
        if route.access() == &Access::Public && name == "/*" {
            let what = "`/*` is public".to_owned();
            found.push(warn(route, risks::PUBLIC_EVERYTHING, what));
        }
        if !is_ever_chosen(policy, route) {
            let what = format!("`{name}` is never chosen");
            found.push(warn(route, risks::UNREACHABLE_ROUTE, what));
            continue;
        }
        let Access::Protected(requirement) = route.access() else { continue };
        if let Some((below, public)) = opened_beside(policy, route) {
            let what =
                format!("`{name}` is protected, and {below} is public by `{}`", public.name());
            found.push(warn(route, risks::PUBLIC_SHADOWS, what));
        }
        if !requirement.scopes.is_empty() && leaves_methods(policy, route) {
            let scopes = requirement.scopes.join(" ");
            let what = format!("other methods of `{name}` do not need {scopes}");
            found.push(warn(route, risks::METHODS_WITHOUT_SCOPES, what));
        }
    }
    found
}

/// An address that falls under the pattern of a route, and under as few others as can be; `more` is
/// for the rest that a final `*` stands for.
fn address(route: &Route, more: &[&str]) -> Option<CanonicalUrl> {
    let path = route.name().trim_end_matches('*').trim_matches('/');
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments = segments.map(|text| if text.starts_with(':') { OTHER } else { text });
    let path: Vec<&str> = segments.chain(more.iter().copied()).collect();
    CanonicalUrl::parse(&format!("https://turnpike.example/{}", path.join("/"))).ok()
}

/// Whether some request falls under a route. If any does, so does one whose segments and method no
/// other route names.
fn is_ever_chosen(policy: &Policy, route: &Route) -> bool {
    let rests = if route.name().ends_with('*') { depth(policy) } else { 0 };
    let methods = route.methods().map_or_else(
        || vec![OTHER_METHOD],
        |methods| methods.iter().map(String::as_str).filter(|method| *method != "TRACE").collect(),
    );
    (0..=rests).any(|length| {
        let Some(url) = address(route, &vec![OTHER; length]) else { return false };
        methods.iter().any(|method| {
            policy.routes().find(method, &url).is_ok_and(|chosen| std::ptr::eq(chosen, route))
        })
    })
}

/// More segments than any pattern has.
fn depth(policy: &Policy) -> usize {
    let lengths = policy.routes().named().iter().map(|route| route.name().matches('/').count());
    lengths.max().unwrap_or_default().saturating_add(1)
}

/// What is public just below a route that ends without `*`, and by which route.
fn opened_beside<'p>(policy: &'p Policy, route: &Route) -> Option<(String, &'p Route)> {
    if route.name().ends_with('*') {
        return None;
    }
    let below = address(route, &[OTHER])?;
    let chosen = policy.routes().find("GET", &below).ok()?;
    let shown = format!("`{}/...`", route.name().trim_end_matches('/'));
    (chosen.access() == &Access::Public).then_some((shown, chosen))
}

/// Whether there are methods for which no route of these paths is.
fn leaves_methods(policy: &Policy, route: &Route) -> bool {
    let rest: &[&str] = if route.name().ends_with('*') { &[OTHER] } else { &[] };
    let Some(url) = address(route, rest) else { return false };
    route.methods().is_some()
        && policy
            .routes()
            .find(OTHER_METHOD, &url)
            .is_ok_and(|chosen| std::ptr::eq(chosen, policy.routes().unnamed()))
}
