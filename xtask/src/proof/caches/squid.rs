//! Squid in front of a server: what says nothing about caching is fresh for ten hours, errors are
//! kept for ten minutes, and what clients say about caching is ignored.

use std::process::Command;

use crate::proof::case::Host;
use crate::proof::server::{Place, Product};
use crate::shell::Result;

pub(super) const PRODUCT: Product =
    Product { name: "Squid", program: "squid", version: "-v", configure };

fn configure(place: &Place<'_>, command: &mut Command) -> Result {
    let file = |path: &str| place.programs.file(path).display().to_string();
    // `login=PASSTHRU`: without it, Squid would keep tokens from the filter.
    let peer = |name: &str, host: Host| {
        format!(
            "cache_peer 127.0.0.1 parent {} 0 no-query no-digest originserver login=PASSTHRU connect-fail-limit=1000000 name={name}",
            place.behind(host)
        )
    };
    let text = format!(
        "http_port 127.0.0.1:{port} accel ignore-cc vhost defaultsite={filter_name}
{filter}
{misconfigured}
{bare}
acl misconfigured_name dstdomain {misconfigured_name}
acl bare_name dstdomain {bare_name}
cache_peer_access misconfigured allow misconfigured_name
cache_peer_access misconfigured deny all
cache_peer_access bare allow bare_name
cache_peer_access bare deny all
cache_peer_access filter deny misconfigured_name
cache_peer_access filter deny bare_name
cache_peer_access filter allow all
never_direct allow all
nonhierarchical_direct off
http_access allow all
refresh_pattern . 600 100% 600
negative_ttl 10 minutes
cache_mem 64 MB
memory_cache_shared off
access_log none
cache_log /dev/null
cache_store_log none
pid_filename none
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
visible_hostname localhost
coredump_dir {folder}
error_directory {errors}
icon_directory {icons}
mime_table {mime}
unlinkd_program {unlinkd}
",
        port = place.port,
        filter_name = Host::Filter.name(),
        filter = peer("filter", Host::Filter),
        misconfigured = peer("misconfigured", Host::Misconfigured),
        bare = peer("bare", Host::Bare),
        misconfigured_name = Host::Misconfigured.name(),
        bare_name = Host::Bare.name(),
        folder = place.folder.display(),
        errors = file("usr/share/squid/errors/en"),
        icons = file("usr/share/squid/icons"),
        mime = file("usr/share/squid/mime.conf"),
        unlinkd = file("usr/lib/squid/unlinkd"),
    );
    let file = place.write("squid.conf", &text)?;
    // In the foreground; what goes wrong is told to standard error.
    command.args(["-N", "-d", "1", "-f"]).arg(file);
    Ok(())
}
