// Who issues the tokens: an ES256 key made for this run.

const ISSUER = "https://issuer.example";
const AUDIENCE = "https://docs.example.com";
const KID = "browser";

const { publicKey, privateKey } = await crypto.subtle.generateKey(
  { name: "ECDSA", namedCurve: "P-256" },
  false,
  ["sign", "verify"],
);
const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);

/** The issuer as a policy names it. */
export const issuer = {
  issuer: ISSUER,
  audiences: [AUDIENCE],
  algorithms: ["ES256"],
  jwks: { keys: [{ kty, crv, x, y, kid: KID, alg: "ES256", use: "sig" }] },
};

/** An access token of an hour, with these claims besides or instead. */
export async function token(claims = {}) {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "alice",
    iat: now - 1,
    exp: now + 3600,
    ...claims,
  };
  const signed = `${base64url({ alg: "ES256", typ: "at+jwt", kid: KID })}.${base64url(payload)}`;
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  const signature = await crypto.subtle.sign(algorithm, privateKey, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}

/** A token that expired a day ago. */
export function expired() {
  const now = Math.floor(Date.now() / 1000);
  return token({ iat: now - 90_000, exp: now - 86_400 });
}

/** A token for tomorrow. */
export function early() {
  const now = Math.floor(Date.now() / 1000);
  return token({ nbf: now + 86_400, exp: now + 90_000 });
}

function base64url(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
