//! Routes: which requests need what, and which answers may be shared.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

use super::caching::{self, Caching, Partition};
use super::pattern::{Pattern, Reading, free_reading};
use super::reader::Field;
use super::requirement::{self, Access, Requirement};
use crate::request::{Ambiguity, CanonicalUrl};

/// What one kind of request needs.
#[derive(Debug)]
pub struct Route {
    pattern: Pattern,
    methods: Option<Vec<String>>,
    access: Access,
    caching: Caching,
    replaces_refusals: bool,
    fingerprint: String,
}

impl Route {
    /// The path as written in the configuration, for logs.
    pub fn name(&self) -> &str {
        self.pattern.text()
    }

    /// Who may pass.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Whether answers may be stored.
    pub fn caching(&self) -> &Caching {
        &self.caching
    }

    /// Whether people see a page of ours in place of an answer of the origin with this status.
    pub fn replaces(&self, status: u16) -> bool {
        self.replaces_refusals && matches!(status, 401 | 403)
    }

    /// A word that changes whenever the rules of this route do, or the origin.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    fn new(
        pattern: Pattern,
        methods: Option<Vec<String>>,
        access: Access,
        caching: Caching,
        rules: &str,
    ) -> Self {
        let hash = Base64UrlUnpadded::encode_string(&Sha256::digest(rules));
        let fingerprint = hash.chars().take(12).collect();
        Self { pattern, methods, access, caching, replaces_refusals: false, fingerprint }
    }

    /// The most specific comes first: by its path, and then by whether it names methods.
    fn order(&self) -> impl Ord {
        (self.pattern.rank(), self.pattern.paths(), self.methods.is_none())
    }

    fn allows(&self, method: &str) -> bool {
        self.methods.as_ref().is_none_or(|methods| methods.iter().any(|m| m == method))
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
        let unnamed = Route::new(
            Pattern::everything("(unnamed)"),
            None,
            Access::Protected(Requirement::default()),
            Caching::Off,
            "",
        );
        Self { ordered: Vec::new(), unnamed }
    }
}

impl Routes {
    /// The route a request falls under; there always is one.
    ///
    /// # Errors
    ///
    /// [`Ambiguity::Route`] when an origin that reads paths more freely than we do could take the
    /// request for one of another route.
    pub fn find(&self, method: &str, url: &CanonicalUrl) -> Result<&Route, Ambiguity> {
        let segments: Vec<&str> = url.segments().collect();
        let strict = self.choose(method, |pattern| pattern.matches(&segments, Reading::Strict));
        let freely: Vec<&str> = segments
            .iter()
            .map(|text| free_reading(text))
            .filter(|text| !text.is_empty())
            .collect();
        let free = self.choose(method, |pattern| pattern.matches(&freely, Reading::Free));
        if std::ptr::eq(strict, free) { Ok(strict) } else { Err(Ambiguity::Route) }
    }

    /// The most specific path decides, and then the method: what a route leaves out of its
    /// `methods` does not fall to a route for more paths, which may be a public one.
    fn choose(&self, method: &str, matches: impl Fn(&Pattern) -> bool) -> &Route {
        let mut rest = self.ordered.iter().skip_while(|route| !matches(&route.pattern));
        let Some(first) = rest.next() else { return &self.unnamed };
        std::iter::once(first)
            .chain(rest.take_while(|route| route.pattern.same_paths(&first.pattern)))
            .find(|route| route.allows(method))
            .unwrap_or(&self.unnamed)
    }

    /// The methods that the routes for this path name; `None` where a route is for any method, or
    /// there is none.
    pub fn methods_of(&self, url: &CanonicalUrl) -> Option<Vec<&str>> {
        let segments: Vec<&str> = url.segments().collect();
        let matches = |route: &&Route| route.pattern.matches(&segments, Reading::Strict);
        let first = self.ordered.iter().find(matches)?;
        let same = self.ordered.iter().filter(|route| route.pattern.same_paths(&first.pattern));
        let mut methods = Vec::new();
        for route in same {
            methods.extend(route.methods.as_ref()?.iter().map(String::as_str));
        }
        Some(methods)
    }

    /// The scopes that routes need, each once.
    pub fn scopes(&self) -> Vec<String> {
        let mut scopes = Vec::new();
        for route in &self.ordered {
            let Access::Protected(requirement) = &route.access else { continue };
            for scope in &requirement.scopes {
                if !scopes.contains(scope) {
                    scopes.push(scope.clone());
                }
            }
        }
        scopes
    }

    /// The route of this [fingerprint](Route::fingerprint).
    pub fn with_fingerprint(&self, fingerprint: &str) -> Option<&Route> {
        self.ordered.iter().find(|route| route.fingerprint == fingerprint)
    }

    /// The names of the claims that the answers of any route differ by.
    pub fn claims(&self) -> impl Iterator<Item = &str> {
        let of_routes = self.ordered.iter().flat_map(|route| match &route.caching {
            Caching::On { partition: Partition::Claims(names), .. } => names.as_slice(),
            _ => &[],
        });
        of_routes.map(String::as_str)
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

/// `origin` is what the configuration says of it.
pub(super) fn read_all(field: &Field<'_, '_>, origin: &str) -> Option<Routes> {
    let items = field.list()?;
    let count = items.len();
    let mut ordered: Vec<Route> = Vec::with_capacity(count);
    for item in items {
        let Some(route) = read(&item, origin) else { continue };
        if let Some(other) = ordered.iter().find(|other| indistinguishable(&route, other)) {
            item.problem(format!(
                "cannot be told apart from the route `{}`: some requests are for both, or some origins would think so (they ignore case, what follows `;`, final dots and spaces)",
                other.name()
            ));
        } else {
            let at = ordered.partition_point(|other| other.order() <= route.order());
            ordered.insert(at, route);
        }
    }
    let complete = ordered.len() == count;
    complete.then(|| Routes { ordered, ..Routes::default() })
}

fn indistinguishable(one: &Route, other: &Route) -> bool {
    let same_methods = match (&one.methods, &other.methods) {
        (Some(one), Some(other)) => one.iter().any(|method| other.contains(method)),
        (None, None) => true,
        _ => false,
    };
    // Routes of one path may differ in their methods; routes of paths that are merely alike may not
    // differ at all, or requests for one of them would have two readings.
    let same_paths = one.pattern.same_paths(&other.pattern);
    (same_methods && same_paths) || (!same_paths && one.pattern.is_like(&other.pattern))
}

fn read(field: &Field<'_, '_>, origin: &str) -> Option<Route> {
    let table = field.table()?;
    let pattern = table.required("path").and_then(|field| field.parsed(Pattern::parse));
    let methods = match table.optional("methods") {
        None => Some(None),
        Some(field) => field.texts(method).map(Some),
    };
    let access = requirement::read(&table);
    let ttl = table.optional("ttl");
    let stale_if_error = table.optional("stale_if_error");
    let caching = table.optional("cache").map_or(Some(Caching::Off), |field| {
        let caching = caching::read(&field, ttl.as_ref(), stale_if_error.as_ref())?;
        let knows_nobody = access == Some(Access::Public);
        if knows_nobody
            && matches!(
                caching,
                Caching::On { partition: Partition::Subject | Partition::Claims(_), .. }
            )
        {
            field.problem("a public route knows nobody; use \"shared\"");
        }
        Some(caching)
    });
    if caching == Some(Caching::Off) {
        for field in [&ttl, &stale_if_error].into_iter().flatten() {
            field.problem("has no effect without `cache`");
        }
    }
    let replaces_refusals = table
        .optional("origin_refusals")
        .map_or(Some(false), |field| field.one_of(&[("pass", false), ("page", true)]));
    table.close();
    let rules = format!("{origin}{}", field.value());
    let route = Route::new(pattern?, methods?, access?, caching?, &rules);
    Some(Route { replaces_refusals: replaces_refusals?, ..route })
}

fn method(text: &str) -> Result<String, String> {
    if text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a method; they are written in capitals, like GET"))
    }
}
