// Chromium as a cache: asks for what it is told, one list after the other, each a line of JSON on
// standard input, and tells status and fields of each answer, a line of JSON on standard output.
//
//     node chromium.mjs ROOT SERVERS
//
// ROOT has node_modules; SERVERS says where each host is, as JSON.

import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";

const [root, servers] = process.argv.slice(2);
const { chromium } = createRequire(join(root, "package.json"))("playwright-core");

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: FLAGS });
// Refusals allow a page no requests.
const context = await browser.newContext({ bypassCSP: true });

// A page at each host: what it asks for is of its own origin.
const pages = {};
for (const [host, server] of Object.entries(JSON.parse(servers))) {
  pages[host] = await context.newPage();
  await pages[host].goto(`${server}/public/page`);
}

/** All answers, asked for in the page. What is stored counts even if it is stale. */
async function ask(asks) {
  const one = async ({ method, path, fields }) => {
    try {
      const options = { method, headers: fields, cache: "force-cache", credentials: "omit" };
      const response = await fetch(path, options);
      await response.arrayBuffer();
      return { status: response.status, fields: [...response.headers] };
    } catch {
      return { status: 0, fields: [] };
    }
  };
  const answers = [];
  const left = asks.entries();
  const work = async () => {
    for (const [place, asked] of left) answers[place] = await one(asked);
  };
  await Promise.all([work(), work(), work(), work()]);
  return answers;
}

for await (const line of createInterface({ input: process.stdin })) {
  const asks = JSON.parse(line);
  const answers = [];
  for (const [host, page] of Object.entries(pages)) {
    const places = asks.keys().filter((place) => asks[place].host === host).toArray();
    const theirs = await page.evaluate(ask, places.map((place) => asks[place]));
    places.forEach((place, index) => (answers[place] = theirs[index]));
  }
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
await browser.close();
