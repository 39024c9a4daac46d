// Hono (https://hono.dev) with its own middleware: hono/jwk for public keys, hono/jwt for a secret.
// The keys are given to it, which spares it from fetching them for each request. Its middleware for
// caches passes by requests with `Authorization`, so they are looked up by hand.
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { jwk } from "hono/jwk";
import { jwt } from "hono/jwt";

const verification = { iss: env.ISSUER, aud: env.AUDIENCE, typ: "at+jwt" };

const app = new Hono();

app.use(
  env.SECRET
    ? jwt({ secret: env.SECRET, alg: env.ALGORITHM, verification })
    : jwk({ keys: env.JWKS.keys, alg: [env.ALGORITHM], verification }),
);

app.use(async (c, next) => {
  const { scope } = c.get("jwtPayload");
  if (!scope?.split(" ").includes("reports:read")) {
    return c.text("Forbidden", 403);
  }
  await next();
});

app.all("*", (c) => (env.CACHE ? cached(c) : fetch(c.req.raw)));

export default app;

/** `CACHE` is who shares an answer: everybody (`shared`), or nobody (`subject`). */
async function cached(c) {
  const { url } = c.req;
  const { sub } = c.get("jwtPayload");
  const key = env.CACHE === "shared" ? url : `${url}?sub=${encodeURIComponent(sub)}`;
  const hit = await caches.default.match(key);
  if (hit) {
    return hit;
  }
  const answer = await fetch(url);
  c.executionCtx.waitUntil(caches.default.put(key, answer.clone()));
  return answer;
}
