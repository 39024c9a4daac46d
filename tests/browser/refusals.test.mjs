// The pages people see instead of what they asked for, in Chromium.

import assert from "node:assert/strict";
import { mkdir, rm } from "node:fs/promises";
import { request as send } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { text } from "node:stream/consumers";

import axe from "axe-core";

import { illegible, launch, openTab } from "./browser.mjs";
import { early, expired, issuer, token } from "./issuer.mjs";
import { start as startOrigin } from "./origin.mjs";
import { freePort, root, serve } from "./worker.mjs";

const WIDTHS = [320, 768, 1440];
const SCHEMES = ["light", "dark"];
const SCREENSHOTS = join(root, "target", "screenshots");
const PAGE_BUDGET = 8 * 1024;

const LOGO = `data:image/svg+xml;base64,${Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    '<rect width="32" height="32" rx="8" fill="#0b5fff"/>' +
    '<path d="M9 10h14M9 16h14M9 22h8" stroke="#fff" stroke-width="3"/></svg>',
).toString("base64")}`;

/** A dark colour, and everything a brand can have. */
const FULL = {
  name: "Example Docs",
  color: "#0b5fff",
  logo: LOGO,
  support: "mailto:help@example.com",
  sign_in: "https://login.example.com/?return_to={url}",
};

/** A light colour, a name that breaks nowhere, and nothing else. */
const BARE = {
  name: "Rindfleischetikettierungsueberwachungsaufgabenuebertragungsgesetz",
  color: "#fd0",
  sign_in: "https://login.example.com/{url}/",
};

const RGB = new Map([
  [FULL, "rgb(11, 95, 255)"],
  [BARE, "rgb(255, 221, 0)"],
]);

const ELSEWHERE = "https://elsewhere.example";

/** What leads to a page, and what it then says. */
const PAGES = [
  {
    code: "credentials_missing",
    status: 401,
    heading: "Please sign in",
    action: "Sign in",
  },
  {
    code: "token_expired",
    status: 401,
    heading: "Your session has expired",
    action: "Sign in",
    cookie: expired,
  },
  {
    code: "token_invalid",
    status: 401,
    heading: "Please sign in again",
    action: "Sign in",
    cookie: () => token({ aud: "https://elsewhere.example.com" }),
  },
  {
    code: "token_not_yet_valid",
    status: 401,
    heading: "Your sign-in is not valid yet",
    action: "Try again",
    cookie: early,
  },
  {
    code: "scope_insufficient",
    status: 403,
    heading: "You do not have access",
    action: "Sign in",
    path: "/reports/q3",
    cookie: token,
  },
  {
    code: "credentials_ambiguous",
    status: 400,
    heading: "Your sign-in is ambiguous",
    action: "Sign in",
    cookie: token,
    bearer: () => token({ sub: "mallory" }),
  },
  {
    code: "url_ambiguous",
    status: 400,
    heading: "This address cannot be opened",
    path: "/a//b",
  },
  {
    code: "origin_unreachable",
    status: 502,
    heading: "The site does not answer",
    action: "Try again",
    path: "/broken",
    cookie: token,
  },
  {
    brand: BARE,
    code: "credentials_malformed",
    status: 400,
    heading: "Your sign-in could not be read",
    action: "Sign in",
    bearer: () => "===",
  },
  {
    brand: BARE,
    code: "keys_unavailable",
    status: 503,
    heading: "Sign-ins cannot be checked right now",
    action: "Try again",
    cookie: () => token({ iss: ELSEWHERE }),
  },
  {
    brand: BARE,
    code: "host_unknown",
    status: 421,
    heading: "This site is not served here",
    host: "localhost",
  },
];

let browser;
let origin;
let full;
let bare;

before(async () => {
  await rm(SCREENSHOTS, { recursive: true, force: true });
  await mkdir(SCREENSHOTS, { recursive: true });
  origin = await startOrigin();
  const policy = {
    origin: origin.url,
    credentials: ["bearer", "cookie:access_token"],
    routes: [{ path: "/reports/*", scopes: ["reports:read"] }],
  };
  const nobody = `http://127.0.0.1:${await freePort()}/jwks.json`;
  const { jwks, ...silent } = { ...issuer, issuer: ELSEWHERE, jwks_uri: nobody };
  [full, bare, browser] = await Promise.all([
    serve("full", { ...policy, brand: FULL, issuers: [issuer] }),
    serve("bare", {
      ...policy,
      brand: BARE,
      issuers: [issuer, silent],
      hosts: ["127.0.0.1"],
    }),
    launch(),
  ]);
});

after(() => Promise.all([browser, full, bare, origin].map(stop)));

function stop(running) {
  return running?.stop?.() ?? running?.close?.();
}

/** Gives the browser a token. */
function signIn(tab, value) {
  return tab.context.addCookies([{ name: "access_token", value, url: full.url }]);
}

/** Opens the page of an entry of `PAGES` in a fresh profile. */
async function open({ brand = FULL, path = "/start", host, cookie, bearer }) {
  const tab = await openTab(
    browser,
    bearer && { extraHTTPHeaders: { Authorization: `Bearer ${await bearer()}` } },
  );
  if (cookie) await signIn(tab, await cookie());
  const worker = brand === FULL ? full : bare;
  const url = new URL(path, worker.url);
  // `new URL` would take a path that begins with two slashes for a host name.
  const address = `${host ? `http://${host}:${url.port}` : worker.url}${path}`;
  const response = await tab.page.goto(address);
  return { ...tab, response, address };
}

/** The texts of all elements that fit a selector. */
function texts(page, selector) {
  return page.locator(selector).allTextContents();
}

describe("each page", () => {
  before(() => origin.broken.add("/broken"));
  after(() => origin.broken.delete("/broken"));

  for (const entry of PAGES) {
    test(entry.code, async (t) => {
      const { context, page, response, address, requests, complaints } = await open(entry);
      const brand = entry.brand ?? FULL;

      await t.test("says what happened", async () => {
        assert.equal(response.status(), entry.status);
        assert.deepEqual(await texts(page, "h1"), [entry.heading]);
        assert.equal(await page.title(), `${entry.heading} – ${brand.name}`);
        const reference = [response.headers()["x-request-id"]];
        assert.match(reference[0], /./);
        assert.deepEqual(await texts(page, "code"), reference);
        assert.deepEqual(await texts(page, ".reference span"), [entry.code]);
        assert.ok((await response.body()).length < PAGE_BUDGET);
      });

      await t.test("offers what helps", async () => {
        assert.deepEqual(await texts(page, ".actions a"), entry.action ? [entry.action] : []);
        const hrefs = await page.locator("a").evaluateAll((all) => all.map((a) => a.href));
        const actions = {
          "Sign in": [brand.sign_in.replace("{url}", encodeURIComponent(address))],
          "Try again": [address],
        };
        const support = brand.support ? [brand.support] : [];
        assert.deepEqual(hrefs, [...(actions[entry.action] ?? []), ...support]);
      });

      await t.test("can be used with a keyboard", async () => {
        for (const link of await page.locator("a").all()) {
          await page.keyboard.press("Tab");
          assert.ok(await link.evaluate((a) => a === document.activeElement), "in order");
          const { outlineStyle, outlineWidth } = await styleOf(link);
          assert.equal(outlineStyle, "solid");
          assert.ok(parseFloat(outlineWidth) >= 2, "the focus can be seen");
        }
      });

      for (const colorScheme of SCHEMES) {
        for (const width of WIDTHS) {
          await t.test(`fits ${width} px, ${colorScheme}`, async () => {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize({ width, height: 800 });
            const file = `${entry.code}-${colorScheme}-${width}.png`;
            await page.screenshot({ path: join(SCREENSHOTS, file), fullPage: true });
            assert.equal(await page.evaluate(() => document.scrollingElement.scrollWidth), width);
            assert.deepEqual(await illegible(page), []);
            assert.deepEqual(await violations(page), []);
            for (const button of await page.locator(".actions a").all()) {
              const { backgroundColor } = await styleOf(button);
              assert.equal(backgroundColor, RGB.get(brand), "the style sheet is let in");
              assert.ok((await button.boundingBox()).height >= 44, "fingers hit it");
            }
          });
        }
      }

      await t.test("can be read in forced colours", async () => {
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme, forcedColors: "active" });
          assert.deepEqual(await illegible(page), []);
        }
      });

      await t.test("can be read on paper", async () => {
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ media: "print", colorScheme, forcedColors: "none" });
          assert.deepEqual(await illegible(page, "rgb(255, 255, 255)"), []);
        }
      });

      await t.test("asks for nothing else and breaks no rule", async () => {
        assert.deepEqual(requests, [address]);
        assert.equal(await page.locator("script, link, iframe, object, form").count(), 0);
        assert.deepEqual(complaints, []);
      });

      await context.close();
    });
  }
});

function styleOf(locator) {
  return locator.evaluate((element) => {
    const { backgroundColor, outlineStyle, outlineWidth } = getComputedStyle(element);
    return { backgroundColor, outlineStyle, outlineWidth };
  });
}

/** What axe objects to. Its source comes in through DevTools, where the page's policy ends. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  assert.ok(found.passes.length > 10, "axe has looked");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
}

test("signing in leads back, and the login page does not learn from where", async () => {
  const path = "/start/b%C3%BCro?q=a+b&r=%26#part";
  const { context, page, address } = await open({ path });
  let arrived;
  await context.route("https://login.example.com/**", (route) => {
    arrived = route.request();
    return route.fulfill({ contentType: "text/html", body: "<!doctype html><h1>Login</h1>" });
  });
  await page.click("text=Sign in");
  await page.waitForURL("https://login.example.com/**");
  const returnTo = new URL(arrived.url()).searchParams.get("return_to");
  assert.equal(returnTo, address.replace("#part", ""));
  assert.equal(await arrived.headerValue("referer"), null);
  await context.close();
});

test("trying again does", async () => {
  origin.broken.add("/mended");
  const { context, page, response } = await open({ path: "/mended", cookie: token });
  assert.equal(response.status(), 502);
  origin.broken.delete("/mended");
  await page.click("text=Try again");
  await page.waitForSelector("text=Content for alice");
  await context.close();
});

describe("an address that attacks the page", () => {
  const ATTACKS = [
    `/x?<script>alert(1)</script>&"'`,
    `/x'onfocus='alert(1)'autofocus='?"onfocus="alert(1)"autofocus="`,
    `/x?--></style></title><img/src=x onerror=alert(1)>`,
    `/x?{url}&javascript:alert(1)`,
  ];

  for (const path of ATTACKS) {
    test(path, async () => {
      const tab = await open({ path });
      const { context, page, complaints } = tab;
      assert.equal(tab.response.status(), 401);
      assert.equal(await page.locator("script, img[src=x], [onfocus], [autofocus]").count(), 0);
      const [href] = await page.locator(".button").evaluateAll((all) => all.map((a) => a.href));
      assert.equal(new URL(href).origin, "https://login.example.com");
      assert.equal(new URL(href).searchParams.get("return_to"), page.url());
      assert.deepEqual(complaints, []);
      await context.close();

      // As no browser would send it: with nothing escaped.
      const { status, body } = await getRaw(full, path.replaceAll(" ", "%20"));
      assert.ok(status === 401 || status === 400);
      assert.doesNotMatch(body, /<script|<img\/src|onfocus=['"]|<\/style><\/title>|'onfocus/);
    });
  }
});

/** The page at a path that is sent as it stands. */
function getRaw(worker, path) {
  const { hostname, port } = new URL(worker.url);
  return new Promise((resolve, reject) => {
    send({ hostname, port, path, headers: { Accept: "text/html" } }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    })
      .on("error", reject)
      .end();
  });
}

describe("signing in and out", () => {
  const OUT = { status: 401, heading: "Please sign in" };
  const IN = { status: 200, heading: "Content for alice" };

  /** Makes the browser do something and tells what it then shows. */
  async function shown({ page }, response) {
    const [heading] = await texts(page, "h1");
    return { status: (await response).status(), heading };
  }

  /** Out, in, and out again, while the origin sends these fields. */
  async function outInOut(path, fields) {
    origin.tell(path, fields);
    const url = full.url + path;
    const tab = await openTab(browser);
    const { context, page } = tab;
    const go = async (to) => shown(tab, await page.goto(to));
    assert.deepEqual(await go(url), OUT);
    assert.equal(origin.count(path), 0);
    await signIn(tab, await token());
    assert.deepEqual(await go(url), IN);
    assert.equal(origin.count(path), 1);
    await go(`${full.url}/next`);
    await context.clearCookies();
    const rest = {
      goto: await go(url),
      reload: await shown(tab, await page.reload()),
    };
    await go(`${full.url}/next`);
    rest.back = await shown(tab, await page.goBack());
    console.log(rest, tab.responses);
  }

  test("x", () => outInOut("/plain", {}));
});
