//! What each code means: for the README, for `docs/problems.md` and for `cargo xtask explain-code`.
//! Nothing of it is in the Worker.

/// A code, explained to whoever meets it.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// The code, as in answers and in the log.
    pub code: &'static str,
    /// The status code of HTTP.
    pub status: u16,
    /// What the challenge says, in Markdown.
    pub challenge: &'static str,
    /// When it is the answer.
    pub when: &'static str,
    /// What the client should do.
    pub client: &'static str,
    /// What whoever runs the site can look at.
    pub operator: &'static str,
}

/// The URI of a problem's type (RFC 9457 section 3.1.1), without the code at its end.
///
/// A name and no address (RFC 4151): the same in every deployment, so that programs can compare it,
/// and nothing that a browser would open. A URL of the deployment would be another type on each host.
pub const TYPE: &str = "tag:turnpike.example,2026:";

/// All codes, in the order of the README.
pub const CODES: [Explanation; 17] = [
    Explanation {
        code: "credentials_missing",
        status: 401,
        challenge: "`Bearer realm=\"..\"`",
        when: "no token, or another scheme",
        client: "get a token",
        operator: "Nothing is wrong. If clients do send one, look at `credentials`: where they put it must be listed there.",
    },
    Explanation {
        code: "credentials_malformed",
        status: 400,
        challenge: "`error=\"invalid_request\"`",
        when: "`Authorization: Bearer` without a token behind it",
        client: "fix the program",
        operator: "Some program sends an empty variable, or a token with white space in it.",
    },
    Explanation {
        code: "credentials_ambiguous",
        status: 400,
        challenge: "`error=\"invalid_request\"`",
        when: "more than one token",
        client: "send one",
        operator: "Often a cookie of an older sign-in beside a newer token: see that signing out removes it, on every path and domain.",
    },
    Explanation {
        code: "token_expired",
        status: 401,
        challenge: "`error=\"invalid_token\"`, \"The access token expired\"",
        when: "past `exp` and leeway",
        client: "renew the token, then repeat the request",
        operator: "Nothing is wrong. If it comes too early, look at the issuer's lifetimes, at `max_age` of the issuer, and at its clock.",
    },
    Explanation {
        code: "token_not_yet_valid",
        status: 401,
        challenge: "`error=\"invalid_token\"`, \"The access token is not valid yet\"",
        when: "before `nbf`",
        client: "wait; check the issuer's clock",
        operator: "The issuer's clock is ahead by more than `leeway`.",
    },
    Explanation {
        code: "token_invalid",
        status: 401,
        challenge: "`error=\"invalid_token\"`, \"The access token is invalid\"",
        when: "anything else about the token; the log has the reason",
        client: "get another token; do not repeat with this one",
        operator: "The log line of the request has a `reason`; the README's table of reasons says what to look at.",
    },
    Explanation {
        code: "scope_insufficient",
        status: 403,
        challenge: "`error=\"insufficient_scope\"`, `scope=\"..\"`",
        when: "the token is good, and does not have the scopes or claims that the route asks for",
        client: "ask for a token with the scopes named; where none is named, another scope will not help",
        operator: "The `reason` in the log says whether it is the scopes or a claim. Compare `scopes`, `any_scope`, `claims` and `require` of the route with what the issuer writes, and `scope_claim` with where it writes scopes.",
    },
    Explanation {
        code: "authentication_insufficient",
        status: 401,
        challenge: "`error=\"insufficient_user_authentication\"`, `acr_values=\"..\"`, `max_age=\"..\"`",
        when: "the token is good, and its user signed in too long ago or in another way",
        client: "have the user sign in as the challenge says (RFC 9470)",
        operator: "Compare `acr_values` and `max_age` of the route with the token's `acr` and `auth_time`. Many issuers write neither into access tokens unless told to.",
    },
    Explanation {
        code: "page_foreign",
        status: 403,
        challenge: "none",
        when: "the page of another site opens a WebSocket with the cookies of this one",
        client: "open it from a page of this site, or send the token as a subprotocol",
        operator: "If the page is yours, list its origin in `cors.origins`, with `cors.credentials`; `*` does not count here.",
    },
    Explanation {
        code: "url_ambiguous",
        status: 400,
        challenge: "none",
        when: "the URL has more than one reading",
        client: "fix the URL",
        operator: "The log line of the request has a `reason`. Links with `//` or encoded slashes have to be written otherwise.",
    },
    Explanation {
        code: "host_unknown",
        status: 421,
        challenge: "none",
        when: "the host is not among `hosts`",
        client: "ask another host",
        operator: "List the name in `hosts`, or take its route away from the Worker.",
    },
    Explanation {
        code: "method_not_allowed",
        status: 405,
        challenge: "none",
        when: "`TRACE`",
        client: "use another method: `Allow` lists them",
        operator: "Nothing is wrong. `TRACE` has an origin repeat what it received, identity included, so it never gets there.",
    },
    Explanation {
        code: "keys_unavailable",
        status: 503,
        challenge: "none; `Retry-After`",
        when: "the issuer's keys cannot be had",
        client: "repeat after `Retry-After`; the token may be good",
        operator: "Look for `keys` in the log: it says what the issuer's key server did. It has to answer within 2 s.",
    },
    Explanation {
        code: "misconfigured",
        status: 503,
        challenge: "none; `Retry-After: 30`",
        when: "the configuration is invalid",
        client: "repeat later; the operator has to act",
        operator: "`misconfigured` in the log names every problem with its place; so does `cargo xtask check`, before you deploy. If it names none, a `failure` says that the key of `assertion` cannot sign.",
    },
    Explanation {
        code: "origin_unreachable",
        status: 502,
        challenge: "none",
        when: "the origin does not answer",
        client: "repeat later",
        operator: "Look for `failure` in the log, and whether `origin` can be reached from Cloudflare.",
    },
    Explanation {
        code: "origin_unauthorized",
        status: 401,
        challenge: "the origin's own",
        when: "a person sees this page in place of the origin's own 401 (`origin_refusals = \"page\"`)",
        client: "sign in",
        operator: "Turnpike let it pass; it is the origin that wants something else. Look at its log.",
    },
    Explanation {
        code: "origin_forbidden",
        status: 403,
        challenge: "the origin's own",
        when: "a person sees this page in place of the origin's own 403 (`origin_refusals = \"page\"`)",
        client: "ask whoever runs the site for access",
        operator: "Turnpike let it pass; the origin does not let this subject (`X-Auth-Subject`) have it. Look at its log.",
    },
];

impl Explanation {
    /// As a row of the README's table.
    pub fn row(&self) -> String {
        let Self { code, status, challenge, when, client, .. } = self;
        format!("| {status} | `{code}` | {challenge} | {when} | {client} |")
    }

    /// As a section of `docs/problems.md`.
    pub fn section(&self) -> String {
        let Self { code, status, challenge, when, client, operator } = self;
        format!(
            "## {code}\n\n`{TYPE}{code}`\n\n- Status: {status}\n- When: {when}.\n- Challenge: {challenge}.\n- What the client should do: {client}.\n- What the operator can look at: {operator}\n"
        )
    }
}
