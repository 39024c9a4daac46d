// Chromium, and what it tells about a page.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";

import { chromium } from "playwright-core";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever is asked for elsewhere stays on this machine.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
];

/** Starts the Chromium that CHROMIUM names, or the one of the distribution. */
export function launch() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  assert.ok(
    existsSync(executablePath),
    `there is no Chromium at ${executablePath}: install it, or name it in CHROMIUM`,
  );
  return chromium.launch({ executablePath, args: FLAGS });
}

/** A fresh browser profile with one tab that remembers what came over the wire and what went wrong. */
export async function openTab(browser, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const tab = { context, page, responses: [], complaints: [] };

  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  network.on("Network.responseReceived", ({ response }) => {
    const { url, status, fromDiskCache, fromServiceWorker } = response;
    tab.responses.push({ url, status, cached: fromDiskCache || Boolean(fromServiceWorker) });
  });
  tab.requests = [];
  network.on("Network.requestWillBeSent", ({ request }) => {
    if (!request.url.startsWith("data:")) tab.requests.push(request.url);
  });

  page.on("console", (message) => {
    // That a page answers with 401 is what it is about.
    if (!message.text().startsWith("Failed to load resource: the server responded with")) {
      tab.complaints.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => tab.complaints.push(`error: ${error}`));
  page.on("dialog", (dialog) => {
    tab.complaints.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  return tab;
}

/** What keeps people from reading the text of a page; `paper` stands in for backgrounds in print. */
export function illegible(page, paper) {
  return page.evaluate((paper) => {
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const isTransparent = (color) => channels(color)[3] === 0;
    const luminance = (color) => {
      const [r, g, b] = channels(color).map((channel) => {
        const part = channel / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
      const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
      return (light + 0.05) / (dark + 0.05);
    };
    const lineage = (element) => (element ? [element, ...lineage(element.parentElement)] : []);
    const problemWith = (node) => {
      const elements = lineage(node.parentElement);
      const styles = elements.map((element) => getComputedStyle(element));
      const range = document.createRange();
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()];
      if (!boxes.some((box) => box.width > 1 && box.height > 1)) return "takes no room";
      if (boxes.some((box) => box.left < 0 || box.right > innerWidth)) return "is cut off";
      if (styles[0].visibility !== "visible") return "is hidden";
      if (styles.some((style) => Number(style.opacity) < 1)) return "is translucent";
      const background = styles.map((s) => s.backgroundColor).find((c) => !isTransparent(c));
      const ground = paper ?? background ?? "rgb(255, 255, 255)";
      const ratio = contrast(styles[0].color, ground);
      return ratio < 4.5 ? `is ${styles[0].color} on ${ground}` : undefined;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const problems = [];
    let texts = 0;
    while (walker.nextNode()) {
      const text = walker.currentNode.data.trim();
      if (!text) continue;
      texts += 1;
      const problem = problemWith(walker.currentNode);
      if (problem) problems.push(`"${text}" ${problem}`);
    }
    return texts ? problems : ["there is no text"];
  }, paper);
}
