//! `cargo xtask routes`: who may do what, as a table.

mod html;
pub(crate) mod text;

use std::fs;
use std::path::PathBuf;

use pico_args::Arguments;
use turnpike::policy::{Access, Caching, Issuer, Origin, Policy, Route};

use crate::decide::samples::{self, LeftOut};
use crate::decide::{Site, access, caching, paths};
use crate::finish;
use crate::shell::{Failure, Result};

pub(crate) const HELP: &str = "\
Prints who may do what: every route in the order of precedence, its methods and path, what a token
needs, and who shares its stored answers. Of the rows for a request's path, host and method, the
first one counts; `others` are the methods that the routes of a path leave out.

Options:
  --config FILE   default: wrangler.toml
  --env NAME      an environment of the file; default: the top level
  --next          [vars.TURNPIKE_NEXT] in place of [vars.TURNPIKE]
  --html FILE     write a page to FILE instead, which needs nothing else";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let html: Option<PathBuf> = arguments.opt_value_from_str("--html")?;
    let site = Site::from_arguments(&mut arguments)?;
    finish(arguments)?;
    let overview = Overview::of(site.policy());
    match html {
        None => println!("{}", text::of(&overview).trim_end()),
        Some(file) => fs::write(&file, html::of(&overview))
            .map_err(Failure::because(format!("--html {}: cannot be written", file.display())))?,
    }
    Ok(())
}

/// A policy in words.
struct Overview {
    title: String,
    /// What is said of all routes: a name, and what it is.
    facts: Vec<(&'static str, String)>,
    rows: Vec<Row>,
}

/// A route, or what no route names.
struct Row {
    methods: String,
    path: String,
    /// Any if `None`.
    hosts: Option<String>,
    who: Who,
    needs: String,
    cache: String,
}

/// Who may pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Anyone,
    Bearer,
    /// Whoever would be refused passes as well.
    Reported,
}

impl Who {
    fn of(route: &Route) -> Self {
        match route.access() {
            Access::Public | Access::Optional(_) => Self::Anyone,
            Access::Protected(_) if route.is_report_only() => Self::Reported,
            Access::Protected(_) => Self::Bearer,
        }
    }
}

impl Overview {
    fn of(policy: &Policy) -> Self {
        let issuers: Vec<_> = policy.issuers().iter().map(Issuer::identifier).collect();
        let origin = match policy.origin() {
            Origin::Own => "the server behind the zone's route".to_owned(),
            Origin::Url(url) => url.clone(),
            Origin::Binding(name) => format!("the binding {name}"),
        };
        let hosts = policy.hosts().map_or_else(|| "any".to_owned(), |hosts| hosts.join(", "));
        Self {
            title: policy.realm().to_owned(),
            facts: vec![("hosts", hosts), ("issuers", issuers.join(", ")), ("origin", origin)],
            rows: rows(policy),
        }
    }
}

fn rows(policy: &Policy) -> Vec<Row> {
    let mut named: Vec<&Route> = policy.routes().named().iter().collect();
    // Routes of the same paths and hosts stand together, and those for fewer hosts first.
    let of_hosts = |route: &Route| {
        let hosts = route.hosts().unwrap_or_default();
        let has_wildcard = hosts.iter().any(|host| host.starts_with('*'));
        (hosts.is_empty(), has_wildcard, hosts.to_vec())
    };
    for group in named.chunk_by_mut(|one, other| paths(one) == paths(other)) {
        group.sort_by_key(|route| of_hosts(route));
    }
    let mut rows = Vec::new();
    for group in
        named.chunk_by(|one, other| paths(one) == paths(other) && of_hosts(one) == of_hosts(other))
    {
        for route in group {
            let methods = route.methods().map_or_else(|| "any".to_owned(), |it| it.join(", "));
            rows.push(row(route, methods, route.name(), route.hosts()));
        }
        if let Some(last) = group.last() {
            let left_out = samples::left_out(policy, last);
            let rests = left_out.iter().filter(|it| it.methods.contains(&samples::OTHER_METHOD));
            let differs_by_host = rests.count() > 1;
            for LeftOut { methods, hosts, next } in left_out {
                let is_rest = methods.contains(&samples::OTHER_METHOD);
                let methods = if is_rest { "others".to_owned() } else { methods.join(", ") };
                let hosts = if differs_by_host { Some(&*hosts) } else { last.hosts() };
                rows.push(row(next, methods, last.name(), hosts));
            }
        }
    }
    let has_all =
        |route: &Route| route.name() == "/*" && route.methods().or(route.hosts()).is_none();
    if !policy.routes().named().iter().any(has_all) {
        rows.push(row(policy.routes().unnamed(), "any".to_owned(), "everything else", None));
    }
    rows
}

/// A row for these methods, path and hosts, which fall under this route.
fn row(route: &Route, methods: String, path: &str, hosts: Option<&[String]>) -> Row {
    let who = Who::of(route);
    let reported = if who == Who::Reported { "only reported: " } else { "" };
    let needs = format!("{reported}{}", access(route));
    let cache = match route.caching() {
        Caching::On { ttl: Some(ttl), .. } => format!("{}, {ttl} s", caching(route)),
        Caching::On { .. } | Caching::Off => caching(route),
    };
    let hosts = hosts.map(|hosts| hosts.join(", "));
    Row { methods, path: path.to_owned(), hosts, who, needs, cache }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn overview() -> Overview {
        let site = Site::of(&json!({
            "realm": "<Docs>",
            "hosts": ["docs.example.com"],
            "issuers": [{
                "issuer": "https://issuer.example",
                "audiences": ["x"],
                "algorithms": ["ES256"],
                "jwks_uri": "https://issuer.example/jwks.json",
            }],
            "routes": [
                { "path": "/public/*", "access": "public" },
                { "path": "/reports/:year", "methods": ["GET", "HEAD"],
                  "scopes": ["reports:read", "reports:list", "reports:archive", "reports:draft"],
                  "cache": "shared", "ttl": 60 },
                { "path": "/reports/:year", "methods": ["POST"], "scopes": ["reports:write"],
                  "acr_values": ["phr"], "max_age": 300 },
                { "path": "/orders", "methods": ["GET"] },
                { "path": "/orders", "scopes": ["orders:write"], "mode": "report" },
                { "path": "/orders/health", "methods": ["GET"], "access": "public" },
                { "path": "/orders/*", "methods": ["GET", "DELETE"], "scopes": ["orders:write"] },
                { "path": "/plan/*", "cache": ["claim:tenant", "claim:plan"] },
            ],
        }));
        Overview::of(site.policy())
    }

    #[test]
    fn the_table_fits_a_terminal_and_says_who_may_do_what() {
        let expected = "\
<Docs>
hosts    docs.example.com
issuers  https://issuer.example
origin   the server behind the zone's route

#   methods      path             needs                                     cache
1   GET          /orders/health   nothing                                   off
2   DELETE       /orders/health   a valid token with the scope              off
                                  orders:write
3   others       /orders/health   a valid token                             off
4   GET, HEAD    /reports/:year   a valid token with the scopes             shared, 60 s
                                  reports:read and reports:list and
                                  reports:archive and reports:draft
5   POST         /reports/:year   a valid token with the scope              off
                                  reports:write, acr phr, a sign-in at
                                  most 300 s ago
6   others       /reports/:year   a valid token                             off
7   GET          /orders          a valid token                             off
8   any          /orders          only reported: a valid token with the     off
                                  scope orders:write
9   GET, DELETE  /orders/*        a valid token with the scope              off
                                  orders:write
10  others       /orders/*        a valid token                             off
11  any          /plan/*          a valid token                             claim:tenant, claim:plan
12  any          /public/*        nothing                                   off
13  any          everything else  a valid token                             off
";
        let text = text::of(&overview());
        assert_eq!(text, expected);
        assert!(text.lines().all(|line| line.chars().count() <= 100));
    }

    #[test]
    fn the_page_needs_nothing_else_and_has_no_markup_of_the_policy() {
        let page = html::of(&overview());
        assert!(page.contains("&lt;Docs&gt;") && !page.contains("<Docs>"));
        for reference in ["http-equiv", "src=", "href=", "url(", "<script"] {
            assert!(!page.contains(reference), "{reference}");
        }
        assert_eq!(page.matches("<tr").count(), 14);
    }
}
