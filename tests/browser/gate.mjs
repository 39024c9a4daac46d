// The filter with everything it takes to be refused in every way.

import { request as send } from "node:http";
import { text } from "node:stream/consumers";

import { early, expired, issuer, token } from "./issuer.mjs";
import { start as startOrigin } from "./origin.mjs";
import { freePort, serve } from "./worker.mjs";

const LOGO = `data:image/svg+xml;base64,${Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    '<rect width="32" height="32" rx="8" fill="#0b5fff"/>' +
    '<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3"/></svg>',
).toString("base64")}`;

/** A dark colour, and everything a brand can have. */
export const FULL = {
  name: "Example Docs",
  color: "#0b5fff",
  logo: LOGO,
  favicon: LOGO,
  support: "mailto:help@example.com",
  sign_in: "https://login.example.com/?return_to={url}",
};

/** A light colour, a name that breaks nowhere, and nothing else: the brand of one host. */
export const BARE = {
  name: "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz",
  color: "#fd0",
  sign_in: "https://login.example.com/{url}/",
};

/** What is shown when there is no configuration to take a brand from. */
export const NEUTRAL = { name: "Protected content", color: "#2f5d50" };

/** The languages there are, as `Content-Language` names them. */
export const LANGUAGES = ["en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "zh-Hans", "ar"];

const BARE_HOST = "bare.localhost";
const BROKEN_PATH = "/broken";
const UNAUTHORIZED_PATH = "/own/unauthorized";
const FORBIDDEN_PATH = "/own/forbidden";
const SILENT_ISSUER = "https://silent.example";

const bearer = async (value) => ({ Authorization: `Bearer ${await value}` });

/** What a page of another site has a browser send that opens a WebSocket here. */
const handshake = async () => ({
  Connection: "Upgrade",
  Upgrade: "websocket",
  Origin: "https://elsewhere.example",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  Cookie: `access_token=${await token()}`,
});

/** How to be refused: with which fields and method, where, and what helps then. */
export const REFUSALS = [
  { code: "credentials_missing", status: 401, action: "Sign in", fields: () => ({}) },
  { code: "token_expired", status: 401, action: "Sign in", fields: () => bearer(expired()) },
  {
    code: "token_invalid",
    status: 401,
    action: "Sign in",
    fields: () => bearer(token({ aud: "https://elsewhere.example" })),
  },
  {
    code: "token_not_yet_valid",
    status: 401,
    action: "Try again",
    fields: () => bearer(early()),
  },
  {
    code: "scope_insufficient",
    status: 403,
    action: "Sign in",
    path: "/reports/q3",
    fields: () => bearer(token()),
  },
  {
    code: "credentials_ambiguous",
    status: 400,
    action: "Sign in",
    fields: async () => ({ ...(await bearer(token())), "X-Access-Token": await expired() }),
  },
  {
    code: "authentication_insufficient",
    status: 401,
    action: "Sign in",
    path: "/step-up/payments",
    fields: () => bearer(token()),
  },
  {
    code: "origin_unauthorized",
    status: 401,
    action: "Sign in",
    path: UNAUTHORIZED_PATH,
    fields: () => bearer(token()),
  },
  {
    code: "origin_forbidden",
    status: 403,
    action: "Sign in",
    path: FORBIDDEN_PATH,
    fields: () => bearer(token()),
  },
  // No browser shows these two: it sends no TRACE, and of a handshake it tells whether it worked.
  { code: "page_foreign", status: 403, isUnseen: true, fields: handshake },
  {
    code: "method_not_allowed",
    status: 405,
    host: BARE_HOST,
    method: "TRACE",
    isUnseen: true,
    fields: () => ({}),
  },
  { code: "url_ambiguous", status: 400, path: "/a//b", fields: () => ({}) },
  {
    code: "origin_unreachable",
    status: 502,
    action: "Try again",
    path: BROKEN_PATH,
    fields: () => bearer(token()),
  },
  {
    code: "credentials_malformed",
    status: 400,
    action: "Sign in",
    host: BARE_HOST,
    fields: () => bearer("==="),
  },
  {
    code: "keys_unavailable",
    status: 503,
    action: "Try again",
    host: BARE_HOST,
    fields: () => bearer(token({ iss: SILENT_ISSUER })),
  },
  { code: "host_unknown", status: 421, host: "unknown.localhost", fields: () => ({}) },
  {
    code: "misconfigured",
    status: 503,
    action: "Try again",
    broken: true,
    fields: () => ({}),
  },
];

/** The brand that a refusal's page has. */
export function brandOf({ host, broken }) {
  if (broken) return NEUTRAL;
  return host === BARE_HOST ? BARE : FULL;
}

/** Serves the filter, and one that is misconfigured, for the refusals above. */
export async function start(name) {
  const origin = await startOrigin();
  origin.broken.add(BROKEN_PATH);
  origin.refusing.set(UNAUTHORIZED_PATH, 401).set(FORBIDDEN_PATH, 403);
  const { jwks, ...silent } = issuer;
  const policy = {
    origin: origin.url,
    hosts: ["127.0.0.1", BARE_HOST],
    credentials: ["bearer", "header:X-Access-Token", "cookie:access_token"],
    brand: FULL,
    brands: [{ hosts: [BARE_HOST], ...BARE }],
    issuers: [
      issuer,
      {
        ...silent,
        issuer: SILENT_ISSUER,
        jwks_uri: `http://127.0.0.1:${await freePort()}/jwks.json`,
      },
    ],
    routes: [
      { path: "/reports/*", scopes: ["reports:read"] },
      { path: "/step-up/*", acr_values: ["phr"] },
      { path: "/own/*", origin_refusals: "page" },
    ],
  };
  const [filter, broken] = await Promise.all([
    serve(`${name}-filter`, policy),
    serve(`${name}-broken`, { issuers: [] }),
  ]);
  return {
    /** The address at which a refusal happens. */
    addressOf({ host = "127.0.0.1", path = "/start", broken: isBroken }) {
      return `http://${host}:${new URL((isBroken ? broken : filter).url).port}${path}`;
    },
    stop: () => Promise.all([filter, broken, origin].map((running) => running.stop())),
  };
}

/** What is answered to a request that is sent as it stands, which no browser would do. */
export function ask(address, fields = {}, method = "GET") {
  const [, host, port, path] = address.match(/^http:\/\/(.*?):(\d+)(.*)$/s);
  return new Promise((resolve, reject) => {
    const headers = { Host: `${host}:${port}`, Accept: "text/html", ...fields };
    send({ hostname: "127.0.0.1", port, path, method, headers }, async (response) => {
      const { statusCode: status, headers: answered } = response;
      resolve({ status, fields: answered, body: await text(response) });
    })
      .on("error", reject)
      .end();
  });
}
