// The floor: the least that a Worker can do in a scenario. `TASK` says which, `BODY` is its answer.
import { env } from "cloudflare:workers";

const TASKS = {
  /** A constant 401, with a body as long as Turnpike's. */
  refuse: () =>
    new Response(env.BODY, {
      status: 401,
      headers: {
        "Cache-Control": "no-store",
        "Content-Type": env.TYPE,
        "WWW-Authenticate": "Bearer",
      },
    }),

  /** The same, and a line of JSON in the log for each request, as Turnpike writes it. */
  log() {
    console.log(env.LINE);
    return TASKS.refuse();
  },

  /** The origin's answer as it is. */
  pass: (request) => fetch(request),

  /** The same out of the cache, for whoever asks. */
  async cache({ url, method }, _, context) {
    const hit = await caches.default.match(url);
    if (hit) {
      return hit;
    }
    const answer = await fetch(url, { method });
    context.waitUntil(caches.default.put(url, answer.clone()));
    return answer;
  },
};

export default { fetch: TASKS[env.TASK] };
