//! The claims of an access token (RFC 7519 section 4.1, RFC 9068 section 2.2).

use std::fmt;

use super::TokenFault;
use super::members::Members;
use super::path::ClaimPath;
use crate::json::Value;
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

/// The scopes of a token.
#[derive(Clone, Copy)]
pub enum Scopes<'t> {
    /// Separated by spaces.
    Text(&'t str),
    /// Each a string of its own.
    List(&'t [Value]),
}

impl Scopes<'_> {
    /// Whether this is one of them.
    pub fn has(self, scope: &str) -> bool {
        match self {
            Self::Text(scopes) => {
                scopes.split(' ').any(|granted| !granted.is_empty() && granted == scope)
            }
            Self::List(scopes) => scopes.iter().any(|granted| granted.as_str() == Some(scope)),
        }
    }
}

impl Claims {
    pub(super) fn read(members: Members) -> Result<Self, TokenFault> {
        let text = |name: &str| match members.get(name) {
            Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
            _ => Err(TokenFault::Claims),
        };
        let date = |name: &str| members.get(name).map(numeric_date).transpose();
        Ok(Self {
            issuer: text("iss")?,
            subject: text("sub")?,
            audiences: audiences(members.get("aud"))?,
            expiration: date("exp")?.ok_or(TokenFault::Claims)?,
            not_before: date("nbf")?,
            issued_at: date("iat")?,
            members,
        })
    }

    /// About how many bytes of memory it takes beyond itself.
    pub(super) fn bytes(&self) -> usize {
        let texts = self
            .audiences
            .iter()
            .map(|audience| size_of::<String>().saturating_add(audience.len()));
        texts.chain([self.issuer.len(), self.subject.len(), self.members.bytes()]).sum()
    }

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
    pub fn scopes(&self, claim: ScopeClaim) -> Result<Scopes<'_>, TokenFault> {
        let (name, may_be_list) = match claim {
            ScopeClaim::Scope => ("scope", false),
            ScopeClaim::Scp => ("scp", true),
        };
        match self.members.get(name) {
            None => Ok(Scopes::List(&[])),
            Some(Value::String(scopes)) => Ok(Scopes::Text(scopes)),
            Some(Value::Array(scopes))
                if may_be_list && scopes.iter().all(|scope| scope.as_str().is_some()) =>
            {
                Ok(Scopes::List(scopes))
            }
            Some(_) => Err(TokenFault::Claims),
        }
    }

    /// Whether a `cnf`, whatever its value, binds the token to a key (RFC 7800 section 3.1).
    pub fn is_bound(&self) -> bool {
        self.members.has("cnf")
    }

    /// The value of any claim that is [simple](simple_value).
    pub fn simple(&self, name: &str) -> Option<String> {
        simple_value(self.members.get(name)?)
    }

    /// The value of a claim, or what is found within one.
    pub fn at(&self, path: &ClaimPath) -> Option<&Value> {
        let path = path.as_str();
        if path.starts_with('/') { self.members.at(path) } else { self.members.get(path) }
    }

    /// `acr`: how the user was authenticated (RFC 9470 section 6.1).
    pub fn acr(&self) -> Option<&str> {
        self.members.get("acr")?.as_str()
    }

    /// `auth_time`: when the user was authenticated (RFC 9470 section 6.1). What is no date says
    /// nothing.
    pub fn authenticated_at(&self) -> Option<UnixTime> {
        self.members.get("auth_time").and_then(|value| numeric_date(value).ok())
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

/// A string, an integer of at most 64 bits or a boolean; an integer as JSON writes it. Other numbers
/// are rounded by those who read them: two of them could become one.
pub fn simple_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_exact() => Some(number.to_string()),
        Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Seconds after 1970 as a JSON number (RFC 7519 section 2), fractions cut off. What an integer
/// cannot tell apart in every language is no date.
fn numeric_date(value: &Value) -> Result<UnixTime, TokenFault> {
    const MAX_SECONDS: u64 = 1 << 53;
    let Value::Number(number) = value else { return Err(TokenFault::Claims) };
    let seconds = number.whole().filter(|seconds| *seconds < MAX_SECONDS);
    seconds.map(UnixTime).ok_or(TokenFault::Claims)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_words_or_items_of_a_list() {
        let has = |value: &str, claim| {
            let text = format!(
                r#"{{"iss":"i","sub":"s","aud":"a","exp":1,"scope":{value},"scp":{value}}}"#
            );
            let claims = Claims::read(Members::parse(text.as_bytes()).unwrap()).unwrap();
            claims
                .scopes(claim)
                .map(|scopes| ["read", "write", "", "read write"].map(|s| scopes.has(s)))
        };
        for claim in [ScopeClaim::Scope, ScopeClaim::Scp] {
            assert_eq!(has(r#""read""#, claim), Ok([true, false, false, false]));
            assert_eq!(has(r#"" read  write ""#, claim), Ok([true, true, false, false]));
            assert_eq!(has(r#""reads rea""#, claim), Ok([false; 4]));
            assert_eq!(has(r#""""#, claim), Ok([false; 4]));
            assert_eq!(has("1", claim), Err(TokenFault::Claims));
        }
        let list = r#"["read","read write"]"#;
        assert_eq!(has(list, ScopeClaim::Scp), Ok([true, false, false, true]));
        assert_eq!(has(list, ScopeClaim::Scope), Err(TokenFault::Claims));
        assert_eq!(has("[]", ScopeClaim::Scp), Ok([false; 4]));
        assert_eq!(has(r#"["read",1]"#, ScopeClaim::Scp), Err(TokenFault::Claims));
    }
}
