// An identity provider as operators have one: oidc-provider, which is certified, on loopback. It
// issues JWT access tokens (RFC 9068) for resources (RFC 8707) by client credentials, and ID tokens
// by CIBA, the one way to them that needs no browser.
//
//   node identity_provider.mjs '{"port":9000,"keys":"FILE","max_age":60,"delay":300}'
//
// The keys live in FILE, which is made when it is missing, so a provider that is started again has
// those of the one before. `max_age` (seconds) and `delay` (milliseconds) are about the key set
// alone, and optional. Standard input takes a command a line, and its end is that of the provider:
//
//   announce   new keys are published; the old ones go on signing
//   switch     the newest keys sign
//   retire     only the keys that sign stay published
//   rotate     new keys are published and sign at once; the old ones stay published
//   hang       nothing is answered any more
//
// Standard output has a line for each thing that is done: `ready`, `done COMMAND`, and for every
// request `asked PATH`.

import { generateKeyPair, randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import Provider from "oidc-provider";

const { port, keys: file, max_age: maxAge, delay = 0 } = JSON.parse(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;

const SCOPE = "reports:read reports:write";

/** What signs the access tokens for each resource. */
const RESOURCES = {
  "https://docs.example.com": "RS256",
  "https://api.example.com": "ES256",
  "https://payroll.example.com": "RS256",
};

/** How a key for each algorithm is made. */
const KINDS = {
  RS256: ["rsa", { modulusLength: 2048 }],
  ES256: ["ec", { namedCurve: "P-256" }],
};

/** Private keys by generation, the oldest first: a list of one key for each algorithm. */
const generations = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : [await newGeneration()];

/** Which generation signs. */
let signing = generations.length - 1;

let answer;
publish();

const COMMANDS = {
  async announce() {
    generations.push(await newGeneration());
    publish();
  },
  switch() {
    signing = generations.length - 1;
    publish();
  },
  retire() {
    generations.splice(0, generations.length, generations[signing]);
    signing = 0;
    publish();
  },
  async rotate() {
    generations.push(await newGeneration());
    COMMANDS.switch();
  },
  hang() {
    answer = () => {};
  },
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  console.log(`asked ${pathname}`);
  if (pathname === "/jwks") {
    if (maxAge !== undefined) {
      response.setHeader("Cache-Control", `max-age=${maxAge}`);
    }
    await sleep(delay);
  }
  answer(request, response);
});
server.listen(port, "127.0.0.1", () => console.log("ready"));

const lines = createInterface({ input: process.stdin });
for await (const command of lines) {
  await COMMANDS[command]();
  console.log(`done ${command}`);
}
process.exit();

async function newGeneration() {
  return Promise.all(
    Object.entries(KINDS).map(async ([alg, [type, options]]) => {
      const { privateKey } = await promisify(generateKeyPair)(type, options);
      return { ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg, use: "sig" };
    }),
  );
}

/** Answers from now on with the keys there are: a provider takes its keys when it is made. */
function publish() {
  writeFileSync(file, JSON.stringify(generations), { mode: 0o600 });
  // Of the keys for an algorithm, the first one signs.
  const others = generations.filter((_, index) => index !== signing);
  answer = provider([generations[signing], ...others].flat()).callback();
}

function provider(keys) {
  const provider = new Provider(issuer, {
    jwks: { keys },
    scopes: ["openid", ...SCOPE.split(" ")],
    clients: [
      {
        client_id: "reader",
        client_secret: "a secret of the tests",
        grant_types: ["client_credentials", "urn:openid:params:grant-type:ciba"],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: "client_secret_post",
        backchannel_token_delivery_mode: "poll",
      },
    ],
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: SCOPE,
          audience: resource,
          accessTokenFormat: "jwt",
          accessTokenTTL: 600,
          jwt: { sign: { alg: RESOURCES[resource] } },
        }),
      },
      ciba: {
        enabled: true,
        deliveryModes: ["poll"],
        processLoginHint: (_, hint) => hint,
        validateBindingMessage() {},
        validateRequestContext() {},
        verifyUserCode() {},
        // Whoever is asked consents.
        async triggerAuthenticationDevice(_, request, account, client) {
          const { accountId } = account;
          const grant = new provider.Grant({ accountId, clientId: client.clientId });
          grant.addOIDCScope("openid");
          await grant.save();
          await provider.backchannelResult(request, grant);
        },
      },
    },
  });
  return provider;
}
