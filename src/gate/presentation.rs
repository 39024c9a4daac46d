//! A token on its way from presented to verified.

use std::rc::Rc;

use super::grant::Grant;
use super::{Denial, Permit, Principal};
use crate::keys::{KeySet, VerifyingKey};
use crate::policy::{Issuer, Policy, Requirement};
use crate::time::UnixTime;
use crate::token::{Claims, Jws, TokenFault, UntrustedToken};

/// A token of a known issuer that passed every check for which its keys are not needed.
#[derive(Debug)]
pub struct Presentation<'p> {
    /// Becomes the answer when the token proves good. Nothing gives it out before that.
    permit: Permit<'p>,
    policy: &'p Policy,
    requirement: &'p Requirement,
    issuer: &'p Issuer,
    token: Rc<UntrustedToken>,
    /// When the token ends, if what it says is true.
    expires_at: UnixTime,
    /// Whether the user signed in as the route asks for, if what the token says is true.
    is_authenticated: bool,
}

/// The one step that needs cryptography, and the keys to do it with.
#[derive(Debug)]
pub struct SignatureStep<'p, 'k> {
    presentation: Presentation<'p>,
    candidates: Vec<&'k VerifyingKey>,
}

/// What the signature step found out.
///
/// Only the two adapters of this crate can make one: `edge` and `native`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    valid: bool,
}

impl Verdict {
    /// Whether one of the candidates made the signature.
    pub(crate) fn new(valid: bool) -> Self {
        Self { valid }
    }

    /// Whether one of them did.
    pub fn is_valid(self) -> bool {
        self.valid
    }
}

impl<'p> Presentation<'p> {
    /// Issuer, algorithm, type, audience, dates: what the policy and the clock can tell.
    pub(super) fn new(
        policy: &'p Policy,
        permit: Permit<'p>,
        requirement: &'p Requirement,
        token: Rc<UntrustedToken>,
        now: UnixTime,
    ) -> Result<Self, Denial> {
        let invalid = |fault| Err(Denial::TokenInvalid(fault));
        let Some(issuer) = policy.issuer(token.claims().issuer()) else {
            return invalid(TokenFault::Issuer);
        };
        let trusted = &requirement.issuers;
        if !trusted.is_empty() && !trusted.iter().any(|name| name == issuer.identifier()) {
            return invalid(TokenFault::RouteIssuer);
        }
        if !issuer.algorithms().contains(&token.jws().algorithm()) {
            return invalid(TokenFault::Algorithm);
        }
        if !issuer.token_type().accepts(token.jws().token_type()) {
            return invalid(TokenFault::Type);
        }
        // The key would have to be proven, by DPoP or by the client's certificate. We can ask for
        // neither, and passing over the claim would undo the binding: a stolen token would work
        // (RFC 9449 section 7.2, RFC 8705 section 3).
        if token.claims().is_bound() {
            return invalid(TokenFault::Bound);
        }
        if !token.claims().is_for(issuer.audiences()) {
            return invalid(TokenFault::Audience);
        }
        // What is granted is looked at after the signature; here only that it can be read.
        token.claims().scopes(issuer.scope_claim()).map_err(Denial::TokenInvalid)?;
        let (claims, leeway) = (token.claims(), policy.leeway());
        let expires_at = end(claims, issuer, leeway);
        if now >= expires_at {
            return Err(Denial::TokenExpired);
        }
        check_dates(claims, issuer, leeway, now)?;
        let is_authenticated = authenticates(claims, requirement, leeway, now);
        Ok(Self { permit, policy, requirement, issuer, token, expires_at, is_authenticated })
    }

    /// Whose keys are needed.
    pub fn issuer(&self) -> &'p Issuer {
        self.issuer
    }

    /// Whether this set has a key the token may have been signed with.
    pub fn is_known_to(&self, keys: &KeySet) -> bool {
        !keys.candidates(self.token.jws()).is_empty()
    }

    /// Chooses the keys.
    ///
    /// # Errors
    ///
    /// A [`Denial`] when no key fits the token.
    pub fn check(self, keys: &KeySet) -> Result<SignatureStep<'p, '_>, Denial> {
        let candidates = keys.candidates(self.token.jws());
        if candidates.is_empty() {
            return Err(Denial::TokenInvalid(TokenFault::UnknownKey));
        }
        Ok(SignatureStep { presentation: self, candidates })
    }
}

/// From when on a token is not accepted: from `exp` (RFC 7519 section 4.1.4: "on or after which the
/// JWT MUST NOT be accepted"), or from the issuer's `max_age` if that comes first. Clocks may differ.
fn end(claims: &Claims, issuer: &Issuer, leeway: u64) -> UnixTime {
    let oldest = issuer.max_age().and_then(|age| Some(claims.issued_at()?.plus(age)));
    oldest.map_or(claims.expiration(), |oldest| oldest.min(claims.expiration())).plus(leeway)
}

/// All dates but the [`end`].
fn check_dates(claims: &Claims, issuer: &Issuer, leeway: u64, now: UnixTime) -> Result<(), Denial> {
    let invalid = |fault| Err(Denial::TokenInvalid(fault));
    let ahead = |date: Option<UnixTime>| date.is_some_and(|date| date > now.plus(leeway));
    if ahead(claims.not_before()) {
        return Err(Denial::TokenNotYetValid);
    }
    if ahead(claims.issued_at()) {
        return invalid(TokenFault::IssuedInFuture);
    }
    // Both bounds are counted from `iat`, so where one is set, it must be there.
    if issuer.max_lifetime().is_some() || issuer.max_age().is_some() {
        let Some(issued_at) = claims.issued_at() else { return invalid(TokenFault::Claims) };
        let lifetime = claims.expiration().since(issued_at);
        if issuer.max_lifetime().is_some_and(|longest| lifetime > longest) {
            return invalid(TokenFault::Lifetime);
        }
    }
    Ok(())
}

/// Whether the user signed in as a route asks for (RFC 9470 section 6.1). A token that does not say
/// so is not enough.
fn authenticates(claims: &Claims, requirement: &Requirement, leeway: u64, now: UnixTime) -> bool {
    let wanted = &requirement.acr_values;
    let in_this_way = || claims.acr().is_some_and(|acr| wanted.iter().any(|value| value == acr));
    let lately = |max_age: u64| {
        claims.authenticated_at().is_some_and(|at| {
            at <= now.plus(leeway) && now.since(at) <= max_age.saturating_add(leeway)
        })
    };
    (wanted.is_empty() || in_this_way()) && requirement.max_age.is_none_or(lately)
}

impl<'p, 'k> SignatureStep<'p, 'k> {
    /// The keys to try, all of the token's algorithm.
    pub fn candidates(&self) -> &[&'k VerifyingKey] {
        &self.candidates
    }

    /// What is to be verified.
    pub fn jws(&self) -> &Jws {
        self.presentation.token.jws()
    }

    /// The same with all that it says.
    pub fn token(&self) -> &Rc<UntrustedToken> {
        &self.presentation.token
    }

    /// Who asks, if the signature proves good: issuer and subject.
    pub fn identity(&self) -> (&str, &str) {
        let claims = self.presentation.token.claims();
        (claims.issuer(), claims.subject())
    }

    /// Ends the matter.
    ///
    /// # Errors
    ///
    /// A [`Denial`] when the signature is wrong, or the token right but not sufficient.
    pub fn conclude(self, verdict: Verdict) -> Result<Permit<'p>, Denial> {
        let Presentation {
            permit,
            policy,
            requirement,
            issuer,
            token,
            expires_at,
            is_authenticated,
        } = self.presentation;
        if !verdict.valid {
            return Err(Denial::TokenInvalid(TokenFault::Signature));
        }
        let claims = token.claims();
        let scopes = claims.scopes(issuer.scope_claim()).map_err(Denial::TokenInvalid)?;
        Grant { claims, scopes }.check(&requirement.condition)?;
        // Only now: whoever may not have it at all need not sign in once more.
        if !is_authenticated {
            return Err(Denial::AuthenticationInsufficient {
                acr_values: requirement.acr_values.join(" "),
                max_age: requirement.max_age,
            });
        }
        let fields = policy.identity().told(claims).map_err(Denial::TokenInvalid)?;
        let asserted = match policy.assertion() {
            Some(assertion) => assertion.told(claims).map_err(Denial::TokenInvalid)?,
            None => String::new(),
        };
        let partitioned_by = policy.routes().claims();
        Ok(permit.for_principal(Principal {
            issuer: claims.issuer().to_owned(),
            subject: claims.subject().to_owned(),
            claims: partitioned_by
                .iter()
                .filter_map(|name| Some((name.clone(), claims.simple(name)?)))
                .collect(),
            fields,
            expires_at,
            asserted,
        }))
    }
}
