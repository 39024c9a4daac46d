// What refusals and metadata are to oauth4webapi, a library that reads them strictly: every challenge
// to the letter, and the metadata of the resource that it leads to.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import * as oauth from "oauth4webapi";

import { early, expired, issuer, token } from "../browser/issuer.mjs";
import { start as startOrigin } from "../browser/origin.mjs";
import { freePort, root, serve } from "../browser/worker.mjs";

const REALM = "Example Docs";

let origin;
/** The filters, by the path of the identifier of their resource. */
const filters = new Map();

before(async () => {
  origin = await startOrigin();
  await Promise.all([startFilter("root", ""), startFilter("path", "/v1/reports")]);
});

after(() => Promise.all([origin, ...filters.values()].map((running) => running?.stop())));

async function startFilter(name, path) {
  const port = await freePort();
  const resource = `http://127.0.0.1:${port}${path}`;
  const policy = {
    origin: origin.url,
    realm: REALM,
    credentials: ["bearer", "header:X-Access-Token"],
    resource: { resource, resource_documentation: "https://docs.example.com/api" },
    issuers: [issuer],
    routes: [
      { path: "/reports/*", scopes: ["reports:read", "reports:list"] },
      { path: "/payroll/*", acr_values: ["gold", "silver"], max_age: 300 },
    ],
  };
  filters.set(path, { resource, ...(await serve(`challenges-${name}`, policy, { port })) });
}

/** How to be refused with a challenge, and what it says besides realm and metadata. */
const CHALLENGES = {
  credentials_missing: {
    status: 401,
    // The library never asks without a token.
    change: ({ headers }) => headers.delete("Authorization"),
    says: { scope: "reports:read reports:list" },
  },
  credentials_malformed: {
    status: 400,
    token: () => "===",
    says: { error: "invalid_request" },
  },
  credentials_ambiguous: {
    status: 400,
    change: async ({ headers }) => headers.set("X-Access-Token", await expired()),
    says: { error: "invalid_request" },
  },
  token_expired: {
    status: 401,
    token: expired,
    says: {
      error: "invalid_token",
      error_description: "The access token expired",
      scope: "reports:read reports:list",
    },
  },
  token_not_yet_valid: {
    status: 401,
    token: early,
    says: {
      error: "invalid_token",
      error_description: "The access token is not valid yet",
      scope: "reports:read reports:list",
    },
  },
  token_invalid: {
    status: 401,
    token: () => token({ aud: "https://elsewhere.example" }),
    says: {
      error: "invalid_token",
      error_description: "The access token is invalid",
      scope: "reports:read reports:list",
    },
  },
  scope_insufficient: {
    status: 403,
    says: { error: "insufficient_scope", scope: "reports:read reports:list" },
  },
  authentication_insufficient: {
    status: 401,
    path: "/payroll/q3",
    says: {
      error: "insufficient_user_authentication",
      error_description: "The user has to sign in again, or in another way",
      acr_values: "gold silver",
      max_age: "300",
    },
  },
};

function ask(filter, path, bearer, options) {
  const url = new URL(filter.url + path);
  const all = { [oauth.allowInsecureRequests]: true, ...options };
  return oauth.protectedResourceRequest(bearer, "GET", url, undefined, null, all);
}

/** What the library makes of a refusal. */
async function challengeOf(filter, refusal) {
  const { path = "/reports/q3", token: makeToken = token, change } = refusal;
  const options = {
    async [oauth.customFetch](url, init) {
      const request = { ...init, headers: new Headers(init.headers) };
      await change?.(request);
      return fetch(url, request);
    },
  };
  return ask(filter, path, await makeToken(), options).then(
    () => assert.fail("it was not refused"),
    (error) => {
      assert.ok(error instanceof oauth.WWWAuthenticateChallengeError, error);
      return error;
    },
  );
}

for (const [path, where] of [
  ["", "a whole host"],
  ["/v1/reports", "a path of a host"],
]) {
  describe(`where the resource is ${where}`, () => {
    const filter = () => filters.get(path);
    const metadataUrl = () => `${filter().url}/.well-known/oauth-protected-resource${path}`;

    for (const [code, refusal] of Object.entries(CHALLENGES)) {
      test(`the challenge of ${code}`, async () => {
        const { status, cause, response } = await challengeOf(filter(), refusal);
        assert.equal(status, refusal.status);
        assert.equal((await response.json()).code, code);
        const parameters = {
          realm: REALM,
          ...refusal.says,
          resource_metadata: metadataUrl(),
        };
        assert.deepEqual(cause, [{ scheme: "bearer", parameters }]);
      });
    }

    test("the metadata of the resource", async () => {
      const identifier = new URL(filter().resource);
      const asked = [];
      const response = await oauth.resourceDiscoveryRequest(identifier, {
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch](url, init) {
          asked.push(url);
          return fetch(url, init);
        },
      });
      // The library finds it where the challenges say it is.
      assert.deepEqual(asked, [metadataUrl()]);
      const metadata = await oauth.processResourceDiscoveryResponse(identifier, response);
      assert.deepEqual(metadata, {
        resource: filter().resource,
        authorization_servers: [issuer.issuer],
        scopes_supported: ["reports:read", "reports:list"],
        bearer_methods_supported: ["header"],
        resource_documentation: "https://docs.example.com/api",
      });
      // It is that of no other resource.
      const other = new URL(`${filter().url}/other`);
      const again = await fetch(metadataUrl());
      await assert.rejects(oauth.processResourceDiscoveryResponse(other, again), {
        code: oauth.JSON_ATTRIBUTE_COMPARISON,
      });
    });
  });
}

test("a good token gets the response itself", async () => {
  const good = await token({ scope: "reports:list reports:read" });
  const response = await ask(filters.get(""), "/reports/q3", good);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /Content for alice/);
});

test("every code with a challenge is here", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| 4\d\d \| `(\w+)` \| (.*?) \|/gm)];
  const challenged = rows.filter(([, , challenge]) => /realm=|error=/.test(challenge));
  assert.deepEqual(challenged.map(([, code]) => code).sort(), Object.keys(CHALLENGES).sort());
});
