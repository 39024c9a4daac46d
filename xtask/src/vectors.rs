//! Test vectors that others wrote, put to the parts that read and verify tokens: on this machine and
//! in workerd.

mod case;
mod json;
mod native;
mod reader;
mod rfc;
mod table;
mod url;
mod workerd;
mod wycheproof;

use std::path::PathBuf;

use pico_args::Arguments;

use self::case::{Expectation, Outcome, Suite};
use self::reader::Folder;
use self::table::Row;
use self::workerd::Workerd;
use crate::shell::{self, Failure, Result};
use crate::{finish, setup, token};

pub(crate) const HELP: &str = "\
Usage: cargo xtask vectors DIR

Puts public test vectors to the code that the Worker is made of, on this machine and in workerd, and
compares both verdicts with what the vectors expect. Prints a table, every case where something else
is expected with its reason, and what is unexplained. Exits with 1 if anything is. Takes half a
minute; the first time 2 more, for compiling the Worker once more with an entrance for questions.

DIR is a folder with these files, unchanged:
  wycheproof/          of Project Wycheproof (testvectors_v1): json_web_signature_test.json,
                       ed25519_test.json, ecdsa_secp256r1_sha256_p1363_test.json, the same for
                       secp384r1_sha384 and secp521r1_sha512, rsa_signature_2048_sha256_test.json,
                       rsa_pss_2048_sha256_mgf1_32_test.json, hmac_sha256_test.json
  rfc7520-cookbook/    jwk/, jws/, curve25519/ and rfc7797/ of the JOSE working group's cookbook
  rfc-examples/        rfc-examples.json: examples of RFC 7515, 7636, 7638, 8037 and 9449
  json/                JSONTestSuite.json: the documents of nst/JSONTestSuite in one file, each with
                       `name`, `expect` and `b64`
  url/                 urltestdata.json of web-platform-tests";

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let folder: Option<PathBuf> = arguments.opt_free_from_str()?;
    finish(arguments)?;
    let folder = folder.ok_or_else(|| {
        Failure::new("which vectors? `cargo xtask vectors --help` says what DIR has to hold")
    })?;
    let mut folder = Folder::open(folder)?;
    let issuer = token::development_issuer()?;
    let installed = setup::for_build()?;
    let workerd =
        shell::step("Starting workerd with the parts under test", || Workerd::start(&installed))?;
    let rows = shell::step("Asking it, and this machine", || {
        let mut suites = wycheproof::suites(&mut folder)?;
        suites.extend(rfc::cookbook(&mut folder)?);
        suites.push(rfc::examples(&mut folder)?);
        suites.extend(json::suites(&mut folder, &issuer)?);
        let mut rows = Vec::new();
        for suite in suites {
            let name = suite.name.clone();
            let outcomes = judge(suite, &workerd).map_err(Failure::because(name.clone()))?;
            rows.push(Row::of(name, outcomes));
        }
        let urls = url::outcomes(&mut folder, &workerd)?;
        rows.extend(urls.into_iter().map(|(name, outcomes)| Row::of(name, outcomes)));
        Ok(rows)
    })?;
    folder.close()?;
    match table::print(&rows) {
        0 => Ok(()),
        count => Err(Failure::new(format!("verdicts of {count} cases are unexplained: see above"))),
    }
}

/// Both verdicts on every case.
fn judge(suite: Suite, workerd: &Workerd) -> Result<Vec<Outcome>> {
    let mut in_workerd = workerd.verdicts(&suite.groups)?.into_iter();
    let mut outcomes = Vec::new();
    for group in suite.groups {
        let native = native::verdicts(&group)?;
        for (case, native) in group.cases.into_iter().zip(native) {
            outcomes.push(Outcome {
                name: case.name,
                expectation: case.expectation,
                native: Some(native),
                workerd: in_workerd.next(),
            });
        }
    }
    outcomes.extend(suite.not_asked.into_iter().map(|(name, reason)| {
        let expectation = Expectation::not_asked(reason);
        Outcome { name, expectation, native: None, workerd: None }
    }));
    Ok(outcomes)
}
