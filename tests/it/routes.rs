//! Which route a request falls under, beside the plain definition: try one after the other.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use turnpike::policy::{Caching, Policy, Route};
use turnpike::request::{Ambiguity, CanonicalUrl};

use crate::site::TestEnvironment;

/// A route as it stands in the configuration.
#[derive(Debug, Clone)]
struct Written {
    segments: Vec<&'static str>,
    rest: bool,
    methods: Vec<&'static str>,
    hosts: Vec<&'static str>,
    access: &'static str,
    mode: Option<&'static str>,
}

impl Written {
    fn path(&self) -> String {
        format!("/{}{}", self.segments.join("/"), if self.rest { "/*" } else { "/" })
            .replace("//", "/")
    }

    /// With its number as what it is told by: `ttl`, which routes of every access may have.
    fn value(&self, number: usize) -> Value {
        let mut route = json!({
            "path": self.path(),
            "access": self.access,
            "cache": "shared",
            "ttl": number + 1,
        });
        if !self.methods.is_empty() {
            route["methods"] = json!(self.methods);
        }
        if !self.hosts.is_empty() {
            route["hosts"] = json!(self.hosts);
        }
        if let Some(mode) = self.mode.filter(|_| self.access != "public") {
            route["mode"] = json!(mode);
        }
        route
    }

    /// How it names the host: 0 by its name, 1 by a wildcard, 2 not at all; `None` if it is for others.
    fn naming(&self, host: &str) -> Option<u8> {
        let (_, domain) = host.split_once('.').expect("it has a dot");
        let wildcard = format!("*.{domain}");
        match &self.hosts {
            hosts if hosts.is_empty() => Some(2),
            hosts if hosts.contains(&host) => Some(0),
            hosts if hosts.contains(&wildcard.as_str()) => Some(1),
            _ => None,
        }
    }

    fn matches(&self, path: &[String], reading: fn(&str) -> String) -> bool {
        let fits =
            path.len() == self.segments.len() || self.rest && path.len() > self.segments.len();
        let same = |(own, given): (&&str, &String)| own.starts_with(':') || reading(own) == *given;
        fits && self.segments.iter().zip(path).all(same)
    }

    /// Smaller is more specific: a literal, `:name`, the end, the rest.
    fn places(&self) -> Vec<u8> {
        let segments = self.segments.iter().map(|segment| u8::from(segment.starts_with(':')));
        segments.chain([if self.rest { 3 } else { 2 }]).collect()
    }
}

fn strictly(segment: &str) -> String {
    segment.to_owned()
}

fn freely(segment: &str) -> String {
    let (name, _) = segment.split_once(';').unwrap_or((segment, ""));
    name.trim_end_matches('.').to_lowercase()
}

/// The number of the route, `None` for what no route names. `mode` is that of the policy.
fn chosen(
    routes: &[(usize, Written)],
    mode: &str,
    method: &str,
    host: &str,
    path: &[&str],
    reading: fn(&str) -> String,
) -> Option<usize> {
    let path: Vec<String> =
        path.iter().map(|segment| reading(segment)).filter(|segment| !segment.is_empty()).collect();
    let matching = || {
        let here = routes.iter().filter(|(_, route)| route.naming(host).is_some());
        here.filter(|(_, route)| route.matches(&path, reading))
    };
    let (_, best) = matching().min_by_key(|(_, route)| route.place_for(host))?;
    // What these leave out falls to a protected one that refuses: to none that asks for less than a
    // token, unless that is so of all that no route names.
    let refuses = |route: &Written| mode == "report" || route.mode.unwrap_or(mode) == "enforce";
    let is_first =
        |route: &Written| route.path_is_that_of(best) && route.naming(host) == best.naming(host);
    let falls = |route: &Written| is_first(route) || route.access == "protected" && refuses(route);
    let allows = |route: &Written| route.methods.is_empty() || route.methods.contains(&method);
    let candidates = matching().filter(|(_, route)| falls(route) && allows(route));
    let chosen =
        candidates.min_by_key(|(_, route)| (route.place_for(host), route.methods.is_empty()));
    chosen.map(|(number, _)| *number)
}

impl Written {
    /// Where it stands among the routes for a host: the most specific path first, then how it names
    /// the host.
    fn place_for(&self, host: &str) -> (Vec<u8>, Option<u8>) {
        (self.places(), self.naming(host))
    }

    fn path_is_that_of(&self, other: &Self) -> bool {
        let name = |segment: &&'static str| if segment.starts_with(':') { ":" } else { segment };
        self.rest == other.rest
            && self.segments.iter().map(name).eq(other.segments.iter().map(name))
    }
}

fn policy(routes: &[(usize, Written)], mode: &str) -> Value {
    let routes: Vec<Value> = routes.iter().map(|(number, route)| route.value(*number)).collect();
    let mut policy = json!({
        "mode": mode,
        "issuers": [{
            "issuer": "https://issuer.example",
            "audiences": ["https://docs.example.com"],
            "algorithms": ["ES256"],
            "jwks_uri": "https://issuer.example/jwks.json",
        }],
    });
    if !routes.is_empty() {
        policy["routes"] = routes.into();
    }
    policy
}

/// A valid policy of these routes, without those that cannot be told apart from an earlier one.
fn valid(routes: Vec<Written>, mode: &str) -> (Vec<(usize, Written)>, Policy) {
    let mut routes: Vec<_> = routes.into_iter().enumerate().collect();
    let refused = match Policy::parse(&policy(&routes, mode).to_string(), &TestEnvironment) {
        Ok(policy) => return (routes, policy),
        Err(problems) => problems,
    };
    let places: Vec<String> = refused.iter().map(ToString::to_string).collect();
    assert!(places.iter().all(|place| place.contains("cannot be told apart")), "{places:?}");
    routes.retain(|(number, _)| {
        let place = format!("routes[{number}]: ");
        !places.iter().any(|refused| refused.starts_with(&place))
    });
    let policy = Policy::parse(&policy(&routes, mode).to_string(), &TestEnvironment)
        .expect("the others are valid");
    (routes, policy)
}

fn number(route: &Route) -> Option<usize> {
    match route.caching() {
        Caching::On { ttl: Some(ttl), .. } => usize::try_from(*ttl - 1).ok(),
        _ => None,
    }
}

const HOSTS: [&[&str]; 6] = [
    &[],
    &[],
    &["a.example.com"],
    &["b.example.com", "example.org"],
    &["*.example.com"],
    &["*.example.com", "a.example.com", "*.b.example.com"],
];

const METHODS: [&[&str]; 4] = [&[], &["GET"], &["POST"], &["GET", "POST"]];

fn routes() -> impl Strategy<Value = Vec<Written>> {
    let segment = select(&["a", "b", "A", "a;x", "b.", ":x", ":y", "c"][..]);
    let methods = select(&METHODS[..]);
    let access = select(&["protected", "protected", "optional", "public"][..]);
    let segments = proptest::collection::vec(segment, 0..4);
    let mode = select(&[None, None, Some("enforce"), Some("report")][..]);
    let route = (segments, any::<bool>(), methods, select(&HOSTS[..]), access, mode);
    let route = route.prop_map(|(segments, rest, methods, hosts, access, mode)| Written {
        segments,
        rest,
        methods: methods.to_vec(),
        hosts: hosts.to_vec(),
        access,
        mode,
    });
    proptest::collection::vec(route, 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases * 4, ..ProptestConfig::default() })]

    #[test]
    fn a_request_falls_under_the_route_that_comes_first_by_definition(
        written in routes(),
        mode in select(&["enforce", "report"][..]),
        method in select(&["GET", "POST", "PUT"][..]),
        host in select(&["a.example.com", "b.example.com", "c.b.example.com", "example.com", "example.org"][..]),
        path in proptest::collection::vec(select(&["a", "b", "c", "A", "B.", "a;x", "a;", "d"][..]), 0..5),
    ) {
        let (routes, policy) = valid(written, mode);
        let url = format!("https://{host}/{}", path.join("/"));
        let url = CanonicalUrl::parse(&url).expect("it is canonical");
        let strict = chosen(&routes, mode, method, host, &path, strictly);
        let free = chosen(&routes, mode, method, host, &path, freely);
        // Some origins end the path where the parameters of any segment begin.
        let until = path.iter().position(|segment| segment.contains(';'));
        let cut = chosen(&routes, mode, method, host, &path[..until.map_or(path.len(), |at| at + 1)], freely);
        let is_clear = strict == free && strict == cut;
        let expected = if is_clear { Ok(strict) } else { Err(Ambiguity::Route) };
        prop_assert_eq!(policy.routes().find(method, &url).map(number), expected);

        let path: Vec<String> = path.iter().map(|segment| (*segment).to_owned()).collect();
        let is_for = |route: &Written| route.naming(host).is_some() && route.matches(&path, strictly);
        let mut covering: Vec<_> = routes.iter().filter(|(_, route)| is_for(route)).collect();
        covering.sort_by_key(|(_, route)| (route.place_for(host), route.methods.is_empty()));
        let expected: Vec<_> = covering.iter().map(|(number, _)| Some(*number)).collect();
        let covering: Vec<_> = policy.routes().covering(&url).into_iter().map(number).collect();
        prop_assert_eq!(covering, expected);
    }
}
