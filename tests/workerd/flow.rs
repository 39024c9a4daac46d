//! Requests that go on while something happens to the keys.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use crate::client::get;
use crate::provider::Provider;

/// Between two requests of a thread.
const PAUSE: Duration = Duration::from_millis(200);

/// Requests one after another, each with a token that the provider has just issued.
pub struct Flow<'p> {
    provider: &'p Provider,
    resources: &'p [&'p str],
    /// Where the Worker is.
    port: u16,
    is_over: AtomicBool,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// How many passed, by the header of their token, which names the key.
    passed: BTreeMap<String, usize>,
    failures: Vec<String>,
    slowest: Duration,
}

/// Ends a flow, also when its test panics.
pub struct End<'f>(&'f AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<'p> Flow<'p> {
    pub fn new(provider: &'p Provider, resources: &'p [&'p str], port: u16) -> Self {
        Self { provider, resources, port, is_over: AtomicBool::default(), seen: Mutex::default() }
    }

    /// Begins it with so many threads, which share the resources.
    pub fn run<'s>(&'s self, scope: &'s Scope<'s, '_>, threads: usize) -> End<'s> {
        for resource in self.resources.iter().cycle().take(threads) {
            scope.spawn(move || {
                while !self.is_over.load(Ordering::Relaxed) {
                    self.send(resource);
                    thread::sleep(PAUSE);
                }
            });
        }
        End(&self.is_over)
    }

    fn send(&self, resource: &str) {
        let token = self.provider.token(resource, "reports:read");
        let header = token.split('.').next().expect("a token has parts").to_owned();
        let bearer = format!("Bearer {token}");
        let started = Instant::now();
        let response = get(self.port, "/elsewhere/flow", &[("Authorization", &bearer)]);
        let waited = started.elapsed();
        let mut seen = self.seen.lock().expect("no test panics with it");
        seen.slowest = seen.slowest.max(waited);
        if response.status == 200 {
            *seen.passed.entry(header).or_default() += 1;
        } else {
            seen.failures.push(format!("{} after {waited:?}", response.text()));
        }
    }

    /// Asserts that everything passed, with so many keys for each resource.
    pub fn assert_passed(&self, name: &str, generations: usize) {
        let seen = self.seen.lock().expect("no test panics with it");
        let counts: Vec<usize> = seen.passed.values().copied().collect();
        eprintln!("{name}: {counts:?} passed, the slowest in {:?}", seen.slowest);
        let failed = seen.failures.len();
        assert!(failed == 0, "{name}: {failed} failed, the first with {}", seen.failures[0]);
        assert_eq!(
            counts.len(),
            generations * self.resources.len(),
            "{name}: keys that signed what passed"
        );
    }
}
