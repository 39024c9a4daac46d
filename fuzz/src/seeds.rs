//! Every target on its seeds, without the fuzzer: what it sets up works, and it holds as things are.

use std::fs;
use std::path::Path;

use arbitrary::{Arbitrary, Unstructured};

use crate::{
    caching, claims, credentials, freshness, gate, json, jws, keys, negotiation, origin, policy,
    signed, url,
};

type Target = (&'static str, fn(&[u8]));

/// By name, as in `fuzz_targets/`.
const TARGETS: [Target; 13] = [
    ("caching", caching::run),
    ("claims", |bytes| feed(claims::run, bytes)),
    ("credentials", credentials::run),
    ("freshness", |bytes| feed(freshness::run, bytes)),
    ("gate", gate::run),
    ("json", json::run),
    ("jws", |bytes| feed(jws::run, bytes)),
    ("keys", keys::run),
    ("negotiation", negotiation::run),
    ("origin", origin::run),
    ("policy", policy::run),
    ("signed", |bytes| feed(signed::run, bytes)),
    ("url", |bytes| feed(url::run, bytes)),
];

/// Takes bytes apart as the fuzzer does.
fn feed<'a, T: Arbitrary<'a>>(run: impl Fn(T), bytes: &'a [u8]) {
    run(T::arbitrary_take_rest(Unstructured::new(bytes)).expect("there is enough"));
}

#[test]
fn every_target_holds_on_its_seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = fs::read_dir(folder.join("fuzz_targets")).expect("there are targets");
    assert_eq!(entries.count(), TARGETS.len(), "each target is in the list");
    // For those that take their input apart and have no seeds.
    let noise: Vec<u8> = (0..=255).cycle().take(1024).collect();
    for (name, run) in TARGETS {
        run(b"");
        for start in 0..64 {
            run(&noise[start * 7..]);
        }
        let seeds = fs::read_dir(folder.join("corpus").join(name)).into_iter().flatten().flatten();
        let mut count = 0;
        for seed in seeds.filter(|seed| seed.file_name().to_string_lossy().starts_with("seed-")) {
            run(&fs::read(seed.path()).expect("it can be read"));
            count += 1;
        }
        let needs_seeds = !["freshness", "signed"].contains(&name);
        assert!(count > 0 || !needs_seeds, "{name}: `cargo xtask test` makes the seeds");
    }
}
