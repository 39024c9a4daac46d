//! What there is to try.

use issuer::Issuer;

use crate::token::{self, Wanted};

/// Prints tokens and requests to paste into another terminal.
pub(super) fn print(issuer: &Issuer, port: u16) {
    let mint = |wanted: Wanted| token::mint(issuer, &wanted);
    let reader = mint(Wanted { scope: Some("reports:read".to_owned()), ..Wanted::default() });
    let without_scope = mint(Wanted::default());
    let expired = mint(Wanted { expires_in: -60, ..Wanted::default() });
    let url = format!("http://127.0.0.1:{port}");
    println!(
        r#"
The demo is at {url} (Ctrl-C ends it). Paste into another terminal:

  URL={url}
  READER={reader}
  WITHOUT_SCOPE={without_scope}
  EXPIRED={expired}

  # Public: no token needed.
  curl -i $URL/public/hello
  # No token: 401, a problem for programs ...
  curl -i $URL/reports/2026
  # ... and a page for people.
  curl -i -H "Accept: text/html" -H "Sec-Fetch-Mode: navigate" $URL/reports/2026
  # A token with the scope: 200; the second time from the cache, `count` stays.
  curl -i -H "Authorization: Bearer $READER" $URL/reports/2026
  curl -i -H "Authorization: Bearer $READER" $URL/reports/2026
  # Expired: 401. Without the scope: 403.
  curl -i -H "Authorization: Bearer $EXPIRED" $URL/reports/2026
  curl -i -H "Authorization: Bearer $WITHOUT_SCOPE" $URL/reports/2026
  # Cached for one subject: another one is not shown alice's.
  curl -i -H "Authorization: Bearer $READER" $URL/mine/profile
  curl -i -H "Authorization: Bearer $(cargo xtask token --sub bob)" $URL/mine/profile
  # The origin's own 401 asks to be cached, and is not.
  curl -i -H "Authorization: Bearer $READER" $URL/origin/401

In a browser, {url}/public/spa/ shows what a single-page app does with EXPIRED and READER.

The tokens are good for an hour; `cargo xtask token --help` tells how to make others.
"#
    );
}
