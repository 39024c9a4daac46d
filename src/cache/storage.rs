//! Which answers of the origin are stored, and what is stored of them.

use crate::fields::{Edits, Headers};
use crate::gate::Permit;
use crate::policy::Caching;
use crate::time::UnixTime;

use super::Directives;
use super::directives::{MAX_DELTA_SECONDS, delta_seconds};

/// A longer body is passed on without being stored: while it is, it is held in memory.
pub const MAX_STORED_BYTES: usize = 8 * 1024 * 1024;

/// Whether to store an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storing {
    /// Yes, for this many seconds from now.
    Store {
        /// What is left of its freshness lifetime.
        ttl: u64,
        /// How old it was when it arrived.
        age: u64,
    },
    /// No.
    Skip(Skip),
}

/// Why an answer is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// It answers a HEAD, which has no body to store.
    Head,
    /// Its status is not one we store.
    Status,
    /// `no-store`, `no-cache` or `private`.
    Forbidden,
    /// It sets a cookie.
    SetCookie,
    /// It varies on more than `Accept-Encoding`.
    Vary,
    /// It has a content coding that the platform does not undo.
    Encoding,
    /// It is longer than we store.
    Size,
    /// It is stale already, or nobody says how long it is fresh.
    Stale,
}

impl Skip {
    /// The word that stands in `Cache-Status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Status => "status",
            Self::Forbidden => "forbidden",
            Self::SetCookie => "set-cookie",
            Self::Vary => "vary",
            Self::Encoding => "encoding",
            Self::Size => "size",
            Self::Stale => "stale",
        }
    }
}

/// Decides whether an answer may be stored (RFC 9111 section 3, as a shared cache, and stricter).
pub fn decide(permit: &Permit<'_>, status: u16, headers: &dyn Headers, now: UnixTime) -> Storing {
    match freshness(permit, status, headers, now) {
        Ok((ttl, age)) => Storing::Store { ttl, age },
        Err(skip) => Storing::Skip(skip),
    }
}

fn freshness(
    permit: &Permit<'_>,
    status: u16,
    headers: &dyn Headers,
    now: UnixTime,
) -> Result<(u64, u64), Skip> {
    if permit.method() != "GET" {
        return Err(Skip::Head);
    }
    // Not 204: the Cache API takes it and never gives it back.
    if !matches!(status, 200 | 203 | 300 | 301 | 308 | 404 | 410) {
        return Err(Skip::Status);
    }
    let directives = Directives::of(control(headers).as_deref());
    let forbids = ["no-store", "no-cache", "private"].iter().any(|name| directives.has(name));
    if forbids || !directives.is_readable() {
        return Err(Skip::Forbidden);
    }
    if headers.get("set-cookie").is_some() {
        return Err(Skip::SetCookie);
    }
    let vary = headers.get("vary").unwrap_or_default();
    let named = |name: &str| !name.is_empty() && !name.eq_ignore_ascii_case("accept-encoding");
    if vary.split(',').map(str::trim).any(named) {
        return Err(Skip::Vary);
    }
    let encoding = headers.get("content-encoding").unwrap_or_default();
    if !["", "identity", "gzip", "br"].iter().any(|coding| encoding.eq_ignore_ascii_case(coding)) {
        return Err(Skip::Encoding);
    }
    let length = headers.get("content-length").and_then(|length| length.trim().parse().ok());
    if length.is_some_and(|length: usize| length > MAX_STORED_BYTES) {
        return Err(Skip::Size);
    }
    let age = age(headers, now);
    let ttl = match permit.route().caching() {
        // The operator knows how old an answer may get here, whatever its age there.
        Caching::On { ttl: Some(ttl), .. } => ttl,
        _ => lifetime(&directives, headers, now).unwrap_or(0).saturating_sub(age),
    };
    if ttl == 0 { Err(Skip::Stale) } else { Ok((ttl, age)) }
}

/// The field that speaks to us: a targeted one outranks `Cache-Control` when it is valid and not
/// empty (RFC 9213 section 2.2).
fn control(headers: &dyn Headers) -> Option<String> {
    ["cloudflare-cdn-cache-control", "cdn-cache-control"]
        .iter()
        .filter_map(|name| headers.get(name))
        .find(|field| Directives::of(Some(field)).is_dictionary())
        .or_else(|| headers.get("cache-control"))
}

/// How old an answer is: by what it says, or by its date (RFC 9111 section 4.2.3). An age that
/// cannot be read is beyond all lifetimes.
fn age(headers: &dyn Headers, now: UnixTime) -> u64 {
    let seconds_said = |age: String| delta_seconds(age.trim()).unwrap_or(MAX_DELTA_SECONDS);
    let said = headers.get("age").map_or(0, seconds_said);
    let date = headers.get("date").and_then(|date| seconds(&date));
    said.max(date.map_or(0, |date| now.since(date)))
}

/// RFC 9111 section 4.2.1, without heuristics.
fn lifetime(directives: &Directives, headers: &dyn Headers, now: UnixTime) -> Option<u64> {
    directives.seconds("s-maxage").or_else(|| directives.seconds("max-age")).or_else(|| {
        let date = |name: &str| headers.get(name).and_then(|date| seconds(&date));
        Some(date("expires")?.since(date("date").unwrap_or(now)))
    })
}

fn seconds(date: &str) -> Option<UnixTime> {
    let date = httpdate::parse_http_date(date).ok()?;
    let since = date.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(UnixTime(since.as_secs()))
}

/// When it was stored, for how long, and its age then.
const STORED: &str = "turnpike-stored";

/// Fields that speak to the client alone, and where the stored copy keeps them from the Cache API.
const KEPT: [(&str, &str); 2] =
    [("cache-control", "turnpike-cache-control"), ("vary", "turnpike-vary")];

/// Fields that only stored copies have; an origin that sends them has nothing to say by them.
pub const INTERNAL_FIELDS: [&str; 3] = [STORED, KEPT[0].1, KEPT[1].1];

/// The fields of the stored copy, given those of the answer that leaves.
pub fn stored_copy(leaving: &dyn Headers, ttl: u64, age: u64, now: UnixTime) -> Edits {
    let mut edits = Edits::default();
    edits.remove(&["expires", "age", "cache-status"]);
    // The body was read, and reading undoes its coding; the platform codes it anew for each client.
    edits.remove(&["content-encoding", "content-length"]);
    for (name, kept) in KEPT {
        edits.remove(&[name, kept]);
        if let Some(value) = leaving.get(name) {
            edits.set(kept, value);
        }
    }
    edits.set("cache-control", format!("public, max-age={ttl}"));
    edits.set(STORED, format!("{} {ttl} {age}", now.0));
    edits
}

/// The fields of a stored copy as it leaves, and for how many seconds it is still fresh; `None`
/// when it is not, or was not stored by us.
pub fn restore(stored: &dyn Headers, now: UnixTime) -> Option<(Edits, u64)> {
    let record = stored.get(STORED)?;
    let mut numbers = record.split(' ').map(str::parse::<u64>);
    let mut next = || numbers.next()?.ok();
    let (at, ttl, age) = (UnixTime(next()?), next()?, next()?);
    let left = ttl.checked_sub(now.since(at)).filter(|left| *left > 0)?;
    let mut edits = Edits::default();
    edits.remove(&[STORED, "cf-cache-status"]);
    for (name, kept) in KEPT {
        edits.remove(&[name, kept]);
        if let Some(value) = stored.get(kept) {
            edits.set(name, value);
        }
    }
    edits.set("age", age.saturating_add(now.since(at)).to_string());
    Some((edits, left))
}
