//! The route of a request, and why it is not another.

use turnpike::policy::{Access, Route};
use turnpike::request::CanonicalUrl;

use super::{Chosen, Site, words};

/// What there is to tell of the route that was found.
pub(super) fn chosen(site: &Site, method: &str, url: &CanonicalUrl, route: &Route) -> Chosen {
    let routes = site.policy().routes();
    let is_unnamed = std::ptr::eq(route, routes.unnamed());
    let lost = |other: &Route| {
        if other.methods().is_some_and(|methods| methods.iter().all(|given| given != method)) {
            format!("is not for {method}")
        } else if words::paths(other) == words::paths(route) {
            "names no methods".to_owned()
        } else {
            "its path is less specific".to_owned()
        }
    };
    let covering: Vec<&Route> = routes.covering(url).collect();
    let because = match covering.first() {
        _ if !is_unnamed => "the most specific of the routes for this path and method".to_owned(),
        None => "no route is for this path".to_owned(),
        Some(first) => format!(
            "the routes of the most specific path, `{}`, are not for {method}",
            first.name()
        ),
    };
    let others = covering.into_iter().filter(|other| !std::ptr::eq(*other, route));
    Chosen {
        name: route.name().to_owned(),
        needs: match route.access() {
            Access::Public => "nothing: it is public".to_owned(),
            Access::Optional(needed) => {
                format!("no token; of one that is shown, {}", words::requirement(needed))
            }
            Access::Protected(needed) => words::requirement(needed),
        },
        caching: words::caching(route),
        because,
        others: others.map(|other| (words::title(other), lost(other))).collect(),
    }
}
