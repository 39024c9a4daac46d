// What is written by hand with jose: https://github.com/panva/jose. Its keys are imported once and
// kept, as its documentation advises. The request goes on as it came, with the token in it.
import { env } from "cloudflare:workers";
import { createLocalJWKSet, jwtVerify } from "jose";

const OPTIONS = {
  issuer: env.ISSUER,
  audience: env.AUDIENCE,
  algorithms: [env.ALGORITHM],
  typ: "at+jwt",
  clockTolerance: 30,
};

const jwks = env.JWKS && createLocalJWKSet(env.JWKS);

let imported;

/** Of a secret that is given as bytes, jose would make a key for each token. */
async function secret() {
  imported ??= await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(env.SECRET),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  return imported;
}

export default {
  async fetch(request, _, context) {
    const [scheme, token] = request.headers.get("Authorization")?.split(" ") ?? [];
    if (scheme !== "Bearer" || !token) {
      return refusal(401, "Bearer");
    }
    let payload;
    try {
      ({ payload } = await jwtVerify(token, jwks ?? (await secret()), OPTIONS));
    } catch {
      return refusal(401, 'Bearer error="invalid_token"');
    }
    if (!payload.scope?.split(" ").includes("reports:read")) {
      return refusal(403, 'Bearer error="insufficient_scope"');
    }
    return env.CACHE ? cached(request, payload, context) : fetch(request);
  },
};

function refusal(status, challenge) {
  const headers = { "Cache-Control": "no-store", "WWW-Authenticate": challenge };
  return Response.json({ status }, { status, headers });
}

/** `CACHE` is who shares an answer: everybody (`shared`), or nobody (`subject`). */
async function cached({ url }, { sub }, context) {
  const key = env.CACHE === "shared" ? url : `${url}?sub=${encodeURIComponent(sub)}`;
  const hit = await caches.default.match(key);
  if (hit) {
    return hit;
  }
  const answer = await fetch(url);
  context.waitUntil(caches.default.put(key, answer.clone()));
  return answer;
}
