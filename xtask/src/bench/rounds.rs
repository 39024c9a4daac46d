//! Measuring: all entrants of a scenario in turn, in short blocks, for several rounds, so that what
//! happens to the machine meanwhile happens to all of them.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Plan;
use super::http::{Answer, Client};
use super::scenario::{Entrant, Expected, Scenario};
use super::workerd::Workerd;
use crate::server::Server;
use crate::shell::{Failure, Result};

/// Connections of a busy block: enough to keep the Worker at work.
pub(super) const CONNECTIONS: usize = 4;

/// What is asked and not measured at the beginning of each block, to come back into the caches of
/// the processor.
const LEAD: usize = 50;

/// What goes on after an answer (storing it, collecting garbage) has come to rest by then.
const SETTLING: Duration = Duration::from_millis(30);

/// What one block told.
#[derive(Clone, Copy, Serialize)]
pub(super) struct Block {
    /// Of all threads of workerd, for each request, in microseconds.
    pub(super) cpu: f64,
    /// Answers in a second, with [`CONNECTIONS`].
    pub(super) rate: f64,
    /// Half of all answers took at most this long, in microseconds, with one connection.
    pub(super) p50: f64,
    /// And 99 in 100 this long.
    pub(super) p99: f64,
}

/// How many requests one entrant is sent in all.
pub(super) fn requests_in_all(plan: &Plan) -> usize {
    let block = LEAD.saturating_add(plan.requests).saturating_add(quiet(plan.requests));
    plan.warm_up.saturating_add(block.saturating_mul(plan.rounds))
}

/// Requests of the part of a block with one connection.
fn quiet(requests: usize) -> usize {
    requests / 4
}

/// The blocks of each entrant, one for each round.
pub(super) fn run(scenario: &Scenario, plan: &Plan) -> Result<Vec<Vec<Block>>> {
    let mut running = Vec::new();
    for entrant in &scenario.entrants {
        let bundle = plan.bundle(entrant.contender)?;
        let workerd = Workerd::start(bundle, &entrant.setting, plan.cores.workerd)?;
        running.push(Running { entrant, workerd, asked: 0 });
    }
    let lighter = |requests: usize| requests.checked_div(scenario.weight).unwrap_or(requests);
    for entrant in &mut running {
        entrant.prepare(lighter(plan.warm_up))?;
    }
    let mut blocks = vec![Vec::new(); running.len()];
    for round in 0..plan.rounds {
        let mut order: Vec<_> = running.iter_mut().zip(&mut blocks).collect();
        let first = round.checked_rem(order.len()).unwrap_or_default();
        order.rotate_left(first);
        for (entrant, blocks) in order {
            if Server::is_interrupted() {
                return Err(Failure::new("interrupted"));
            }
            blocks.push(entrant.block(lighter(plan.requests))?);
        }
    }
    Ok(blocks)
}

/// An entrant that is being served.
struct Running<'s> {
    entrant: &'s Entrant,
    workerd: Workerd,
    /// How many of its requests it was sent already.
    asked: usize,
}

impl<'s> Running<'s> {
    /// What comes before the first round, and is not measured.
    fn prepare(&mut self, requests: usize) -> Result {
        let Entrant { before, expected, .. } = self.entrant;
        let before: Vec<_> = before.iter().map(Vec::as_slice).collect();
        self.drive(&before, &expected.without_field(), CONNECTIONS)?;
        // The first answers may differ: what is in the cache later is not there yet.
        let first = self.next(requests / 2);
        self.drive(&first, &expected.without_field(), CONNECTIONS)?;
        thread::sleep(SETTLING);
        let second = self.next(requests.saturating_sub(requests / 2));
        self.drive(&second, expected, CONNECTIONS)?;
        Ok(())
    }

    fn block(&mut self, count: usize) -> Result<Block> {
        let expected = &self.entrant.expected;
        let lead = self.next(LEAD.min(count));
        self.drive(&lead, expected, CONNECTIONS)?;
        thread::sleep(SETTLING);

        let requests = self.next(count);
        let (before, began) = (self.workerd.cpu()?, Instant::now());
        self.drive(&requests, expected, CONNECTIONS)?;
        let took = began.elapsed();
        thread::sleep(SETTLING);
        let spent = self.workerd.cpu()?.saturating_sub(before);

        let requests = self.next(quiet(count));
        let mut latencies = self.drive(&requests, expected, 1)?;
        latencies.sort_unstable();
        let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        Ok(Block {
            cpu: microseconds(spent) / count,
            rate: count / took.as_secs_f64(),
            p50: microseconds(at(&latencies, 50)),
            p99: microseconds(at(&latencies, 99)),
        })
    }

    /// The next of its requests, from the beginning again when there are no more.
    fn next(&mut self, count: usize) -> Vec<&'s [u8]> {
        let requests = &self.entrant.requests;
        let from = self.asked.checked_rem(requests.len()).unwrap_or_default();
        self.asked = self.asked.saturating_add(count);
        requests.iter().cycle().skip(from).take(count).map(Vec::as_slice).collect()
    }

    /// Sends requests over several connections, each of which waits for an answer before it sends
    /// the next request. Gives how long the answers took.
    fn drive(
        &self,
        requests: &[&[u8]],
        expected: &Expected,
        connections: usize,
    ) -> Result<Vec<Duration>> {
        let share = requests.len().div_ceil(connections).max(1);
        let port = self.workerd.port;
        thread::scope(|scope| {
            let threads: Vec<_> = requests
                .chunks(share)
                .map(|requests| scope.spawn(move || ask_all(port, requests, expected)))
                .collect();
            let mut latencies = Vec::new();
            for thread in threads {
                let theirs = thread.join().map_err(|_| Failure::new("a client has panicked"))?;
                latencies.extend(theirs.map_err(|why| self.failed(&why))?);
            }
            Ok(latencies)
        })
    }

    fn failed(&self, why: &io::Error) -> Failure {
        Failure::new(format!("{} does not answer as it should: {why}", self.entrant.label))
    }
}

fn ask_all(port: u16, requests: &[&[u8]], expected: &Expected) -> io::Result<Vec<Duration>> {
    let mut client = Client::connect(port)?;
    let mut latencies = Vec::with_capacity(requests.len());
    for request in requests {
        let began = Instant::now();
        let answer = client.ask(request)?;
        latencies.push(began.elapsed());
        require(&answer, expected, request)?;
    }
    Ok(latencies)
}

/// Fails on an answer that is another than expected: a wrong answer may be as fast as it likes.
fn require(answer: &Answer, expected: &Expected, request: &[u8]) -> io::Result<()> {
    let Answer { status, head, length } = answer;
    let has_field = |(name, part)| head.field(name).is_some_and(|it| it.contains(part));
    if *status == expected.status
        && expected.length.is_none_or(|wanted| *length == wanted)
        && expected.field.is_none_or(has_field)
    {
        return Ok(());
    }
    let request = String::from_utf8_lossy(request);
    let cache = head.field("cache-status").unwrap_or("none");
    Err(io::Error::other(format!(
        "{status} with {length} bytes, Cache-Status {cache}, not {expected:?}, for\n{request}"
    )))
}

/// A value of a sorted list, so that this percentage of all are not above it.
fn at(sorted: &[Duration], percent: usize) -> Duration {
    let place = sorted.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}

pub(super) fn microseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}
