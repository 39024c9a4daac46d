//! Without a permit there is no cache key.

use turnpike::cache::CacheKey;
use turnpike::request::CanonicalUrl;

fn forge(url: &CanonicalUrl) -> Option<CacheKey> {
    CacheKey::of(url)
}

fn main() {}
