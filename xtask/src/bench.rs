//! `cargo xtask bench`: what a request costs in workerd, beside what else could be there.

mod chart;
mod contender;
mod cores;
mod document;
mod http;
mod itself;
mod machine;
mod memory;
mod outside;
mod report;
mod rounds;
mod scenario;
mod starts;
mod tokens;
mod workerd;

use std::fs;

use issuer::{Algorithm, Issuer};
use pico_args::Arguments;
use serde::Serialize;

use self::contender::{Bundle, Contender, Size};
use self::cores::Cores;
use self::http::Client;
use self::machine::Machine;
use self::report::Outcome;
use self::scenario::{Named, SCENARIOS};
use self::starts::Start;
use self::workerd::{Origin, Setting, Workerd};
use crate::shell::{self, Failure, Result};
use crate::{bundle, finish, project, server, setup};

pub(crate) const HELP: &str = "\
Builds the Worker and serves it in workerd on this machine, each time beside Workers that do the same
in another way (benches/): the floor, which does as little as can be, one on jose and one on Hono. Asks
all of them the same, in turn and in short blocks, for several rounds, and prints for each
  - what workerd uses of the processor for a request: the median of all rounds, and the middle half,
  - that in those of the floor, and of the cheaper of jose and Hono, in the same round,
  - half of the answers come within p50, 99 in 100 within p99, one being asked for at a time,
  - how many are answered in a second over four connections.
workerd has the last core of the machine for itself, all else runs on the first. A wrong answer ends
the benchmark. It takes Linux, and a machine that does nothing else.

`cargo xtask bench memory` asks with a million tokens instead, each of them new, and prints what
workerd holds of memory meanwhile.

Options:
  --only NAME      a scenario, or all whose names begin like this; may be repeated: seen-rs256,
                   seen-es256, seen-ed25519, seen-hs256, the same with new-, none-json, none-page,
                   none-text, expired, junk-shape, junk-issuer, junk-mixed, hit-shared, hit-subject,
                   miss-1k, miss-1m, pass-1k, pass-1m, routes, issuers, full-seen, full-new,
                   hand-refused, hand-passed, hand-hit
  --rounds N       default: 9
  --requests N     of a block, default: 2000
  --quick          3 rounds of 500 requests, to see whether all works
  --write          puts the tables into BENCHMARKS.md; takes a run of all scenarios, or `memory`";

/// What all scenarios have in common.
struct Plan {
    rounds: usize,
    /// Requests of a block.
    requests: usize,
    /// Requests to each entrant before the first round.
    warm_up: usize,
    cores: Cores,
    issuer: Issuer,
    bundles: Vec<(Contender, Bundle)>,
    /// What Turnpike says to who has no token, by what is accepted.
    refusals: Vec<(&'static str, String)>,
}

impl Plan {
    /// Makes all that a run needs.
    fn make(rounds: usize, requests: usize, warm_up: usize) -> Result<Self> {
        let cores = Cores::choose()?;
        server::listen_for_interrupts()?;
        bundle::make(&setup::for_build()?)?;
        let mut plan = Self {
            rounds,
            requests,
            warm_up,
            cores,
            issuer: Issuer::generate(),
            bundles: shell::step("Bundling the contenders", bundles)?,
            refusals: Vec::new(),
        };
        plan.refusals = refusals(&plan)?;
        Ok(plan)
    }

    fn bundle(&self, contender: Contender) -> Result<&Bundle> {
        let mut bundles = self.bundles.iter();
        let found = bundles.find(|(made, _)| *made == contender).map(|(_, bundle)| bundle);
        found.ok_or_else(|| Failure::new(format!("{} is not bundled", contender.name())))
    }

    /// What Turnpike says to who has no token and accepts this.
    fn refusal(&self, accept: &str) -> &str {
        let mut refusals = self.refusals.iter();
        refusals.find(|(accepted, _)| *accepted == accept).map_or("", |(_, body)| body)
    }
}

/// Everything that a run shows.
#[derive(Serialize)]
struct Report {
    machine: Machine,
    rounds: usize,
    requests: usize,
    warm_up: usize,
    scenarios: Vec<Outcome>,
    starts: Vec<Start>,
    sizes: Vec<Size>,
}

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let is_memory = match arguments.subcommand()?.as_deref() {
        None => false,
        Some("memory") => true,
        Some(other) => {
            return Err(Failure::new(format!("`{other}` is no benchmark: there is `memory`")));
        }
    };
    let only: Vec<String> = arguments.values_from_str("--only")?;
    let is_quick = arguments.contains("--quick");
    let is_written = arguments.contains("--write");
    let or = |normal, quick| if is_quick { quick } else { normal };
    let rounds = arguments.opt_value_from_str("--rounds")?.unwrap_or(or(9, 3));
    let requests = arguments.opt_value_from_str("--requests")?.unwrap_or(or(2000, 500));
    finish(arguments)?;
    if is_written && !only.is_empty() {
        return Err(Failure::new("--write takes a whole run: leave --only out"));
    }
    let chosen = chosen(&only)?;
    let plan = Plan::make(rounds, requests, or(5000, 1000))?;
    if is_memory {
        return memory::run(&plan, is_written);
    }
    let mut scenarios = Vec::new();
    for named in chosen {
        let scenario = (named.make)(&plan);
        let blocks = Cores::on(plan.cores.load, || rounds::run(&scenario, &plan))?;
        let outcome = report::outcome(named, &scenario, blocks);
        outcome.print();
        scenarios.push(outcome);
    }
    // Only beside all scenarios.
    let starts = if only.is_empty() { starts::run(&plan)? } else { Vec::new() };
    if !starts.is_empty() {
        starts::print(&starts);
    }
    contender::print_sizes(&plan.bundles);
    report::print_goals(&scenarios);
    let machine = Machine::here()?;
    let sizes = plan.bundles.iter().map(|(_, bundle)| bundle.size).collect();
    let warm_up = plan.warm_up;
    let report = Report { machine, rounds, requests, warm_up, scenarios, starts, sizes };
    keep(&report)?;
    if is_written {
        document::write("run", &document::tables(&report))?;
    }
    Ok(())
}

/// Writes what a run shows, for programs and as a picture.
fn keep(report: &Report) -> Result {
    let folder = project::target()?.join("bench");
    let json = serde_json::to_string_pretty(report)
        .map_err(Failure::because("the results cannot be written as JSON"))?;
    let chart = chart::draw(&report.scenarios, &report.machine.lines());
    fs::write(folder.join("bench.json"), json)
        .and_then(|()| fs::write(folder.join("bench.svg"), chart))
        .map_err(Failure::because(format!("{} cannot be written to", folder.display())))?;
    println!("\nAll rounds are in bench.json, a chart is in bench.svg, in {}", folder.display());
    Ok(())
}

/// The scenarios whose name begins like one of those given; all, if none is given.
fn chosen(only: &[String]) -> Result<Vec<&'static Named>> {
    let begins = |name: &str, wanted: &String| name.starts_with(wanted.as_str());
    for wanted in only {
        if !SCENARIOS.iter().any(|scenario| begins(scenario.name, wanted)) {
            let names: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            return Err(Failure::new(format!(
                "no scenario begins with `{wanted}`; there are: {}",
                names.join(", ")
            )));
        }
    }
    let is_chosen = |scenario: &&Named| {
        only.is_empty() || only.iter().any(|wanted| begins(scenario.name, wanted))
    };
    Ok(SCENARIOS.iter().filter(is_chosen).collect())
}

fn bundles() -> Result<Vec<(Contender, Bundle)>> {
    Contender::ALL.into_iter().map(|it| Ok((it, contender::bundle(it)?))).collect()
}

/// What Turnpike says to who has no token, in each form. The floor will say it, too.
fn refusals(plan: &Plan) -> Result<Vec<(&'static str, String)>> {
    let policy = scenario::policy(plan, Algorithm::Es256);
    let setting = Setting { variables: vec![("TURNPIKE", policy)], origin: Origin::Constant };
    let workerd = Workerd::start(plan.bundle(Contender::Turnpike)?, &setting, plan.cores.workerd)?;
    let ask = |accept| {
        let mut body = Vec::new();
        let request = scenario::get(scenario::REPORTS, &[("Accept", accept)]);
        Client::connect(workerd.port)
            .and_then(|mut client| client.ask_for(&request, &mut body))
            .map_err(Failure::because("Turnpike does not answer"))?;
        Ok((accept, String::from_utf8_lossy(&body).into_owned()))
    };
    scenario::FORMS.into_iter().map(ask).collect()
}
