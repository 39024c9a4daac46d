//! Fields that origins believe: who asks, and what is asked for. A client must not write them.
//!
//! In the lists, names are lower case with `-`, and one that ends in `-` stands for all that begin
//! like that. A list is one text: as a list of texts, it would be half as large again.

use std::borrow::Cow;
use std::sync::OnceLock;

/// Set by the filter, and by nobody else.
const OURS: &str = "turnpike- x-auth-claim- x-auth-subject x-turnpike-";

/// By these, some proxy or gateway tells an origin who asks: what the user is called, or which
/// certificate the client has shown. RFC 9440 section 2.4 is about the first of the certificates;
/// the others are older.
const WHO: &str = "-wsat -wscc -wsru client-cert client-cert- cf-cert- cf-client-cert- ssl-client- x-amzn-mtls- \
    x-arr-clientcert x-client-cert x-client-cert- x-client-dn x-client-verify \
    x-forwarded-client-cert x-ssl- cf-access-authenticated-user- cf-access-jwt-assertion \
    iv-creds iv-groups iv-user l5d-client-id mellon- oam-remote-user oidc- remote- \
    shib- sm-user sm-userdn tailscale-user- teleport-jwt-assertion wl-proxy- x-amzn-oidc- x-anonymous-consumer \
    x-apigateway-api-userinfo x-auth-request- x-authenticated- x-authentik- x-consumer- \
    x-credential-identifier x-credential-username x-endpoint-api-userinfo x-forwarded-access-token \
    x-forwarded-email x-forwarded-groups x-forwarded-preferred-username x-forwarded-user \
    x-goog-authenticated-user- x-goog-iap-jwt-assertion x-jwt-assertion \
    x-ms-client-principal x-ms-client-principal- x-ms-token- x-pomerium- x-remote- \
    x-user-info x-userinfo x-vouch- x-webauth-";

/// By these, an origin could take the request for another one than was judged: another method, host
/// or path (`Script-Name` is the beginning of the path that gunicorn leaves out), one that has been
/// judged already (`X-Middleware-Subrequest`), one from another address, or a file
/// (`X-Accel-Mapping`). Names with `$` in front, which is `-` here, are private to `WebSphere`.
const WHAT: &str = "-wsis -wspr -wsra -wsrh -wssc -wssn -wssp client-ip fastly-client-ip forwarded \
    forwarded- front-end-https http-client-ip http-forwarded http-forwarded- http-x- path-info \
    proxy-client-ip script-name x-client-ip x-cluster-client-ip x-originating-ip x-accel-mapping \
    x-envoy- x-forwarded x-forwarded- x-host x-host-override \
    x-http-host-override x-http-method x-http-method-override x-invoke- x-matched-path \
    x-method-override x-middleware-subrequest x-now-route-matches x-original- \
    x-override-url x-rewrite- \
    x-scheme x-script-name x-sendfile-type";

/// Between two servers (RFC 9110 section 7.6.1), or between a cache and its origin. `Upgrade` goes
/// on, for `WebSocket`s.
const OF_A_HOP: &str = "connection keep-alive proxy-connection surrogate-capability";

/// Written by Cloudflare, in this spelling, in place of whatever a client sends; or by the filter, from
/// what Cloudflare wrote. Credentials for Cloudflare Access (`CF-Access-Client-Id`) are the client's,
/// and are among them.
const OF_CLOUDFLARE: &str =
    "cdn-loop cf- true-client-ip x-forwarded-for x-forwarded-proto x-real-ip";

/// These mean something to every server, or come with every request.
const OF_HTTP: &str = "accept accept- access-control- authorization cache-control content- cookie date dpop \
    expect host if- max-forwards origin pragma priority proxy- range referer sec- set-cookie \
    te trailer transfer-encoding upgrade- user-agent via";

/// A name as the most forgiving origin reads it: some make no difference between `-`, `_` and `.`.
pub fn folded(name: &str) -> Cow<'_, str> {
    // As nearly all arrive.
    if name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')) {
        return name.into();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    name.chars().map(plain).collect()
}

/// Whether a field must not reach an origin as a client wrote it. In lower case, as it is spelled,
/// and [folded].
pub fn is_forged(name: &str, folded: &str) -> bool {
    let [is_ours, is_who, is_of_a_hop, is_of_cloudflare, is_what] = listing(folded);
    // Of Cloudflare's own, another spelling could stand in for what it wrote.
    let is_forged = if is_of_cloudflare { folded != name } else { is_what };
    is_ours || is_who || is_of_a_hop || is_forged
}

/// What [`is_forged`] asks of every field of a request.
const LISTS: [&str; 5] = [OURS, WHO, OF_A_HOP, OF_CLOUDFLARE, WHAT];

/// Which of the lists name a field, [folded]. Names are looked up in their order: one after the other,
/// they were 5 of 100 parts of what workerd does for a request with a dozen fields and a known token.
fn listing(folded: &str) -> [bool; 5] {
    static INDEX: OnceLock<Vec<(&str, usize)>> = OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let mut index = Vec::new();
        for (number, list) in LISTS.iter().enumerate() {
            for name in list.split(' ') {
                // Sorting would be 2 KB of the Worker.
                let at = index.partition_point(|(listed, _)| *listed < name);
                index.insert(at, (name, number));
            }
        }
        index
    });
    let mut listing = [false; 5];
    // Itself, and all that it begins with up to some `-`.
    let beginnings = folded.match_indices('-').filter_map(|(at, _)| folded.get(..=at));
    for name in beginnings.chain([folded]) {
        let found = index.binary_search_by(|(listed, _)| (*listed).cmp(name)).ok();
        if let Some(is_listed) = found.and_then(|at| listing.get_mut(index.get(at)?.1)) {
            *is_listed = true;
        }
    }
    listing
}

/// Whether a field of this name, [folded], means something else than who asks, so that no claim may
/// stand in it.
pub fn is_reserved(folded: &str) -> bool {
    let means_what = is_listed(folded, WHAT) && !is_listed(folded, WHO);
    means_what
        || folded == "upgrade"
        || [OURS, OF_A_HOP, OF_CLOUDFLARE, OF_HTTP].iter().any(|list| is_listed(folded, list))
}

/// Whether Cloudflare writes a field of this name, [folded].
pub fn is_of_cloudflare(folded: &str) -> bool {
    is_listed(folded, OF_CLOUDFLARE)
}

fn is_listed(folded: &str, list: &str) -> bool {
    list.split(' ').any(|listed| {
        if listed.ends_with('-') { folded.starts_with(listed) } else { folded == listed }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_written_as_names_are_folded() {
        for list in [OURS, WHO, WHAT, OF_A_HOP, OF_CLOUDFLARE, OF_HTTP] {
            for name in list.split(' ') {
                assert!(!name.is_empty());
                assert_eq!(folded(name), name);
            }
        }
    }

    #[test]
    fn a_name_is_in_one_list() {
        let mut names: Vec<&str> = LISTS.iter().flat_map(|list| list.split(' ')).collect();
        names.sort_unstable();
        let number = names.len();
        names.dedup();
        assert_eq!(names.len(), number);
    }

    #[test]
    fn looking_up_is_looking_through() {
        let beginnings = LISTS.iter().flat_map(|list| list.split(' '));
        for name in beginnings.flat_map(|name| {
            [
                name.to_owned(),
                format!("{name}x"),
                format!("{name}-x-y"),
                format!("a-{name}"),
                name.trim_end_matches('-').to_owned(),
            ]
        }) {
            assert_eq!(listing(&name), LISTS.map(|list| is_listed(&name, list)), "{name}");
        }
    }

    #[test]
    fn a_claim_stands_in_a_field_of_its_own() {
        for name in [
            "x-auth-subject",
            "x-auth-claim-a",
            "x-turnpike-user",
            "turnpike-made-for",
            "host",
            "content-type",
            "cookie",
            "authorization",
            "sec-fetch-user",
            "cf-connecting-ip",
            "connection",
            "upgrade",
            "x-original-url",
            "x-forwarded-host",
            "x-forwarded-for",
            "forwarded",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["x-user-email", "x-forwarded-user", "remote-user", "x-webauth-user", "email"] {
            assert!(!is_reserved(name), "{name}");
        }
    }

    #[track_caller]
    fn check(forged: bool, names: &[&str]) {
        for name in names {
            assert_eq!(is_forged(name, &folded(name)), forged, "{name}");
        }
    }

    #[test]
    fn who_asks_and_what_for_are_no_words_of_a_client() {
        check(
            true,
            &[
                "x-auth-subject",
                "x_auth.subject",
                "x-auth-claim-tenant",
                "x-turnpike-assertion",
                "client-cert",
                "client-cert-chain",
                "client_cert",
                "x-ssl-client-s-dn",
                "cf-access-jwt-assertion",
                "cf_access_jwt_assertion",
                "x-forwarded-user",
                "x-webauth-user",
                "remote_user",
                "oidc_claim_email",
                "x-http-method-override",
                "x-original-url",
                "x-forwarded-host",
                "x-forwarded-prefix",
                "forwarded",
                "x-middleware-subrequest",
                "script_name",
                "path-info",
                "forwarded-for",
                "x-forwarded",
                "http_x_forwarded_for",
                "wl-proxy-client-cert",
                "$wsru",
                "connection",
                "surrogate-capability",
            ],
        );
        check(
            false,
            &[
                "x-auth",
                "x-auth-subjects",
                "client-certificate",
                "x-user",
                "accept",
                "upgrade",
                "te",
                "x-forwarde",
                "x-hosts",
                "origin",
                "cf-access-client-id",
                "cf-access-client-secret",
            ],
        );
    }

    #[test]
    fn what_cloudflare_writes_goes_on_in_its_own_spelling_alone() {
        check(
            false,
            &["cf-connecting-ip", "true-client-ip", "x-forwarded-for", "x-forwarded-proto"],
        );
        check(
            true,
            &["cf_connecting_ip", "true.client-ip", "x_forwarded_for", "x-forwarded_proto"],
        );
    }
}
