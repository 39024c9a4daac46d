//! Requests over HTTP, and what is to be known of their answers.

use std::thread;
use std::time::Duration;

use ureq::config::AutoHeaderValue;
use ureq::http::{HeaderMap, Request};

use super::case::Ask;
use super::origin::SERIAL;
use crate::shell::{Failure, Result};

/// How many are asked at once.
const AT_ONCE: usize = 8;

/// Nothing takes longer: the filter's own limits are 2 s.
const DEADLINE: Duration = Duration::from_secs(20);

/// What came of a request.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// 0 where none came.
    pub(super) status: u16,
    pub(super) fields: HeaderMap,
}

impl Answer {
    pub(super) fn none() -> Self {
        Self { status: 0, fields: HeaderMap::new() }
    }

    /// What no other answer of the origin or the filter has: its number or the id of its request.
    /// `None` for what the cache itself says.
    pub(super) fn mark(&self) -> Option<&str> {
        let field = |name| self.fields.get(name)?.to_str().ok();
        field(SERIAL).or_else(|| field("x-request-id"))
    }
}

/// Something that is asked, and that may answer by itself.
pub(super) trait Cache {
    /// The answers, in the order of the requests, which are made in any order.
    fn ask(&self, asks: &[Ask]) -> Result<Vec<Answer>>;

    /// Why it shows nobody an answer with this status, if it does not.
    fn conceals(&self, _status: u16) -> Option<&'static str> {
        None
    }
}

/// A server that tells hosts apart by name.
pub(super) struct Client {
    agent: ureq::Agent,
    port: u16,
}

impl Client {
    pub(super) fn of(port: u16) -> Self {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            // Whatever the environment says: it is this machine that is asked.
            .proxy(None)
            .build()
            .into();
        Self { agent, port }
    }

    pub(super) fn ask_one(&self, ask: &Ask) -> Result<Answer> {
        let request = as_http(ask, &format!("http://127.0.0.1:{}", self.port))?;
        // Whoever says nothing, or nothing to the end, has not answered.
        let Ok(mut response) = self.agent.run(request) else { return Ok(Answer::none()) };
        let answer =
            Answer { status: response.status().as_u16(), fields: response.headers().clone() };
        Ok(response.body_mut().read_to_vec().map_or_else(|_| Answer::none(), |_| answer))
    }
}

impl Cache for Client {
    fn ask(&self, asks: &[Ask]) -> Result<Vec<Answer>> {
        let share = asks.len().div_ceil(AT_ONCE).max(1);
        thread::scope(|scope| {
            let ask_all = |asks: &[Ask]| asks.iter().map(|ask| self.ask_one(ask)).collect();
            let threads: Vec<_> =
                asks.chunks(share).map(|asks| scope.spawn(move || ask_all(asks))).collect();
            let mut answers = Vec::new();
            for thread in threads {
                let theirs: Result<Vec<_>> =
                    thread.join().map_err(|_| Failure::new("a client has panicked"))?;
                answers.extend(theirs?);
            }
            Ok(answers)
        })
    }
}

/// The request as it goes to a server, for the host it is for.
pub(super) fn as_http(ask: &Ask, server: &str) -> Result<Request<()>> {
    let mut request = Request::builder().method(ask.method).uri(format!("{server}{}", ask.path));
    request = request.header("host", ask.host.name());
    if ask.method == "POST" {
        request = request.header("content-length", "0");
    }
    for (name, value) in &ask.fields {
        request = request.header(*name, value);
    }
    request.body(()).map_err(Failure::because(format!("{} cannot be asked for", ask.path)))
}
