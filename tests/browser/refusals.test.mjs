// What people do at the pages they see instead of what they asked for, in Chromium.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, openTab } from "./browser.mjs";
import { ask, FULL } from "./gate.mjs";
import { issuer, token } from "./issuer.mjs";
import { start as startOrigin } from "./origin.mjs";
import { serve } from "./worker.mjs";

let browser;
let origin;
let filter;

before(async () => {
  origin = await startOrigin();
  const policy = {
    origin: origin.url,
    credentials: ["bearer", "cookie:access_token"],
    brand: FULL,
    issuers: [issuer],
    routes: [{ path: "/reports/*", scopes: ["reports:read"] }],
  };
  [filter, browser] = await Promise.all([serve("filter", policy), launch()]);
});

after(() => Promise.all([browser?.close(), filter?.stop(), origin?.stop()]));

/** Gives the browser a token. */
function signIn(tab, value) {
  return tab.context.addCookies([{ name: "access_token", value, url: filter.url }]);
}

/** Opens a page in a fresh profile. */
async function open({ path, cookie }) {
  const tab = await openTab(browser);
  if (cookie) await signIn(tab, await cookie());
  const address = filter.url + path;
  const response = await tab.page.goto(address);
  return { ...tab, response, address };
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
      const { status, body } = await ask(filter.url + path.replaceAll(" ", "%20"));
      assert.ok(status === 401 || status === 400);
      assert.doesNotMatch(body, /<script|<img\/src|onfocus=['"]|<\/style><\/title>|'onfocus/);
    });
  }
});

describe("one tab, signed in and out", () => {
  const OUT = "401 Please sign in";
  const ALICE = "200 Content for alice";
  const BOB = "200 Content for bob";

  /** A tab at an address whose answers carry these fields, and what it shows after each move. */
  async function tabAt(path, fields) {
    origin.tell(path, fields);
    const url = filter.url + path;
    const tab = await openTab(browser);
    const { page, context } = tab;
    const shown = async (moving) => {
      const response = await moving;
      return `${response.status()} ${await page.textContent("h1")}`;
    };
    return {
      goTo: () => shown(page.goto(url)),
      reload: () => shown(page.reload()),
      goElsewhere: () => shown(page.goto(`${filter.url}/elsewhere`)),
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
