//! `Cache-Status` (RFC 9211).

use std::fmt;

use super::{CacheKey, Storing, decide};
use crate::fields::Headers;
use crate::gate::Permit;
use crate::time::UnixTime;

/// How the cache handled a permitted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheStatus {
    /// Served from a stored copy that is fresh for this many seconds more.
    Hit {
        /// Seconds.
        ttl: u64,
    },
    /// Nothing was stored under the URL; the origin was asked.
    Miss(Storing),
    /// The route is not cached.
    Bypass,
    /// The method is not.
    Method,
}

impl fmt::Display for CacheStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hit { ttl } => write!(formatter, "turnpike; hit; ttl={ttl}"),
            Self::Miss(Storing::Store { .. }) => {
                write!(formatter, "turnpike; fwd=uri-miss; stored")
            }
            Self::Miss(Storing::Skip(why)) => {
                write!(formatter, "turnpike; fwd=uri-miss; detail={}", why.as_str())
            }
            Self::Bypass => write!(formatter, "turnpike; fwd=bypass"),
            Self::Method => write!(formatter, "turnpike; fwd=method"),
        }
    }
}

impl CacheStatus {
    /// What it is when the origin was asked and answered like this.
    pub fn of(
        permit: &Permit<'_>,
        key: Option<&CacheKey>,
        status: u16,
        headers: &dyn Headers,
        now: UnixTime,
    ) -> Self {
        match key {
            Some(_) => Self::Miss(decide(permit, status, headers, now)),
            None if matches!(permit.method(), "GET" | "HEAD") => Self::Bypass,
            None => Self::Method,
        }
    }

    /// One word for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hit { .. } => "hit",
            Self::Miss(Storing::Store { .. }) => "stored",
            Self::Miss(Storing::Skip(why)) => why.as_str(),
            Self::Bypass => "bypass",
            Self::Method => "method",
        }
    }

    /// The whole field: members of caches nearer to the origin stay, ours comes last
    /// (RFC 9211 section 2).
    pub fn after(&self, earlier: Option<&str>) -> String {
        match earlier {
            Some(earlier) => format!("{earlier}, {self}"),
            None => self.to_string(),
        }
    }
}
