//! The checks of the gate in their order, and which of them each denial comes from.

use turnpike::gate::Denial;
use turnpike::policy::Policy;
use turnpike::request::Ambiguity;
use turnpike::token::{TokenFault, UntrustedToken};

use super::why::{self, Around};

/// What is looked at, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Check {
    Configuration,
    Url,
    Host,
    Method,
    Route,
    Credentials,
    Page,
    Token,
    Issuer,
    Algorithm,
    Type,
    Binding,
    Audience,
    Claims,
    Dates,
    Keys,
    Signature,
    Scopes,
    Authentication,
    Identity,
    Origin,
}

/// In their order, by their names.
const ORDER: [(Check, &str); 21] = [
    (Check::Configuration, "configuration"),
    (Check::Url, "url"),
    (Check::Host, "host"),
    (Check::Method, "method"),
    (Check::Route, "route"),
    (Check::Credentials, "credentials"),
    (Check::Page, "page"),
    (Check::Token, "token"),
    (Check::Issuer, "issuer"),
    (Check::Algorithm, "algorithm"),
    (Check::Type, "type"),
    (Check::Binding, "binding"),
    (Check::Audience, "audience"),
    (Check::Claims, "claims"),
    (Check::Dates, "dates"),
    (Check::Keys, "keys"),
    (Check::Signature, "signature"),
    (Check::Scopes, "scopes"),
    (Check::Authentication, "authentication"),
    (Check::Identity, "identity"),
    (Check::Origin, "origin"),
];

impl Check {
    /// Its name in documents and tests.
    pub(crate) fn name(self) -> &'static str {
        ORDER.iter().find(|(check, _)| *check == self).map_or("", |(_, name)| name)
    }

    /// Where a denial comes from. A fault that two checks can find is told apart by the token that
    /// was presented, if that could be read at all.
    pub(crate) fn of(denial: &Denial, token: Option<&UntrustedToken>, policy: &Policy) -> Self {
        match denial {
            Denial::Misconfigured => Self::Configuration,
            Denial::UrlAmbiguous(Ambiguity::Route) => Self::Route,
            Denial::UrlAmbiguous(_) => Self::Url,
            Denial::HostUnknown => Self::Host,
            Denial::MethodNotAllowed => Self::Method,
            Denial::CredentialsMissing
            | Denial::CredentialsMalformed
            | Denial::CredentialsAmbiguous => Self::Credentials,
            Denial::PageForeign => Self::Page,
            Denial::TokenInvalid(fault) => Self::of_fault(*fault, token, policy),
            Denial::TokenExpired | Denial::TokenNotYetValid => Self::Dates,
            Denial::KeysUnavailable { .. } => Self::Keys,
            Denial::ScopeInsufficient { .. } => Self::Scopes,
            Denial::AuthenticationInsufficient { .. } => Self::Authentication,
            Denial::OriginUnreachable | Denial::OriginUnauthorized | Denial::OriginForbidden => {
                Self::Origin
            }
        }
    }

    fn of_fault(fault: TokenFault, token: Option<&UntrustedToken>, policy: &Policy) -> Self {
        match fault {
            TokenFault::TooLong => Self::Credentials,
            TokenFault::Malformed | TokenFault::Critical => Self::Token,
            // Of nobody's algorithms, or not of this issuer's.
            TokenFault::Algorithm => token.map_or(Self::Token, |_| Self::Algorithm),
            TokenFault::Issuer | TokenFault::RouteIssuer => Self::Issuer,
            TokenFault::Type => Self::Type,
            TokenFault::Bound => Self::Binding,
            TokenFault::Audience => Self::Audience,
            // No claims set at all, scopes of the wrong type, or no `iat` where its age is bounded.
            TokenFault::Claims => token.map_or(Self::Token, |token| {
                let issuer = policy.issuer(token.claims().issuer());
                let scopes = issuer.map(|issuer| token.claims().scopes(issuer.scope_claim()));
                if matches!(scopes, Some(Ok(_))) { Self::Dates } else { Self::Claims }
            }),
            TokenFault::IssuedInFuture | TokenFault::Lifetime => Self::Dates,
            TokenFault::UnknownKey => Self::Keys,
            TokenFault::Signature => Self::Signature,
            TokenFault::ClaimTooLong => Self::Identity,
        }
    }
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    /// Taken to be right: it was not looked at.
    Assumed,
    Failed,
    /// Something before it failed.
    NotReached,
    /// The request needs no token.
    NotNeeded,
    /// Nothing is sent anywhere.
    NotAsked,
}

impl Outcome {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Assumed => "assumed",
            Self::Failed => "failed",
            Self::NotReached => "not reached",
            Self::NotNeeded => "not needed",
            Self::NotAsked => "not asked",
        }
    }
}

/// One check and how it ended.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) check: Check,
    pub(crate) outcome: Outcome,
    /// What was found; nothing where there is no more to say.
    pub(crate) detail: String,
}

/// All checks of a request, of which one failed or none; an open one needs no token.
pub(super) fn rows(
    failed: Option<(Check, &Denial)>,
    is_open: bool,
    around: &Around<'_>,
) -> Vec<Row> {
    let is_assumed = around.prepared.is_assumed();
    let row = |check: Check| {
        let outcome = match failed {
            None if check == Check::Origin => Outcome::NotAsked,
            Some((at, _)) if check == at => Outcome::Failed,
            Some((at, _)) if check > at => Outcome::NotReached,
            _ if is_open && check > Check::Route => Outcome::NotNeeded,
            _ if is_assumed && matches!(check, Check::Keys | Check::Signature) => Outcome::Assumed,
            _ => Outcome::Passed,
        };
        let detail = match (outcome, failed) {
            (Outcome::Failed, Some((_, denial))) => why::failed(denial, around),
            (Outcome::Passed, _) => why::passed(check, around),
            _ => String::new(),
        };
        Row { check, outcome, detail }
    };
    ORDER.iter().map(|(check, _)| row(*check)).collect()
}
