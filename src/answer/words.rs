//! What a denial is called and what can be done about it, in plain words.
//!
//! A language is a file below `words/`: one [`Words`]. Its messages are one text and how long each
//! piece of it is: an address of each would weigh 1 KB more in the Worker. Header fields stay English:
//! their values are ASCII.

/// All messages of a language. The compiler takes them only when none is left out, in this order.
macro_rules! messages {
    (
        credentials_missing: $credentials_missing:tt,
        credentials_malformed: $credentials_malformed:tt,
        credentials_ambiguous: $credentials_ambiguous:tt,
        token_expired: $token_expired:tt,
        token_not_yet_valid: $token_not_yet_valid:tt,
        token_invalid: $token_invalid:tt,
        scope_insufficient: $scope_insufficient:tt,
        authentication_insufficient: $authentication_insufficient:tt,
        page_foreign: $page_foreign:tt,
        url_ambiguous: $url_ambiguous:tt,
        host_unknown: $host_unknown:tt,
        method_not_allowed: $method_not_allowed:tt,
        keys_unavailable: $keys_unavailable:tt,
        misconfigured: $misconfigured:tt,
        origin_unreachable: $origin_unreachable:tt,
    ) => {
        pieces![
            $credentials_missing
            $credentials_malformed
            $credentials_ambiguous
            $token_expired
            $token_not_yet_valid
            $token_invalid
            $scope_insufficient
            $authentication_insufficient
            $page_foreign
            $url_ambiguous
            $host_unknown
            $method_not_allowed
            $keys_unavailable
            $misconfigured
            $origin_unreachable
        ]
    };
}

macro_rules! pieces {
    ($({ heading: $heading:literal, detail: $detail:literal, advice: $advice:literal, })+) => {
        super::Messages {
            text: concat!($($heading, $detail, $advice),+),
            lengths: &[$(
                super::length($heading), super::length($detail), super::length($advice)
            ),+],
        }
    };
}

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
    messages: Messages,
}

struct Messages {
    text: &'static str,
    /// How many bytes of it each piece has: three for each message.
    lengths: &'static [u8],
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

    pub(super) fn message(&self, denial: &Denial) -> Message {
        let number = match denial {
            Denial::CredentialsMissing | Denial::OriginUnauthorized => 0,
            Denial::CredentialsMalformed => 1,
            Denial::CredentialsAmbiguous => 2,
            Denial::TokenExpired => 3,
            Denial::TokenNotYetValid => 4,
            Denial::TokenInvalid(_) => 5,
            Denial::ScopeInsufficient { .. } | Denial::OriginForbidden => 6,
            Denial::AuthenticationInsufficient { .. } => 7,
            Denial::PageForeign => 8,
            Denial::UrlAmbiguous(_) => 9,
            Denial::HostUnknown => 10,
            Denial::MethodNotAllowed => 11,
            Denial::KeysUnavailable { .. } => 12,
            Denial::Misconfigured => 13,
            Denial::OriginUnreachable => 14,
        };
        self.messages.get(number)
    }
}

impl Messages {
    fn get(&self, number: usize) -> Message {
        let first = number.saturating_mul(3);
        let (before, from) = self.lengths.split_at_checked(first).unwrap_or_default();
        let start = before.iter().copied().map(usize::from).sum();
        let mut rest = self.text.get(start..).unwrap_or_default();
        let mut lengths = from.iter();
        let [heading, detail, advice] = [(); 3].map(|()| {
            let length = lengths.next().copied().map_or(0, usize::from);
            let (piece, others) = rest.split_at_checked(length).unwrap_or_default();
            rest = others;
            piece
        });
        Message { heading, detail, advice }
    }
}

const fn length(piece: &str) -> u8 {
    assert!(piece.len() < 256, "a piece is too long for its length to be a byte");
    let [length, ..] = piece.len().to_le_bytes();
    length
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
