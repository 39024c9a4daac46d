// Asks two other verifiers about tokens: jose and fast-jwt, each set up as its documentation says,
// and with the options that mean what Turnpike's policy means.
//
// The first line of standard input holds the trusted issuers, the time and the leeway, each further
// line a token. For each, a line is written: by the name of the verifier, null when it accepts the
// token, or else its code for why not.

import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";

import { createVerifier } from "fast-jwt";
import { createLocalJWKSet, jwtVerify } from "jose";

const [first, ...lines] = readFileSync(0, "utf8").trimEnd().split("\n");
const { issuers, now, leeway } = JSON.parse(first);
const required = ["iss", "aud", "exp", "sub"];

// https://github.com/panva/jose/blob/main/docs/jwt/verify/interfaces/JWTVerifyOptions.md
function joseVerifier(issuer) {
  const key = issuer.jwks ? createLocalJWKSet(issuer.jwks) : new TextEncoder().encode(issuer.secret);
  const options = {
    algorithms: issuer.algorithms,
    audience: issuer.audiences,
    clockTolerance: leeway,
    currentDate: new Date(now * 1000),
    issuer: issuer.issuer,
    maxTokenAge: issuer.max_age,
    requiredClaims: required,
    typ: issuer.token_type,
  };
  return (token) => jwtVerify(token, key, options);
}

// https://github.com/nearform/fast-jwt#createverifier
function fastJwtVerifier(issuer) {
  const verifier = createVerifier({
    key: issuer.jwks ? keyOf(issuer.jwks) : issuer.secret,
    algorithms: issuer.algorithms,
    allowedAud: issuer.audiences,
    allowedIss: issuer.issuer,
    checkTyp: issuer.token_type,
    clockTimestamp: now * 1000,
    clockTolerance: leeway * 1000,
    maxAge: issuer.max_age && issuer.max_age * 1000,
    requiredClaims: required,
  });
  return async (token) => verifier(token);
}

// fast-jwt takes PEM and leaves the choice to a function of ours. It is the one that jose makes: by
// `alg`, and by `kid` where the token has one.
function keyOf(jwks) {
  const keys = jwks.keys.map(({ kid, alg, ...jwk }) => {
    const key = createPublicKey({ key: jwk, format: "jwk" });
    return { kid, alg, pem: key.export({ format: "pem", type: "spki" }) };
  });
  return async ({ header }) => {
    const fits = ({ kid, alg }) =>
      (header.kid === undefined || header.kid === kid) && (alg ?? header.alg) === header.alg;
    const key = keys.find(fits);
    if (!key) throw new Error("no key fits");
    return key.pem;
  };
}

const peers = { jose: issuers.map(joseVerifier), "fast-jwt": issuers.map(fastJwtVerifier) };

// A peer accepts a token that it accepts of any of the issuers. Otherwise it says what it says with
// the issuer that the token was made for.
async function judge(verifiers, { token, issuer }) {
  const said = [];
  for (const verify of verifiers) {
    try {
      await verify(token);
      return null;
    } catch (error) {
      said.push(error.code ?? error.name);
    }
  }
  return said[issuer];
}

for (const line of lines) {
  const asked = JSON.parse(line);
  const answers = {};
  for (const [name, verifiers] of Object.entries(peers)) {
    answers[name] = await judge(verifiers, asked);
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
