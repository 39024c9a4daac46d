//! The caches that are put in front of the filter. Each stores as much as an operator could have
//! it store without telling it to take no notice of what answers say.

mod nginx;
mod squid;
mod traffic_server;
mod varnish;

use super::server::Product;

pub(super) const PRODUCTS: [Product; 4] =
    [nginx::PRODUCT, varnish::PRODUCT, squid::PRODUCT, traffic_server::PRODUCT];
