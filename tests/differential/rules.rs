//! Why the verifiers disagree, where they do.

use crate::facts::Facts;

/// Who accepts what the other refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepts {
    Turnpike,
    Peer,
}

/// A kind of disagreement and its reason.
pub struct Rule {
    pub accepts: Accepts,
    pub peers: &'static [&'static str],
    /// What whoever refuses says.
    pub refusals: &'static [&'static str],
    /// The mutations it is about; a final `*` stands for any rest. Each must be needed.
    pub mutations: &'static [&'static str],
    /// Whether it is also about a token that was spoiled at random.
    pub random: fn(&Facts) -> bool,
    pub why: &'static str,
}

const JOSE: &[&str] = &["jose"];
const FAST_JWT: &[&str] = &["fast-jwt"];
const BOTH: &[&str] = &["jose", "fast-jwt"];

const fn never(_: &Facts) -> bool {
    false
}

impl Rule {
    pub fn is_about(&self, mutation: &str, facts: &Facts) -> bool {
        if mutation.starts_with("random/") {
            return (self.random)(facts);
        }
        self.mutations.iter().any(|pattern| fits(pattern, mutation))
    }
}

/// Whether a pattern stands for a mutation.
pub fn fits(pattern: &str, mutation: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => mutation.starts_with(start),
        None => mutation == pattern,
    }
}

/// What Turnpike accepts and a peer does not. Each of these had to be looked at twice.
const TURNPIKE_ACCEPTS: &[Rule] = &[
    Rule {
        accepts: Accepts::Turnpike,
        peers: BOTH,
        refusals: &["ERR_JWS_SIGNATURE_VERIFICATION_FAILED", "FAST_JWT_MALFORMED"],
        mutations: &["parts/space-before"],
        random: never,
        why: "spaces between scheme and token are the credential's, not the token's (RFC 9110 section 11.4)",
    },
    Rule {
        accepts: Accepts::Turnpike,
        peers: FAST_JWT,
        refusals: &["FAST_JWT_INVALID_SIGNATURE"],
        mutations: &["parts/space-behind", "spelling/signature-space-behind"],
        random: |facts| facts.space_at_end,
        why: "spaces at the end of a field are not part of its value (RFC 9110 section 5.5)",
    },
    Rule {
        accepts: Accepts::Turnpike,
        peers: BOTH,
        refusals: &["ERR_JWT_CLAIM_VALIDATION_FAILED", "FAST_JWT_INACTIVE"],
        mutations: &["claims/nbf-edge30+0.5"],
        random: never,
        why: "dates count in whole seconds, so a token begins up to a second early; RFC 7519 section 4.1.5 leaves the leeway to us",
    },
    Rule {
        accepts: Accepts::Turnpike,
        peers: JOSE,
        refusals: &["ERR_JWT_CLAIM_VALIDATION_FAILED"],
        mutations: &["claims/iat-edge30+0.5"],
        random: never,
        why: "the same for `iat`, which RFC 7519 section 4.1.6 does not compare with the clock at all",
    },
    Rule {
        accepts: Accepts::Turnpike,
        peers: FAST_JWT,
        refusals: &["FAST_JWT_EXPIRED"],
        mutations: &["claims/iat-edge-300-1", "claims/iat-edge-300-0.5", "claims/iat-edge-330+1"],
        random: never,
        why: "`maxAge` of fast-jwt knows no clock tolerance; no RFC has such a limit",
    },
];

/// What a peer accepts and Turnpike does not.
const PEER_ACCEPTS: &[Rule] = &[
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["bound"],
        mutations: &["claims/cnf-*"],
        random: never,
        why: "a token bound to a key is no bearer token (RFC 9449 section 7.2, RFC 8705 section 3); the peers leave that to the application",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims", "malformed"],
        mutations: &[
            "header/twice-alg-first",
            "header/twice-kid-first",
            "header/twice-typ-first",
            "header/twice-x",
            "claims/twice-*",
        ],
        random: |facts| facts.name_twice,
        why: "names must be unique; a parser may refuse, as we do, or take the last (RFC 7515 section 4, RFC 7519 section 4)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims", "malformed"],
        mutations: &[
            "header/depth-16",
            "header/depth-150",
            "header/list-129",
            "header/members-129",
            "claims/depth-16",
            "claims/depth-150",
            "claims/list-129",
            "claims/members-129",
        ],
        random: never,
        why: "a parser may limit depth and size (RFC 8259 section 9); ours are 16 levels and 128 members",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["too_long"],
        mutations: &["header/too-long", "claims/too-long"],
        random: never,
        why: "a token is at most 8 KiB long; servers limit fields (RFC 9110 section 5.4)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims"],
        mutations: &[
            "claims/exp-2-53",
            "claims/exp-2-63",
            "claims/exp-2-64",
            "claims/exp-1e300",
            "claims/exp-infinite",
            "claims/iat-2-53",
            "claims/iat-2-63",
            "claims/iat-2-64",
            "claims/iat-1e300",
            "claims/iat-infinite",
        ],
        random: |facts| facts.date_out_of_range,
        why: "from 2^53 on, a JavaScript number cannot tell seconds apart, so a date that large is none (RFC 7519 section 2, RFC 8259 section 6)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims"],
        mutations: &[
            "claims/nbf-minus-half",
            "claims/nbf-minus-one",
            "claims/nbf-minus-huge",
            "claims/iat-minus-half",
            "claims/iat-minus-one",
            "claims/iat-minus-huge",
        ],
        random: |facts| facts.date_out_of_range,
        why: "NumericDate counts from 1970 (RFC 7519 section 2); nothing before it is a date of a token",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims", "malformed"],
        mutations: &["header/x-huge", "claims/x-huge"],
        random: |facts| facts.number_too_large,
        why: "a parser may limit numbers (RFC 8259 section 6); JavaScript makes Infinity of what is too large",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["issued_in_future"],
        mutations: &[
            "claims/iat-2-31",
            "claims/iat-milliseconds",
            "claims/iat-year-10000",
            "claims/iat-year-300000",
            "claims/iat-edge30+1",
        ],
        random: |_| true,
        why: "a token is not issued in the future; RFC 7519 section 4.1.6 asks for no check, and the peers make one at most together with a maximum age",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: FAST_JWT,
        refusals: &["claims"],
        mutations: &[
            "claims/iat-null",
            "claims/iat-true",
            "claims/iat-text*",
            "claims/iat-list*",
            "claims/iat-object",
        ],
        random: |facts| facts.iat_no_number,
        why: "fast-jwt reads `iat` for a maximum age alone; it must be a number (RFC 7519 section 4.1.6)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: FAST_JWT,
        refusals: &["claims"],
        mutations: &["claims/iat-missing"],
        random: |facts| facts.iat_missing,
        why: "a maximum age is passed over by fast-jwt when there is no `iat`; no RFC has such a limit",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: FAST_JWT,
        refusals: &["token_expired"],
        mutations: &["claims/exp-edge-30"],
        random: never,
        why: "a token is not accepted \"on or after\" `exp` (RFC 7519 section 4.1.4); fast-jwt accepts it on the very second",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["token_expired"],
        mutations: &["claims/exp-edge-30+0.5"],
        random: never,
        why: "dates count in whole seconds, so a token ends up to a second early (RFC 7519 section 4.1.4)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: JOSE,
        refusals: &["token_expired"],
        mutations: &["claims/iat-edge-330", "claims/iat-edge-330+0.5"],
        random: never,
        why: "a maximum age ends like `exp`, on the second; jose accepts the second itself",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims"],
        mutations: &[
            "claims/sub-null",
            "claims/sub-empty",
            "claims/sub-number",
            "claims/sub-list",
            "claims/sub-object",
        ],
        random: |facts| facts.sub_no_text,
        why: "`sub` is a string (RFC 7519 section 4.1.2), and an access token has one (RFC 9068 section 2.2); the peers look whether it is there",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: JOSE,
        refusals: &["claims"],
        mutations: &["claims/aud-list-number", "claims/aud-list-null", "claims/aud-list-both"],
        random: never,
        why: "`aud` is a list of strings and nothing else (RFC 7519 section 4.1.3); jose looks whether ours is among whatever there is",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims"],
        mutations: &["claims/scope-null", "claims/scope-number", "claims/scope-list"],
        random: never,
        why: "`scope` is a string (RFC 8693 section 4.2); the peers leave it to the application",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["claims", "malformed"],
        mutations: &[
            "header/x-half-pair",
            "claims/x-half-pair",
            "claims/x-half-pair-low",
            "claims/x-pair-turned",
        ],
        random: |facts| facts.half_pair,
        why: "half a surrogate pair is no character, and what software makes of it is unpredictable (RFC 8259 section 8.2)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: FAST_JWT,
        refusals: &["claims", "malformed"],
        mutations: &[
            "json/header-not-utf8",
            "json/header-not-utf8-name",
            "json/header-overlong",
            "json/header-surrogate-bytes",
            "json/claims-not-utf8",
            "json/claims-not-utf8-name",
            "json/claims-overlong",
            "json/claims-surrogate-bytes",
        ],
        random: |facts| facts.not_utf8,
        why: "header and claims are UTF-8 (RFC 7515 section 5.2, RFC 7519 section 7.2); Node puts U+FFFD for what is not",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: JOSE,
        refusals: &["claims", "malformed"],
        mutations: &["json/header-bom", "json/claims-bom"],
        random: |facts| facts.bom,
        why: "JSON begins with no byte order mark; a parser may overlook one (RFC 8259 section 8.1)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["critical"],
        mutations: &["header/b64-true", "header/b64-false", "header/b64-null"],
        random: never,
        why: "a JWT is never unencoded, and whoever writes `b64` must list it in `crit` (RFC 7797 sections 6 and 7); the peers pass over one that is not listed",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: JOSE,
        refusals: &["critical"],
        mutations: &["header/extension-b64-true"],
        random: never,
        why: "we understand no extension, so none may be critical (RFC 7515 section 4.1.11); jose knows `b64` and accepts it as true",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: FAST_JWT,
        refusals: &["critical"],
        mutations: &["header/crit-null", "header/crit-false"],
        random: never,
        why: "`crit` is a list that is not empty (RFC 7515 section 4.1.11); fast-jwt takes what is false for absent",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["malformed"],
        mutations: &[
            "header/cty-jwt",
            "header/cty-jwt-small",
            "header/cty-json",
            "header/cty-json-media-type",
            "header/cty-empty",
            "header/cty-null",
            "header/cty-number",
        ],
        random: never,
        why: "`cty` says that the payload is something else, such as another JWT (RFC 7519 section 5.2); we read claims alone",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["malformed"],
        mutations: &[
            "header/kid-null",
            "header/kid-number",
            "header/kid-false",
            "header/kid-list",
            "header/kid-object",
        ],
        random: never,
        why: "`kid` is a string (RFC 7515 section 4.1.4); with a shared secret the peers do not read it",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: BOTH,
        refusals: &["malformed"],
        mutations: &["spelling/header-spare", "spelling/claims-spare", "spelling/signature-spare"],
        random: |facts| facts.spare_bits,
        why: "bits that no byte needs are zero, and a decoder may refuse others (RFC 4648 section 3.5); with them a token would have several spellings",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: FAST_JWT,
        refusals: &["malformed"],
        mutations: &[
            "spelling/header-one-letter-more",
            "spelling/claims-one-letter-more",
            "spelling/signature-one-letter-more",
        ],
        random: |facts| facts.odd_letter,
        why: "a letter alone holds no byte (RFC 4648 section 5); Node passes over it",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: JOSE,
        refusals: &["credentials_malformed", "malformed"],
        mutations: &[
            "spelling/header-padding",
            "spelling/claims-padding",
            "spelling/signature-padding",
            "spelling/header-equals-behind",
            "spelling/claims-equals-behind",
            "spelling/signature-equals-behind",
        ],
        random: |facts| facts.padding,
        why: "base64url of JOSE has no padding (RFC 7515 section 2)",
    },
    Rule {
        accepts: Accepts::Peer,
        peers: JOSE,
        refusals: &["credentials_malformed"],
        mutations: &[
            "spelling/header-newline-*",
            "spelling/header-return-newline-*",
            "spelling/header-space-*",
            "spelling/header-tab-*",
            "spelling/header-form-feed-*",
            "spelling/claims-newline-*",
            "spelling/claims-return-newline-*",
            "spelling/claims-space-*",
            "spelling/claims-tab-*",
            "spelling/claims-form-feed-*",
            "spelling/signature-newline-*",
            "spelling/signature-return-newline-*",
            "spelling/signature-space-in",
            "spelling/signature-tab-*",
            "spelling/signature-form-feed-*",
            "parts/newline-behind",
            "parts/tab-behind",
        ],
        random: |facts| facts.space_within,
        why: "base64url of JOSE has no line breaks and no spaces (RFC 7515 section 2), and neither has a bearer token (RFC 6750 section 2.1)",
    },
];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    TURNPIKE_ACCEPTS.iter().chain(PEER_ACCEPTS)
}
