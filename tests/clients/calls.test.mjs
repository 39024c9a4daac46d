// What refusals are to clients of gRPC-Web and of Connect, made with their library, in Node and in
// Chromium, where they run in a page of another origin.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { connectNodeAdapter } from "@connectrpc/connect-node";
// That of wrangler.
import { build } from "esbuild";

import { launch, openTab } from "../browser/browser.mjs";
import { expired, issuer, token } from "../browser/issuer.mjs";
import { freePort, serve } from "../browser/worker.mjs";
import { call } from "./calls.mjs";
import { Reports } from "./service.mjs";

const SILENT_ISSUER = "https://silent.example";

let filter;
let origin;
let pages;
let browser;
let tab;
/** Paths that the origin was asked for. */
const asked = [];
/** What clients were refused for, by the id that they read. */
const refusedIds = new Map();

before(async () => {
  const script = await bundle("calls.mjs");
  pages = await listen(
    createServer((_, response) => {
      response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
      response.end(`<!doctype html><link rel="icon" href="data:,"><script>${script}</script>`);
    }),
  );
  origin = await listen(createServer(answer));
  const { jwks, ...silent } = issuer;
  const keys = `http://127.0.0.1:${await freePort()}/jwks.json`;
  const policy = {
    origin: urlOf(origin),
    cors: { origins: [urlOf(pages)] },
    issuers: [issuer, { ...silent, issuer: SILENT_ISSUER, jwks_uri: keys }],
    routes: [{ path: "/example.Reports/*", scopes: ["reports:read"] }],
  };
  [filter, browser] = await Promise.all([serve("calls", policy), launch()]);
  tab = await openTab(browser);
  await tab.page.goto(urlOf(pages));
});

after(async () => {
  await Promise.all([browser?.close(), filter?.stop()]);
  for (const server of [origin, pages]) {
    server?.closeAllConnections();
    server?.close();
  }
});

async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function urlOf(server) {
  return `http://127.0.0.1:${server.address().port}`;
}

/** A module and all it needs as one script, which makes `bundled` of what it exports. */
async function bundle(module) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(module, import.meta.url))],
    bundle: true,
    format: "iife",
    globalName: "bundled",
    write: false,
  });
  return outputFiles[0].text.replaceAll("</script", "<\\/script");
}

const service = connectNodeAdapter({
  routes: (router) =>
    router.service(Reports, {
      read: ({ value }, { requestHeader }) => ({ value: told(value, requestHeader) }),
      async *watch({ value }, { requestHeader }) {
        for (const part of [1, 2, 3]) yield { value: `${told(value, requestHeader)}/${part}` };
      },
    }),
});

function told(value, fields) {
  return `${value} for ${fields.get("X-Auth-Subject")}`;
}

function answer(request, response) {
  asked.push(request.url);
  response.setHeader("Access-Control-Allow-Origin", urlOf(pages));
  response.setHeader("Access-Control-Expose-Headers", "Grpc-Status, Grpc-Message");
  service(request, response);
}

const bearer = async (value) => ({ Authorization: `Bearer ${await value}` });

/** How to be refused, and what is understood of it. */
const REFUSALS = [
  {
    code: "credentials_missing",
    http: 401,
    status: "Unauthenticated",
    challenge: 'Bearer realm="Protected content", scope="reports:read"',
    fields: () => ({}),
  },
  {
    code: "token_expired",
    http: 401,
    status: "Unauthenticated",
    challenge:
      'Bearer realm="Protected content", error="invalid_token", ' +
      'error_description="The access token expired", scope="reports:read"',
    fields: () => bearer(expired()),
  },
  {
    code: "scope_insufficient",
    http: 403,
    status: "PermissionDenied",
    challenge: 'Bearer realm="Protected content", error="insufficient_scope", scope="reports:read"',
    fields: () => bearer(token()),
  },
  {
    code: "keys_unavailable",
    http: 503,
    status: "Unavailable",
    challenge: null,
    fields: () => bearer(token({ iss: SILENT_ISSUER, scope: "reports:read" })),
  },
];

const PLACES = {
  Node: call,
  Chromium: (options) => tab.page.evaluate((options) => bundled.call(options), options),
};

for (const [place, run] of Object.entries(PLACES)) {
  for (const [protocol, binary] of [
    ["gRPC-Web", true],
    ["gRPC-Web", false],
    ["Connect", true],
    ["Connect", false],
  ]) {
    describe(`${protocol} as ${binary ? "protobuf" : "JSON"} in ${place}`, () => {
      const options = async (method, fields) => {
        return { protocol, binary, url: filter.url, method, fields: await fields };
      };

      for (const { code, http, status, challenge, fields } of REFUSALS) {
        test(code, async () => {
          asked.length = 0;
          for (const method of ["Read", "Watch"]) {
            const { message, id, retryAfter, ...refused } = await run(
              await options(method, fields()),
            );
            assert.deepEqual(refused, { status, challenge });
            // Connect goes by the status of HTTP, and does not read what it does not know.
            if (protocol === "Connect") assert.equal(message, `HTTP ${http}`);
            else assert.match(message, new RegExp(`^${code}: [A-Z].*\\.$`));
            assert.equal(retryAfter !== null, http === 503);
            refusedIds.set(id, code);
          }
          assert.deepEqual(asked, []);
        });
      }

      test("what is granted is called", async () => {
        asked.length = 0;
        const fields = await bearer(token({ scope: "reports:read" }));
        const read = await run(await options("Read", fields));
        assert.deepEqual(read, { values: ["q3 for alice"] });
        const watched = await run(await options("Watch", fields));
        assert.deepEqual(watched, {
          values: ["q3 for alice/1", "q3 for alice/2", "q3 for alice/3"],
        });
        assert.deepEqual(asked, ["/example.Reports/Read", "/example.Reports/Watch"]);
      });
    });
  }
}

test("a message in another language arrives whole", async () => {
  const fields = { "Accept-Language": "ja" };
  const options = { protocol: "gRPC-Web", binary: true, url: filter.url, method: "Read", fields };
  for (const run of Object.values(PLACES)) {
    const { message } = await run(options);
    assert.match(message, /^credentials_missing: このアドレスは.*。$/);
  }
});

test("the ids that clients read are those of the log", async () => {
  const lines = () => filter.log().match(/^\{.*\}$/gm).map((line) => JSON.parse(line));
  const logged = () => new Map(lines().map(({ request_id: id, code }) => [id, code]));
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && [...refusedIds.keys()].some((id) => !logged().has(id))) {
    await sleep(100);
  }
  assert.equal(refusedIds.size, 2 * 4 * 2 * REFUSALS.length);
  for (const [id, code] of refusedIds) assert.equal(logged().get(id), code);
});
