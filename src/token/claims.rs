//! The claims of an access token (RFC 7519 section 4.1, RFC 9068 section 2.2).

use std::fmt;

use serde_json::Value;

use super::TokenFault;
use super::members::Members;
use crate::time::UnixTime;

/// A claims set in which every claim we read is present where it must be and of the right type.
pub struct Claims {
    issuer: String,
    subject: String,
    audiences: Vec<String>,
    expiration: UnixTime,
    not_before: Option<UnixTime>,
    issued_at: Option<UnixTime>,
    /// All others.
    members: Members,
}

/// Which claim holds the scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeClaim {
    /// `scope`: a string of scopes separated by spaces (RFC 8693 section 4.2).
    Scope,
    /// `scp`: such a string, or a list of scopes. Some issuers are older than the standard.
    Scp,
}

impl Claims {
    /// `iss`.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// `sub`.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether `aud` names one of these, exactly.
    pub fn is_for(&self, audiences: &[String]) -> bool {
        self.audiences.iter().any(|audience| audiences.contains(audience))
    }

    /// The scopes that were granted; none when the claim is absent.
    ///
    /// # Errors
    ///
    /// [`TokenFault::Claims`] when it is of the wrong type.
    pub fn scopes(&self, claim: ScopeClaim) -> Result<Vec<&str>, TokenFault> {
        let (name, may_be_list) = match claim {
            ScopeClaim::Scope => ("scope", false),
            ScopeClaim::Scp => ("scp", true),
        };
        match self.members.get(name) {
            None => Ok(Vec::new()),
            Some(Value::String(scopes)) => {
                Ok(scopes.split(' ').filter(|scope| !scope.is_empty()).collect())
            }
            Some(Value::Array(scopes)) if may_be_list => {
                scopes.iter().map(|scope| scope.as_str().ok_or(TokenFault::Claims)).collect()
            }
            Some(_) => Err(TokenFault::Claims),
        }
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

impl TryFrom<jwt_compact::Claims<Members>> for Claims {
    type Error = TokenFault;

    fn try_from(claims: jwt_compact::Claims<Members>) -> Result<Self, TokenFault> {
        let members = claims.custom;
        let text = |name: &str| match members.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            _ => Err(TokenFault::Claims),
        };
        // jwt-compact refuses strings, NaN and overflow; a date before 1970 is left to us. Its
        // own comparison with the clock is not used: it accepts a token in its last second,
        // while RFC 7519 section 4.1.4 wants it refused "on or after" `exp`.
        let date =
            |seconds: i64| u64::try_from(seconds).map(UnixTime).map_err(|_| TokenFault::Claims);
        let expiration = claims.expiration.ok_or(TokenFault::Claims)?;
        Ok(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            audiences: audiences(members.get("aud"))?,
            expiration: date(expiration.timestamp())?,
            not_before: claims.not_before.map(|nbf| date(nbf.timestamp())).transpose()?,
            issued_at: claims.issued_at.map(|iat| date(iat.timestamp())).transpose()?,
            members,
        })
    }
}

/// A string or a list of strings (RFC 7519 section 4.1.3).
fn audiences(value: Option<&Value>) -> Result<Vec<String>, TokenFault> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or(TokenFault::Claims);
    match value {
        Some(Value::Array(many)) => many.iter().map(text).collect(),
        Some(one) => Ok(vec![text(one)?]),
        None => Err(TokenFault::Claims),
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Claims(..)")
    }
}
