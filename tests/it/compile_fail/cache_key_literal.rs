//! A cache key cannot be written down.

use turnpike::cache::CacheKey;

fn forge(url: &str) -> CacheKey {
    CacheKey(url.to_owned())
}

fn main() {}
