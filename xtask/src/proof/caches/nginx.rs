//! nginx: whatever says nothing about caching is stored for ten minutes, whatever its status; also
//! answers to POST, and for requests with a token; and what is stale is served when the filter
//! fails. No field of an answer is ignored.

use std::process::Command;

use crate::proof::case::Host;
use crate::proof::server::{Place, Product};
use crate::shell::Result;

pub(super) const PRODUCT: Product =
    Product { name: "nginx", program: "nginx", version: "-v", configure };

fn configure(place: &Place<'_>, command: &mut Command) -> Result {
    let text = format!(
        r#"daemon off;
master_process off;
pid nginx.pid;
error_log stderr error;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    proxy_cache_path store keys_zone=store:10m inactive=1h use_temp_path=off;
    map $host $behind {{
        {bare_name} 127.0.0.1:{bare};
        {misconfigured_name} 127.0.0.1:{misconfigured};
        default 127.0.0.1:{filter};
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://$behind;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Connection "";
            proxy_cache store;
            proxy_cache_key $host$request_uri;
            proxy_cache_methods GET HEAD POST;
            proxy_cache_valid any 10m;
            proxy_cache_revalidate on;
            proxy_cache_use_stale error timeout invalid_header http_500 http_502 http_503 http_504;
        }}
    }}
}}
"#,
        port = place.port,
        filter = place.behind(Host::Filter),
        misconfigured = place.behind(Host::Misconfigured),
        misconfigured_name = Host::Misconfigured.name(),
        bare = place.behind(Host::Bare),
        bare_name = Host::Bare.name(),
    );
    let file = place.write("nginx.conf", &text)?;
    command.arg("-p").arg(&place.folder).arg("-c").arg(file);
    // Debian's would be written to before the configuration is read.
    command.args(["-e", "stderr"]);
    Ok(())
}
