//! Everything at once.

use std::thread;

use crate::client::{get, send};
use crate::server::Reply;
use crate::site::{SITE, bearer, tell};

#[test]
fn a_hundred_mixed_requests_are_all_answered() {
    tell("/reports/mixed", Reply::text(200, &[("Cache-Control", "max-age=60")], "shared"));
    tell("/mine/mixed", Reply::text(200, &[("Cache-Control", "max-age=60")], "mine"));
    tell("/elsewhere/mixed-401", Reply::text(401, &[("Cache-Control", "max-age=60")], "no"));
    let kinds: [(&str, &str, &str, u16); 10] = [
        ("GET", "/reports/mixed", "", 401),
        ("GET", "/reports/mixed", r#"scope="reports:read""#, 200),
        ("GET", "/reports/mixed", r#"scope="reports:read" exp=-60"#, 401),
        ("GET", "/reports/mixed", "alg=RS256", 403),
        ("GET", "/mine/mixed", "sub=bob alg=EdDSA", 200),
        ("GET", "/public/mixed", "", 200),
        ("GET", "/elsewhere/mixed", "tamper=signature", 401),
        ("GET", "/elsewhere/mixed-401", "alg=HS256", 401),
        ("HEAD", "/reports/mixed", r#"scope="reports:read" alg=PS256"#, 200),
        ("POST", "/elsewhere/mixed", "", 401),
    ];
    thread::scope(|scope| {
        for _ in 0..10 {
            for (method, path, members, status) in kinds {
                scope.spawn(move || {
                    let token = (status != 401 || !members.is_empty()).then(|| bearer(members));
                    let fields: Vec<(&str, &str)> =
                        token.iter().map(|token| ("Authorization", token.as_str())).collect();
                    let response = send(SITE.port, method, path, &fields, b"");
                    assert_eq!(response.status, status, "{method} {path} {members}");
                });
            }
        }
    });
    assert_eq!(get(SITE.port, "/public/mixed", &[]).status, 200);
}
