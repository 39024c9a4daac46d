// An authorization server as operators have one: oidc-provider, which is certified, on loopback.
// Clients register themselves (RFC 7591) or are registered, take the authorization code flow with
// PKCE, and get JWT access tokens (RFC 9068) for the resource that they name (RFC 8707). There is one
// user, alice, who signs in and consents without being asked.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import Provider, { errors } from "oidc-provider";

const USER = "alice";

/** Where users are sent back to. Nothing listens there. */
export const REDIRECT_URL = "http://127.0.0.1/callback";

/** A client that is registered, for all scopes. It gets no refresh tokens. */
export const REGISTERED = {
  client_id: "registered",
  redirect_uris: [REDIRECT_URL],
  grant_types: ["authorization_code"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

// Sign-in and consent take two redirects each; more are a loop.
const MOST_REDIRECTS = 10;

/** Starts one for a resource with these scopes. */
export async function start({ resource, scopes }) {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const running = {
    issuer: `http://127.0.0.1:${server.address().port}`,
    /** Seconds that the access tokens live which are issued from now on. */
    lifetime: 600,
    /** What clients asked the token endpoint for. */
    grants: [],
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  const provider = providerOf(running, { resource, scopes });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    const signedIn = { login: { accountId: USER }, consent: {} };
    await provider.interactionFinished(request, response, signedIn);
  });
  provider.on("grant.success", ({ oidc: { params } }) => running.grants.push(params));
  return running;
}

function providerOf(running, { resource, scopes }) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: "jwk" }), kid: "clients", alg: "RS256", use: "sig" };
  return new Provider(running.issuer, {
    jwks: { keys: [key] },
    cookies: { keys: ["a secret of the tests"] },
    clients: [REGISTERED],
    scopes,
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    ttl: {
      AccessToken: () => running.lifetime,
      Grant: 600,
      Interaction: 600,
      RefreshToken: 600,
      Session: 600,
    },
    issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // Whoever is signed in has consented to what is asked for.
    async loadExistingGrant({ oidc: { session, client, params, provider } }) {
      const { accountId } = session;
      const grant = new provider.Grant({ accountId, clientId: client.clientId });
      grant.addOIDCScope(params.scope);
      grant.addResourceScope(params.resource, params.scope);
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_, named) {
          if (named !== resource) throw new errors.InvalidTarget();
          return {
            scope: scopes.join(" "),
            audience: resource,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: "RS256" } },
          };
        },
      },
    },
  });
}

/** Does what the browser of the user does at the authorization endpoint: what the client is told. */
export async function visit(url) {
  const cookies = new Map();
  let next = String(url);
  for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
    if (next.startsWith(REDIRECT_URL)) return new URL(next).searchParams;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(next, { redirect: "manual", headers: { cookie } });
    for (const field of response.headers.getSetCookie()) {
      const [, name, value] = field.match(/^([^=]+)=([^;]*)/);
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    assert.ok(location, `${next}: ${response.status}`);
    next = new URL(location, next).href;
  }
  assert.fail(`the authorization server redirects without end: ${next}`);
}
