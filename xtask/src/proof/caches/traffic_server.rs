//! Apache Traffic Server: stores without a lifetime being named, errors and answers to POST
//! included, takes no notice of what clients say about caching, nor of tokens and challenges.

use std::process::Command;

use crate::proof::case::Host;
use crate::proof::server::{Place, Product};
use crate::shell::Result;

pub(super) const PRODUCT: Product =
    Product { name: "Traffic Server", program: "traffic_server", version: "-V", configure };

/// What is set, below `proxy.config`.
const RECORDS: &str = "\
http.cache.required_headers INT 0
http.cache.ignore_authentication INT 1
http.cache.ignore_client_no_cache INT 1
http.cache.ignore_client_cc_max_age INT 1
http.cache.cache_responses_to_cookies INT 1
http.cache.post_method INT 1
http.cache.heuristic_min_lifetime INT 600
http.cache.max_stale_age INT 604800
http.negative_caching_enabled INT 1
http.negative_caching_lifetime INT 600
http.negative_caching_list STRING 204 305 400 401 402 403 404 405 407 410 414 421 451 500 501 502 503 504
http.negative_revalidating_enabled INT 1
http.connect_attempts_max_retries INT 0
http.connect_attempts_max_retries_down_server INT 0
http.down_server.cache_time INT 0
http.insert_response_via_str INT 0
reverse_proxy.enabled INT 1
url_remap.remap_required INT 1
url_remap.pristine_host_hdr INT 1
cache.ram_cache.size INT 33554432
exec_thread.autoconfig.enabled INT 0
exec_thread.limit INT 2
admin.user_id STRING #-1
crash_log_helper STRING NULL
diags.logfile.filename STRING stderr
";

fn configure(place: &Place<'_>, command: &mut Command) -> Result {
    let folders = ["etc", "store", "log", "run", "share", "bin", "lib"];
    for folder in folders {
        place.write(&format!("{folder}/.keep"), "")?;
    }
    let at = |name: &str| place.folder.join(name).display().to_string();
    let layout = format!(
        "prefix: {0}\nexec_prefix: {0}\nbindir: {bin}\nsbindir: {bin}\nsysconfdir: {etc}\ndatadir: {share}\nincludedir: {share}\nlibdir: {lib}\nlibexecdir: {lib}\nlocalstatedir: {run}\nruntimedir: {run}\nlogdir: {log}\ncachedir: {store}\n",
        place.folder.display(),
        bin = at("bin"),
        etc = at("etc"),
        share = at("share"),
        lib = at("lib"),
        run = at("run"),
        log = at("log"),
        store = at("store"),
    );
    let layout = place.write("runroot.yaml", &layout)?;
    let port = format!("http.server_ports STRING {}:ip-in=127.0.0.1", place.port);
    let words = place.programs.file("etc/trafficserver/body_factory");
    let words = format!("body_factory.template_sets_dir STRING {}", words.display());
    let records = RECORDS.lines().chain([port.as_str(), words.as_str()]);
    let records: String =
        records.flat_map(|record| ["CONFIG proxy.config.", record, "\n"]).collect();
    place.write("etc/records.config", &records)?;
    place.write("etc/storage.config", &format!("{} 256M\n", at("store")))?;
    place.write(
        "etc/ip_allow.yaml",
        "ip_allow:\n  - apply: in\n    ip_addrs: 127.0.0.1\n    action: allow\n    methods: ALL\n",
    )?;
    let hosts = [Host::Filter, Host::Other, Host::Misconfigured, Host::Bare];
    let rules = hosts.map(|host| {
        format!("map http://{}/ http://127.0.0.1:{}/\n", host.name(), place.behind(host))
    });
    place.write("etc/remap.config", &rules.concat())?;
    command.arg(format!("--run-root={}", layout.display()));
    Ok(())
}
