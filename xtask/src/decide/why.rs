//! What was found at each check, in words.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::Value;
use turnpike::gate::Denial;
use turnpike::policy::{Issuer, TokenType};
use turnpike::request::present;
use turnpike::token::{TokenFault, UntrustedToken};

use super::question::Prepared;
use super::site::Site;
use super::time;
use super::{Check, Decision};

/// What there is to tell of.
pub(super) struct Around<'a> {
    pub(super) site: &'a Site,
    pub(super) prepared: &'a Prepared,
    pub(super) token: Option<&'a UntrustedToken>,
    pub(super) decision: &'a Decision,
}

impl Around<'_> {
    fn issuer(&self) -> Option<&Issuer> {
        self.site.policy().issuer(self.token?.claims().issuer())
    }

    /// A claim as the token has it.
    fn claim(&self, name: &str) -> String {
        let payload = || {
            let credential = present(self.site.policy().credentials(), &self.prepared.headers);
            let token = credential.ok()??;
            let bytes = Base64UrlUnpadded::decode_vec(token.as_str().split('.').nth(1)?).ok()?;
            serde_json::from_slice::<Value>(&bytes).ok()?.get(name).cloned()
        };
        payload().map_or_else(|| "missing".to_owned(), |value| value.to_string())
    }

    /// A date of the token, and when that is.
    fn date(&self, name: &str) -> String {
        let claim = self.claim(name);
        claim.parse().map_or(claim, time::show)
    }
}

/// What a check that passed has found, where that is worth a word.
pub(super) fn passed(check: Check, around: &Around<'_>) -> String {
    let decision = around.decision;
    let token = decision.token.as_ref();
    let text = match check {
        Check::Url => Some(decision.url.clone()),
        Check::Route => decision.route.as_ref().map(|route| route.name.clone()),
        Check::Issuer => token.map(|token| token.issuer.clone()),
        Check::Algorithm => token.map(|token| token.algorithm.to_owned()),
        Check::Type => token.and_then(|token| token.token_type.clone()),
        Check::Audience => token.map(|_| around.claim("aud")),
        Check::Dates => token.map(|_| format!("expires {}", around.date("exp"))),
        Check::Keys => decision.key.as_ref().map(|key| match &key.id {
            Some(id) => format!("kid {id}"),
            None => format!("a key for {}", key.algorithm),
        }),
        Check::Scopes => token.map(|_| decision.route.as_ref().map_or("", |it| &it.needs).into()),
        Check::Configuration
        | Check::Host
        | Check::Method
        | Check::Credentials
        | Check::Page
        | Check::Token
        | Check::Binding
        | Check::Claims
        | Check::Signature
        | Check::Authentication
        | Check::Identity
        | Check::Origin => None,
    };
    text.unwrap_or_default()
}

/// Why a check failed.
pub(super) fn failed(denial: &Denial, around: &Around<'_>) -> String {
    let policy = around.site.policy();
    let at = time::show(around.prepared.at.0);
    match denial {
        Denial::CredentialsMissing => {
            format!("no token where the policy looks for one: {}", places(around.site))
        }
        Denial::CredentialsMalformed => "`Authorization: Bearer` has no token behind it".to_owned(),
        Denial::CredentialsAmbiguous => "there is more than one token".to_owned(),
        Denial::TokenExpired => {
            let bound = around.issuer().and_then(Issuer::max_age);
            let bound = bound
                .map(|seconds| format!("; `max_age` is {seconds} s after {}", around.date("iat")));
            let (exp, bound) = (around.date("exp"), bound.unwrap_or_default());
            format!("exp is {exp}{bound}; it is {at}, `leeway` is {} s", policy.leeway())
        }
        Denial::TokenNotYetValid => {
            format!("nbf is {}; it is {at}, `leeway` is {} s", around.date("nbf"), policy.leeway())
        }
        Denial::TokenInvalid(fault) => invalid(*fault, around),
        Denial::ScopeInsufficient { required } => {
            let name = around.issuer().map_or("scope", |issuer| match issuer.scope_claim() {
                turnpike::token::ScopeClaim::Scope => "scope",
                turnpike::token::ScopeClaim::Scp => "scp",
            });
            if required.is_empty() {
                "the claims are not as the route asks, whatever the scopes".to_owned()
            } else {
                format!("the route needs {required}; {name} is {}", around.claim(name))
            }
        }
        Denial::AuthenticationInsufficient { acr_values, max_age } => {
            let mut wants = Vec::new();
            if !acr_values.is_empty() {
                wants.push(format!("acr of {acr_values}; it is {}", around.claim("acr")));
            }
            if let Some(seconds) = max_age {
                let signed_in = around.date("auth_time");
                wants.push(format!("a sign-in at most {seconds} s ago; auth_time is {signed_in}"));
            }
            format!("the route needs {}", wants.join(", and "))
        }
        Denial::PageForeign => {
            "a page that is neither this site's nor listed in `cors.origins` opens a WebSocket \
             with a cookie"
                .to_owned()
        }
        Denial::UrlAmbiguous(ambiguity) => ambiguity.to_string(),
        Denial::HostUnknown => "the host is not among `hosts`".to_owned(),
        Denial::MethodNotAllowed => "TRACE is never allowed".to_owned(),
        Denial::KeysUnavailable { .. } => {
            around.issuer().map_or_else(String::new, Site::where_keys_are)
        }
        Denial::Misconfigured
        | Denial::OriginUnreachable
        | Denial::OriginUnauthorized
        | Denial::OriginForbidden => String::new(),
    }
}

fn invalid(fault: TokenFault, around: &Around<'_>) -> String {
    let token = around.decision.token.as_ref();
    let issuer = around.issuer();
    match fault {
        TokenFault::TooLong => "the token is longer than 8 KiB".to_owned(),
        TokenFault::Malformed => {
            "it is no compact JWS, its JSON is not strict, or its header has a `cty`".to_owned()
        }
        TokenFault::Critical => "the header has `crit` or `b64`".to_owned(),
        TokenFault::Algorithm => match (token, issuer) {
            (Some(token), Some(issuer)) => {
                let listed: Vec<_> = issuer.algorithms().iter().map(|it| it.name()).collect();
                format!("alg is {}; the issuer's are {}", token.algorithm, listed.join(", "))
            }
            _ => "alg is none that exists here".to_owned(),
        },
        TokenFault::Type => {
            let wanted = issuer.map_or("", |issuer| match issuer.token_type() {
                TokenType::AccessToken => "at+jwt",
                TokenType::Jwt => "at+jwt or JWT",
                TokenType::Any => "anything that does not end in +jwt",
            });
            let typ = token.and_then(|token| token.token_type.as_deref()).unwrap_or("missing");
            format!("typ is {typ}; `token_type` takes {wanted}")
        }
        TokenFault::Bound => "cnf binds it to a key, which cannot be asked for here".to_owned(),
        TokenFault::Claims => {
            "iss, aud, exp or sub is missing or of the wrong type, another date or the scopes are; \
             or iat is missing, and `max_lifetime` or `max_age` needs it"
                .to_owned()
        }
        TokenFault::RouteIssuer => {
            format!("iss is {}; the route takes no token of it", around.claim("iss"))
        }
        TokenFault::Issuer => {
            let policy = around.site.policy();
            let trusted: Vec<_> = policy.issuers().iter().map(Issuer::identifier).collect();
            format!("iss is {}; trusted are {}", around.claim("iss"), trusted.join(", "))
        }
        TokenFault::Audience => {
            let listed = issuer.map(|issuer| issuer.audiences().join(", "));
            format!("aud is {}; listed are {}", around.claim("aud"), listed.unwrap_or_default())
        }
        TokenFault::IssuedInFuture => {
            let (iat, at) = (around.date("iat"), time::show(around.prepared.at.0));
            let leeway = around.site.policy().leeway();
            format!("iat is {iat}; it is {at}, `leeway` is {leeway} s")
        }
        TokenFault::Lifetime => {
            let longest = issuer.and_then(Issuer::max_lifetime).unwrap_or_default();
            let (iat, exp) = (around.date("iat"), around.date("exp"));
            format!("it lives from {iat} to {exp}; `max_lifetime` is {longest} s")
        }
        TokenFault::UnknownKey => {
            let kid = token.and_then(|token| token.key_id.as_deref()).unwrap_or("missing");
            let algorithm = token.map_or("", |token| token.algorithm);
            format!("no key of the issuer is for kid {kid} and {algorithm}")
        }
        TokenFault::ClaimTooLong => {
            "a claim that `identity.headers` tells the origin is too long for a field".to_owned()
        }
        TokenFault::Signature => {
            "it was made with another key, or the token was changed".to_owned()
        }
    }
}

/// Where the policy looks for a token.
fn places(site: &Site) -> String {
    use turnpike::request::CredentialSource;
    let place = |source: &CredentialSource| match source {
        CredentialSource::Bearer => "Authorization: Bearer".to_owned(),
        CredentialSource::Cookie(name) => format!("the cookie {name}"),
        CredentialSource::Header(name) => format!("the field {name}"),
        CredentialSource::Subprotocol(name) => format!("the subprotocol {name}.TOKEN"),
    };
    let places: Vec<_> = site.policy().credentials().iter().map(place).collect();
    places.join(", ")
}
