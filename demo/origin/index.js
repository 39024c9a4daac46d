// The demo's origin. It answers with what it received, so that one can see what the gate lets
// through, and counts the requests it serves, so that one can see when a cache answered instead.
// The paths below /origin/ misbehave on purpose; some below /reports/ show what a cache can do.

let count = 0;

export default {
  async fetch(request, env) {
    count += 1;
    const url = new URL(request.url);
    const example = url.pathname.match(/^\/public(\/spa\/.*)/);
    if (example) return env.EXAMPLES.fetch(new URL(example[1], url));
    const misbehave = MISBEHAVIOURS[url.pathname];
    if (misbehave) return misbehave(request, url);
    if (CACHEABLE.test(url.pathname)) return cacheable(request, url);
    return answer(request, { status: 404 });
  },
};

const CACHEABLE = /^\/(public|reports|mine)(\/|$)/;

// Where an answer is fresh for another time than a minute, or comes in several languages.
const REPORTS = {
  "/reports/short": { "Cache-Control": "max-age=1" },
  "/reports/behind": { "Cache-Control": "max-age=1, stale-while-revalidate=600" },
  "/reports/languages": { Vary: "Accept-Language" },
};

const MISBEHAVIOURS = {
  "/origin/401": (request) => refuse(request, 401),
  "/origin/403": (request) => refuse(request, 403),
  "/origin/500": (request) => answer(request, { status: 500, headers: { "Cache-Control": "max-age=60" } }),
  "/origin/slow": slow,
  "/origin/set-cookie": setCookies,
  "/origin/redirect": () => new Response(null, { status: 302, headers: { Location: "/public/hello" } }),
  "/origin/private": (request) => answer(request, { headers: { "Cache-Control": "private, max-age=60" } }),
  "/origin/no-store": (request) => answer(request, { headers: { "Cache-Control": "no-store" } }),
  "/origin/vary": (request) =>
    answer(request, { headers: { "Cache-Control": "max-age=60", Vary: "Accept-Language" } }),
  "/origin/stream": stream,
  // The local runtime shows the error page of a Worker that throws in place of whatever the gate
  // makes of it; on Cloudflare the gate answers with 502.
  "/origin/throw": () => {
    throw new Error("the demo origin throws on purpose");
  },
};

function cacheable(request, { pathname, search }) {
  const etag = entityTag(pathname + search);
  const headers = { "Cache-Control": "max-age=60", ETag: etag, ...REPORTS[pathname] };
  const isKnown = request.method === "GET" && request.headers.get("If-None-Match") === etag;
  return isKnown ? new Response(null, { status: 304, headers }) : answer(request, { headers });
}

// A refusal that asks every cache to keep it: the mistake that the gate makes harmless.
function refuse(request, status) {
  const headers = {
    "Cache-Control": "public, max-age=600",
    "CDN-Cache-Control": "max-age=600",
    ETag: '"refused"',
    Expires: new Date(Date.now() + 600_000).toUTCString(),
  };
  if (status === 401) headers["WWW-Authenticate"] = 'Basic realm="the demo origin"';
  return answer(request, { status, headers });
}

async function slow(request, url) {
  const asked = Number(url.searchParams.get("ms") ?? 3000);
  const milliseconds = Math.min(Math.max(asked || 0, 0), 10_000);
  await pause(milliseconds);
  return answer(request, { headers: { "Cache-Control": "max-age=60" } });
}

async function setCookies(request) {
  const response = await answer(request, { headers: { "Cache-Control": "max-age=60" } });
  response.headers.append("Set-Cookie", "first=1; Path=/; Secure; HttpOnly");
  response.headers.append("Set-Cookie", "second=2; Path=/; Secure; HttpOnly");
  return response;
}

// Six lines, half a second apart.
function stream() {
  const { readable, writable } = new TransformStream();
  const write = async () => {
    const writer = writable.getWriter();
    const encoder = new TextEncoder();
    for (let line = 1; line <= 6; line += 1) {
      await writer.write(encoder.encode(`line ${line}\n`));
      await pause(500);
    }
    await writer.close();
  };
  write().catch(() => {}); // The client went away.
  return new Response(readable, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

// What arrived. Credentials are only said to be there: nothing secret comes back.
async function answer(request, { status = 200, headers = {} } = {}) {
  const { pathname, search } = new URL(request.url);
  const body = request.body ? await request.arrayBuffer() : null;
  const received = {
    count,
    status,
    method: request.method,
    path: pathname + search,
    identity: identityHeaders(request),
    authorization: request.headers.has("Authorization"),
    cookie: request.headers.has("Cookie"),
    body_length: body ? body.byteLength : 0,
    headers: [...request.headers.keys()],
  };
  const response = Response.json(received, { status, headers });
  return request.method === "HEAD" ? new Response(null, response) : response;
}

// What the gate says about who is asking: X-Auth-Subject and its like.
function identityHeaders(request) {
  return Object.fromEntries([...request.headers].filter(([name]) => name.startsWith("x-auth-")));
}

// The same for the same resource, as the representation is, the counter aside.
function entityTag(text) {
  let hash = 5381;
  for (const character of text) hash = (Math.imul(hash, 33) ^ character.codePointAt(0)) >>> 0;
  return `"${hash.toString(16)}"`;
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
