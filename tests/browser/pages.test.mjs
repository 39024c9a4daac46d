// Every page people can see instead of what they asked for, in Chromium.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import axe from "axe-core/axe.min.js";

import { illegible, launch, openTab } from "./browser.mjs";
import { ask, brandOf, REFUSALS, start } from "./gate.mjs";

const WIDTHS = [320, 768, 1440];
const SCHEMES = ["light", "dark"];
const LANGUAGES = ["en", "de", "ar", "ja"];
const PAGE_BUDGET = 14 * 1024;

const RGB = new Map([
  ["#0b5fff", "rgb(11, 95, 255)"],
  ["#fd0", "rgb(255, 221, 0)"],
  ["#2f5d50", "rgb(47, 93, 80)"],
]);

let browser;
let gate;

before(async () => ([gate, browser] = await Promise.all([start("pages"), launch()])));
after(() => Promise.all([gate?.stop(), browser?.close()]));

/** Tabs that nobody is looking at: none is made for each page. */
const free = [];

/** Opens the page of a refusal. */
async function open(refusal, language) {
  const tab = free.pop() ?? (await openTab(browser));
  tab.requests.length = 0;
  const { page } = tab;
  const fields = { ...(await refusal.fields()), "Accept-Language": language };
  await page.setExtraHTTPHeaders(refusal.isUnseen ? {} : fields);
  await page.emulateMedia({ media: null, colorScheme: null, forcedColors: null });
  await page.setViewportSize({ width: 1280, height: 800 });
  const address = gate.addressOf(refusal);
  if (refusal.isUnseen) await show(page, address, await ask(address, fields, refusal.method));
  const response = await page.goto(address);
  await page.unrouteAll();
  return { ...tab, response, address, close: () => free.push(tab) };
}

/** Has a browser show an answer that it would not get by itself. */
function show(page, address, { status, fields, body }) {
  const { connection, "transfer-encoding": coding, ...headers } = fields;
  return page.route(address, (route) => route.fulfill({ status, headers, body }));
}

/** What is on the page. In one go: a question to the browser costs more than its answer. */
function contentOf(page) {
  return page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const { lang, dir } = document.documentElement;
    const foreign = "script, iframe, object, form, [style], link:not([href^='data:'])";
    return {
      lang,
      dir,
      title: document.title,
      icons: all("link[rel=icon]").map((icon) => icon.getAttribute("href")),
      headings: all("h1").map((h1) => h1.textContent),
      codes: all("code").map((code) => code.textContent),
      links: all("a").map(({ href, textContent }) => ({ href, text: textContent })),
      foreign: all(foreign).map((element) => element.outerHTML),
    };
  });
}

/** How much wider the page is than the window. */
function overflow(page) {
  return page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
}

/** What axe objects to. Its source comes in through DevTools, where the page's policy ends. */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(() => axe.run({ resultTypes: ["violations"], preload: false }));
  assert.ok(found.passes.length > 10, "axe has looked");
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html)}`);
}

async function saysWhatHappened(refusal, language, { page, response }) {
  assert.equal(response.status(), refusal.status);
  const fields = response.headers();
  assert.equal(fields["content-language"], language);
  assert.match(fields["x-request-id"], /./);
  const { lang, dir, title, icons, headings, codes, foreign } = await contentOf(page);
  assert.deepEqual([lang, dir], [language, language === "ar" ? "rtl" : "ltr"]);
  assert.deepEqual([title], headings.map((heading) => `${heading} – ${brandOf(refusal).name}`));
  assert.deepEqual(codes, [fields["x-request-id"], refusal.code]);
  assert.deepEqual(foreign, []);
  // Without one, a browser would ask the site for it.
  assert.deepEqual(icons, [brandOf(refusal).favicon ?? "data:,"]);
  const weight = (await response.body()).length;
  assert.ok(weight < PAGE_BUDGET, `it weighs ${weight} bytes`);
}

async function offersWhatHelps(refusal, language, { page, address }) {
  const brand = brandOf(refusal);
  const actions = {
    "Sign in": brand.sign_in?.replace("{url}", encodeURIComponent(address)),
    "Try again": address,
  };
  const expected = [];
  if (refusal.action) expected.push({ href: actions[refusal.action], text: refusal.action });
  if (brand.support) expected.push({ href: brand.support, text: "Contact support" });
  const { links } = await contentOf(page);
  assert.deepEqual(links.map(({ href }) => href), expected.map(({ href }) => href));
  if (language === "en") assert.deepEqual(links, expected);
}

async function fits(refusal, { page }) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      const where = `${colorScheme}, ${width} px`;
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await overflow(page), 0, where);
      assert.deepEqual(await illegible(page), [], where);
      assert.deepEqual(await violations(page), [], where);
      const [colors, heights] = await page.evaluate(() => {
        const all = (selector) => [...document.querySelectorAll(selector)];
        return [
          all(".button, header").map((element) => getComputedStyle(element).backgroundColor),
          all("a").map((link) => link.getBoundingClientRect().height),
        ];
      });
      const color = RGB.get(brandOf(refusal).color);
      assert.ok(colors.every((found) => found === color), "the style is let in");
      assert.ok(heights.every((height) => height >= 44), "fingers hit the links");
    }
  }
}

async function canBeUsedWithAKeyboard({ page }) {
  const { links } = await contentOf(page);
  for (const { href } of links) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return { href: document.activeElement.href, outlineStyle, width: parseFloat(outlineWidth) };
    });
    assert.equal(focused.href, href, "in order");
    assert.equal(focused.outlineStyle, "solid");
    assert.ok(focused.width >= 2, "the focus can be seen");
  }
}

async function canBeReadOtherwise({ page }) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, forcedColors: "active" });
    assert.deepEqual(await illegible(page), [], `forced colours, ${colorScheme}`);
    await page.emulateMedia({ media: "print", colorScheme, forcedColors: "none" });
    assert.deepEqual(await illegible(page, "rgb(255, 255, 255)"), [], `paper, ${colorScheme}`);
  }
  await page.emulateMedia({ media: null, forcedColors: null });
}

/** A browser's zoom leaves half of the width; WCAG asks for text of twice the size as well. */
async function canBeZoomed({ page }) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width: width / 2, height: 400 });
    assert.equal(await overflow(page), 0, `200 % of ${width} px`);
    assert.deepEqual(await illegible(page), [], `200 % of ${width} px`);
  }
  await page.setViewportSize({ width: 320, height: 800 });
  // Through DevTools, since the page's policy lets no style in.
  await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
  assert.equal(await overflow(page), 0, "text of twice the size");
  assert.deepEqual(await illegible(page), [], "text of twice the size");
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}

async function breaksALongWord({ page }) {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll("h1, bdi, p:not(:has(*)), a, code")) {
      element.textContent = "W".repeat(120);
    }
  });
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await overflow(page), 0, `${width} px`);
    assert.deepEqual(await illegible(page), [], `${width} px`);
  }
}

describe("each page", { concurrency: 2 }, () => {
  for (const refusal of REFUSALS) {
    for (const language of LANGUAGES) {
      test(`${refusal.code}, ${language}`, async () => {
        const tab = await open(refusal, language);
        await saysWhatHappened(refusal, language, tab);
        await offersWhatHelps(refusal, language, tab);
        await canBeUsedWithAKeyboard(tab);
        await fits(refusal, tab);
        await canBeReadOtherwise(tab);
        await canBeZoomed(tab);
        await breaksALongWord(tab);
        assert.deepEqual(tab.requests, [tab.address], "it asks for nothing else");
        assert.deepEqual(tab.complaints, []);
        tab.close();
      });
    }
  }
});
