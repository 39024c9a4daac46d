//! `Cache-Status` (RFC 9211).

use std::fmt;

use super::Skip;
use super::directives::has_open_quote;
use crate::gate::Permit;

/// How the cache handled a permitted request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheStatus {
    /// Served from a stored answer.
    Hit {
        /// For how many seconds it is still fresh; stale since, below zero.
        ttl: i64,
        /// Why a stale one was served.
        stale: Option<Stale>,
    },
    /// The origin was asked.
    Forwarded {
        /// Why.
        why: Why,
        /// Whether it said that the stored answer is still right.
        unchanged: bool,
        /// Why its answer was not stored, if it was not.
        skipped: Option<Skip>,
    },
    /// The route is not cached.
    Bypass,
    /// The method is not.
    Method,
}

/// Why the origin was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing is stored of the URL.
    UriMiss,
    /// Nothing is stored of the variant that was asked for.
    VaryMiss,
    /// What is stored is stale.
    Stale,
    /// The store has nothing that would do, and does not say why.
    Miss,
}

/// Why a stale answer was served (RFC 5861).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stale {
    /// While it is revalidated in the background.
    WhileRevalidating,
    /// The origin failed.
    IfError,
}

impl fmt::Display for CacheStatus {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("turnpike")?;
        match self {
            Self::Hit { ttl, stale } => {
                write!(formatter, "; hit; ttl={ttl}")?;
                stale.map_or(Ok(()), |stale| write!(formatter, "; detail={}", stale.as_str()))
            }
            Self::Forwarded { why, unchanged, skipped } => {
                write!(formatter, "; fwd={}", why.as_str())?;
                if *unchanged {
                    formatter.write_str("; fwd-status=304")?;
                }
                match skipped {
                    None => formatter.write_str("; stored"),
                    Some(skip) => write!(formatter, "; detail={}", skip.as_str()),
                }
            }
            Self::Bypass => formatter.write_str("; fwd=bypass"),
            Self::Method => formatter.write_str("; fwd=method"),
        }
    }
}

impl Why {
    fn as_str(self) -> &'static str {
        match self {
            Self::UriMiss => "uri-miss",
            Self::VaryMiss => "vary-miss",
            Self::Stale => "stale",
            Self::Miss => "miss",
        }
    }
}

impl Stale {
    fn as_str(self) -> &'static str {
        match self {
            Self::WhileRevalidating => "stale-while-revalidate",
            Self::IfError => "stale-if-error",
        }
    }
}

impl CacheStatus {
    /// What it is for a request whose answer cannot be stored.
    pub fn without_key(permit: &Permit<'_>) -> Self {
        if matches!(permit.method(), "GET" | "HEAD") { Self::Bypass } else { Self::Method }
    }

    /// One word for the log.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Hit { stale: None, .. } => "hit",
            Self::Hit { stale: Some(stale), .. } => stale.as_str(),
            Self::Forwarded { skipped: Some(skip), .. } => skip.as_str(),
            Self::Forwarded { unchanged: true, .. } => "revalidated",
            Self::Forwarded { .. } => "stored",
            Self::Bypass => "bypass",
            Self::Method => "method",
        }
    }

    /// The whole field: members of caches nearer to the origin stay, ours comes last
    /// (RFC 9211 section 2). What has an open quote goes: ours would be in the string behind it.
    pub fn after(&self, earlier: Option<&str>) -> String {
        match earlier {
            Some(earlier) if !has_open_quote(earlier) => format!("{earlier}, {self}"),
            _ => self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_handle_a_request_has_a_field_and_a_word() {
        let hit = |stale| CacheStatus::Hit { ttl: -5, stale };
        let forwarded =
            |why, unchanged, skipped| CacheStatus::Forwarded { why, unchanged, skipped };
        for (status, field, word) in [
            (hit(None), "hit; ttl=-5", "hit"),
            (
                hit(Some(Stale::WhileRevalidating)),
                "hit; ttl=-5; detail=stale-while-revalidate",
                "stale-while-revalidate",
            ),
            (hit(Some(Stale::IfError)), "hit; ttl=-5; detail=stale-if-error", "stale-if-error"),
            (forwarded(Why::VaryMiss, false, None), "fwd=vary-miss; stored", "stored"),
            (forwarded(Why::Stale, true, None), "fwd=stale; fwd-status=304; stored", "revalidated"),
            (forwarded(Why::Miss, false, Some(Skip::Size)), "fwd=miss; detail=size", "size"),
            (CacheStatus::Bypass, "fwd=bypass", "bypass"),
            (CacheStatus::Method, "fwd=method", "method"),
        ] {
            assert_eq!(status.after(None), format!("turnpike; {field}"));
            assert_eq!(status.word(), word);
        }
    }
}
