//! A cache key cannot be written down.

use turnpike::cache::CacheKey;

fn forge(url: &str) -> CacheKey {
    CacheKey { server: url.to_owned(), partition: String::new(), resource: String::new() }
}

fn main() {}
