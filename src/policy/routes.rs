//! All routes, and the one that a request falls under.

use super::caching::{Caching, Partition};
use super::index::Tree;
use super::pattern::{Pattern, Reading, free_reading};
use super::reader::Field;
use super::requirement::{Access, Requirement};
use super::route::{self, Route};
use crate::request::{Ambiguity, CanonicalUrl};

/// All routes. The most specific match wins, in whatever order they were written.
#[derive(Debug)]
pub struct Routes {
    /// Most specific first.
    ordered: Vec<Route>,
    /// For what no route names: a valid token is needed, and nothing is stored.
    unnamed: Route,
    strict: Tree,
    free: Tree,
    /// The claims that answers differ by.
    claims: Vec<String>,
}

impl Default for Routes {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl Routes {
    /// `ordered` has the most specific first.
    fn of(ordered: Vec<Route>) -> Self {
        let unnamed = Route::new(
            Pattern::everything("(unnamed)"),
            None,
            Access::Protected(Requirement::default()),
            Caching::Off,
            "",
        );
        let [mut strict, mut free] = [Tree::default(), Tree::default()];
        let mut claims: Vec<String> = Vec::new();
        for (number, route) in ordered.iter().enumerate() {
            strict.group(route.pattern(), Reading::Strict).push(number);
            free.group(route.pattern(), Reading::Free).push(number);
            if let Caching::On { partition: Partition::Claims(names), .. } = route.caching() {
                for name in names {
                    if !claims.contains(name) {
                        claims.push(name.clone());
                    }
                }
            }
        }
        Self { ordered, unnamed, strict, free, claims }
    }

    /// The route a request falls under; there always is one.
    ///
    /// # Errors
    ///
    /// [`Ambiguity::Route`] when an origin that reads paths more freely than we do could take the
    /// request for one of another route.
    pub fn find(&self, method: &str, url: &CanonicalUrl) -> Result<&Route, Ambiguity> {
        let segments: Vec<&str> = url.segments().collect();
        let strict = self.choose(method, self.strict.find(&segments));
        let path = url.path().to_ascii_lowercase();
        let freely: Vec<&str> =
            path.split('/').map(free_reading).filter(|text| !text.is_empty()).collect();
        let free = self.choose(method, self.free.find(&freely));
        if std::ptr::eq(strict, free) { Ok(strict) } else { Err(Ambiguity::Route) }
    }

    /// The most specific path has decided, and now the method does: what a route leaves out of its
    /// `methods` does not fall to a route for more paths, which may be a public one.
    fn choose<'s>(&'s self, method: &str, found: Option<&'s [usize]>) -> &'s Route {
        self.group(found).find(|route| route.allows(method)).unwrap_or(&self.unnamed)
    }

    fn group<'s>(&'s self, found: Option<&'s [usize]>) -> impl Iterator<Item = &'s Route> {
        found.into_iter().flatten().filter_map(|number| self.ordered.get(*number))
    }

    /// The methods that the routes for this path name; `None` where a route is for any method, or
    /// there is none.
    pub fn methods_of(&self, url: &CanonicalUrl) -> Option<Vec<&str>> {
        let segments: Vec<&str> = url.segments().collect();
        let found = self.strict.find(&segments)?;
        let mut methods = Vec::new();
        for route in self.group(Some(found)) {
            methods.extend(route.methods()?.iter().map(String::as_str));
        }
        Some(methods)
    }

    /// The scopes that routes need, each once.
    pub fn scopes(&self) -> Vec<String> {
        let mut scopes = Vec::new();
        for route in &self.ordered {
            let Access::Protected(requirement) = route.access() else { continue };
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
        self.ordered.iter().find(|route| route.fingerprint() == fingerprint)
    }

    /// The names of the claims that the answers of any route differ by, each once.
    pub fn claims(&self) -> &[String] {
        &self.claims
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
    let mut routes: Vec<Route> = Vec::with_capacity(count);
    // A group here has the routes whose paths an origin that reads freely takes for the same.
    let mut alike = Tree::default();
    for item in items {
        let Some(route) = route::read(&item, origin) else { continue };
        let group = alike.group(route.pattern(), Reading::Free);
        let mut others = group.iter().filter_map(|number| routes.get(*number));
        if let Some(other) = others.find(|other| indistinguishable(&route, other)) {
            item.problem(format!(
                "cannot be told apart from the route `{}`: some requests are for both, or some origins would think so (they ignore case, what follows `;`, final dots and spaces)",
                other.name()
            ));
        } else {
            group.push(routes.len());
            routes.push(route);
        }
    }
    let complete = routes.len() == count;
    let mut ordered: Vec<Route> = Vec::with_capacity(count);
    for route in routes {
        let at = ordered.partition_point(|other| other.order() <= route.order());
        ordered.insert(at, route);
    }
    complete.then(|| Routes::of(ordered))
}

/// Of routes whose paths are alike. Those of one path may differ in their methods; those of paths
/// that are merely alike may not differ at all, or requests for one of them would have two readings.
fn indistinguishable(one: &Route, other: &Route) -> bool {
    let same_methods = match (one.methods(), other.methods()) {
        (Some(one), Some(other)) => one.iter().any(|method| other.contains(method)),
        (None, None) => true,
        _ => false,
    };
    same_methods || !one.pattern().same_paths(other.pattern())
}
