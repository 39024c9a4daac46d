//! `cargo xtask bench`: what a request costs in workerd, beside what else could be there.

mod contender;
mod cores;
mod http;
mod outside;
mod report;
mod rounds;
mod scenario;
mod tokens;
mod workerd;

use issuer::{Algorithm, Issuer};
use pico_args::Arguments;

use self::contender::{Bundle, Contender};
use self::cores::Cores;
use self::http::Client;
use self::scenario::{Named, SCENARIOS};
use self::workerd::{Origin, Setting, Workerd};
use crate::shell::{self, Failure, Result};
use crate::{bundle, finish, setup};

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

Options:
  --only NAME      a scenario, or all whose names begin like this; may be repeated
  --rounds N       default: 9
  --requests N     of a block, default: 2000
  --quick          3 rounds of 500 requests";

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

pub(crate) fn run(mut arguments: Arguments) -> Result {
    let only: Vec<String> = arguments.values_from_str("--only")?;
    let is_quick = arguments.contains("--quick");
    let rounds = arguments.opt_value_from_str("--rounds")?.unwrap_or(if is_quick { 3 } else { 9 });
    let requests =
        arguments.opt_value_from_str("--requests")?.unwrap_or(if is_quick { 500 } else { 2000 });
    finish(arguments)?;
    let chosen = chosen(&only)?;
    let cores = Cores::choose()?;
    bundle::make(&setup::for_build()?)?;
    let mut plan = Plan {
        rounds,
        requests,
        warm_up: requests,
        cores,
        issuer: Issuer::generate(),
        bundles: shell::step("Bundling the contenders", bundles)?,
        refusals: Vec::new(),
    };
    plan.refusals = refusals(&plan)?;
    for scenario in chosen {
        let made = (scenario.make)(&plan);
        let blocks = Cores::on(plan.cores.load, || rounds::run(&made, &plan))?;
        report::print(scenario.title, &report::rows(&made, &blocks));
    }
    report::print_sizes(&plan.bundles);
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
