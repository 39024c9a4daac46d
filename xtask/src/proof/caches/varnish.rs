//! Varnish: requests with a token are looked up as any other, and errors that Varnish would not
//! store by itself are kept for ten minutes. What is not stored because of its fields is decided by
//! Varnish's own rules, which come after these.

use std::process::Command;

use crate::proof::case::Host;
use crate::proof::server::{Place, Product};
use crate::shell::Result;

pub(super) const PRODUCT: Product =
    Product { name: "Varnish", program: "varnishd", version: "-V", configure };

fn configure(place: &Place<'_>, command: &mut Command) -> Result {
    let text = format!(
        r#"vcl 4.1;

backend filter {{ .host = "127.0.0.1"; .port = "{filter}"; }}
backend misconfigured {{ .host = "127.0.0.1"; .port = "{misconfigured}"; }}
backend bare {{ .host = "127.0.0.1"; .port = "{bare}"; }}

sub vcl_recv {{
    if (req.http.Host == "{bare_name}") {{
        set req.backend_hint = bare;
    }} elsif (req.http.Host == "{misconfigured_name}") {{
        set req.backend_hint = misconfigured;
    }} else {{
        set req.backend_hint = filter;
    }}
    if (req.method == "GET" || req.method == "HEAD") {{
        return (hash);
    }}
}}

sub vcl_backend_response {{
    if (beresp.status >= 400 && beresp.ttl <= 0s) {{
        set beresp.ttl = 600s;
    }}
    set beresp.grace = 1h;
}}
"#,
        filter = place.behind(Host::Filter),
        misconfigured = place.behind(Host::Misconfigured),
        misconfigured_name = Host::Misconfigured.name(),
        bare = place.behind(Host::Bare),
        bare_name = Host::Bare.name(),
    );
    let file = place.write("proof.vcl", &text)?;
    command.args(["-F", "-j", "none", "-T", "none", "-s", "malloc,64m"]);
    command.args(["-p", "default_ttl=600"]);
    command.arg("-a").arg(format!("127.0.0.1:{}", place.port));
    command.arg("-n").arg(place.folder.join("state")).arg("-f").arg(file);
    Ok(())
}
