//! The risks that `check` knows by name. README.md has the same table: a test compares them.

use super::finding::Risk;

macro_rules! risks {
    ($($constant:ident: $name:literal, $when:literal, $remedy:literal;)*) => {
        $(pub(super) const $constant: Risk = Risk { name: $name, when: $when, remedy: $remedy };)*

        /// All of them.
        pub(super) const ALL: &[Risk] = &[$($constant),*];
    };
}

risks! {
    REPORT_MODE: "report-mode",
        "whoever would be refused passes, as nobody",
        "take `mode` out when the log has no more `would_deny` that should not be there";
    HOSTS_MISSING: "hosts-missing",
        "whatever host name reaches the Worker is served, with the same tokens",
        "list the names you serve: `hosts = [\"docs.example.com\"]`";
    WILDCARD_HOST: "wildcard-host",
        "a host with a wildcard also covers names that do not exist yet",
        "list the names, or see that nobody else can add one";
    WORKERS_DEV: "workers-dev",
        "a workers.dev or preview address reaches the same Worker, and `hosts` does not refuse it",
        "set `workers_dev = false` and `preview_urls = false`, and list `hosts`";
    PATH_SCOPED_ZONE_ROUTE: "path-scoped-zone-route",
        "a path that is spelled in another way goes past the Worker",
        "route the whole host, `docs.example.com/*`, and decide by path below [vars.TURNPIKE]";
    SCHEME_SCOPED_ZONE_ROUTE: "scheme-scoped-zone-route",
        "the other scheme goes past the Worker",
        "leave the scheme out: `docs.example.com/*`";
    HOST_NOT_SERVED: "host-not-served",
        "whoever asks for this host gets 421 `host_unknown`",
        "add the host to `hosts`, or take the route out";
    PREVIEWS_CACHE: "previews-cache",
        "Workers Cache answers for the gate of a preview without asking it",
        "set `previews.cache.enabled = false`";
    SECRET_IN_VARS: "secret-in-vars",
        "everyone who can read the file or the dashboard can read it",
        "take it out, replace it by a new one, and set that with `wrangler secret put`";
    TOKEN_TYPE_JWT: "token-type-jwt",
        "an ID token of the issuer passes as well if its `aud` is listed",
        "have the issuer write `at+jwt`; or list an audience that only access tokens have";
    TOKEN_TYPE_ANY: "token-type-any",
        "nearly every JWT of the issuer passes if its `aud` is listed",
        "have the issuer write `at+jwt`; or list an audience that only access tokens have";
    LEEWAY_ABOVE_60: "leeway-above-60",
        "expired tokens are accepted for more than a minute",
        "keep the clocks right, and `leeway` at 60 or less";
    LONG_KEY_GRACE: "long-key-grace",
        "while the key server fails, a key it has withdrawn is trusted for more than four hours",
        "set `grace` to 14400 or less";
    COOKIE_WITHOUT_HOST_PREFIX: "cookie-without-host-prefix",
        "another host of the domain can set this cookie, and so have people use its token",
        "give it a name that begins with `__Host-`";
    UNDEPLOYABLE_ADDRESS: "undeployable-address",
        "a deployed Worker reaches no loopback or IP address, and ignores a port of its own",
        "give the server a host name, on the usual port";
    PUBLIC_EVERYTHING: "public-everything",
        "what no other route names is open",
        "name what is public, and leave the rest to the gate";
    PUBLIC_SHADOWS: "public-shadows",
        "a route that needs no token covers what is below a protected one",
        "end the protected route with `/*`, or make the other one narrower";
    HOSTS_SHARE_ORIGIN: "hosts-share-origin",
        "an origin reached by URL is told one host for all, so what a route of one protects can be had by asking another",
        "ask for the same on all hosts, or have `origin` be a binding, which is told the host";
    METHODS_WITHOUT_SCOPES: "methods-without-scopes",
        "the methods that a route leaves out need a token, and nothing else of what it asks for",
        "leave `methods` out, or give the other methods a route that asks for more than a token";
    UNREACHABLE_ROUTE: "unreachable-route",
        "other routes are for all of its paths",
        "delete it, or one of the others";
}
