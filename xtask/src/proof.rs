//! The proof: caches of all makes in front of the built Worker, and none of them keeps a refusal.

mod answer;
mod caches;
mod case;
mod chromium;
mod hostile;
mod journey;
mod model;
mod origin;
mod relay;
mod server;
mod site;
mod table;

use std::fs;
use std::path::Path;

use pico_args::Arguments;

use self::answer::Client;
use self::caches::PRODUCTS;
use self::chromium::Chromium;
use self::journey::{Kind, Tally, travel};
use self::model::Model;
use self::site::Site;
use self::table::Row;
use crate::setup::{self, caches::Programs};
use crate::shell::{self, Failure, Result};
use crate::{bundle, finish, project, token};

pub(crate) const HELP: &str = "\
Puts caches in front of the built Worker, on this machine alone, and shows that none of them stores
or reuses a refusal: of the filter, in every form and for every method, or of the origin (401, 403,
407) with fields that ask for it to be stored; nor, in a shared cache, what was granted on a token.
The caches: a model of RFC 9111 as a private and as a shared cache; nginx, Varnish, Squid and Apache
Traffic Server, each configured to store as much as it can without being told to take no notice of
what answers say; Chromium. Takes about 8 minutes and prints a table:

  tried             requests whose answers must come from the filter, each time anew
  stored            what still came out of the cache when the filter was taken away
  reused            what came out of the cache while the filter was there
  control           public answers of the filter that were reused, as they should be
  without filter    refusals of an origin without the filter that were reused

Exits with 1 if anything was stored or reused, or if a cache does not work. On Debian it unpacks the
caches into the user's cache folder, and installs and starts nothing but Chromium; elsewhere it takes
those that are in the PATH and says which are not.

Options:
  --only NAME   one cache, by its name in the table; what is proven then is that much less";

/// The cache of a browser.
const CHROMIUM: &str = "Chromium";

/// The model of RFC 9111, by whom it serves.
const MODELS: [(&str, Kind); 2] =
    [("RFC 9111, private", Kind::Private), ("RFC 9111, shared", Kind::Shared)];

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let only: Option<String> = arguments.opt_value_from_str("--only")?;
    finish(arguments)?;
    let is_wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let issuer = token::development_issuer()?;
    let installed = setup::for_build()?;
    let programs = setup::caches::ensure()?;
    setup::browser()?;
    bundle::make(&installed)?;
    let folder = project::target()?.join("cache-proof");
    let _ = fs::remove_dir_all(&folder);
    let site = shell::step("Starting the Worker", || Site::start(&issuer, &folder))?;
    let mut rows = Vec::new();
    for (name, kind) in MODELS.into_iter().filter(|(name, _)| is_wanted(name)) {
        let announcement = format!("Asking the model of {name}");
        let ask = || travel(name, &Model::new(&site, kind), kind, &site);
        rows.push(Row { name, seen: Some((model_version()?, shell::step(&announcement, ask)?)) });
    }
    for product in PRODUCTS.iter().filter(|product| is_wanted(product.name)) {
        let seen = match product.version(&programs) {
            Some(version) => Some((version, through(product, &programs, &site, &folder)?)),
            None => None,
        };
        rows.push(Row { name: product.name, seen });
    }
    if is_wanted(CHROMIUM) {
        let seen = match chromium::version() {
            Some(version) => Some((version, through_chromium(&site, &folder)?)),
            None => None,
        };
        rows.push(Row { name: CHROMIUM, seen });
    }
    table::print(&rows, only.is_some())
}

fn through(
    product: &server::Product,
    programs: &Programs,
    site: &Site,
    folder: &Path,
) -> Result<Tally> {
    shell::step(&format!("Asking {}", product.name), || {
        let running = product.start(programs, site, folder)?;
        travel(product.name, &Client::of(running.port), Kind::Shared, site)
    })
}

fn through_chromium(site: &Site, folder: &Path) -> Result<Tally> {
    shell::step("Asking Chromium", || {
        travel(CHROMIUM, &Chromium::start(site, folder)?, Kind::Private, site)
    })
}

/// The version of the crate, as `Cargo.lock` has it.
fn model_version() -> Result<String> {
    let lock = fs::read_to_string(project::root()?.join("Cargo.lock"))
        .map_err(Failure::because("Cargo.lock cannot be read"))?;
    let version = lock
        .split_once("name = \"http-cache-semantics\"\nversion = \"")
        .and_then(|(_, after)| after.split_once('"'))
        .map(|(version, _)| format!("http-cache-semantics {version}"));
    version.ok_or_else(|| Failure::new("Cargo.lock has no http-cache-semantics"))
}

#[cfg(test)]
mod tests {
    use issuer::Issuer;

    use super::case::Plan;

    /// The README's table of answers has every denial: the tidy test sees to it. Those of TRACE and of
    /// a `WebSocket`'s handshake are not asked for: see `add_denials`.
    #[test]
    fn every_denial_is_asked_for() {
        let plan = Plan::new(&Issuer::generate());
        let is_status = |cell: &str| cell.len() == 3 && cell.parse::<u16>().is_ok();
        let codes: Vec<_> = include_str!("../../README.md")
            .lines()
            .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>())
            .filter(|cells| cells.len() > 3 && is_status(cells[1]))
            .map(|cells| (cells[1].parse::<u16>().unwrap(), cells[2].trim_matches('`').to_owned()))
            .collect();
        assert!(codes.len() >= 12, "{codes:?}");
        let is_left_out = |code: &str| ["method_not_allowed", "page_foreign"].contains(&code);
        for (status, code) in codes.into_iter().filter(|(_, code)| !is_left_out(code)) {
            let is_of_origin = ["origin_unauthorized", "origin_forbidden"].contains(&code.as_str());
            let cases: Vec<_> = plan
                .cases
                .iter()
                .filter(|case| {
                    if is_of_origin {
                        case.name.starts_with(&format!("{status} of the origin, "))
                            && case.name.contains(" paged, ")
                    } else {
                        case.name.starts_with(&format!("{code}, "))
                    }
                })
                .collect();
            // Three methods, three forms, two routes; or three methods with hostile fields.
            assert!(cases.len() >= 18, "{code}");
            // gRPC is told of it in a field.
            let of = |name: &str| if name.contains("application/grpc") { 200 } else { status };
            assert!(cases.iter().all(|case| case.status == of(&case.name)), "{code}");
        }
    }
}
