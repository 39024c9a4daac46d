//! One route: which requests need what, and whether their answers may be shared.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::caching::{self, Caching, Partition};
use super::hosts;
use super::issuer::Known;
use super::pattern::{Pattern, Reading};
use super::reader::Field;
use super::requirement::{self, Access, Requirement};

/// What one kind of request needs.
#[derive(Debug)]
pub struct Route {
    pattern: Pattern,
    hosts: Option<Vec<String>>,
    methods: Option<Vec<String>>,
    access: Access,
    caching: Caching,
    replaces_refusals: bool,
    is_report_only: bool,
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

    /// Whether refusals are logged rather than made.
    pub fn is_report_only(&self) -> bool {
        self.is_report_only
    }

    /// A word that changes whenever the rules of this route do, or the origin.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    pub(super) fn new(
        pattern: Pattern,
        methods: Option<Vec<String>>,
        access: Access,
        caching: Caching,
        rules: &str,
    ) -> Self {
        let hash = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(rules));
        let fingerprint = hash.chars().take(12).collect();
        let (hosts, replaces_refusals, is_report_only) = (None, false, false);
        Self {
            pattern,
            hosts,
            methods,
            access,
            caching,
            replaces_refusals,
            is_report_only,
            fingerprint,
        }
    }

    pub(super) fn pattern(&self) -> &Pattern {
        &self.pattern
    }

    /// The names and wildcards of the hosts it is for; any if `None`.
    pub fn hosts(&self) -> Option<&[String]> {
        self.hosts.as_deref()
    }

    /// How widely it is for a host of its own: 0 by the name, 1 by a wildcard, 2 as for any host.
    pub fn wideness(&self, host: &str) -> u8 {
        match &self.hosts {
            Some(hosts) if hosts.iter().any(|listed| listed == host) => 0,
            Some(_) => 1,
            None => 2,
        }
    }

    /// The methods it is for; any if `None`.
    pub fn methods(&self) -> Option<&[String]> {
        self.methods.as_deref()
    }

    /// The most specific comes first: by its path, and then by whether it names methods.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let literals: Vec<_> = self.pattern.literals(Reading::Strict).collect();
        (self.pattern.rank().to_owned(), literals, self.methods.is_none())
    }

    pub(super) fn allows(&self, method: &str) -> bool {
        self.methods.as_ref().is_none_or(|methods| methods.iter().any(|m| m == method))
    }
}

/// What the policy says for all of its routes.
#[derive(Clone, Copy, Default)]
pub(super) struct Surroundings<'a> {
    /// What it says of the origin, as it stands there.
    pub(super) origin: &'a str,
    /// The hosts that are served; `None` is any.
    pub(super) served: Option<&'a [String]>,
    /// The issuers.
    pub(super) known: Known<'a>,
    /// Whether refusals are only reported where a route does not say.
    pub(super) is_report_only: bool,
}

/// For what no route names: a valid token is needed, and nothing is stored.
pub(super) fn unnamed(around: Surroundings<'_>) -> Route {
    let protected = Access::Protected(Requirement::default());
    let pattern = Pattern::everything("(unnamed)");
    let route = Route::new(pattern, None, protected, Caching::Off, "");
    Route { is_report_only: around.is_report_only, ..route }
}

/// Reads `mode`: whether refusals are only reported.
pub(super) fn mode(field: &Field<'_, '_>) -> bool {
    field.one_of([("enforce", false), ("report", true)]) == Some(true)
}

pub(super) fn read(field: &Field<'_, '_>, around: Surroundings<'_>) -> Option<Route> {
    let table = field.table()?;
    let hosts = table.optional("hosts").map(|field| hosts::read_served(&field, around.served));
    let pattern = table.required("path").and_then(|field| field.parsed(Pattern::parse));
    let methods = table.optional("methods").map(|field| field.texts(method));
    let access = requirement::read(&table, around.known);
    let knows_nobody = access == Access::Public;
    let (cache, ttl) = (table.optional("cache"), table.optional("ttl"));
    let stale_if_error = table.optional("stale_if_error");
    let caching = cache.map_or(Caching::Off, |field| {
        let caching = caching::read(&field, ttl.as_ref(), stale_if_error.as_ref());
        if knows_nobody
            && matches!(
                caching,
                Caching::On { partition: Partition::Subject | Partition::Claims(_), .. }
            )
        {
            field.problem("a public route knows nobody; use \"shared\"");
        }
        caching
    });
    if caching == Caching::Off {
        for field in [&ttl, &stale_if_error].into_iter().flatten() {
            field.problem("has no effect without `cache`");
        }
    }
    let replaces_refusals = table
        .optional("origin_refusals")
        .is_some_and(|field| field.one_of([("pass", false), ("page", true)]) == Some(true));
    let is_report_only = table.optional("mode").map_or(around.is_report_only, |field| {
        if knows_nobody {
            field.problem("has no effect on a public route, which refuses nobody");
        }
        mode(&field)
    });
    table.close();
    let rules = format!("{}{}", around.origin, field.value());
    let route = Route::new(pattern?, methods, access, caching, &rules);
    Some(Route { hosts, replaces_refusals, is_report_only, ..route })
}

fn method(text: &str) -> Result<String, String> {
    if text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'-') {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a method; they are written in capitals, like GET"))
    }
}
