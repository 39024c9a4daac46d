// The built Worker, served by `wrangler dev`.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

// Runs a program until standard input ends, as it does when this process does, however that ends;
// then stops everything the program started.
const WRAPPER = '"$@" & read -r _; kill -TERM 0';

const START_DEADLINE = 60_000;

/**
 * Serves the Worker under a policy, with these secrets: where, what it printed so far, and how to
 * stop it. Without a port, it is any that is free.
 */
export async function serve(name, policy, { secrets = {}, port } = {}) {
  const main = join(root, "src", "worker.js");
  assert.ok(existsSync(join(root, "build")), "the Worker is not built: run `cargo xtask build` first");
  const folder = join(root, "target", "browser", name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const configuration = join(folder, "wrangler.json");
  const content = {
    name,
    main,
    compatibility_date: "2026-10-30",
    vars: { TURNPIKE: policy, ...secrets },
  };
  await writeFile(configuration, JSON.stringify(content));

  port ??= await freePort();
  const wrangler = [
    ...["wrangler", "dev", "--ip", "127.0.0.1", "--port", port, "--inspector-port", 0],
    ...["--show-interactive-dev-session=false", "--log-level", "log"],
    ...["--persist-to", join(folder, "state"), "--config", configuration],
  ];
  const child = spawn("sh", ["-c", WRAPPER, "sh", ...wrangler.map(String)], {
    cwd: folder,
    detached: true,
    env: {
      ...process.env,
      PATH: join(root, "node_modules", ".bin") + delimiter + process.env.PATH,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_SEND_ERROR_REPORTS: "false",
      WRANGLER_HIDE_BANNER: "true",
      WRANGLER_LOG_PATH: join(folder, "logs"),
      WRANGLER_REGISTRY_PATH: join(folder, "registry"),
      CLOUDFLARE_CF_FETCH_ENABLED: "false",
      FORCE_COLOR: "0",
    },
  });
  let log = "";
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.on("data", (data) => (log += data));
  }
  const closed = new Promise((resolve) => child.once("close", resolve));
  const url = `http://127.0.0.1:${port}`;
  const worker = {
    url,
    log: () => log,
    async stop() {
      child.stdin.end();
      await closed;
      assertNoToken(log);
    },
  };
  await answering(worker);
  return worker;
}

/** Every token of these tests is a JWT, or was cut out of one: none begins in a line of the Worker. */
function assertNoToken(log) {
  const lines = log.split("\n").filter((line) => line.includes('{"event":'));
  const told = lines.find((line) => line.includes("eyJ"));
  assert.equal(told, undefined, "a token is in the log");
}

async function answering(worker) {
  const started = Date.now();
  while (!(await answers(worker.url))) {
    if (Date.now() - started > START_DEADLINE) {
      await worker.stop();
      assert.fail(`wrangler does not answer:\n${worker.log()}`);
    }
    await sleep(100);
  }
}

async function answers(url) {
  try {
    await fetch(url, { method: "HEAD" });
    return true;
  } catch {
    return false;
  }
}

/** A port nothing listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
