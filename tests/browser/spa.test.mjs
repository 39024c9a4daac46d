// The `fetch` of examples/spa/ in Chromium: a page, and its API behind the filter elsewhere.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test as run } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { launch, openTab } from "./browser.mjs";
import { expired, issuer, token } from "./issuer.mjs";
import { root, serve } from "./worker.mjs";

const FOLDER = join(root, "examples", "spa");
const TYPES = { ".html": "text/html; charset=utf-8", ".mjs": "text/javascript" };
const expiredToken = await expired();
const SILENT = ["a", "b"].map((name) => `https://${name}.silent.example`);

/** A request that is repeated for ever is a failure, too. */
const test = (name, steps) => run(name, { timeout: 60_000 }, steps);

let browser;
let filter;
/** A filter whose configuration is invalid. */
let broken;
let origin;
let pages;
let keyServer;
/** A server that is none of the token's business. */
let elsewhere;

before(async () => {
  [origin, pages, elsewhere, keyServer] = await Promise.all(
    [answerAsOrigin, answerAsPages, answerAsElsewhere, answerAsKeyServer].map(listen),
  );
  const { jwks, ...unkeyed } = issuer;
  [filter, broken, browser] = await Promise.all([
    serve("spa", {
      origin: origin.url,
      cors: { origins: [pages.url] },
      issuers: [
        issuer,
        ...SILENT.map((name) => ({
          ...unkeyed,
          issuer: name,
          jwks_uri: `${keyServer.url}/${new URL(name).hostname}`,
        })),
      ],
      routes: [
        { path: "/public/*", access: "public" },
        { path: "/reports/*", scopes: ["reports:read"] },
        { path: "/step-up/*", acr_values: ["phr"], max_age: 300 },
      ],
    }),
    serve("spa-broken", { issuers: [] }),
    launch(),
  ]);
});

after(async () => {
  await Promise.all([browser?.close(), filter?.stop(), broken?.stop()]);
  for (const server of [origin, pages, elsewhere, keyServer]) {
    server?.closeAllConnections();
    server?.close();
  }
});

async function listen(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.url = `http://127.0.0.1:${server.address().port}`;
  return server;
}

/** What reached the origin. */
const asked = [];
/** What the origin says at a path before it grants what it is asked for. */
const told = new Map();

async function answerAsOrigin(request, response) {
  const { headers, method, url } = request;
  if (url.startsWith("/public/spa/")) return sendFile(url.slice("/public/spa/".length), response);
  const body = await text(request);
  asked.push({ method, path: url, at: Date.now(), body });
  const { status, fields } = told.get(url)?.shift() ?? { status: 200 };
  response.writeHead(status, {
    "Access-Control-Allow-Origin": pages.url,
    "Access-Control-Expose-Headers": "Retry-After, WWW-Authenticate",
    "Content-Type": "application/json",
    ...fields,
  });
  response.end(JSON.stringify({ subject: headers["x-auth-subject"], body }));
}

const askedFor = (path) => asked.filter((request) => request.path === path);

/** What gives another token at an address, or throws. */
const renewals = new Map();
/** Addresses that were asked for one. */
const renewed = [];

async function answerAsPages({ url }, response) {
  if (url === "/") return response.writeHead(200, { "Content-Type": "text/html" }).end("<p>app");
  if (url === "/fetch.mjs") return sendFile("fetch.mjs", response);
  const address = pages.url + url;
  renewed.push(address);
  try {
    response.end(await renewals.get(address)());
  } catch {
    response.writeHead(400).end();
  }
}

async function sendFile(name, response) {
  const file = name || "index.html";
  const type = TYPES[file.slice(file.lastIndexOf("."))];
  const fields = { "Content-Type": type, "Access-Control-Allow-Origin": "*" };
  response.writeHead(200, fields).end(await readFile(join(FOLDER, file)));
}

/** What reached the other server. */
const strayed = [];

function answerAsElsewhere({ headers, method, url }, response) {
  strayed.push({ method, path: url, authorization: headers.authorization });
  const allowed = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "*, Authorization",
  };
  response.writeHead(200, allowed).end("{}");
}

/** Fails the first time it is asked for the keys of an issuer. */
function answerAsKeyServer({ url }, response) {
  if (failed.has(url)) return response.end(JSON.stringify(issuer.jwks));
  failed.add(url);
  response.writeHead(500).end();
}

const failed = new Set();

let last = 0;

/**
 * A tab with the page, which has this token and gets others by this function. What is evaluated in
 * it finds there what `setUp` makes.
 */
async function open(value, renewal, { at = pages.url, ...options } = {}) {
  const renewAt = `${pages.url}/renew/${++last}`;
  renewals.set(renewAt, renewal);
  const tab = await openTab(browser, { bypassCSP: true });
  await tab.page.goto(at);
  const api = at === pages.url ? filter.url : new URL(at).origin;
  const module = `${pages.url}/fetch.mjs`;
  await tab.page.evaluate(setUp, { api, module, token: await value, renewAt, options });
  return {
    evaluate: (script, argument) => tab.page.evaluate(script, argument),
    call: (path, init) => tab.page.evaluate(({ path, init }) => call(path, init), { path, init }),
    signIns: () => tab.page.evaluate(() => session.signIns),
    /** The statuses the gate answered with at a path, preflights aside. */
    statuses: (path) =>
      tab.responses
        .filter(({ url, status }) => new URL(url).pathname === path && status !== 204)
        .map(({ status }) => status),
    renewals: () => renewed.filter((url) => url === renewAt).length,
    async close(complaints = []) {
      await tab.context.close();
      assert.deepEqual(tab.complaints, complaints);
    },
  };
}

/** Runs in the page. */
async function setUp({ api, module, token, renewAt, options }) {
  const { createFetch } = await import(module);
  const session = { token, signIns: [] };
  session.renewalBegan = new Promise((resolve) => (session.beginRenewal = resolve));
  const renew = async () => {
    session.beginRenewal();
    const response = await fetch(renewAt);
    if (!response.ok) throw new Error("no other token");
    session.token = await response.text();
  };
  const signIn = (challenge, cause) => {
    session.signIns.push({ ...challenge, ...(cause && { cause: cause.message }) });
    return new Promise((resolve) => (session.endSignIn = resolve));
  };
  const inHand = () => session.token;
  const ask = createFetch({ origins: [api], token: inHand, renew, signIn, ...options });
  /** What a script sees of an answer. */
  const call = async (input, init) => {
    try {
      const response = await ask(input instanceof Request ? input : new URL(input, api), init);
      const text = await response.text();
      const { code, subject, body } = text ? JSON.parse(text) : {};
      return { status: response.status, code, subject, body };
    } catch (error) {
      return { failure: error.name };
    }
  };
  /** The same path several times at once. */
  const callAll = (count, path) => Promise.all(Array.from({ length: count }, () => call(path)));
  Object.assign(window, { api, ask, call, callAll, session });
}

const never = () => assert.fail("there is nothing to renew");
const reader = (claims) => token({ scope: "reports:read", ...claims });
const statusesOf = (answers) => answers.map(({ status }) => status);

describe("an expired token", () => {
  test("is renewed once, however many requests find out", async () => {
    const page = await open(expired(), () => reader({ sub: "renewed" }));
    const answers = await page.evaluate(() => callAll(20, "/reports/many"));
    assert.equal(page.renewals(), 1);
    for (const answer of answers) {
      assert.deepEqual([answer.status, answer.subject], [200, "renewed"]);
    }
    assert.equal(askedFor("/reports/many").length, 20);
    const statuses = page.statuses("/reports/many");
    assert.equal(statuses.filter((status) => status === 200).length, 20);
    assert.ok(statuses.length <= 40, `the gate was asked ${statuses.length} times`);
    assert.deepEqual(await page.signIns(), []);
    await page.close();
  });

  test("is not sent while it is being renewed", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers();
    const page = await open(expired(), () => released);
    await page.evaluate(async () => {
      const first = call("/reports/first");
      await session.renewalBegan;
      session.answers = Promise.all([first, call("/reports/second")]);
    });
    release(await reader());
    assert.deepEqual(statusesOf(await page.evaluate(() => session.answers)), [200, 200]);
    assert.deepEqual(page.statuses("/reports/first"), [401, 200]);
    assert.deepEqual(page.statuses("/reports/second"), [200]);
    assert.equal(page.renewals(), 1);
    await page.close();
  });

  test("is not renewed again for a 401 that comes late", async () => {
    const page = await open(expired(), () => reader());
    const answers = await page.evaluate(async () => {
      let release;
      const released = new Promise((resolve) => (release = resolve));
      const real = window.fetch;
      window.fetch = async (...request) => {
        const response = await real(...request);
        if (response.url.endsWith("/late")) await released;
        return response;
      };
      const late = call("/reports/late");
      const early = await call("/reports/early");
      release();
      return [early, await late];
    });
    assert.deepEqual(statusesOf(answers), [200, 200]);
    assert.deepEqual(page.statuses("/reports/late"), [401, 200]);
    assert.equal(page.renewals(), 1);
    await page.close();
  });

  test("is noticed without a body, and so is one that is invalid", async () => {
    for (const value of [expired(), reader({ aud: "https://elsewhere.example" })]) {
      const page = await open(value, () => reader());
      assert.equal((await page.call("/reports/head", { method: "HEAD" })).status, 200);
      assert.deepEqual(page.statuses("/reports/head"), [401, 200]);
      await page.close();
    }
  });

  test("costs no request its body", async () => {
    const page = await open(expired(), () => reader());
    const bodies = await page.evaluate(async () => {
      const form = new FormData();
      form.set("field", "of a form");
      const expired = session.token;
      const bodies = [];
      for (const body of ["a string", new Blob(["a blob"]), new URLSearchParams("q=1"), form]) {
        session.token = expired;
        bodies.push((await call("/reports/bodies", { method: "POST", body })).body);
      }
      return bodies;
    });
    assert.deepEqual(bodies.slice(0, 3), ["a string", "a blob", "q=1"]);
    assert.match(bodies[3], /name="field"\r\n\r\nof a form\r\n/);
    assert.equal(askedFor("/reports/bodies").length, 4);
    assert.equal(page.renewals(), 4);
    await page.close();
  });

  test("is renewed for a stream, which is sent once", async () => {
    const page = await open(expired(), () => reader());
    const [streamed, wrapped, next] = await page.evaluate(async () => {
      // Chromium streams over HTTP/2 alone, which the local runtime does not speak. So the
      // stream is read here, and sent as what was in it.
      const real = window.fetch;
      window.fetch = async (request, init) => {
        if (!request.body) return real(request, init);
        const { url, method, headers } = request;
        const body = await new Response(request.body).text();
        return real(url, { ...init, method, headers, body });
      };
      const { token } = session;
      const post = (body) => ({ method: "POST", body, duplex: "half" });
      const stream = () => post(new Blob(["flows"]).stream());
      const streamed = await call("/reports/stream", stream());
      session.token = token;
      const wrapped = await call(new Request(`${api}/reports/wrapped`, post("text")));
      return [streamed, wrapped, await call("/reports/stream", stream())];
    });
    assert.deepEqual([streamed.code, wrapped.code], ["token_expired", "token_expired"]);
    assert.deepEqual([next.status, next.body], [200, "flows"]);
    assert.deepEqual(page.statuses("/reports/stream"), [401, 200]);
    assert.deepEqual(page.statuses("/reports/wrapped"), [401]);
    assert.equal(page.renewals(), 2);
    assert.deepEqual(await page.signIns(), []);
    await page.close();
  });
});

describe("a renewal", () => {
  for (const [what, renewal, cause] of [
    ["that fails", () => assert.fail("the session is over"), "no other token"],
    ["that brings nothing", () => ""],
    ["that brings the same token", () => expiredToken],
  ]) {
    test(`${what} leads to signing in, once`, async () => {
      const page = await open(expiredToken, renewal);
      const path = `/reports/${encodeURIComponent(what)}`;
      const answers = await page.evaluate((path) => callAll(20, path), path);
      assert.deepEqual(statusesOf(answers), Array(20).fill(401));
      assert.equal(page.renewals(), 1);
      assert.equal(page.statuses(path).length, 20);
      const [signIn, ...others] = await page.signIns();
      assert.deepEqual([signIn.error, signIn.cause], ["invalid_token", cause]);
      assert.deepEqual(others, []);

      // Nobody has signed in.
      await page.evaluate(() => session.endSignIn());
      assert.equal((await page.call(path)).status, 401);
      assert.equal(page.renewals(), 1);
      assert.equal((await page.signIns()).length, 2);
      assert.equal(askedFor(path).length, 0);

      await page.evaluate((token) => (session.token = token), await reader());
      assert.equal((await page.call(path)).status, 200);
      await page.close();
    });
  }

  test("that brings another expired token is followed by one request", async () => {
    let count = 0;
    const page = await open(expired(), () => expired(count++));
    const answers = await page.evaluate(() => callAll(3, "/reports/again"));
    assert.deepEqual(statusesOf(answers), [401, 401, 401]);
    assert.deepEqual(answers.map(({ code }) => code), Array(3).fill("token_expired"));
    assert.equal(page.renewals(), 1);
    assert.equal(page.statuses("/reports/again").length, 6);
    assert.deepEqual(await page.signIns(), []);
    await page.close();
  });

  test("goes on when who waits for it does not", async () => {
    const { promise: released, resolve: release } = Promise.withResolvers();
    const page = await open(expired(), () => released);
    const aborted = await page.evaluate(async () => {
      const controller = new AbortController();
      const ask = () => call("/reports/impatient", { signal: controller.signal });
      const first = ask();
      await session.renewalBegan;
      const second = ask();
      session.patient = call("/reports/patient");
      controller.abort();
      return Promise.all([first, second, ask()]);
    });
    assert.deepEqual(aborted, Array(3).fill({ failure: "AbortError" }));
    release(await reader());
    assert.equal((await page.evaluate(() => session.patient)).status, 200);
    assert.deepEqual(page.statuses("/reports/impatient"), [401]);
    assert.equal(page.renewals(), 1);
    await page.close();
  });
});

describe("a refusal that no renewal repairs", () => {
  test("for the lack of a token leads to signing in, once at a time", async () => {
    const page = await open(undefined, never);
    const answers = await page.evaluate(() => callAll(20, "/reports/nobody"));
    assert.deepEqual(answers.map(({ code }) => code), Array(20).fill("credentials_missing"));
    const challenge = { realm: "Protected content", scope: "reports:read" };
    assert.deepEqual(await page.signIns(), [challenge]);
    assert.equal(page.statuses("/reports/nobody").length, 20);
    await page.evaluate(() => session.endSignIn());
    await page.call("/reports/nobody");
    assert.deepEqual(await page.signIns(), [challenge, challenge]);
    assert.equal(page.renewals(), 0);
    await page.close();
  });

  test("for the lack of a scope is the caller's", async () => {
    const page = await open(token(), never);
    const answer = await page.call("/reports/narrow");
    assert.deepEqual([answer.status, answer.code], [403, "scope_insufficient"]);
    assert.deepEqual(page.statuses("/reports/narrow"), [403]);
    assert.deepEqual([page.renewals(), await page.signIns()], [0, []]);
    await page.close();
  });

  test("for a sign-in that does not suffice leads to the one that does", async () => {
    const page = await open(token(), never);
    const answer = await page.call("/step-up/pay");
    assert.deepEqual([answer.status, answer.code], [401, "authentication_insufficient"]);
    const [{ acr_values, max_age }, ...others] = await page.signIns();
    assert.deepEqual([acr_values, max_age, others], ["phr", "300", []]);
    assert.equal(page.renewals(), 0);
    await page.close();
  });

  test("by the origin is the caller's", async () => {
    const page = await open(token(), never);
    const challenges = ['Basic realm="Bearer error=\\"x\\""', 'Bearer realm="origin"', undefined];
    for (const challenge of challenges) {
      told.set("/own", [{ status: 401, fields: challenge && { "WWW-Authenticate": challenge } }]);
      assert.equal((await page.call("/own")).status, 401);
    }
    assert.equal(askedFor("/own").length, challenges.length);
    assert.deepEqual([page.renewals(), await page.signIns()], [0, []]);
    await page.close();
  });

  test("by the origin is read as it stands in the field", async () => {
    const page = await open(token(), () => token({ sub: "renewed" }));
    const challenge = 'DPoP error="no", bearer realm=x, error=invalid_token, Basic error=no';
    told.set("/listed", [{ status: 401, fields: { "WWW-Authenticate": challenge } }]);
    assert.equal((await page.call("/listed")).subject, "renewed");
    await page.close();
  });
});

/** Has the page wait for nothing, but say for how long it would have. */
function hurry(page, random = 0) {
  return page.evaluate((random) => {
    session.waits = [];
    Math.random = () => random;
    window.setTimeout = (then, milliseconds) => {
      session.waits.push(milliseconds);
      queueMicrotask(then);
    };
  }, random);
}

const unavailable = (retryAfter) => ({
  status: 503,
  fields: retryAfter === undefined ? {} : { "Retry-After": retryAfter },
});

describe("a 503", () => {
  test("is waited for", async () => {
    const page = await open(token(), never);
    told.set("/busy", [unavailable("1"), unavailable("1")]);
    assert.equal((await page.call("/busy")).status, 200);
    const [first, second, third] = askedFor("/busy").map(({ at }) => at);
    assert.ok(second - first >= 990 && third - second >= 990, `${[first, second, third]}`);
    await page.close();
  });

  test("is waited for as long as it says, and up to a quarter longer", async () => {
    const inSeconds = (seconds) => new Date(Date.now() + 1000 * seconds).toUTCString();
    const page = await open(token(), never);
    for (const [retryAfter, random, least, most] of [
      ["20", 0, 20_000, 20_000],
      ["20", 1, 25_000, 25_000],
      ["30", 0, 30_000, 30_000],
      [inSeconds(20), 0, 17_000, 20_000],
      ["0", 0, 1000, 1000],
      [inSeconds(-20), 0, 1000, 1000],
    ]) {
      await hurry(page, random);
      told.set("/waits", [unavailable(retryAfter)]);
      assert.equal((await page.call("/waits")).status, 200, retryAfter);
      const waits = await page.evaluate(() => session.waits);
      assert.equal(waits.length, 1, retryAfter);
      assert.ok(waits[0] >= least && waits[0] <= most, `${retryAfter}: ${waits}`);
    }
    for (const retryAfter of ["31", inSeconds(60), "soon", "", undefined]) {
      await hurry(page);
      told.set("/waits", [unavailable(retryAfter)]);
      assert.equal((await page.call("/waits")).status, 503, retryAfter);
      assert.deepEqual(await page.evaluate(() => session.waits), [], retryAfter);
    }
    await page.close();
  });

  test("is handed over in the end", async () => {
    for (const [options, count] of [
      [{}, 3],
      [{ tries: 5 }, 5],
      [{ tries: 1 }, 1],
      [{ longestWait: 0 }, 1],
    ]) {
      const page = await open(token(), never, options);
      await hurry(page);
      const before = askedFor("/always").length;
      told.set("/always", Array(9).fill(unavailable("1")));
      assert.equal((await page.call("/always")).status, 503);
      assert.equal(askedFor("/always").length - before, count);
      await page.close();
    }
  });

  test("of the origin is not waited for where a repetition could do harm", async () => {
    const page = await open(token(), never);
    for (const [method, status] of [
      ["GET", 200],
      ["HEAD", 200],
      ["PUT", 200],
      ["DELETE", 200],
      ["OPTIONS", 200],
      ["QUERY", 200],
      ["POST", 503],
      ["PATCH", 503],
    ]) {
      await hurry(page);
      told.set("/methods", [unavailable("1")]);
      assert.equal((await page.call("/methods", { method })).status, status, method);
    }
    // What cannot be sent again is not.
    told.set("/methods", [unavailable("1")]);
    const wrapped = await page.evaluate(() =>
      call(new Request(`${api}/methods`, { method: "PUT", body: "text" })),
    );
    assert.equal(wrapped.status, 503);
    await page.close();
  });

  test("of the filter is waited for whatever the method: the origin was not asked", async () => {
    const forms = ["*/*", "application/json"];
    await Promise.all(
      forms.map(async (form, index) => {
        const page = await open(token({ iss: SILENT[index] }), never);
        const path = `/silent/${index}`;
        const request = { method: "POST", body: "once", headers: { Accept: form } };
        const { status, body } = await page.call(path, request);
        assert.deepEqual([status, body], [200, "once"], form);
        assert.deepEqual(page.statuses(path), [503, 200]);
        assert.equal(askedFor(path).length, 1);
        await page.close();
      }),
    );
  });

  test("of a filter without a configuration is waited for, too", async () => {
    const page = await open(token(), never, { at: `${broken.url}/x` });
    await hurry(page);
    const answer = await page.call("/y", { method: "POST", body: "text" });
    assert.deepEqual([answer.status, answer.code], [503, "misconfigured"]);
    assert.deepEqual(page.statuses("/y"), [503, 503, 503]);
    assert.deepEqual(await page.evaluate(() => session.waits), [30_000, 30_000]);
    await page.close();
  });

  test("is not waited for by who gives up", async () => {
    const page = await open(token(), never);
    told.set("/given-up", [unavailable("20")]);
    const [failure, next] = await page.evaluate(async () => {
      const controller = new AbortController();
      const waiting = new Promise((resolve) => (window.setTimeout = resolve));
      const answer = call("/given-up", { signal: controller.signal });
      const wakeUp = await waiting;
      controller.abort();
      const { failure } = await answer;
      wakeUp();
      return [failure, await call("/given-up/next")];
    });
    assert.deepEqual([failure, next.status], ["AbortError", 200]);
    assert.equal(askedFor("/given-up").length, 1);
    await page.close();
  });

  test("is of no interest to who gives up afterwards", async () => {
    const page = await open(token(), never);
    const status = await page.evaluate(async () => {
      const controller = new AbortController();
      const { status } = await call("/reports/narrow", { signal: controller.signal });
      controller.abort();
      await new Promise((resolve) => setTimeout(resolve, 100));
      return status;
    });
    assert.equal(status, 403);
    // An error that nobody catches would be a complaint.
    await page.close();
  });

  test("is no reason to send a token that is gone", async () => {
    const page = await open(token(), never);
    await hurry(page);
    told.set("/signed-out", [unavailable("1")]);
    const answer = await page.evaluate(() => {
      const { setTimeout } = window;
      window.setTimeout = (...wait) => {
        session.token = undefined;
        setTimeout(...wait);
      };
      return call("/signed-out");
    });
    assert.equal(answer.code, "credentials_missing");
    await page.close();
  });
});

describe("the token", () => {
  test("is sent to its origins alone", async () => {
    const page = await open(expired(), never);
    strayed.length = 0;
    assert.equal((await page.call(`${elsewhere.url}/direct`)).status, 200);
    assert.deepEqual(strayed, [{ method: "GET", path: "/direct", authorization: undefined }]);
    // The gate by another name is another origin, and its refusals are not ours to repair.
    const alias = filter.url.replace("127.0.0.1", "localhost");
    assert.equal((await page.call(`${alias}/reports/alias`)).code, "credentials_missing");
    assert.deepEqual([page.renewals(), await page.signIns()], [0, []]);
    await page.close();
  });

  test("does not go where the origin redirects to", async () => {
    const page = await open(token(), never);
    strayed.length = 0;
    const redirect = { status: 302, fields: { Location: `${elsewhere.url}/landed` } };
    told.set("/redirects", [redirect, redirect]);
    assert.deepEqual(await page.call("/redirects"), { failure: "TypeError" });
    assert.deepEqual(strayed, []);
    assert.equal((await page.call("/redirects", { redirect: "follow" })).status, 200);
    assert.ok(strayed.length > 0);
    assert.ok(strayed.every(({ authorization }) => authorization === undefined));
    await page.close(["console: Failed to load resource: net::ERR_FAILED"]);
  });

  test("is not put in the place of what the caller sends", async () => {
    const page = await open(token(), never);
    const headers = { Authorization: "Basic eDp5" };
    assert.equal((await page.call("/reports/basic", { headers })).code, "credentials_missing");
    assert.deepEqual([page.renewals(), await page.signIns()], [0, []]);
    await page.close();
  });
});

test("the page shows it", async () => {
  const { page, context, complaints } = await openTab(browser);
  await page.goto(`${filter.url}/public/spa/`);
  const shows = async (button, token, next) => {
    await page.getByLabel("The token in hand").fill(token);
    await page.getByLabel("What a renewal brings").fill(next);
    await page.getByRole("button", { name: button }).click();
    const count = button === "Ask once" ? 1 : 20;
    const answers = page.locator("li", { hasText: "the answer is" });
    await answers.nth(count - 1).waitFor();
    return page.locator("li").allTextContents();
  };
  const signIn = "to sign in, for the scope reports:read";
  assert.deepEqual(await shows("Ask once", "", ""), [signIn, "the answer is 401"]);
  assert.deepEqual(await shows("Ask 20 times at once", expiredToken, await reader()), [
    "renewing the token",
    ...Array(20).fill("the answer is 200"),
  ]);
  assert.deepEqual(await shows("Ask once", expiredToken, ""), [
    "renewing the token",
    signIn,
    "the answer is 401",
  ]);
  assert.deepEqual(complaints, []);
  await context.close();
});
