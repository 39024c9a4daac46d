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
        if is_open(route) && name == "/*" {
            let what = "`/*` needs no token".to_owned();
            found.push(warn(route, risks::PUBLIC_EVERYTHING, what));
        }
        if !is_ever_chosen(policy, route) {
            let what = format!("`{name}` is never chosen");
            found.push(warn(route, risks::UNREACHABLE_ROUTE, what));
            continue;
        }
        let Access::Protected(requirement) = route.access() else { continue };
        let scopes = requirement.condition.scopes();
        if let Some((below, public)) = opened_beside(policy, route) {
            let what = format!("`{name}` is protected, and {below} is open by `{}`", public.name());
            found.push(warn(route, risks::PUBLIC_SHADOWS, what));
        }
        if !scopes.is_empty() && leaves_methods(policy, route) {
            let scopes = scopes.join(" ");
            let what = format!("other methods of `{name}` do not need {scopes}");
            found.push(warn(route, risks::METHODS_WITHOUT_SCOPES, what));
        }
    }
    found
}

/// Addresses that fall under a route, one for each of its hosts, and under as few others as can be;
/// `more` is for the rest that a final `*` stands for.
fn addresses(policy: &Policy, route: &Route, more: &[&str]) -> Vec<CanonicalUrl> {
    let path = route.name().trim_end_matches('*').trim_matches('/');
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments = segments.map(|text| if text.starts_with(':') { OTHER } else { text });
    let path: Vec<&str> = segments.chain(more.iter().copied()).collect();
    let any = ["turnpike.example".to_owned()];
    let hosts = route.hosts().or(policy.hosts()).unwrap_or(&any).iter();
    let url = |host: &String| {
        let url = format!("https://{}/{}", host.replace('*', OTHER), path.join("/"));
        CanonicalUrl::parse(&url).ok()
    };
    hosts.filter_map(url).collect()
}

/// Whether some request falls under a route. If any does, so does one whose segments and method no
/// other route names.
fn is_ever_chosen(policy: &Policy, route: &Route) -> bool {
    let rests = if route.name().ends_with('*') { depth(policy) } else { 0 };
    let methods = route.methods().map_or_else(
        || vec![OTHER_METHOD],
        |methods| methods.iter().map(String::as_str).filter(|method| *method != "TRACE").collect(),
    );
    let urls = (0..=rests).flat_map(|length| addresses(policy, route, &vec![OTHER; length]));
    urls.into_iter().any(|url| {
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

/// What is open just below a route that ends without `*`, and by which route.
fn opened_beside<'p>(policy: &'p Policy, route: &Route) -> Option<(String, &'p Route)> {
    if route.name().ends_with('*') {
        return None;
    }
    let below = addresses(policy, route, &[OTHER]);
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

/// Whether there are methods for which no route of these paths is.
fn leaves_methods(policy: &Policy, route: &Route) -> bool {
    let rest: &[&str] = if route.name().ends_with('*') { &[OTHER] } else { &[] };
    let is_unnamed = |url: &CanonicalUrl| {
        let chosen = policy.routes().find(OTHER_METHOD, url);
        chosen.is_ok_and(|chosen| std::ptr::eq(chosen, policy.routes().unnamed()))
    };
    route.methods().is_some() && addresses(policy, route, rest).iter().any(is_unnamed)
}
