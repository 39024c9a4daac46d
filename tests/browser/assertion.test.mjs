// What the origin is told of who asks, verified as an origin does it: with jose, by the published
// keys. And what a client says of it, however it is spelled.

import assert from "node:assert/strict";
import { createServer, request as send } from "node:http";
import { after, before, test } from "node:test";

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
} from "jose";

import { issuer, token } from "./issuer.mjs";
import { serve } from "./worker.mjs";

const SELF = "https://docs.example.com";
const JWKS = "/.well-known/turnpike/jwks.json";
const FORGED = "mallory";

let origin;
/** Requests as they reached the origin: their paths, and their fields one after the other. */
const received = [];
const keys = {};

before(async () => {
  origin = createServer((request, response) => {
    received.push({ url: request.url, raw: request.rawHeaders });
    response.writeHead(200, { "Cache-Control": "max-age=60" }).end("hello");
  });
  origin.on("upgrade", (request, socket) => {
    received.push({ url: request.url, raw: request.rawHeaders });
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  });
  await new Promise((resolve) => origin.listen(0, "127.0.0.1", resolve));
  for (const [name, algorithm] of [
    ["OLD_KEY", "ES256"],
    ["NEW_KEY", "EdDSA"],
  ]) {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    keys[name] = await exportJWK(privateKey);
  }
});

after(() => {
  origin?.closeAllConnections();
  origin?.close();
});

/** Serves the Worker with these keys, does something with it, and stops it. */
async function withKeys(name, names, secrets, work) {
  const policy = {
    origin: originUrl(),
    issuers: [issuer],
    identity: { headers: { "X-User-Email": "email" } },
    assertion: { keys: names, issuer: SELF, claims: ["email", "/realm_access/roles"] },
    routes: [
      { path: "/public/*", access: "public" },
      { path: "/shared/*", cache: "shared" },
      { path: "/mine/*", cache: "subject" },
    ],
  };
  const texts = Object.entries(secrets).map(([name, jwk]) => [name, JSON.stringify(jwk)]);
  const worker = await serve(name, policy, { secrets: Object.fromEntries(texts) });
  try {
    await work(worker);
  } finally {
    await worker.stop();
  }
}

const originUrl = () => `http://127.0.0.1:${origin.address().port}`;
const expected = () => ({ issuer: SELF, audience: originUrl(), typ: "turnpike-assertion+jwt" });

/** The lines of a field at the last request for a path. */
function lines(path, name) {
  const { raw } = received.findLast(({ url }) => url === path);
  return raw.filter((_, at) => at % 2 === 1 && raw[at - 1].toLowerCase() === name);
}

/** Asks with a token of these claims, and gives the one assertion that the origin received. */
async function assertionFor(worker, path, claims = {}) {
  const headers = { Authorization: `Bearer ${await token(claims)}` };
  const response = await fetch(worker.url + path, { headers });
  assert.equal(response.status, 200, await response.text());
  const [assertion, ...others] = lines(path, "x-turnpike-assertion");
  assert.deepEqual(others, []);
  return assertion;
}

test("an origin verifies who asks, and on whose word", async () => {
  await withKeys("assertion", ["OLD_KEY"], keys, async (worker) => {
    const published = createRemoteJWKSet(new URL(JWKS, worker.url));
    const claims = { email: "zoë@example.com", realm_access: { roles: ["a", "b"] } };
    const assertion = await assertionFor(worker, "/elsewhere", claims);
    const { payload } = await jwtVerify(assertion, published, expected());
    assert.equal(payload.sub, "alice");
    assert.equal(payload.token_issuer, issuer.issuer);
    assert.equal(payload.route, "(unnamed)");
    assert.equal(payload.email, "zoë@example.com");
    assert.deepEqual(payload["/realm_access/roles"], ["a", "b"]);
    assert.equal(payload.exp - payload.iat, 60);
    assert.match(payload.jti, /^[0-9a-f-]{36}$/);

    // For the same, the same; for another, another.
    assert.equal(await assertionFor(worker, "/elsewhere/again", claims), assertion);
    assert.notEqual(await assertionFor(worker, "/elsewhere/bob", { sub: "bob" }), assertion);
    assert.notEqual(await assertionFor(worker, "/mine/x", claims), assertion);
    // It does not outlive the token.
    const exp = Math.floor(Date.now() / 1000) + 20;
    const brief = await assertionFor(worker, "/elsewhere/brief", { ...claims, exp });
    assert.equal((await jwtVerify(brief, published, expected())).payload.exp, exp);

    // The keys are public, and only they.
    const response = await fetch(worker.url + JWKS);
    assert.equal(response.headers.get("Cache-Control"), "public, max-age=300");
    assert.ok(!(await response.text()).includes('"d"'));

    // A token is no assertion, and an assertion no token.
    await assert.rejects(jwtVerify(await token(), published, expected()));
    const headers = { Authorization: `Bearer ${assertion}` };
    assert.equal((await fetch(`${worker.url}/elsewhere`, { headers })).status, 401);
    assert.ok(!worker.log().includes("eyJ"));

    await nobodyElseSaysWhoAsks(worker);
    await aWebSocketHasOne(worker, published);
  });
});

/** Each name in each spelling with `-`, `_` and `.`, in three cases. */
function spellings() {
  const names = [
    ...["x-turnpike-assertion", "x-auth-subject", "x-auth-claim-tenant", "x-user-email"],
    ...["client-cert", "remote-user", "x-forwarded-user", "cf-access-jwt-assertion"],
  ];
  const joined = ([first, ...rest]) =>
    rest.length ? joined(rest).flatMap((end) => ["-", "_", "."].map((j) => first + j + end)) : [first];
  const cased = (name) => [name, name.toUpperCase(), name[0].toUpperCase() + name.slice(1)];
  return names.flatMap((name) => joined(name.split("-"))).flatMap(cased);
}

async function nobodyElseSaysWhoAsks(worker) {
  const forged = spellings();
  assert.ok(forged.length > 200);
  const bearer = `Bearer ${await token({ email: "alice@example.com" })}`;
  const ask = (method, path, fields) =>
    new Promise((resolve, reject) => {
      const headers = [
        ...["Host", "docs.example.com", ...fields],
        ...forged.flatMap((name) => [name, FORGED]),
      ];
      const asked = send(worker.url + path, { method, headers }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode));
      });
      asked.on("error", reject).end();
    });
  const preflight = ["Origin", "https://app.example.com", "Access-Control-Request-Method", "GET"];
  for (const [method, path, fields, isTold] of [
    ["GET", "/elsewhere/forged", ["Authorization", bearer], true],
    ["POST", "/shared/forged", ["Authorization", bearer], true],
    ["GET", "/mine/forged", ["Authorization", bearer], true],
    ["GET", "/shared/forged", ["Authorization", bearer], false],
    ["GET", "/public/forged", ["Authorization", bearer], false],
    ["OPTIONS", "/elsewhere/forged", preflight, false],
  ]) {
    assert.equal(await ask(method, path, fields), 200, `${method} ${path}`);
    const { raw } = received.findLast(({ url }) => url === path);
    assert.ok(!raw.includes(FORGED), `${method} ${path}: ${raw}`);
    for (const name of ["x-turnpike-assertion", "x-auth-subject", "x-user-email"]) {
      assert.equal(lines(path, name).length, isTold ? 1 : 0, `${name} of ${method} ${path}`);
    }
  }
}

async function aWebSocketHasOne(worker, published) {
  const headers = {
    Authorization: `Bearer ${await token()}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "X-Turnpike-Assertion": FORGED,
  };
  await new Promise((resolve, reject) => {
    const asked = send(`${worker.url}/elsewhere/socket`, { headers }, (response) => {
      response.resume().on("end", resolve);
    });
    asked.on("error", reject).end();
  });
  const [assertion, ...others] = lines("/elsewhere/socket", "x-turnpike-assertion");
  assert.deepEqual(others, []);
  await jwtVerify(assertion, published, expected());
}

test("a key replaces another and no origin is ever without", async () => {
  // In the order of the README, with the documents that origins may still have of the step before.
  const steps = [["OLD_KEY"], ["OLD_KEY", "NEW_KEY"], ["NEW_KEY", "OLD_KEY"], ["NEW_KEY"]];
  const assertions = [];
  const documents = [];
  for (const [at, names] of steps.entries()) {
    await withKeys(`rollover-${at}`, names, keys, async (worker) => {
      documents.push(await (await fetch(worker.url + JWKS)).json());
      assertions.push(await assertionFor(worker, `/elsewhere/rollover/${at}`));
    });
  }
  const accepts = async (document, assertion) => {
    const verified = jwtVerify(assertions[assertion], createLocalJWKSet(documents[document]), expected());
    return verified.then(() => true, () => false);
  };
  const algorithms = assertions.map((assertion) => decodeProtectedHeader(assertion).alg);
  assert.deepEqual(algorithms, ["ES256", "ES256", "EdDSA", "EdDSA"]);
  for (const at of steps.keys()) {
    for (const near of [at - 1, at, at + 1].filter((other) => other in steps)) {
      assert.ok(await accepts(near, at), `keys of step ${near}, assertion of step ${at}`);
    }
  }
  // In one step, it would not have done; and the old key is worth nothing at the end.
  assert.ok(!(await accepts(0, 3)) && !(await accepts(3, 0)));
});

test("a key whose parts do not belong together closes the gate", async () => {
  const { privateKey } = await generateKeyPair("ES256", { extractable: true });
  const { d } = await exportJWK(privateKey);
  const other = await generateKeyPair("EdDSA", { extractable: true });
  const { d: otherD } = await exportJWK(other.privateKey);
  for (const [name, mixed] of [
    ["OLD_KEY", { ...keys.OLD_KEY, d }],
    ["NEW_KEY", { ...keys.NEW_KEY, d: otherD }],
  ]) {
    await withKeys(`mixed-${name.toLowerCase()}`, [name], { [name]: mixed }, async (worker) => {
      const headers = { Authorization: `Bearer ${await token()}` };
      for (const path of [`/elsewhere/${name}`, `/mine/${name}`]) {
        for (const _ of [1, 2]) {
          const response = await fetch(worker.url + path, { headers });
          assert.equal(response.status, 503);
          assert.equal((await response.json()).code, "misconfigured");
        }
        assert.ok(!received.some(({ url }) => url === path));
      }
      assert.match(worker.log(), /its parts do not belong together/);
      assert.equal((await fetch(`${worker.url}/public/x`)).status, 200);
    });
  }
});
