//! What a denial is called and what can be done about it, in plain words.
//!
//! A language is a file below `words/`: one [`Words`], which the compiler takes only when it has
//! everything. Header fields stay English: their values are ASCII.

mod ar;
mod de;
mod en;
mod es;
mod fr;
mod it;
mod ja;
mod nl;
mod pl;
mod pt;
mod zh;

use crate::gate::Denial;
use crate::request::Language;

/// Everything that is said in one language.
pub(super) struct Words {
    /// The language and, where it has several, its script (RFC 5646).
    pub(super) tag: &'static str,
    /// `ltr` or `rtl`.
    pub(super) direction: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) try_again: &'static str,
    pub(super) contact_support: &'static str,
    /// Stands before what finds the log line ...
    pub(super) reference: &'static str,
    /// ... and before the code of the denial.
    pub(super) code: &'static str,
    credentials_missing: Message,
    credentials_malformed: Message,
    credentials_ambiguous: Message,
    token_expired: Message,
    token_not_yet_valid: Message,
    token_invalid: Message,
    scope_insufficient: Message,
    authentication_insufficient: Message,
    page_foreign: Message,
    url_ambiguous: Message,
    host_unknown: Message,
    method_not_allowed: Message,
    keys_unavailable: Message,
    misconfigured: Message,
    origin_unreachable: Message,
}

/// The words for one denial.
pub(super) struct Message {
    /// The heading of the page.
    pub(super) heading: &'static str,
    /// What happened, in a sentence or two; also the detail of the problem.
    pub(super) detail: &'static str,
    /// What a person can do next. [`Remedy`] has it as a button.
    pub(super) advice: &'static str,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::WORDS,
            Language::German => &de::WORDS,
            Language::French => &fr::WORDS,
            Language::Spanish => &es::WORDS,
            Language::Portuguese => &pt::WORDS,
            Language::Italian => &it::WORDS,
            Language::Dutch => &nl::WORDS,
            Language::Polish => &pl::WORDS,
            Language::Japanese => &ja::WORDS,
            Language::Chinese => &zh::WORDS,
            Language::Arabic => &ar::WORDS,
        }
    }

    pub(super) fn message(&self, denial: &Denial) -> &Message {
        match denial {
            Denial::CredentialsMissing | Denial::OriginUnauthorized => &self.credentials_missing,
            Denial::CredentialsMalformed => &self.credentials_malformed,
            Denial::CredentialsAmbiguous => &self.credentials_ambiguous,
            Denial::TokenExpired => &self.token_expired,
            Denial::TokenNotYetValid => &self.token_not_yet_valid,
            Denial::TokenInvalid(_) => &self.token_invalid,
            Denial::ScopeInsufficient { .. } | Denial::OriginForbidden => &self.scope_insufficient,
            Denial::AuthenticationInsufficient { .. } => &self.authentication_insufficient,
            Denial::PageForeign => &self.page_foreign,
            Denial::UrlAmbiguous(_) => &self.url_ambiguous,
            Denial::HostUnknown => &self.host_unknown,
            Denial::MethodNotAllowed => &self.method_not_allowed,
            Denial::KeysUnavailable { .. } => &self.keys_unavailable,
            Denial::Misconfigured => &self.misconfigured,
            Denial::OriginUnreachable => &self.origin_unreachable,
        }
    }
}

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    SignIn,
    TryAgain,
    /// Nothing a button could do.
    Nothing,
}

impl Remedy {
    pub(super) fn of(denial: &Denial) -> Self {
        match denial {
            Denial::CredentialsMissing
            | Denial::CredentialsMalformed
            | Denial::CredentialsAmbiguous
            | Denial::TokenExpired
            | Denial::TokenInvalid(_)
            | Denial::ScopeInsufficient { .. }
            | Denial::AuthenticationInsufficient { .. }
            | Denial::OriginUnauthorized
            | Denial::OriginForbidden => Self::SignIn,
            Denial::TokenNotYetValid
            | Denial::KeysUnavailable { .. }
            | Denial::Misconfigured
            | Denial::OriginUnreachable => Self::TryAgain,
            Denial::UrlAmbiguous(_)
            | Denial::HostUnknown
            | Denial::MethodNotAllowed
            | Denial::PageForeign => Self::Nothing,
        }
    }
}
