//! No request causes a panic, and if one did, it would be the last that it harms.

use serde_json::{Value, json};

use crate::client;
use crate::site::policy;
use crate::workerd::Workerd;

/// Things of the platform that break in the hands of WebAssembly, as a trap within it would: at once,
/// or when an origin has been waited for.
const ENTRY: &str = r#"
import gate from "./src/worker.js";

const broken = () => {
  throw new WebAssembly.RuntimeError("unreachable");
};
const origin = async ({ url }) =>
  url.endsWith("/later") ? Object.create(Response.prototype, { status: { get: broken } }) : new Response("hello");

export default {
  fetch(request, env, ctx) {
    const asked = request.url.endsWith("/at-once")
      ? { get method() { return broken(); } }
      : request;
    return gate.fetch(asked, Object.create(env, { ORIGIN: { value: { fetch: origin } } }), ctx);
  },
};
"#;

#[test]
fn what_breaks_under_one_request_breaks_no_other() {
    let mut policy: Value = policy();
    policy["origin"] = json!("binding:ORIGIN");
    policy["routes"] = json!([{ "path": "/public/*", "access": "public" }]);
    let workerd = Workerd::serve_behind("recovery", &policy, ENTRY);
    let status = |path: &str| client::get(workerd.port, path, &[]).status;
    for broken in ["/public/at-once", "/public/later", "/public/later", "/public/at-once"] {
        assert_eq!(status("/public/x"), 200, "before {broken}");
        assert_eq!(status(broken), 500);
        assert_eq!(status("/public/x"), 200, "after {broken}");
        assert_eq!(status("/x"), 401, "after {broken}");
    }
}
