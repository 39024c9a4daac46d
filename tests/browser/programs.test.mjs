// Scripts of other origins in Chromium: what they can read of a refusal, and their WebSockets.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { launch, openTab } from "./browser.mjs";
import { expired, issuer, token } from "./issuer.mjs";
import { serve } from "./worker.mjs";

const PAGE = { "Content-Type": "text/html" };

let browser;
let origin;
let worker;
/** Two origins of one server of pages: the policy lists the first. */
let listed;
let other;
let pages;
/** Handshakes as they reached the origin. */
const handshakes = [];

before(async () => {
  pages = await listen(createServer((_, response) => response.writeHead(200, PAGE).end("<p>app")));
  listed = `http://127.0.0.1:${pages.address().port}`;
  other = `http://localhost:${pages.address().port}`;
  origin = await listen(
    createServer((request, response) => {
      // The origin lets the same pages read what it says.
      response.setHeader("Access-Control-Allow-Origin", listed);
      response.writeHead(200).end(`hello ${request.headers["x-auth-subject"]}`);
    }),
  );
  origin.on("upgrade", upgrade);
  [worker, browser] = await Promise.all([
    serve("programs", {
      origin: `http://127.0.0.1:${origin.address().port}`,
      leeway: 0,
      credentials: ["bearer", "subprotocol:bearer"],
      cors: { origins: [listed] },
      issuers: [issuer],
      routes: [{ path: "/reports/*", scopes: ["reports:read"] }],
    }),
    launch(),
  ]);
});

after(async () => {
  await Promise.all([browser?.close(), worker?.stop()]);
  for (const server of [origin, pages]) {
    server?.closeAllConnections();
    server?.close();
  }
});

async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Opens the socket (RFC 6455 section 4.2.2), says hello and leaves. */
function upgrade(request, socket) {
  const { headers, url } = request;
  handshakes.push(headers);
  const offered = headers["sec-websocket-protocol"];
  const selected = url === "/socket/echo" ? "bearer.x" : offered;
  const key = `${headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${createHash("sha1").update(key).digest("base64")}`,
    ...(selected ? [`Sec-WebSocket-Protocol: ${selected}`] : []),
  ];
  socket.on("error", () => {});
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  // An unmasked frame of text.
  socket.write(Buffer.concat([Buffer.from([0x81, 5]), Buffer.from("hello")]));
}

/** Runs a function in a page of an origin. */
async function inPageOf(origin, script, argument) {
  const { context, page } = await openTab(browser);
  await page.goto(origin);
  const result = await page.evaluate(script, argument);
  await context.close();
  return result;
}

/** Asks as a script does, and says what it can read. */
async function ask({ url, bearer }) {
  try {
    const headers = bearer ? { Authorization: `Bearer ${bearer}` } : {};
    const response = await fetch(url, { headers });
    const field = (name) => response.headers.get(name);
    return {
      status: response.status,
      challenge: field("WWW-Authenticate"),
      id: field("X-Request-Id"),
      body: await response.text(),
    };
  } catch (error) {
    return { failure: error.name };
  }
}

test("a script of a listed origin reads status, challenge and reason", async () => {
  const url = `${worker.url}/reports/read`;
  const late = await inPageOf(listed, ask, { url, bearer: await expired() });
  assert.equal(late.status, 401);
  assert.match(late.challenge, /error="invalid_token".*scope="reports:read"/);
  const problem = JSON.parse(late.body);
  assert.equal(problem.code, "token_expired");
  assert.equal(problem.request_id, late.id);

  const narrow = await inPageOf(listed, ask, { url, bearer: await token() });
  assert.equal(narrow.status, 403);
  assert.match(narrow.challenge, /error="insufficient_scope", scope="reports:read"/);

  // Without a token there is no preflight.
  const nobody = await inPageOf(listed, ask, { url });
  assert.equal(nobody.status, 401);
  assert.equal(JSON.parse(nobody.body).code, "credentials_missing");
});

test("what is granted is the origin's to open", async () => {
  const url = `${worker.url}/reports/granted`;
  const bearer = await token({ scope: "reports:read" });
  const granted = await inPageOf(listed, ask, { url, bearer });
  assert.deepEqual([granted.status, granted.body], [200, "hello alice"]);
});

test("a script of another origin reads nothing", async () => {
  const url = `${worker.url}/reports/read`;
  const bearer = await token({ scope: "reports:read" });
  for (const argument of [{ url }, { url, bearer }]) {
    assert.deepEqual(await inPageOf(other, ask, argument), { failure: "TypeError" });
  }
});

/** Opens a WebSocket and says what becomes of it. */
function connect({ url, protocols }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocols);
    socket.onmessage = ({ data }) => resolve({ data, protocol: socket.protocol });
    socket.onclose = () => resolve({ closed: true });
  });
}

/** Opens a WebSocket and says how it ends, and what came before. */
function stay({ url, protocols }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, protocols);
    const messages = [];
    socket.onmessage = ({ data }) => messages.push(data);
    socket.onclose = ({ code, reason }) => resolve({ messages, code, reason, at: Date.now() });
  });
}

const socketUrl = (path) => worker.url.replace("http:", "ws:") + path;

test("a WebSocket takes its token by subprotocol, and the origin does not see it", async () => {
  handshakes.length = 0;
  const protocols = ["chat.v1", `bearer.${await token()}`];
  const opened = await inPageOf(listed, connect, { url: socketUrl("/socket"), protocols });
  assert.deepEqual(opened, { data: "hello", protocol: "chat.v1" });
  assert.equal(handshakes.length, 1);
  assert.equal(handshakes[0]["sec-websocket-protocol"], "chat.v1");
  assert.equal(handshakes[0]["x-auth-subject"], "alice");
  assert.ok(!JSON.stringify(handshakes).includes("eyJ"));
});

test("a WebSocket ends when its token does", async () => {
  const exp = Math.floor(Date.now() / 1000) + 3;
  const protocols = ["chat.v1", `bearer.${await token({ exp })}`];
  const ended = await inPageOf(listed, stay, { url: socketUrl("/socket"), protocols });
  const { at, ...how } = ended;
  assert.deepEqual(how, { messages: ["hello"], code: 1008, reason: "token_expired" });
  const late = at - exp * 1000;
  assert.ok(late >= 0 && late < 1000, `${late} ms`);
});

test("a WebSocket is refused before the origin is asked", async () => {
  handshakes.length = 0;
  for (const protocols of [["chat.v1"], ["chat.v1", `bearer.${await expired()}`]]) {
    const refused = await inPageOf(listed, connect, { url: socketUrl("/socket"), protocols });
    assert.deepEqual(refused, { closed: true });
  }
  assert.equal(handshakes.length, 0);
});

test("a WebSocket ends when the origin selects what stands for the token", async () => {
  const protocols = ["chat.v1", `bearer.${await token()}`];
  const refused = await inPageOf(listed, connect, { url: socketUrl("/socket/echo"), protocols });
  assert.deepEqual(refused, { closed: true });
  assert.match(worker.log(), /selects the subprotocol/);
  assert.ok(!worker.log().includes("eyJ"));
});
