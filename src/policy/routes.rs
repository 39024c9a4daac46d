//! All routes, and the one that a request falls under.

use std::borrow::Cow;

use super::caching::{Caching, Partition};
use super::hosts;
use super::index::{Forest, Tree};
use super::pattern::Reading;
use super::reader::Field;
use super::requirement::Access;
use super::route::{self, Route, Surroundings};
use crate::request::{Ambiguity, CanonicalUrl, free_reading};

/// All routes. The most specific match wins, in whatever order they were written.
#[derive(Debug)]
pub struct Routes {
    /// Most specific first.
    ordered: Vec<Route>,
    /// For what no route names: a valid token is needed, and nothing is stored.
    unnamed: Route,
    strict: Forest,
    free: Forest,
    /// The claims that answers differ by.
    claims: Vec<String>,
    are_some_report_only: bool,
}

impl Routes {
    /// `ordered` has the most specific first.
    pub(super) fn of(ordered: Vec<Route>, around: Surroundings<'_>) -> Self {
        let [mut strict, mut free] = [Forest::default(), Forest::default()];
        let mut claims: Vec<String> = Vec::new();
        for (number, route) in ordered.iter().enumerate() {
            strict.insert(route, Reading::Strict, number);
            free.insert(route, Reading::Free, number);
            if let Caching::On { partition: Partition::Claims(names), .. } = route.caching() {
                for name in names {
                    if !claims.contains(name) {
                        claims.push(name.clone());
                    }
                }
            }
        }
        let unnamed = route::unnamed(around);
        let are_some_report_only = ordered.iter().chain([&unnamed]).any(Route::is_report_only);
        Self { ordered, unnamed, strict, free, claims, are_some_report_only }
    }

    /// The route a request falls under; there always is one.
    ///
    /// # Errors
    ///
    /// [`Ambiguity::Route`] when an origin that reads paths more freely than we do could take the
    /// request for one of another route.
    pub fn find(&self, method: &str, url: &CanonicalUrl) -> Result<&Route, Ambiguity> {
        let (host, segments) = (url.host(), url.segments().collect::<Vec<_>>());
        let strict = self.choose(method, &self.strict, host, &segments);
        let freely: Vec<_> = segments.iter().map(|segment| free_reading(segment)).collect();
        let is_chosen = |length: usize| {
            let path = freely.iter().take(length).map(Cow::as_ref);
            let path: Vec<&str> = path.filter(|segment| !segment.is_empty()).collect();
            std::ptr::eq(strict, self.choose(method, &self.free, host, &path))
        };
        // Some cut the path off at its first `;`, and not only the segment.
        let cut = segments.iter().position(|segment| segment.as_bytes().contains(&b';'));
        let is_clear =
            is_chosen(freely.len()) && cut.is_none_or(|at| is_chosen(at.saturating_add(1)));
        if is_clear { Ok(strict) } else { Err(Ambiguity::Route) }
    }

    /// The most specific path decides, then the host, and then the method. What the routes of that
    /// path and host leave out of their `methods` falls to the next one that is protected and refuses
    /// nobody less than where no route is: so to none that asks for less than a valid token.
    fn choose(&self, method: &str, forest: &Forest, host: &str, path: &[&str]) -> &Route {
        let allowing =
            |number: &usize| self.ordered.get(*number).filter(|route| route.allows(method));
        let refuses = |route: &Route| !route.is_report_only() || self.unnamed.is_report_only();
        let protected = |number: &usize| {
            let is_protected = |route: &&Route| matches!(route.access(), Access::Protected(_));
            allowing(number).filter(is_protected).filter(|route| refuses(route))
        };
        let first = self.best(forest.find(host, path, &|_| true));
        let chosen = first.iter().find_map(allowing).or_else(|| {
            let is_wanted = |number: &usize| protected(number).is_some();
            self.best(forest.find(host, path, &is_wanted)).iter().find_map(protected)
        });
        chosen.unwrap_or(&self.unnamed)
    }

    /// The routes of the most specific path; of those for the same, the first.
    fn best<'f>(&self, found: [Option<&'f [usize]>; 3]) -> &'f [usize] {
        let rank = |group: &&[usize]| {
            let first = group.first().and_then(|number| self.ordered.get(*number));
            first.map(|route| route.pattern().rank())
        };
        found.into_iter().flatten().min_by_key(rank).unwrap_or_default()
    }

    /// The routes that were named, the most specific first.
    pub fn named(&self) -> &[Route] {
        &self.ordered
    }

    /// What counts for requests that no route names.
    pub fn unnamed(&self) -> &Route {
        &self.unnamed
    }

    /// The named routes for this host whose paths include this one, the most specific first,
    /// whatever their methods.
    pub fn covering(&self, url: &CanonicalUrl) -> Vec<&Route> {
        let segments: Vec<&str> = url.segments().collect();
        let host = url.host();
        let is_for = |route: &&Route| {
            route.pattern().covers(&segments)
                && route.hosts().is_none_or(|hosts| hosts::cover(hosts, host))
        };
        let mut covering: Vec<&Route> = self.ordered.iter().filter(is_for).collect();
        covering.sort_by_key(|route| (route.pattern().rank(), route.wideness(host)));
        covering
    }

    /// The methods that the routes for this path name; `None` where a route is for any method, or
    /// there is none.
    pub fn methods_of(&self, url: &CanonicalUrl) -> Option<Vec<&str>> {
        let segments: Vec<&str> = url.segments().collect();
        let numbers = self.best(self.strict.find(url.host(), &segments, &|_| true));
        let mut routes = numbers.iter().filter_map(|number| self.ordered.get(*number)).peekable();
        routes.peek()?;
        let mut methods = Vec::new();
        for route in routes {
            methods.extend(route.methods()?.iter().map(String::as_str));
        }
        Some(methods)
    }

    /// The scopes that routes need, each once.
    pub fn scopes(&self) -> Vec<String> {
        let mut scopes = Vec::new();
        for route in &self.ordered {
            let Some(requirement) = route.access().requirement() else { continue };
            for scope in requirement.condition.scopes() {
                if !scopes.iter().any(|known| known == scope) {
                    scopes.push(scope.to_owned());
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

    /// Whether refusals are only reported under any of them.
    pub fn are_some_report_only(&self) -> bool {
        self.are_some_report_only
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

pub(super) fn read_all(field: &Field<'_, '_>, around: Surroundings<'_>) -> Routes {
    let mut routes: Vec<Route> = Vec::new();
    // A group here has the routes whose paths an origin that reads freely takes for the same.
    let mut alike = Tree::default();
    field.each(&mut |item| {
        let Some(route) = route::read(item, around) else { return };
        let group = alike.group(route.pattern(), Reading::Free);
        let mut others = group.iter().filter_map(|number| routes.get(*number));
        if let Some(other) = others.find(|other| indistinguishable(&route, other)) {
            item.problem(&format!(
                "cannot be told apart from the route `{}`: some requests are for both, or some origins would think so (they ignore case, what follows `;`, final dots and spaces)",
                other.name()
            ));
        } else {
            group.push(routes.len());
            routes.push(route);
        }
    });
    let mut ordered: Vec<Route> = Vec::with_capacity(routes.len());
    for route in routes {
        let at = ordered.partition_point(|other| other.order() <= route.order());
        ordered.insert(at, route);
    }
    Routes::of(ordered, around)
}

/// Of routes whose paths are alike. Those of one path may differ in their methods or in how they name
/// their hosts; those of paths that are merely alike must have no host in common, or requests for one
/// of them would have two readings.
fn indistinguishable(one: &Route, other: &Route) -> bool {
    let share = |one: Option<&[String]>, other: Option<&[String]>| match (one, other) {
        (Some(one), Some(other)) => one.iter().any(|item| other.contains(item)),
        (None, None) => true,
        _ => false,
    };
    if one.pattern().same_paths(other.pattern()) {
        share(one.methods(), other.methods()) && share(one.hosts(), other.hosts())
    } else {
        hosts::overlap(one.hosts(), other.hosts())
    }
}
