//! What the origin is told, and what of its answer leaves: no identity but ours, no field by which
//! another request could be served, nothing that a shared cache could keep.

use std::sync::LazyLock;

use crate::{POLICY, apply, members, message, permits};
use turnpike::cache::is_internal;
use turnpike::fields::{Edits, Headers};
use turnpike::gate::Permit;
use turnpike::origin::{self, Purpose};
use turnpike::policy::Access;
use turnpike::request::SUBPROTOCOLS;
use turnpike::request::{folded, is_forged};

static PERMITS: LazyLock<Vec<Permit<'static>>> = LazyLock::new(|| {
    permits(&[
        ("GET", "/public/x"),
        ("GET", "/open/x"),
        ("GET", "/reports/x"),
        ("POST", "/reports/x"),
        ("GET", "/mine/x"),
        ("GET", "/elsewhere"),
    ])
});

/// Once, with one input.
pub fn run(bytes: &[u8]) {
    let Some((start, fields)) = message(bytes) else { return };
    for permit in PERMITS.iter() {
        let (method, path) = (permit.method(), permit.url().path());
        assert_eq!(origin::url(&POLICY, permit), format!("https://origin.example{path}"));
        let is_shared = method == "GET" && ["/open/x", "/reports/x"].contains(&path);

        let received =
            apply(&origin::request(&POLICY, permit, &fields, &Purpose::Relay), fields.clone());
        let subject = (permit.principal().is_some() && !is_shared).then_some("alice");
        for name in Headers::names(&received) {
            let value = Headers::get(&received, name);
            match &*folded(name) {
                "x-auth-subject" => {
                    assert_eq!((name, value.as_deref()), ("x-auth-subject", subject))
                }
                "x-access-token" => panic!("{name} is left"),
                _ if is_forged(name, &folded(name)) => panic!("{name} is left"),
                "cookie" | "authorization" => assert!(!is_shared),
                "sec-websocket-protocol" => {
                    let field = value.unwrap_or_default();
                    assert!(!field.split(',').any(|entry| entry.trim().starts_with("bearer.")));
                }
                // Everything else is as it came.
                _ => assert_eq!(value, Headers::get(&fields, name)),
            }
            assert!(!is_shared || !name.starts_with("x-"), "{name} tells people apart");
        }
        assert_eq!(Headers::get(&received, "x-auth-subject").as_deref(), subject);

        let passes = |purpose| origin::passes_authorization(&POLICY, permit, &fields, purpose);
        assert_eq!(passes(&Purpose::Relay), received.contains_key("authorization"));
        let mut without = Edits::default();
        without.remove(&["authorization"]);
        let purpose = Purpose::Store(without);
        let asked = apply(&origin::request(&POLICY, permit, &fields, &purpose), fields.clone());
        assert!(!passes(&purpose) && !asked.contains_key("authorization"));
        let capability = Headers::get(&asked, "surrogate-capability");
        assert_eq!(capability.as_deref(), Some("turnpike=\"Surrogate/1.0\""));

        let Ok(status) = start.parse::<u16>() else { continue };
        let leaving = apply(&origin::response(&POLICY, permit, status, &fields), fields.clone());
        let field = |name: &str| Headers::get(&leaving, name);
        assert!(!Headers::names(&leaving).iter().any(|name| is_internal(name)));
        let is_auth = [401, 403, 407].contains(&status);
        let is_public = *permit.route().access() == Access::Public;
        if is_auth {
            assert_eq!(field("cache-control").as_deref(), Some("no-store"));
            assert!(["expires", "age", "etag", "last-modified"].iter().all(|n| field(n).is_none()));
        } else if !is_public {
            let control = field("cache-control").unwrap_or_default();
            assert!(control.starts_with("private"), "{control}");
            let vary = members(field("vary").as_deref());
            let names = |name: &str| vary.iter().any(|given| given == name || given == "*");
            // Nothing is kept of a handshake.
            let mut kept = crate::credential_fields().filter(|name| *name != SUBPROTOCOLS);
            assert!(kept.all(names), "{vary:?}");
        }
        assert!(field("surrogate-control").is_none());
        if is_auth || !is_public {
            let targeted = ["cdn-cache-control", "cloudflare-cdn-cache-control"];
            assert!(targeted.iter().all(|name| field(name).is_none()));
        }
    }
}
