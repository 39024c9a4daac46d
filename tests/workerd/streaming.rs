//! Bodies that are larger than memory, that break off, and that nobody is in a hurry to read.

use std::sync::LazyLock;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{Download, Response, download, get, send};
use crate::server::{Framing, Halfway, Reply, Stream};
use crate::site::{
    ISSUER, ORIGIN, READER, SITE, asked, bearer, cache_status, cacheable, policy, tell, until_hit,
};
use crate::wrangler::Wrangler;

/// A Worker whose memory is looked at, and which nobody else uses.
fn serve(name: &str) -> Wrangler {
    let mut policy = policy();
    policy["origin"] = json!(ORIGIN.url());
    let site = Wrangler::serve(name, &policy, &[("TEST_SECRET", ISSUER.secret())]);
    for _ in 0..100 {
        assert_eq!(quick(&site, "/elsewhere/warm-up").status, 200);
    }
    site
}

/// Good for ten minutes, and these tests take one. Making a new one for each request would be the
/// longest part of waiting for it.
static TOKEN: LazyLock<String> = LazyLock::new(|| bearer(READER));

const MIB: usize = 1024 * 1024;

/// What the Worker may need for a body, whatever its length: the largest that is stored, twice,
/// and as much again for the platform.
const MEMORY_BOUND: usize = 32 * MIB;

const FRAMINGS: [Framing; 2] = [Framing::Length, Framing::Chunked];

fn read(site: &Wrangler, path: &str) -> Download {
    download(site.port, path, &[("Authorization", &TOKEN)])
}

fn quick(site: &Wrangler, path: &str) -> Response {
    get(site.port, path, &[("Authorization", &TOKEN)])
}

/// Has the origin stream so much of something that may be stored.
fn tell_stream(path: &str, length: usize, framing: Framing, halfway: Halfway) {
    let stream = Stream { length, framing, halfway };
    tell(path, Reply::stream(&[("Cache-Control", "max-age=60")], stream));
}

/// Does something, and says by how much memory grew at most while it was done.
fn growth(site: &Wrangler, what: &str, act: impl FnOnce()) -> usize {
    let Some(memory) = site.memory("workerd") else {
        act();
        return 0;
    };
    memory.forget_peak();
    let before = memory.resident();
    let started = Instant::now();
    act();
    let growth = memory.peak().saturating_sub(before);
    eprintln!("{what}: {} MiB more than {} in {:?}", growth / MIB, before / MIB, started.elapsed());
    growth
}

#[test]
fn a_gigabyte_goes_through_in_little_memory() {
    const LENGTH: usize = 1024 * MIB;
    let site = serve("gigabyte");
    for (route, framing) in
        ["elsewhere", "reports"].into_iter().flat_map(|route| FRAMINGS.map(|f| (route, f)))
    {
        let path = format!("/{route}/gigabyte-{framing:?}");
        tell_stream(&path, LENGTH, framing, Halfway::GoesOn);
        let growth = growth(&site, &path, || {
            let mut body = read(&site, &path);
            assert_eq!(body.read(usize::MAX).expect("it is whole"), LENGTH, "{path}");
        });
        assert!(growth < MEMORY_BOUND, "{path}: {growth}");
        // Far longer than what is stored, whether that was known ahead or not.
        let head = send(site.port, "HEAD", &path, &[("Authorization", &TOKEN)], b"");
        assert!(!cache_status(&head).contains("hit"), "{path}: {head:?}");
    }
}

#[test]
fn what_breaks_off_at_the_origin_breaks_off_at_the_client_and_is_not_stored() {
    for (route, framing) in
        ["elsewhere", "reports"].into_iter().flat_map(|route| FRAMINGS.map(|f| (route, f)))
    {
        for length in [4096, MIB, 20 * MIB] {
            let path = format!("/{route}/broken-{framing:?}-{length}");
            tell_stream(&path, length, framing, Halfway::BreaksOff);
            for times in 1..=2 {
                let mut body = read(&SITE, &path);
                assert_eq!(body.head.status, 200, "{path}");
                let mut received = 0;
                let end = loop {
                    match body.read(1024) {
                        Ok(1024) => received += 1024,
                        end => break end,
                    }
                };
                assert!(end.is_err() && received <= length / 2, "{path} looks whole: {end:?}");
                thread::sleep(Duration::from_millis(100));
                assert_eq!(asked(&path), times, "{path} is not stored");
            }
            tell(&path, cacheable("whole"));
            assert_eq!(quick(&SITE, &path).text(), "whole", "{path}");
            if route == "reports" {
                assert_eq!(until_hit(|| quick(&SITE, &path)).text(), "whole", "{path}");
            }
        }
    }
}

/// Chunks outrank a length (RFC 9112 section 6.3), which stays among the fields.
#[test]
fn a_length_that_is_a_lie_fills_no_memory() {
    const LENGTH: usize = 256 * MIB;
    let site = serve("lie");
    for (number, said) in ["10", "0", "65536", "8388608"].into_iter().enumerate() {
        let path = format!("/reports/lie-{number}");
        let fields = [("Cache-Control", "max-age=60"), ("Content-Length", said)];
        let (framing, halfway) = (Framing::Chunked, Halfway::GoesOn);
        tell(&path, Reply::stream(&fields, Stream { length: LENGTH, framing, halfway }));
        let growth = growth(&site, &path, || {
            let mut body = read(&site, &path);
            assert_eq!(body.read(usize::MAX).expect("it is whole"), LENGTH, "{path}");
        });
        assert!(growth < 2 * MEMORY_BOUND, "{path}: {growth}");
        tell(&path, cacheable("true"));
        assert_eq!(until_hit(|| quick(&site, &path)).text(), "true", "{path}");
    }
}

#[test]
fn what_is_not_compressed_as_it_says_is_not_stored() {
    let path = "/reports/not-gzip";
    let fields = [("Cache-Control", "max-age=60"), ("Content-Encoding", "gzip")];
    tell(path, Reply::text(200, &fields, "this is no gzip"));
    for times in 1..=2 {
        let response = quick(&SITE, path);
        assert_eq!((response.status, response.text().as_str()), (200, "this is no gzip"));
        thread::sleep(Duration::from_millis(100));
        assert_eq!(asked(path), times);
    }
}

/// A kilobyte a second.
#[test]
fn who_reads_slowly_neither_stalls_others_nor_holds_memory() {
    let site = serve("slow-readers");
    tell("/reports/quick", cacheable("quick"));
    until_hit(|| quick(&site, "/reports/quick"));
    for (route, framing) in
        ["elsewhere", "reports"].into_iter().flat_map(|route| FRAMINGS.map(|f| (route, f)))
    {
        let path = format!("/{route}/slow-{framing:?}");
        tell_stream(&path, 1024 * MIB, framing, Halfway::GoesOn);
        let mut waits = Vec::new();
        let growth = growth(&site, &path, || {
            let mut body = read(&site, &path);
            for _ in 0..3 {
                assert_eq!(body.read(1024).expect("it goes on"), 1024, "{path}");
                let second = Instant::now();
                while second.elapsed() < Duration::from_secs(1) {
                    for other in ["/elsewhere/quick", "/reports/quick"] {
                        let started = Instant::now();
                        assert_eq!(quick(&site, other).status, 200);
                        waits.push(started.elapsed());
                    }
                    thread::sleep(Duration::from_millis(100));
                }
            }
        });
        waits.sort();
        let (middle, longest) = (waits[waits.len() / 2], waits[waits.len() - 1]);
        eprintln!("{} others waited {middle:?} and {longest:?} at most", waits.len());
        assert!(middle < Duration::from_millis(200) && longest < Duration::from_secs(2));
        assert!(growth < MEMORY_BOUND, "{path}: {growth}");
    }
}

/// What is to be stored is in memory until it is there to its end: with slow origins, that of many
/// requests at once.
#[test]
fn many_large_answers_at_once_do_not_fill_the_memory() {
    const LENGTH: usize = 7 * MIB;
    const CLIENTS: usize = 40;
    let site = serve("crowd");
    let crowd = |route: &str| {
        let paths: Vec<String> = (0..CLIENTS).map(|n| format!("/{route}/crowd-{n}")).collect();
        for path in &paths {
            tell_stream(path, LENGTH, Framing::Chunked, Halfway::Pauses(Duration::from_secs(3)));
        }
        growth(&site, route, || {
            thread::scope(|scope| {
                for path in &paths {
                    let whole =
                        || assert_eq!(read(&site, path).read(usize::MAX).ok(), Some(LENGTH));
                    scope.spawn(whole);
                }
            });
        })
    };
    // What so many connections take by themselves.
    crowd("elsewhere");
    let growth = crowd("reports");
    // Without a bound, each is there twice when it is stored, and once more on its way to the client.
    assert!(growth < CLIENTS * LENGTH, "{growth}");
    site.expect_log(&["an answer was not stored: there are too many at once"]);
    // When there is room again, what was not stored is.
    for path in ["/reports/crowd-0", "/reports/crowd-39"] {
        tell_stream(path, LENGTH, Framing::Chunked, Halfway::GoesOn);
        until_hit(|| quick(&site, path));
    }
}
