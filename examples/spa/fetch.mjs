// @ts-check
// `fetch` for a page whose API is behind Turnpike: README.md says how to use it.

/**
 * What a refusal asks for, by the parameters of its Bearer challenge: `error`, `scope`, and for a
 * step-up (RFC 9470) `acr_values` and `max_age`, in seconds.
 * @typedef {{ [parameter: string]: string }} Challenge
 *
 * @typedef {object} Options
 * @property {string[]} origins Who gets the token, such as `https://api.example.com`. Nobody else.
 * @property {() => string | undefined} token The access token in hand.
 * @property {() => unknown} renew Has `token` give another one, and may take its time. It runs once
 *   at a time, and never again for a token that it could not replace.
 * @property {(challenge: Challenge, cause?: unknown) => unknown} signIn Sends the user to sign in.
 *   `cause` is what `renew` threw. It is not called again until what it returns has settled.
 * @property {number} [tries] How often a request is sent before a 503 is handed over.
 * @property {number} [longestWait] In seconds: a 503 that asks for more is handed over.
 */

/** What may be sent twice without doing it twice (RFC 9110 section 9.2.2). */
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "QUERY"];

/** With these codes, Turnpike answers 503 before it asks the origin. */
const ORIGIN_NOT_ASKED = ["keys_unavailable", "misconfigured"];

/**
 * Takes what `fetch` takes, and gives what it gives.
 * @param {Options} options
 * @returns {typeof fetch}
 */
export function createFetch({ origins, token, renew, signIn, tries = 3, longestWait = 30 }) {
  /** @type {Promise<void> | undefined} */
  let renewing;
  /** @type {Promise<void> | undefined} */
  let signingIn;
  /** @type {string | undefined} The token that could not be replaced. */
  let spent;

  /** @type {(challenge: Challenge, cause?: unknown) => void} */
  const askToSignIn = (challenge, cause) => {
    const ask = async () => void (await signIn(challenge, cause));
    signingIn ??= ask().finally(() => (signingIn = undefined));
  };
  /** @type {(used: string) => boolean} */
  const isReplaced = (used) => Boolean(token()) && token() !== used;
  /** @type {(used: string, challenge: Challenge) => Promise<void>} */
  const replace = async (used, challenge) => {
    let cause;
    try {
      if (used !== spent) await renew();
    } catch (error) {
      cause = error;
    }
    if (isReplaced(used)) return;
    spent = used;
    askToSignIn(challenge, cause);
  };

  return async (input, init) => {
    const request = new Request(input, init);
    const { headers, method, signal, url } = request;
    const isOurs = origins.includes(new URL(url).origin);
    // Another scheme is the caller's own affair.
    if (!isOurs || headers.has("Authorization")) return fetch(request);
    signal.throwIfAborted();
    const aborted = new Promise((_, reject) => (signal.onabort = () => reject(signal.reason)));
    aborted.catch(() => {}); // Whoever waits minds.
    // A stream can be read once, and what the body of a Request was made of, nobody can tell.
    const isWrapped = input instanceof Request && Boolean(input.body);
    const isOnce = isWrapped || init?.body instanceof ReadableStream;
    // A token is not for wherever a server points; `follow` trusts the browser to take it off.
    const redirect = init?.redirect ?? "error";
    let isRenewed = false;
    for (let left = tries; ; left -= 1) {
      if (renewing) await Promise.race([renewing, aborted]);
      const used = token();
      if (used) headers.set("Authorization", `Bearer ${used}`);
      else headers.delete("Authorization");
      const response = await fetch(isOnce ? request : request.clone(), { redirect });

      if (response.status === 503 && left > 1 && !isOnce) {
        const seconds = secondsToWait(response);
        const isHarmless = IDEMPOTENT.includes(method) || (await originWasNotAsked(response));
        if (!(seconds <= longestWait && isHarmless)) return response;
        // Not everybody at once.
        const later = 1000 * seconds * (1 + Math.random() / 4);
        await Promise.race([new Promise((resolve) => setTimeout(resolve, later)), aborted]);
        continue;
      }
      const challenge = response.status === 401 && bearerChallenge(response);
      if (!challenge) return response;
      if (!used || challenge.error === "insufficient_user_authentication") askToSignIn(challenge);
      if (!used || challenge.error !== "invalid_token" || isRenewed) return response;
      isRenewed = true;
      if (!isReplaced(used)) {
        renewing ??= replace(used, challenge).finally(() => (renewing = undefined));
        await Promise.race([renewing, aborted]);
      } // Otherwise, somebody else has renewed it since it was sent.
      if (isOnce || !isReplaced(used)) return response;
    }
  };
}

/** @type {(response: Response) => Promise<boolean>} */
async function originWasNotAsked(response) {
  const problem = await response.clone().json().catch(() => undefined);
  // Problem details, or the error object of who accepts `application/json` alone.
  return ORIGIN_NOT_ASKED.includes(problem?.code ?? problem?.error?.reason);
}

/** @type {(response: Response) => number} `Retry-After`, a second at least; NaN without one. */
function secondsToWait({ headers }) {
  const field = headers.get("Retry-After") ?? "";
  const seconds = /^\d+$/.test(field) ? Number(field) : (Date.parse(field) - Date.now()) / 1000;
  return Math.max(seconds, 1);
}

/** @type {(response: Response) => Challenge | undefined} */
function bearerChallenge({ headers }) {
  const field = headers.get("WWW-Authenticate") ?? "";
  // Schemes, and parameters of each: there are commas between both (RFC 9110 section 11.6.1).
  const parts = field.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,]*))|([\w-]+)/g);
  /** @type {Challenge | undefined} */
  let challenge;
  let isBearer = false;
  for (const [, name, quoted, plain, scheme] of parts) {
    if (scheme) isBearer = scheme.toLowerCase() === "bearer";
    if (isBearer) challenge = { ...challenge, ...(name ? { [name]: quoted ?? plain } : {}) };
  }
  return challenge;
}
