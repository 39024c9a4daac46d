//! What a denial is called and what can be done about it, in plain words.
//!
//! A language is a file below `words/`: one text of all its pieces, and how long each of them is. An
//! address of each piece would weigh 2 KB more in the Worker. Header fields stay English: their values
//! are ASCII.

/// All that is said in a language. The compiler takes it only when it has everything, in this order.
macro_rules! words {
    (
        tag: $tag:literal,
        direction: $direction:literal,
        sign_in: $sign_in:literal,
        try_again: $try_again:literal,
        contact_support: $contact_support:literal,
        reference: $reference:literal,
        code: $code:literal,
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
            [$tag, $direction, $sign_in, $try_again, $contact_support, $reference, $code]
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
    (
        [$($piece:literal),+]
        $({ heading: $heading:literal, detail: $detail:literal, advice: $advice:literal, })+
    ) => {
        pieces![$($piece,)+ $($heading, $detail, $advice,)+]
    };
    ($($piece:literal,)+) => {
        super::Words { text: concat!($($piece),+), lengths: &[$(super::length($piece)),+] }
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
    text: &'static str,
    /// How many bytes of it each piece has.
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

    /// The language and, where it has several, its script (RFC 5646).
    pub(super) fn tag(&self) -> &'static str {
        self.piece(0)
    }

    /// `ltr` or `rtl`.
    pub(super) fn direction(&self) -> &'static str {
        self.piece(1)
    }

    pub(super) fn sign_in(&self) -> &'static str {
        self.piece(2)
    }

    pub(super) fn try_again(&self) -> &'static str {
        self.piece(3)
    }

    pub(super) fn contact_support(&self) -> &'static str {
        self.piece(4)
    }

    /// Stands before what finds the log line ...
    pub(super) fn reference(&self) -> &'static str {
        self.piece(5)
    }

    /// ... and before the code of the denial.
    pub(super) fn code(&self) -> &'static str {
        self.piece(6)
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
        let before = 7_usize.saturating_add(3_usize.saturating_mul(number));
        let [heading, detail, advice] = [0, 1, 2].map(|at| self.piece(before.saturating_add(at)));
        Message { heading, detail, advice }
    }

    /// One of all pieces, counted from 0.
    fn piece(&self, number: usize) -> &'static str {
        let (before, from) = self.lengths.split_at_checked(number).unwrap_or_default();
        let start = before.iter().copied().map(usize::from).sum();
        let length = from.first().copied().map_or(0, usize::from);
        self.text.get(start..).and_then(|text| text.get(..length)).unwrap_or_default()
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
