//! English.

use super::{Message, Words};

pub(super) const WORDS: Words = Words {
    tag: "en",
    direction: "ltr",
    sign_in: "Sign in",
    try_again: "Try again",
    contact_support: "Contact support",
    reference: "Reference",
    code: "Code",
    credentials_missing: Message {
        heading: "Please sign in",
        detail: "This address is only for people who are signed in.",
        advice: "Sign in and open the address again.",
    },
    credentials_malformed: Message {
        heading: "Your sign-in could not be read",
        detail: "The sign-in that came with the request cannot be read.",
        advice: "Sign in again. If that does not help, the app you are using has a fault.",
    },
    credentials_ambiguous: Message {
        heading: "You are signed in more than once",
        detail: "The request came with more than one sign-in, and only one can count.",
        advice: "Sign out, close this window, and sign in again.",
    },
    token_expired: Message {
        heading: "Your session has expired",
        detail: "A sign-in only lasts for a limited time, and that time is over.",
        advice: "Sign in again to go on where you were.",
    },
    token_not_yet_valid: Message {
        heading: "Your sign-in is not valid yet",
        detail: "The time from which your sign-in is valid has not come yet.",
        advice: "Wait a moment and try again. If that does not help, check the date and time of your device.",
    },
    token_invalid: Message {
        heading: "Please sign in again",
        detail: "Your sign-in was not accepted.",
        advice: "Sign in again and open the address once more.",
    },
    scope_insufficient: Message {
        heading: "You do not have access",
        detail: "You are signed in, but your account may not open this address.",
        advice: "Ask whoever runs this site for access, or sign in with another account.",
    },
    authentication_insufficient: Message {
        heading: "Please sign in once more",
        detail: "This address asks for a more recent or a stronger sign-in.",
        advice: "Sign in again, with everything you are asked for.",
    },
    page_foreign: Message {
        heading: "This page may not connect",
        detail: "A page of another site opens a connection with your sign-in for this one.",
        advice: "Open the address from this site.",
    },
    url_ambiguous: Message {
        heading: "This address cannot be opened",
        detail: "The address can be read in more than one way.",
        advice: "Check the address for typing mistakes, such as a double slash.",
    },
    host_unknown: Message {
        heading: "This site is not served here",
        detail: "There is no site of this name on this server.",
        advice: "Check the address for typing mistakes.",
    },
    method_not_allowed: Message {
        heading: "This cannot be done here",
        detail: "This address does not take requests of this kind.",
        advice: "Go back and try it another way.",
    },
    keys_unavailable: Message {
        heading: "Sign-ins cannot be checked right now",
        detail: "A service that is needed to check your sign-in does not answer.",
        advice: "You did nothing wrong. Try again in a moment.",
    },
    misconfigured: Message {
        heading: "This site is not ready",
        detail: "Something in the setup of this site is not right.",
        advice: "You did nothing wrong. Whoever runs this site has to act; try again later.",
    },
    origin_unreachable: Message {
        heading: "The site does not answer",
        detail: "The server behind this address cannot be reached.",
        advice: "You did nothing wrong. Try again in a moment.",
    },
};
