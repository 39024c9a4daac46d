//! Whether what a valid token says is enough for a route.

use super::Denial;
use crate::policy::{Condition, add_scope};
use crate::token::{Claims, Scopes};

/// What a valid token says.
pub(super) struct Grant<'t> {
    pub(super) claims: &'t Claims,
    pub(super) scopes: Scopes<'t>,
}

impl Grant<'_> {
    /// Whether it is enough.
    pub(super) fn check(&self, condition: &Condition) -> Result<(), Denial> {
        if self.meets(condition) {
            return Ok(());
        }
        let mut scopes = Vec::new();
        let can_help = self.would_do(condition, &mut scopes);
        let required = if can_help { scopes.join(" ") } else { String::new() };
        Err(Denial::ScopeInsufficient { required })
    }

    fn meets(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Scope(scope) => self.scopes.has(scope),
            Condition::Issuer(issuers) => issuers.iter().any(|name| name == self.claims.issuer()),
            Condition::Claim(path, test) => {
                self.claims.at(path).is_some_and(|value| test.passes(value))
            }
            Condition::All(parts) => parts.iter().all(|part| self.meets(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.meets(part)),
        }
    }

    /// Adds the scopes with which this token would be enough; `false` where none would help. Of
    /// alternatives it takes the one that is met, or else the first that can be.
    fn would_do<'c>(&self, condition: &'c Condition, scopes: &mut Vec<&'c str>) -> bool {
        match condition {
            Condition::Scope(scope) => {
                add_scope(scope, scopes);
                true
            }
            Condition::Issuer(_) | Condition::Claim(..) => self.meets(condition),
            Condition::All(parts) => parts.iter().all(|part| self.would_do(part, scopes)),
            Condition::Any(parts) => {
                let before = scopes.len();
                let mut would_do = |part| {
                    scopes.truncate(before);
                    self.would_do(part, scopes)
                };
                match parts.iter().find(|part| self.meets(part)) {
                    Some(met) => would_do(met),
                    None => parts.iter().any(would_do),
                }
            }
        }
    }
}
