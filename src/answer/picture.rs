//! The line drawing of a page: what is the matter, at a glance.

use crate::gate::Denial;

/// The outline of a picture 24 units wide and high, as SVG has paths.
pub(super) fn of(denial: &Denial) -> &'static str {
    match denial {
        Denial::CredentialsMissing | Denial::TokenInvalid(_) | Denial::OriginUnauthorized => KEY,
        Denial::CredentialsMalformed | Denial::CredentialsAmbiguous => TWO_CARDS,
        Denial::TokenExpired
        | Denial::TokenNotYetValid
        | Denial::AuthenticationInsufficient { .. } => CLOCK,
        Denial::ScopeInsufficient { .. } | Denial::PageForeign | Denial::OriginForbidden => LOCK,
        Denial::UrlAmbiguous(_) | Denial::HostUnknown | Denial::MethodNotAllowed => SIGNPOST,
        Denial::KeysUnavailable { .. } => SHIELD,
        Denial::Misconfigured => SLIDERS,
        Denial::OriginUnreachable => PLUG,
    }
}

const KEY: &str =
    "M7 12.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9M10.2 13.8 21 3M17.5 6.5l3 3M14 10l2.5 2.5";
const TWO_CARDS: &str = "M3 9h13v11H3zM7.5 9V4.5h13v11H16M6 12.5h7M6 16h4";
const CLOCK: &str = "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7v5l3.5 2.5";
const LOCK: &str = "M4.5 10.5h15V21h-15zM7.5 10.5V7.5a4.5 4.5 0 0 1 9 0v3M12 14.5v2.5";
const SIGNPOST: &str = "M12 2v20M12 4.5h7l2.5 2.5L19 9.5h-7M12 11.5H5L2.5 14 5 16.5h7M9 22h6";
const SHIELD: &str = "M12 2.5l8 3v6c0 5-3.4 8.3-8 10-4.6-1.7-8-5-8-10v-6zM12 8v5M12 16.500v.01";
const SLIDERS: &str = "M3 8h9M17 8h4M14.5 5.500a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M3 16h3M11 16h10M8.5 13.500a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5";
const PLUG: &str = "M8.5 2.500V8M15.5 2.500V8M5.5 8h13v3.500a6.5 6.5 0 0 1-13 0zM12 18v4";
