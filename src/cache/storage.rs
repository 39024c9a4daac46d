//! Which answers of the origin are stored, and for how long they may be used (RFC 9111 section 3,
//! as a shared cache, and stricter).

use std::borrow::Cow;

use crate::fields::Headers;
use crate::gate::Permit;
use crate::policy::{Caching, Route};
use crate::request::CredentialSource;
use crate::time::UnixTime;

use super::conditions::validators;
use super::date::date;
use super::directives::{MAX_DELTA_SECONDS, delta_seconds};
use super::{Directives, Record, Variance, surrogate};

/// A longer body is passed on without being stored: while it is, it is held in memory.
pub const MAX_STORED_BYTES: usize = 8 * 1024 * 1024;

/// An answer that nobody gave a lifetime is fresh for a tenth of its age when it was made, and not
/// for longer than this (RFC 9111 section 4.2.2).
const MAX_HEURISTIC_SECONDS: u64 = 24 * 60 * 60;

/// Whether to store an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storing {
    /// Yes.
    Store(Record, Variance),
    /// No.
    Skip(Skip),
}

/// Why an answer is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// It answers a HEAD, which has no body to store.
    Head,
    /// It answers a request for a part.
    Range,
    /// Its status is not one we store.
    Status,
    /// `no-store` or `private`, or directives that cannot be read.
    Forbidden,
    /// The origin was asked with an `Authorization`, and does not say that others may have it.
    Authorization,
    /// It sets a cookie.
    SetCookie,
    /// It varies on credentials, or on more than can be told apart.
    Vary,
    /// It has a content coding that the platform does not undo.
    Encoding,
    /// It is longer than we store.
    Size,
    /// It is stale already, or nobody says how long it is fresh, and it cannot be revalidated.
    Stale,
}

impl Skip {
    /// The word that stands in `Cache-Status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Range => "range",
            Self::Status => "status",
            Self::Forbidden => "forbidden",
            Self::Authorization => "authorization",
            Self::SetCookie => "set-cookie",
            Self::Vary => "vary",
            Self::Encoding => "encoding",
            Self::Size => "size",
            Self::Stale => "stale",
        }
    }
}

/// Decides whether the answer to a permitted request may be stored. What may carry tokens is none
/// of what it may vary by; `authorized` says whether the origin saw an `Authorization`.
pub fn decide(
    permit: &Permit<'_>,
    credentials: &[CredentialSource],
    authorized: bool,
    status: u16,
    headers: &dyn Headers,
    now: UnixTime,
) -> Storing {
    if permit.method() != "GET" {
        return Storing::Skip(Skip::Head);
    }
    let length = headers.get("content-length").and_then(|length| length.trim().parse().ok());
    match decide_for(permit.route(), credentials, authorized, status, headers, now) {
        Storing::Store(..) if length.is_some_and(|length: usize| length > MAX_STORED_BYTES) => {
            Storing::Skip(Skip::Size)
        }
        decided => decided,
    }
}

/// The same for a store that takes answers of any length, to a GET that was permitted under this
/// route.
pub fn decide_for(
    route: &Route,
    credentials: &[CredentialSource],
    authorized: bool,
    status: u16,
    headers: &dyn Headers,
    now: UnixTime,
) -> Storing {
    match record(route, credentials, authorized, status, headers, now) {
        Ok((record, variance)) => Storing::Store(record, variance),
        Err(skip) => Storing::Skip(skip),
    }
}

fn record(
    route: &Route,
    credentials: &[CredentialSource],
    authorized: bool,
    status: u16,
    headers: &dyn Headers,
    now: UnixTime,
) -> Result<(Record, Variance), Skip> {
    if status == 206 {
        return Err(Skip::Range);
    }
    let control = Control::of(headers);
    let directives = &control.directives;
    let is_usual = matches!(status, 200 | 203 | 204 | 300 | 301 | 308 | 404 | 410);
    if !is_usual && !may_store_unusual(status, &control) {
        return Err(Skip::Status);
    }
    let forbids = directives.has("no-store") || directives.is_about_all("private");
    if forbids || !directives.is_readable() {
        return Err(Skip::Forbidden);
    }
    // Section 3.5.
    let is_for_others =
        ["public", "must-revalidate", "s-maxage"].iter().any(|name| directives.has(name));
    if authorized && !is_for_others {
        return Err(Skip::Authorization);
    }
    if headers.get("set-cookie").is_some() {
        return Err(Skip::SetCookie);
    }
    let variance = Variance::of(headers, credentials).map_err(|_| Skip::Vary)?;
    let encoding = headers.get("content-encoding").unwrap_or_default();
    // The platform compares with case: it does not undo `GZIP`, whose copy would be of coded bytes.
    if !["", "identity", "gzip", "br"].contains(&&*encoding) {
        return Err(Skip::Encoding);
    }
    let age = age(headers, now);
    let (ttl, stale_if_error) = match route.caching() {
        Caching::On { ttl, stale_if_error, .. } => (ttl.filter(|_| is_usual), *stale_if_error),
        Caching::Off => (None, 0),
    };
    let must_ask = directives.is_about_all("no-cache");
    let lifetime = lifetime(&control, headers, now);
    let (fresh_for, stale_for) = match ttl {
        _ if must_ask => (0, 0),
        // The operator knows how old an answer may get here, whatever its age there.
        Some(ttl) => (ttl, 0),
        None => (lifetime.saturating_sub(age), age.saturating_sub(lifetime)),
    };
    // Whoever names one of these wants no stale answer (sections 4.2.4 and 5.2.2).
    let strict = ["must-revalidate", "proxy-revalidate", "s-maxage"];
    let is_strict = must_ask || strict.iter().any(|name| directives.has(name));
    let extra = |name, unless_said: u64| match directives.seconds(name) {
        _ if is_strict => 0,
        said => said.unwrap_or(unless_said).saturating_sub(stale_for),
    };
    let record = Record {
        at: now,
        age,
        fresh_for,
        while_revalidating: extra("stale-while-revalidate", 0),
        if_error: extra("stale-if-error", stale_if_error),
        status,
    };
    if record.kept_for(validators(headers).is_some()) == 0 {
        return Err(Skip::Stale);
    }
    Ok((record, variance))
}

/// Whether an answer is stored although its status alone would not let us: it is a success or leads
/// elsewhere, and its origin says for how long (RFC 9111 section 3). An error is none of these: it
/// may be due to one request, and would be everyone's.
fn may_store_unusual(status: u16, control: &Control) -> bool {
    let Control { directives, expires } = control;
    let is_known = matches!(status, 201 | 202 | 302 | 303 | 307);
    let is_explicit =
        ["s-maxage", "max-age"].iter().any(|name| directives.has(name)) || expires.is_some();
    // These have no body, whatever the origin sends.
    let is_whole = (200..400).contains(&status) && !matches!(status, 205 | 304);
    is_whole && is_explicit && (is_known || !directives.has("must-understand"))
}

/// What the origin says to this cache. A targeted field outranks `Cache-Control` and `Expires`
/// when it is valid and not empty (RFC 9213 section 2.2); the oldest of them comes last.
pub(super) struct Control {
    pub(super) directives: Directives,
    expires: Option<String>,
}

impl Control {
    pub(super) fn of(headers: &dyn Headers) -> Self {
        let targeted = ["cloudflare-cdn-cache-control", "cdn-cache-control"]
            .iter()
            .find_map(|name| Directives::of_targeted(&headers.get(name)?))
            .or_else(|| surrogate::directives(&headers.get("surrogate-control")?));
        match targeted {
            Some(directives) => Self { directives, expires: None },
            None => Self {
                directives: Directives::of(headers.get("cache-control").as_deref()),
                expires: headers.get("expires").map(Cow::into_owned),
            },
        }
    }
}

/// How old an answer is: by what it says, or by its date (RFC 9111 section 4.2.3). An age that
/// cannot be read is beyond all lifetimes.
fn age(headers: &dyn Headers, now: UnixTime) -> u64 {
    let seconds_said = |age: Cow<'_, str>| delta_seconds(age.trim()).unwrap_or(MAX_DELTA_SECONDS);
    let said = headers.get("age").map_or(0, seconds_said);
    let date = headers.get("date").and_then(|text| date(&text));
    said.max(date.map_or(0, |date| now.since(date)))
}

/// The freshness lifetime (RFC 9111 section 4.2.1), at last by heuristics.
fn lifetime(control: &Control, headers: &dyn Headers, now: UnixTime) -> u64 {
    let Control { directives, expires } = control;
    let said = directives.seconds("s-maxage").or_else(|| directives.seconds("max-age"));
    let at = |name: &str| headers.get(name).and_then(|text| date(&text));
    let made = at("date").unwrap_or(now);
    match (said, expires.as_deref().map(date), at("last-modified")) {
        (Some(seconds), _, _) => seconds,
        (None, Some(expires), _) => {
            expires.map_or(0, |expires| expires.since(made)).min(MAX_DELTA_SECONDS)
        }
        (None, None, Some(modified)) => (made.since(modified) / 10).min(MAX_HEURISTIC_SECONDS),
        (None, None, _) => 0,
    }
}
