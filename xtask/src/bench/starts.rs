//! From nothing to the first answer: workerd is started anew each time, with an isolate that has
//! answered nobody yet.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::Plan;
use super::contender::Contender;
use super::http::Client;
use super::report::Spread;
use super::scenario::{self, Entrant};
use super::workerd::Workerd;
use crate::project;
use crate::setup;
use crate::shell::{self, Failure, Result};

/// How a contender begins. All in milliseconds.
#[derive(Serialize)]
pub(super) struct Start {
    pub(super) contender: Contender,
    /// Of processor, from the start of workerd to the first answer.
    pub(super) cpu: Spread,
    /// That less what the floor takes, in the same round.
    pub(super) above: Spread,
    /// From the request to the answer.
    pub(super) first: Spread,
    /// What `wrangler check startup` calls active.
    pub(super) active: Spread,
}

struct Observed {
    cpu: f64,
    first: f64,
    active: f64,
}

/// Starts all contenders in turn.
pub(super) fn run(plan: &Plan) -> Result<Vec<Start>> {
    let scenario = scenario::first_token(plan);
    let mut seen: Vec<Vec<Observed>> = scenario.entrants.iter().map(|_| Vec::new()).collect();
    for round in 0..plan.rounds {
        let mut order: Vec<_> = scenario.entrants.iter().zip(&mut seen).collect();
        let first = round.checked_rem(order.len()).unwrap_or_default();
        order.rotate_left(first);
        for (entrant, seen) in order {
            seen.push(start(entrant, plan)?);
        }
    }
    let of = |seen: &[Observed], what: fn(&Observed) -> f64| Spread::of(seen.iter().map(what));
    let floor = seen.first().map(Vec::as_slice).unwrap_or_default();
    let starts = scenario.entrants.iter().zip(&seen).map(|(entrant, seen)| Start {
        contender: entrant.contender,
        cpu: of(seen, |it| it.cpu),
        above: Spread::of(seen.iter().zip(floor).map(|(own, floor)| own.cpu - floor.cpu)),
        first: of(seen, |it| it.first),
        active: of(seen, |it| it.active),
    });
    Ok(starts.collect())
}

fn start(entrant: &Entrant, plan: &Plan) -> Result<Observed> {
    let bundle = plan.bundle(entrant.contender)?;
    let workerd = Workerd::start(bundle, &entrant.setting, plan.cores.workerd)?;
    let request = entrant.requests.first().map(Vec::as_slice).unwrap_or_default();
    let began = Instant::now();
    let answer = Client::connect(workerd.port)
        .and_then(|mut client| client.ask(request))
        .map_err(Failure::because(format!("{} does not answer", entrant.label)))?;
    let (first, cpu) = (began.elapsed(), workerd.cpu()?);
    if answer.status != entrant.expected.status {
        return Err(Failure::new(format!("{} answers with {}", entrant.label, answer.status)));
    }
    Ok(Observed { cpu: milliseconds(cpu), first: milliseconds(first), active: active(entrant)? })
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// Asks wrangler how long the script is at work before it is asked anything.
fn active(entrant: &Entrant) -> Result<f64> {
    let folder = project::target()?.join("bench");
    let name = entrant.contender.name().to_lowercase();
    let mut wrangler = setup::wrangler()?;
    wrangler.current_dir(&folder).args(["check", "startup", "--outfile", "startup.cpuprofile"]);
    wrangler.arg("--config").arg(folder.join(name).join("wrangler.json"));
    let report = shell::output(&mut wrangler, "wrangler cannot look at the start: see above")?;
    milliseconds_active(&report)
        .ok_or_else(|| Failure::new("wrangler no longer says `Active: NUMBER ms`"))
}

fn milliseconds_active(report: &str) -> Option<f64> {
    report.split_once("Active: ")?.1.split(' ').next()?.parse().ok()
}

/// Prints how they begin.
pub(super) fn print(starts: &[Start]) {
    println!("\nstart of workerd and a fresh isolate, milliseconds");
    println!(
        "  {:<12} {:>24} {:>24} {:>24} {:>24}",
        "", "CPU to first answer", "above floor", "first answer", "active at start-up"
    );
    for start in starts {
        let is_first = start.contender == Contender::Floor;
        println!(
            "  {:<12} {:>24} {:>24} {:>24} {:>24}",
            start.contender.name(),
            start.cpu.coarsely(),
            if is_first { String::new() } else { start.above.coarsely() },
            start.first.coarsely(),
            start.active.coarsely(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activity_is_read_from_the_report_of_wrangler() {
        let report = "│   Sampled time: 19.5 ms\n│   Active: 12.6 ms (including 0.0 ms of it)\n";
        assert_eq!(milliseconds_active(report), Some(12.6));
        assert_eq!(milliseconds_active("│   Idle: 7.0 ms"), None);
    }
}
