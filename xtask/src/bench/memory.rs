//! `cargo xtask bench memory`: what workerd holds after very many tokens, each of which is new.

use std::fs;
use std::io;
use std::thread;

use issuer::Algorithm;

use super::contender::Contender;
use super::cores::Cores;
use super::http::Client;
use super::machine::Machine;
use super::rounds::CONNECTIONS;
use super::workerd::{Origin, Setting, Workerd};
use super::{Plan, document, scenario, tokens};
use crate::server::Server;
use crate::shell::{self, Failure, Result};

/// After how many requests it is looked at.
const MARKS: [usize; 4] = [1_000, 100_000, 500_000, 1_000_000];

/// Tokens that are signed at once.
const BATCH: usize = 1_000;

/// Of HMAC, which takes no time to sign. Nothing of a token's algorithm is remembered.
const ALGORITHM: Algorithm = Algorithm::Hs256;

/// After so many requests.
struct Held {
    requests: usize,
    /// KiB.
    now: usize,
    most: usize,
}

pub(super) fn run(plan: &Plan, is_written: bool) -> Result {
    let floor = held(plan, Contender::Floor)?;
    let ours = held(plan, Contender::Turnpike)?;
    let row = |(floor, ours): (&Held, &Held)| {
        let [a, b, c, d] = [floor.now, floor.most, ours.now, ours.most].map(|it| it / 1024);
        format!("| {} | {a} | {b} | {c} | {d} |\n", ours.requests)
    };
    let rows: String = floor.iter().zip(&ours).map(row).collect();
    let machine = Machine::here()?.lines().map(|line| ["- ", &line, "\n"].concat()).concat();
    let text = format!(
        "{machine}\n| requests | floor, MiB | at most, MiB | Turnpike, MiB | at most, MiB |\n|--:|--:|--:|--:|--:|\n{rows}"
    );
    println!("{text}");
    if is_written { document::write("memory", &text) } else { Ok(()) }
}

/// What workerd holds of memory with this contender in it.
fn held(plan: &Plan, contender: Contender) -> Result<Vec<Held>> {
    let variables = scenario::variables(plan, contender, ALGORITHM, "pass");
    let setting = Setting { variables, origin: Origin::Constant };
    let workerd = Workerd::start(plan.bundle(contender)?, &setting, plan.cores.workerd)?;
    let announcement = format!("A million tokens for {} (some minutes)", contender.name());
    shell::step(&announcement, || Cores::on(plan.cores.load, || fill(plan, &workerd)))
}

/// Asks with one token after the other, and looks now and then.
fn fill(plan: &Plan, workerd: &Workerd) -> Result<Vec<Held>> {
    let (mut seen, mut asked) = (Vec::new(), 0_usize);
    for mark in MARKS {
        while asked < mark {
            if Server::is_interrupted() {
                return Err(Failure::new("interrupted"));
            }
            ask_all(plan, workerd.port, asked)
                .map_err(Failure::because("Turnpike does not answer as it should"))?;
            asked = asked.saturating_add(BATCH);
        }
        let (now, most) = workerd.memory()?;
        eprintln!("    {asked} requests: {} MiB", now / 1024);
        seen.push(Held { requests: asked, now, most });
    }
    Ok(seen)
}

fn ask_all(plan: &Plan, port: u16, from: usize) -> io::Result<()> {
    let share = BATCH / CONNECTIONS;
    thread::scope(|scope| {
        let ask = |connection: usize| {
            scope.spawn(move || {
                let from = from.saturating_add(share.saturating_mul(connection));
                let mut client = Client::connect(port)?;
                for number in from..from.saturating_add(share) {
                    let token = tokens::numbered(&plan.issuer, ALGORITHM, number);
                    match client.ask(&scenario::carry(&token, scenario::REPORTS))?.status {
                        200 => {}
                        other => return Err(io::Error::other(format!("{other}"))),
                    }
                }
                Ok(())
            })
        };
        let threads: Vec<_> = (0..CONNECTIONS).map(ask).collect();
        let joined = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a client has panicked")))
        });
        joined.collect()
    })
}

/// What is resident now and was at most, in KiB, as `/proc/PID/status` says.
pub(super) fn of(process: u32) -> Result<(usize, usize)> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    value(&status, "VmRSS:")
        .zip(value(&status, "VmHWM:"))
        .ok_or_else(|| Failure::new("the system does not say what workerd holds of memory"))
}

/// The number in `VmRSS:    1234 kB`.
fn value(status: &str, name: &str) -> Option<usize> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_from_what_the_system_says() {
        let status = "Name:\tworkerd\nVmHWM:\t  295060 kB\nVmRSS:\t  198000 kB\n";
        assert_eq!(value(status, "VmRSS:"), Some(198_000));
        assert_eq!(value(status, "VmSwap:"), None);
    }

    #[test]
    fn the_marks_are_whole_batches() {
        assert!(MARKS.iter().all(|mark| mark % BATCH == 0));
        assert!(BATCH.is_multiple_of(CONNECTIONS));
    }
}
