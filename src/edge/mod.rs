//! The adapter.
use worker::{Context, Env, event};
#[event(fetch)]
async fn fetch(
    _request: web_sys::Request,
    _env: Env,
    _ctx: Context,
) -> worker::Result<web_sys::Response> {
    web_sys::Response::new_with_opt_str(Some("hello")).map_err(worker::Error::from)
}
