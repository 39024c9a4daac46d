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
        const reference = response.headers()["x-request-id"];
        assert.match(reference, /./);
        assert.deepEqual(await texts(page, "code"), [reference, entry.code]);
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

      await t.test("can be used with a keyboard", async () => {
        for (const link of await page.locator("a").all()) {
          await page.keyboard.press("Tab");
          assert.ok(await link.evaluate((a) => a === document.activeElement), "in order");
          const { outlineStyle, outlineWidth } = await styleOf(link);
          assert.equal(outlineStyle, "solid");
          assert.ok(parseFloat(outlineWidth) >= 2, "the focus can be seen");
        }
      });

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
  await page.click(".button");
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
  await page.click(".button");
  await page.waitForSelector("h1:text('Content for alice')");
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

describe("one tab, signed in and out", () => {
  const OUT = "401 Please sign in";
  const ALICE = "200 Content for alice";
  const BOB = "200 Content for bob";

  /** A tab at an address whose answers carry these fields, and what it shows after each move. */
  async function tabAt(path, fields) {
    origin.tell(path, fields);
    const url = full.url + path;
    const tab = await openTab(browser);
    const { page, context } = tab;
    const shown = async (moving) => {
      const response = await moving;
      return `${response.status()} ${await page.textContent("h1")}`;
    };
    return {
      goTo: () => shown(page.goto(url)),
      reload: () => shown(page.reload()),
      goElsewhere: () => shown(page.goto(`${full.url}/elsewhere`)),
      goBack: () => shown(page.goBack()),
      signInAs: async (sub, scope) => signIn(tab, await token({ sub, scope })),
      signOut: () => context.clearCookies(),
      askedOrigin: () => origin.count(path),
      /** What was asked for there, and who answered. */
      answers: () =>
        tab.responses
          .filter((response) => response.url === url)
          .map(({ status, cached }) => `${status} from ${cached ? "cache" : "gate"}`),
      close: () => context.close(),
    };
  }

  test("sees the page, the content, and the page again", async () => {
    const tab = await tabAt("/turns", { ETag: '"1"' });
    assert.equal(await tab.goTo(), OUT);
    assert.equal(await tab.goElsewhere(), OUT);
    assert.equal(tab.askedOrigin(), 0);

    await tab.signInAs("alice");
    assert.equal(await tab.goBack(), ALICE);
    assert.equal(await tab.goTo(), ALICE);
    const asked = tab.askedOrigin();
    assert.equal(asked, 2);

    await tab.signOut();
    assert.equal(await tab.goTo(), OUT);
    assert.equal(await tab.reload(), OUT);
    assert.equal(tab.askedOrigin(), asked);

    await tab.signInAs("bob");
    assert.equal(await tab.goTo(), BOB);
    assert.deepEqual(
      tab.answers(),
      [401, 200, 200, 401, 401, 200].map((status) => `${status} from gate`),
    );
    await tab.close();
  });

  // Chromium never stores a 401; others of our pages it would.
  test("sees a refusal no longer than it holds", async () => {
    const tab = await tabAt("/reports/q4", {});
    await tab.signInAs("alice");
    assert.equal(await tab.goTo(), "403 You do not have access");
    await tab.signInAs("alice", "reports:read");
    assert.equal(await tab.goTo(), ALICE);
    assert.deepEqual(tab.answers(), ["403 from gate", "200 from gate"]);
    await tab.close();
  });

  const VARY = { Vary: "Cookie" };
  const MODIFIED = { "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT" };
  const FRESH = { "Cache-Control": "public, max-age=600" };
  const ORIGINS = [
    ["says nothing about caching", {}],
    ["says when it was changed", MODIFIED],
    ["lets browsers store it", FRESH],
    ["tells cookies apart", { ...MODIFIED, ...FRESH, ...VARY }],
  ];

  for (const [index, [what, fields]] of ORIGINS.entries()) {
    describe(`when the origin ${what}`, () => {
      for (const move of ["goBack", "goTo", "reload"]) {
        test(`${move} after signing out`, async () => {
          const tab = await tabAt(`/out/${index}/${move}`, fields);
          await tab.signInAs("alice");
          assert.equal(await tab.goTo(), ALICE);
          if (move !== "reload") assert.equal(await tab.goElsewhere(), ALICE);
          await tab.signOut();
          assert.equal(await tab[move](), OUT);
          assert.deepEqual(tab.answers(), ["200 from gate", "401 from gate"]);
          assert.equal(tab.askedOrigin(), 1);
          await tab.close();
        });
      }

      test("another person at the same browser", async () => {
        const tab = await tabAt(`/out/${index}/other`, fields);
        await tab.signInAs("alice");
        assert.equal(await tab.goTo(), ALICE);
        await tab.signInAs("bob");
        assert.equal(await tab.goTo(), BOB);
        await tab.close();
      });
    });
  }
});
