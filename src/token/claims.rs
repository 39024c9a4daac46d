//! The claims of an access token (RFC 7519 section 4.1, RFC 9068 section 2.2).

use std::fmt;

use serde::Deserialize;

use super::TokenFault;
use crate::time::UnixTime;

/// A claims set in which every claim we read is present where it must be and of the right type.
pub struct Claims {
    registered: Registered,
    expiration: UnixTime,
    not_before: Option<UnixTime>,
    issued_at: Option<UnixTime>,
}

/// The claims beside the dates, which jwt-compact reads.
#[derive(Deserialize)]
pub(super) struct Registered {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    scope: Option<String>,
}

/// A string or an array of strings (RFC 7519 section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Claims {
    /// `iss`.
    pub fn issuer(&self) -> &str {
        &self.registered.iss
    }

    /// `sub`.
    pub fn subject(&self) -> &str {
        &self.registered.sub
    }

    /// Whether `aud` names one of these, exactly.
    pub fn is_for(&self, audiences: &[String]) -> bool {
        match &self.registered.aud {
            Audience::One(one) => audiences.contains(one),
            Audience::Many(many) => many.iter().any(|one| audiences.contains(one)),
        }
    }

    /// `scope`, a list separated by spaces (RFC 8693 section 4.2).
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.registered.scope.iter().flat_map(|scope| scope.split(' ')).filter(|s| !s.is_empty())
    }

    /// `exp`: the token is not accepted from here on.
    pub fn expiration(&self) -> UnixTime {
        self.expiration
    }

    /// `nbf`: the token is not accepted before.
    pub fn not_before(&self) -> Option<UnixTime> {
        self.not_before
    }

    /// `iat`.
    pub fn issued_at(&self) -> Option<UnixTime> {
        self.issued_at
    }
}

impl TryFrom<jwt_compact::Claims<Registered>> for Claims {
    type Error = TokenFault;

    fn try_from(claims: jwt_compact::Claims<Registered>) -> Result<Self, TokenFault> {
        let registered = claims.custom;
        if registered.iss.is_empty() || registered.sub.is_empty() {
            return Err(TokenFault::Claims);
        }
        // jwt-compact refuses strings, NaN and overflow; a date before 1970 is left to us. Its
        // own comparison with the clock is not used: it accepts a token in its last second,
        // while RFC 7519 section 4.1.4 wants it refused "on or after" `exp`.
        let date =
            |seconds: i64| u64::try_from(seconds).map(UnixTime).map_err(|_| TokenFault::Claims);
        let expiration = claims.expiration.ok_or(TokenFault::Claims)?;
        Ok(Self {
            registered,
            expiration: date(expiration.timestamp())?,
            not_before: claims.not_before.map(|nbf| date(nbf.timestamp())).transpose()?,
            issued_at: claims.issued_at.map(|iat| date(iat.timestamp())).transpose()?,
        })
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Claims(..)")
    }
}
