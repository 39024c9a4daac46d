//! The route of a request, and why it is not another.

use turnpike::policy::{Access, Route};
use turnpike::request::CanonicalUrl;

use super::{Chosen, Site, words};

/// What there is to tell of the route that was found.
pub(super) fn chosen(site: &Site, method: &str, url: &CanonicalUrl, route: &Route) -> Chosen {
    let routes = site.policy().routes();
    let is_unnamed = std::ptr::eq(route, routes.unnamed());
    let is_for = |other: &Route| {
        other.methods().is_none_or(|methods| methods.iter().any(|given| given == method))
    };
    let covering = routes.covering(url);
    let wideness = |route: &Route| route.wideness(url.host());
    // Those of the most specific path decide, but for methods that none of them is for.
    let left_out = covering
        .first()
        .filter(|first| {
            let same = |other: &&&Route| {
                words::paths(other) == words::paths(first) && wideness(other) == wideness(first)
            };
            !covering.iter().filter(same).any(|other| is_for(other))
        })
        .map(|first| first.name());
    let reports = routes.unnamed().is_report_only();
    let lost = |other: &Route| {
        if !is_for(other) {
            format!("is not for {method}")
        } else if left_out.is_some() && !matches!(other.access(), Access::Protected(_)) {
            "needs no token: what a more specific path leaves out does not fall to it".to_owned()
        } else if left_out.is_some() && other.is_report_only() && !reports {
            "only reports: what a more specific path leaves out does not fall to it".to_owned()
        } else if words::paths(other) != words::paths(route) {
            "its path is less specific".to_owned()
        } else if wideness(other) != wideness(route) {
            "it names the host less exactly".to_owned()
        } else {
            "names no methods".to_owned()
        }
    };
    let because = match left_out {
        None if is_unnamed => "no route is for this path".to_owned(),
        None => "the most specific of the routes for this path and method".to_owned(),
        Some(first) if is_unnamed => {
            format!("the routes of the most specific path, `{first}`, are not for {method}")
        }
        Some(first) => {
            format!(
                "the most specific of the protected ones: those of `{first}` are not for {method}"
            )
        }
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(request: &str, because: &str, others: &[&str]) {
        let site = Site::of(&json!({
            "issuers": [{
                "issuer": "https://issuer.example",
                "audiences": ["x"],
                "algorithms": ["ES256"],
                "jwks_uri": "https://issuer.example/jwks.json",
            }],
            "routes": [
                { "path": "/a/*", "scopes": ["a"] },
                { "path": "/a/b/*", "access": "public" },
                { "path": "/a/b/c", "methods": ["GET"] },
                { "path": "/a/b/c", "methods": ["PUT"], "hosts": ["*.example.com"] },
                { "path": "/a/b/c", "methods": ["GET"], "hosts": ["x.example.com"] },
                { "path": "/d", "methods": ["GET"] },
                { "path": "/d" },
                { "path": "/e", "methods": ["GET"], "access": "public" },
                { "path": "/g/*", "mode": "report", "scopes": ["g"] },
                { "path": "/g/h", "methods": ["GET"] },
            ],
        }));
        let (method, url) = request.split_once(' ').expect("a method and a URL");
        let url = CanonicalUrl::parse(url).expect("it is canonical");
        let route = site.policy().routes().find(method, &url).expect("it has one reading");
        let chosen = chosen(&site, method, &url, route);
        let lost: Vec<_> =
            chosen.others.iter().map(|(route, why)| format!("{route}: {why}")).collect();
        assert_eq!(chosen.because, because);
        assert_eq!(lost, others);
    }

    #[test]
    fn it_says_why_a_route_is_chosen_and_the_others_are_not() {
        check(
            "GET https://x.example.com/a/b/c",
            "the most specific of the routes for this path and method",
            &[
                "/a/b/c of *.example.com (PUT): is not for GET",
                "/a/b/c (GET): it names the host less exactly",
                "/a/b/*: its path is less specific",
                "/a/*: its path is less specific",
            ],
        );
        check(
            "DELETE https://x.example.com/a/b/c",
            "the most specific of the protected ones: those of `/a/b/c` are not for DELETE",
            &[
                "/a/b/c of x.example.com (GET): is not for DELETE",
                "/a/b/c of *.example.com (PUT): is not for DELETE",
                "/a/b/c (GET): is not for DELETE",
                "/a/b/*: needs no token: what a more specific path leaves out does not fall to it",
            ],
        );
        check(
            "PUT https://x.example.com/a/b/c",
            "the most specific of the protected ones: those of `/a/b/c` are not for PUT",
            &[
                "/a/b/c of x.example.com (GET): is not for PUT",
                "/a/b/c (GET): is not for PUT",
                "/a/b/*: needs no token: what a more specific path leaves out does not fall to it",
                "/a/*: its path is less specific",
            ],
        );
        check(
            "GET https://x.example.com/d",
            "the most specific of the routes for this path and method",
            &["/d: names no methods"],
        );
        check(
            "PUT https://x.example.com/e",
            "the routes of the most specific path, `/e`, are not for PUT",
            &["/e (GET): is not for PUT"],
        );
        check(
            "PUT https://x.example.com/g/h",
            "the routes of the most specific path, `/g/h`, are not for PUT",
            &[
                "/g/h (GET): is not for PUT",
                "/g/*: only reports: what a more specific path leaves out does not fall to it",
            ],
        );
        check("GET https://x.example.com/f", "no route is for this path", &[]);
    }
}
