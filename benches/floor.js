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
    write({ outcome: "denied", status: 401, code: "credentials_missing" });
    return TASKS.refuse();
  },

  /** Turnpike's own answer by hand: its fields, the id of the request, the line in the log. */
  refuseByHand(request) {
    const id = crypto.randomUUID();
    const page = request.headers.get("Accept")?.includes("text/html");
    const response = new Response(env.BODY, {
      status: 401,
      headers: {
        "Cache-Control": "no-store",
        "CDN-Cache-Control": "no-store",
        "Cloudflare-CDN-Cache-Control": "no-store",
        "Content-Language": request.headers.get("Accept-Language") ?? "en",
        "Content-Type": page ? "text/html" : env.TYPE,
        "Referrer-Policy": "no-referrer",
        Vary: "Accept-Language, Accept, Content-Type, Sec-Fetch-Dest, Sec-Fetch-Mode",
        "WWW-Authenticate": 'Bearer realm="Example"',
        "X-Content-Type-Options": "nosniff",
        "X-Request-Id": id,
        "X-Robots-Tag": "noindex",
      },
    });
    write({ outcome: "denied", status: 401, code: "credentials_missing" }, id);
    return response;
  },

  /** The origin's answer as it is. */
  pass: (request) => fetch(request),

  /** The same with what Turnpike changes on the way, by hand: no token goes on, an identity does. */
  async passByHand(request) {
    const id = crypto.randomUUID();
    const forwarded = new Request(request.url, request);
    forwarded.headers.delete("Authorization");
    forwarded.headers.set("X-Auth-Subject", "user");
    return leave(await fetch(forwarded, { cache: "no-store" }), "turnpike; fwd=bypass", id);
  },

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

  /** The same with what Turnpike says of it, by hand. */
  async cacheByHand(request, _, context) {
    const id = crypto.randomUUID();
    const hit = await caches.default.match(request.url);
    return hit ? leave(hit, "turnpike; hit; ttl=60", id) : TASKS.cache(request, _, context);
  },
};

/** An answer on its way out, and the line in the log. */
function leave(answer, status, id) {
  const leaving = new Response(answer.body, answer);
  leaving.headers.set("Cache-Control", "private");
  leaving.headers.set("Vary", "Authorization");
  leaving.headers.set("Cache-Status", status);
  write({ outcome: "passed", status: answer.status, issuer: "https://issuer.example", cache: status }, id);
  return leaving;
}

function write(what, id = "3f0e7c1e-4a5b-4c55-9d0e-1f2a3b4c5d6e") {
  console.log(JSON.stringify({ event: "request", request_id: id, method: "GET", route: "/reports/*", ...what, outside_ms: 0 }));
}

export default { fetch: TASKS[env.TASK] };
