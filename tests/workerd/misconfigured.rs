//! An invalid configuration closes the gate.

use serde_json::json;

use crate::client::{get, send};
use crate::site::policy;
use crate::wrangler::Wrangler;

#[test]
fn every_request_is_refused_and_the_log_says_why() {
    let mut policy = policy();
    policy["leeway"] = json!(-1);
    policy["raelm"] = json!("docs");
    policy["issuers"][0]["algorithms"] = json!(["ES256", "none"]);
    let site = Wrangler::serve("misconfigured", &policy, &[]);
    for (method, path) in
        [("GET", "/public/x"), ("GET", "/reports/q3"), ("POST", "/"), ("GET", "//")]
    {
        let response = send(site.port, method, path, &[], b"");
        assert_eq!((response.status, response.code().as_str()), (503, "misconfigured"));
        assert_eq!(response.field("retry-after").as_deref(), Some("30"));
        response.assert_unstorable();
        for secret in ["leeway", "raelm", "TEST_SECRET", "algorithms"] {
            assert!(!response.text().contains(secret), "{secret} is nobody else's business");
        }
    }
    let page = get(site.port, "/", &[("Accept", "text/html")]);
    assert_eq!(page.status, 503);
    assert!(page.text().contains("<h1>This site is not ready</h1>"));
    let line = site.expect_log(&["\"event\":\"misconfigured\""]);
    for problem in [
        "leeway: must be a whole number from 0 to 300",
        "TURNPIKE: unknown field `raelm`, see `cargo xtask check`",
        "issuers[0].algorithms[1]: `none` is not one of",
        "issuers[1].secret: there is no secret `TEST_SECRET`",
    ] {
        assert!(line.contains(problem), "{problem} is missing in {line}");
    }
}
