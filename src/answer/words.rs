//! What a denial is called and what can be done about it, in plain words.

use crate::gate::Denial;

/// The words for one denial.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    /// The heading of the page.
    pub(super) heading: &'static str,
    /// What happened, in a sentence; also the detail of the problem.
    pub(super) detail: &'static str,
    /// What a person can do next, in a sentence ...
    pub(super) advice: &'static str,
    /// ... and as a button.
    pub(super) remedy: Remedy,
}

/// What helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    SignIn,
    TryAgain,
    /// Nothing a button could do.
    Nothing,
}

pub(super) fn of(denial: &Denial) -> Words {
    let (heading, detail, advice, remedy) = match denial {
        Denial::CredentialsMissing => (
            "Please sign in",
            "This address is only for people who are signed in.",
            "Sign in and open the address again.",
            Remedy::SignIn,
        ),
        Denial::CredentialsMalformed => (
            "Your sign-in could not be read",
            "The Authorization field of the request cannot be read.",
            "Sign in again. If this keeps happening, the program you use needs to be fixed.",
            Remedy::SignIn,
        ),
        Denial::CredentialsAmbiguous => (
            "Your sign-in is ambiguous",
            "The request carries more than one access token.",
            "Sign out, close this window, and sign in again.",
            Remedy::SignIn,
        ),
        Denial::TokenExpired => (
            "Your session has expired",
            "The access token expired.",
            "Sign in again to go on where you were.",
            Remedy::SignIn,
        ),
        Denial::TokenNotYetValid => (
            "Your sign-in is not valid yet",
            "The access token is not valid yet.",
            "Wait a moment and try again. If this keeps happening, check the clock of your device.",
            Remedy::TryAgain,
        ),
        Denial::TokenInvalid(_) => (
            "Please sign in again",
            "The access token is invalid.",
            "Sign in again and open the address once more.",
            Remedy::SignIn,
        ),
        Denial::ScopeInsufficient { .. } => (
            "You do not have access",
            "The access token does not grant what this address needs.",
            "Ask whoever runs this site for access, or sign in with another account.",
            Remedy::SignIn,
        ),
        Denial::AuthenticationInsufficient { .. } => (
            "Please sign in once more",
            "This address asks for a more recent or a stronger sign-in.",
            "Sign in again, with everything you are asked for.",
            Remedy::SignIn,
        ),
        Denial::PageForeign => (
            "This page may not connect",
            "The page of another site opens a connection with the sign-in of this one.",
            "Open the address from this site.",
            Remedy::Nothing,
        ),
        Denial::OriginUnauthorized => (
            "Please sign in",
            "The server behind this address does not know who you are.",
            "Sign in again and open the address once more.",
            Remedy::SignIn,
        ),
        Denial::OriginForbidden => (
            "You do not have access",
            "The server behind this address does not let you have it.",
            "Ask whoever runs this site for access, or sign in with another account.",
            Remedy::SignIn,
        ),
        Denial::UrlAmbiguous(_) => (
            "This address cannot be opened",
            "The address can be read in more than one way.",
            "Check the address for typing mistakes, such as a double slash.",
            Remedy::Nothing,
        ),
        Denial::HostUnknown => (
            "This site is not served here",
            "The host name of the request is not served here.",
            "Check the address for typing mistakes.",
            Remedy::Nothing,
        ),
        Denial::KeysUnavailable { .. } => (
            "Sign-ins cannot be checked right now",
            "The access token cannot be checked: the keys of its issuer cannot be had right now.",
            "Nothing is wrong with your sign-in. Try again in a moment.",
            Remedy::TryAgain,
        ),
        Denial::Misconfigured => (
            "This site is not ready",
            "The service is misconfigured.",
            "Nothing is wrong with your sign-in. Whoever runs this site has to act; try again later.",
            Remedy::TryAgain,
        ),
        Denial::OriginUnreachable => (
            "The site does not answer",
            "The server behind this address does not answer.",
            "Nothing is wrong with your sign-in. Try again in a moment.",
            Remedy::TryAgain,
        ),
    };
    Words { heading, detail, advice, remedy }
}
