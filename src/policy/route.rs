//! Routes: which requests need what, and which answers may be shared.

use std::cmp::Ordering;

use super::reader::Field;
use crate::request::{CanonicalUrl, canonical_segment};

/// What one kind of request needs.
#[derive(Debug)]
pub struct Route {
    pattern: Pattern,
    methods: Option<Vec<String>>,
    access: Access,
    caching: Caching,
}

/// Who may pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// Whoever shows a valid token that also meets this.
    Protected(Requirement),
}

/// What a valid token must carry besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requirement {
    /// Scopes (RFC 6749 section 3.3), all of them.
    pub scopes: Vec<String>,
}

/// Whether answers may be stored at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Never.
    Off,
    /// Among the requests of one partition.
    On {
        /// Who shares a stored answer.
        partition: Partition,
        /// Freshness lifetime in seconds; `None` is what the origin says.
        ttl: Option<u64>,
    },
}

/// Who shares a stored answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// Everyone who may have it.
    Shared,
    /// One subject of one issuer.
    Subject,
}

impl Route {
    /// The path as written in the configuration, for logs.
    pub fn name(&self) -> &str {
        &self.pattern.text
    }

    /// Who may pass.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Whether answers may be stored.
    pub fn caching(&self) -> Caching {
        self.caching
    }

    fn covers(&self, method: &str, segments: &[&str]) -> bool {
        self.methods
            .as_ref()
            .is_none_or(|methods| methods.iter().any(|m| m == method))
            && self.pattern.matches(segments)
    }
}

/// All routes. The most specific match wins, in whatever order they were written.
#[derive(Debug)]
pub struct Routes {
    /// Most specific first, so that the first match is the answer.
    ordered: Vec<Route>,
    /// For what no route names: a valid token is needed, and nothing is stored.
    unnamed: Route,
}

impl Default for Routes {
    fn default() -> Self {
        let unnamed = Route {
            pattern: Pattern {
                text: "(unnamed)".to_owned(),
                segments: Vec::new(),
                rest: true,
            },
            methods: None,
            access: Access::Protected(Requirement::default()),
            caching: Caching::Off,
        };
        Self {
            ordered: Vec::new(),
            unnamed,
        }
    }
}

impl Routes {
    /// The route a request falls under; there always is one.
    pub fn find(&self, method: &str, url: &CanonicalUrl) -> &Route {
        let segments: Vec<&str> = url.segments().collect();
        self.ordered
            .iter()
            .find(|route| route.covers(method, &segments))
            .unwrap_or(&self.unnamed)
    }

    /// How many routes were named.
    pub fn len(&self) -> usize {
        self.ordered.len()
    }

    /// Whether no route was named.
    pub fn is_empty(&self) -> bool {
        self.ordered.is_empty()
    }
}

/// A path pattern: literal segments, `:name` for one segment, a final `*` for the rest.
#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    segments: Vec<Segment>,
    rest: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Any,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let path = text.strip_prefix('/').ok_or("must start with `/`")?;
        let (path, rest) = match path.strip_suffix('*') {
            Some("") => ("", true),
            Some(prefix) => (
                prefix
                    .strip_suffix('/')
                    .ok_or("`*` must be a whole segment, like /docs/*")?,
                true,
            ),
            None => (path, false),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments = match path {
            "" => Vec::new(),
            path => path
                .split('/')
                .map(Segment::parse)
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            text: text.to_owned(),
            segments,
            rest,
        })
    }

    fn matches(&self, path: &[&str]) -> bool {
        let fits = match path.len().cmp(&self.segments.len()) {
            Ordering::Less => false,
            Ordering::Equal => true,
            Ordering::Greater => self.rest,
        };
        fits && self
            .segments
            .iter()
            .zip(path)
            .all(|(segment, given)| match segment {
                Segment::Literal(literal) => literal == given,
                Segment::Any => true,
            })
    }

    /// Most specific first. Two patterns that match the same path agree up to the first place
    /// where one is more specific, so comparing place by place is a total order among them.
    fn rank(&self) -> Vec<u8> {
        let places = self.segments.iter().map(|segment| match segment {
            Segment::Literal(_) => 0_u8,
            Segment::Any => 1,
        });
        places.chain([if self.rest { 3 } else { 2 }]).collect()
    }

    fn same_paths(&self, other: &Self) -> bool {
        self.segments == other.segments && self.rest == other.rest
    }
}

impl Segment {
    fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix(':') {
            Some("") => Err("`:` must be followed by a name".to_owned()),
            Some(_) => Ok(Self::Any),
            None if text.contains('*') => Err("`*` may only stand at the end".to_owned()),
            None => canonical_segment(text)
                .map(Self::Literal)
                .map_err(|ambiguous| format!("`{text}` could never match: {ambiguous}")),
        }
    }
}

pub(super) fn read_all(field: &Field<'_, '_>) -> Option<Routes> {
    let items = field.list()?;
    let count = items.len();
    let mut ordered: Vec<Route> = Vec::with_capacity(count);
    for item in items {
        let Some(route) = read(&item) else { continue };
        match ordered
            .iter()
            .find(|other| indistinguishable(&route, other))
        {
            Some(other) => item.problem(format!(
                "cannot be told apart from the route `{}`: same paths, same methods",
                other.name()
            )),
            None => ordered.push(route),
        }
    }
    let complete = ordered.len() == count;
    ordered.sort_by_cached_key(|route| (route.pattern.rank(), route.methods.is_none()));
    complete.then(|| Routes {
        ordered,
        ..Routes::default()
    })
}

fn indistinguishable(one: &Route, other: &Route) -> bool {
    let same_methods = match (&one.methods, &other.methods) {
        (Some(one), Some(other)) => one.iter().any(|method| other.contains(method)),
        (None, None) => true,
        _ => false,
    };
    same_methods && one.pattern.same_paths(&other.pattern)
}

fn read(field: &Field<'_, '_>) -> Option<Route> {
    let table = field.table()?;
    let pattern = table
        .required("path")
        .and_then(|field| field.parsed(Pattern::parse));
    let methods = match table.optional("methods") {
        None => Some(None),
        Some(field) => field.list_of(|item| item.parsed(method)).map(Some),
    };
    let public = table.optional("access").map_or(Some(false), |field| {
        field.one_of(&[("public", true), ("protected", false)])
    });
    let scopes = table.optional("scopes").map_or(Some(Vec::new()), |field| {
        if public == Some(true) {
            field.problem("a public route asks for no token, so it cannot ask for scopes");
        }
        field.list_of(|item| item.parsed(scope))
    });
    let partition = table.optional("cache").map_or(Some(None), |field| {
        let partition = field.one_of(&[
            ("off", None),
            ("shared", Some(Partition::Shared)),
            ("subject", Some(Partition::Subject)),
        ]);
        if public == Some(true) && partition == Some(Some(Partition::Subject)) {
            field.problem("a public route knows no subject; use \"shared\"");
        }
        partition
    });
    let ttl = table.optional("ttl").map_or(Some(None), |field| {
        if partition == Some(None) {
            field.problem("has no effect without `cache`");
        }
        field.integer(1..=31_536_000).map(Some)
    });
    table.close();
    Some(Route {
        pattern: pattern?,
        methods: methods?,
        access: if public? {
            Access::Public
        } else {
            Access::Protected(Requirement { scopes: scopes? })
        },
        caching: match partition? {
            None => Caching::Off,
            Some(partition) => Caching::On {
                partition,
                ttl: ttl?,
            },
        },
    })
}

fn method(text: &str) -> Result<String, String> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
    {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is not a method; they are written in capitals, like GET"
        ))
    }
}

/// A scope-token of RFC 6749 section 3.3.
fn scope(text: &str) -> Result<String, String> {
    if text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
    {
        Ok(text.to_owned())
    } else {
        Err("must be one scope: ASCII without spaces, quotes and backslashes".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, path: &str, matches: bool) {
        let pattern = Pattern::parse(pattern).unwrap();
        let url = CanonicalUrl::parse(&format!("https://example.com{path}")).unwrap();
        assert_eq!(
            pattern.matches(&url.segments().collect::<Vec<_>>()),
            matches,
            "{path}"
        );
    }

    #[test]
    fn literals_match_themselves_with_or_without_a_final_slash() {
        check("/reports", "/reports", true);
        check("/reports", "/reports/", true);
        check("/reports/", "/reports", true);
        check("/reports", "/Reports", false);
        check("/reports", "/reports/q3", false);
        check("/", "/", true);
        check("/", "/x", false);
    }

    #[test]
    fn a_name_is_one_segment() {
        check("/reports/:year", "/reports/2026", true);
        check("/reports/:year", "/reports", false);
        check("/reports/:year", "/reports/2026/q3", false);
    }

    #[test]
    fn a_star_is_the_rest_and_the_bare_prefix() {
        check("/docs/*", "/docs", true);
        check("/docs/*", "/docs/", true);
        check("/docs/*", "/docs/a/b", true);
        check("/docs/*", "/docsx", false);
        check("/*", "/", true);
        check("/*", "/anything/at/all", true);
    }

    #[test]
    fn what_could_never_match_is_refused() {
        for pattern in [
            "docs",
            "/docs*",
            "/a//b",
            "/:/x",
            "/*/x",
            "/a/%2e%2e",
            "/a%2fb",
            "",
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
