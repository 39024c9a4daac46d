//! What is held against the suite: how many tests pass, and why the others do not.

/// So many tests pass.
pub(super) const PASSED: usize = 268;

/// Why these tests do not pass.
pub(super) const REASONS: &[(&str, &[&str])] = &[
    (
        "a lifetime that is not written as the syntax has it is none (RFC 9111 section 4.2.1)",
        &[
            "freshness-max-age-decimal-zero",
            "freshness-max-age-decimal-five",
            "freshness-max-age-a100",
            "freshness-max-age-100a",
        ],
    ),
    (
        "a date that is in none of the three formats, or in another zone, has passed (RFC 9111 sections 4.2 and 5.3); the first two have no comma",
        &[
            "freshness-expires-32bit",
            "freshness-expires-far-future",
            "freshness-expires-invalid-aest",
            "freshness-expires-invalid-2-digit-year",
            "freshness-expires-invalid-no-comma",
            "freshness-expires-invalid-multiple-spaces",
            "freshness-expires-invalid-date-dashes",
            "freshness-expires-invalid-time-periods",
            "freshness-expires-invalid-1-digit-hour",
            "freshness-expires-invalid-multiple-lines",
        ],
    ),
    (
        "of two lifetimes the first one counts (RFC 9111 section 4.2.1), which is over",
        &[
            "freshness-max-age-two-stale-fresh-sameline",
            "freshness-max-age-two-stale-fresh-sepline",
        ],
    ),
    (
        "a list of ages is none, as in all other tests of such lists: the answer is stale",
        &["age-parse-prefix"],
    ),
    (
        "the stale answer stands in; but the field `Warning` is obsolete (RFC 9111 section 5.5)",
        &["stale-warning-stored", "stale-warning-become"],
    ),
    (
        "it is not reused: the filter answers with a 502 of its own, which has no number of the suite's server, and the suite takes that for a stored answer",
        &[
            "stale-close-must-revalidate",
            "stale-close-proxy-revalidate",
            "stale-close-no-cache",
            "stale-close-s-maxage=2",
        ],
    ),
    (
        "it is not reused: a 403 leaves without `Last-Modified`, so that nobody stores it, and the suite misses the field",
        &["heuristic-403-not_cached"],
    ),
    (
        "an error, other than that nothing is there, may be due to the one request: stored, it would be everyone's",
        &[
            "heuristic-405-cached",
            "heuristic-414-cached",
            "heuristic-501-cached",
            "heuristic-599-cached",
            "status-400-fresh",
            "status-499-fresh",
            "status-500-fresh",
            "status-502-fresh",
            "status-503-fresh",
            "status-504-fresh",
            "status-599-fresh",
        ],
    ),
    (
        "what changed seconds ago is not taken to last for seconds: a tenth of its age is",
        &["heuristic-delta-5", "heuristic-delta-10", "heuristic-delta-30"],
    ),
    ("answers to a POST are not stored", &["method-POST"]),
    (
        "a client does not decide whether the origin is asked: it could put the load of all its requests there",
        &[
            "ccreq-ma0",
            "ccreq-ma1",
            "ccreq-magreaterage",
            "ccreq-max-stale",
            "ccreq-max-stale-age",
            "ccreq-min-fresh",
            "ccreq-min-fresh-age",
            "ccreq-no-cache",
            "ccreq-no-cache-lm",
            "ccreq-no-cache-etag",
            "ccreq-no-store",
            "ccreq-oic",
        ],
    ),
    ("languages are compared, not negotiated", &["vary-normalise-lang-select"]),
    (
        "many origins prefer the first of two languages that weigh the same (RFC 9110 section 12.5.4)",
        &["vary-normalise-lang-order"],
    ),
    (
        "the answer was made after the time that the client names, so it may be another (RFC 9111 section 4.3.2)",
        &["conditional-lm-fresh-no-lm"],
    ),
    (
        "a tag beyond ASCII is no longer the same behind the platform",
        &["conditional-etag-strong-respond-obs-text"],
    ),
    (
        "a tag without quotes is none: it is compared as it is, and the origin gets it back as it is",
        &[
            "conditional-etag-quoted-respond-unquoted",
            "conditional-etag-unquoted-respond-quoted",
            "conditional-etag-strong-generate-unquoted",
        ],
    ),
    (
        "another variant is asked for without the tags of those that are stored",
        &["conditional-etag-vary-headers-mismatch"],
    ),
    (
        "what will be stored is asked for whole, without the client's conditions",
        &["conditional-etag-forward", "conditional-etag-forward-unquoted"],
    ),
    (
        "the platform keeps `Connection` to itself, so nobody here knows the fields it names",
        &["headers-omit-headers-listed-in-Connection"],
    ),
    (
        "an unknown content coding is not stored: a client that does not know it could get it",
        &["headers-store-Content-Encoding", "304-etag-update-response-Content-Encoding"],
    ),
    (
        "`Clear-Site-Data` is for one client, and is not stored",
        &["headers-store-Clear-Site-Data", "304-etag-update-response-Clear-Site-Data"],
    ),
    (
        "an answer that sets a cookie is for one client, and is not stored",
        &["headers-store-Set-Cookie", "304-etag-update-response-Set-Cookie", "other-set-cookie"],
    ),
    (
        "the answer to a HEAD changes nothing that is stored",
        &["head-200-retain", "head-200-freshness-update", "head-200-update", "head-410-update"],
    ),
    (
        "the platform refuses M-SEARCH before the filter is asked",
        &["invalidate-M-SEARCH", "invalidate-M-SEARCH-failed", "invalidate-M-SEARCH-cl"],
    ),
    (
        "parts are served from whole answers, and are not stored themselves",
        &[
            "partial-store-partial-reuse-partial",
            "partial-store-partial-reuse-partial-byterange",
            "partial-store-partial-reuse-partial-absent",
            "partial-store-partial-reuse-partial-suffix",
            "partial-store-partial-complete",
        ],
    ),
    (
        "what is meant for some caches alone goes no further (Edge Architecture Specification section 2.2), so that no cache behind the filter stores what is for one client",
        &["surrogate-remove-header", "cdn-remove-header"],
    ),
    (
        "the keys of a dictionary are in lower case: any other field is ignored (RFC 9213 section 2.1)",
        &["cdn-max-age-case-insensitive"],
    ),
];
