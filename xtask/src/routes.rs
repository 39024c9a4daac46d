//! `cargo xtask routes`: who may do what, as a table.

mod html;
mod text;

use std::fs;
use std::path::PathBuf;

use pico_args::Arguments;
use turnpike::policy::{Access, Caching, Issuer, Origin, Policy, Route};

use crate::decide::{Site, caching, paths, requirement};
use crate::finish;
use crate::shell::{Failure, Result};

pub(crate) const HELP: &str = "\
Prints who may do what: every route in the order of precedence, its methods and path, what a token
needs, and who shares its stored answers. Of the routes that cover a request's path, the first is
asked; the methods that the routes of a path leave out have a row of their own.

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
    let unnamed = policy.routes().unnamed();
    let named = policy.routes().named();
    let mut rows = Vec::new();
    for (index, route) in named.iter().enumerate() {
        let methods = route.methods().map_or_else(|| "any".to_owned(), |it| it.join(", "));
        let address = match route.hosts() {
            Some(hosts) => format!("{} of {}", route.name(), hosts.join(", ")),
            None => route.name().to_owned(),
        };
        rows.push(row(route, methods, &address));
        // Routes of the same paths and hosts stand together, and the one without methods last.
        let next = named.get(index.saturating_add(1));
        let goes_on = |next: &Route| paths(next) == paths(route) && next.hosts() == route.hosts();
        if !next.is_some_and(goes_on) && route.methods().is_some() {
            rows.push(row(unnamed, "others".to_owned(), &address));
        }
    }
    rows.push(row(unnamed, "any".to_owned(), "everything else"));
    rows
}

fn row(route: &Route, methods: String, path: &str) -> Row {
    let who = Who::of(route);
    let needs = match (route.access(), who) {
        (Access::Public, _) => "nothing".to_owned(),
        (Access::Optional(needed), _) => format!("nothing, or {}", requirement(needed)),
        (Access::Protected(needed), Who::Reported) => {
            format!("only reported: {}", requirement(needed))
        }
        (Access::Protected(needed), _) => requirement(needed),
    };
    let cache = match route.caching() {
        Caching::On { ttl: Some(ttl), .. } => format!("{}, {ttl} s", caching(route)),
        Caching::On { .. } | Caching::Off => caching(route),
    };
    Row { methods, path: path.to_owned(), who, needs, cache }
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

#  methods    path             needs                                        cache
1  GET, HEAD  /reports/:year   a valid token with the scopes reports:read   shared, 60 s
                               and reports:list and reports:archive and
                               reports:draft
2  POST       /reports/:year   a valid token with the scope reports:write,  off
                               acr phr, a sign-in at most 300 s ago
3  others     /reports/:year   a valid token                                off
4  GET        /orders          a valid token                                off
5  any        /orders          only reported: a valid token with the scope  off
                               orders:write
6  any        /plan/*          a valid token                                claim:tenant, claim:plan
7  any        /public/*        nothing                                      off
8  any        everything else  a valid token                                off
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
        assert_eq!(page.matches("<tr").count(), 9);
    }
}
