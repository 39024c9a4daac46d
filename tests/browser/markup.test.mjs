// The markup and the header fields of every page in every language, as they come over the wire.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { ask, brandOf, LANGUAGES, REFUSALS, start } from "./gate.mjs";
import { root } from "./worker.mjs";

const require = createRequire(import.meta.url);
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");
const { Severity } = require("csp_evaluator/dist/finding.js");

const PAGE_BUDGET = 14 * 1024;

let gate;
before(async () => (gate = await start("markup")));
after(() => gate?.stop());

/** Every page in these languages. */
async function pages(languages) {
  const found = [];
  for (const refusal of REFUSALS) {
    for (const language of languages) {
      const fields = { ...(await refusal.fields()), "Accept-Language": language };
      const answer = await ask(gate.addressOf(refusal), fields, refusal.method);
      found.push({ refusal, language, ...answer });
    }
  }
  return found;
}

test("there is a page of every code", async () => {
  const problems = await readFile(join(root, "docs", "problems.md"), "utf8");
  const codes = [...problems.matchAll(/^## (.+)$/gm)].map(([, code]) => code);
  assert.deepEqual(REFUSALS.map(({ code }) => code).sort(), codes.sort());
});

test("the Nu Html Checker finds no fault", async () => {
  const folder = join(root, "target", "browser", "html");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { refusal, language, body } of await pages(LANGUAGES)) {
    await writeFile(join(folder, `${refusal.code}-${language}.html`), body);
  }
  const jar = join(root, "node_modules", "vnu-jar", "build", "dist", "vnu.jar");
  const checker = ["-jar", jar, "--format", "json", "--also-check-svg", "--exit-zero-always", folder];
  const java = process.env.JAVA ?? "java";
  const { stderr } = await promisify(execFile)(java, checker).catch((error) => {
    assert.notEqual(error.code, "ENOENT", "the checker needs Java: install it, or name it in JAVA");
    throw error;
  });
  const { messages } = JSON.parse(stderr);
  assert.deepEqual(messages.map(({ url, message }) => `${url}: ${message}`), []);
});

describe("the fields of each page", () => {
  for (const language of ["en", "ar"]) {
    test(language, async () => {
      for (const { refusal, status, fields, body } of await pages([language])) {
        assert.equal(status, refusal.status);
        assert.ok(Buffer.byteLength(body) < PAGE_BUDGET);
        const expected = {
          "cache-control": "no-store",
          "content-language": language,
          "content-type": "text/html; charset=utf-8",
          "cross-origin-opener-policy": "same-origin",
          "referrer-policy": "no-referrer",
          "x-content-type-options": "nosniff",
          "x-frame-options": "DENY",
          "x-robots-tag": "noindex",
        };
        const found = Object.keys(expected).map((name) => [name, fields[name]]);
        assert.deepEqual(Object.fromEntries(found), expected, refusal.code);
        const policy = fields["content-security-policy"];
        const rules = [
          "default-src 'none'",
          /style-src 'sha256-[\w+/]{43}='/,
          "img-src data:",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
        ];
        assert.equal(policy.split("; ").length, rules.length, policy);
        for (const [index, rule] of policy.split("; ").entries()) {
          if (typeof rules[index] === "string") assert.equal(rule, rules[index]);
          else assert.match(rule, rules[index]);
        }
      }
    });
  }
});

test("Google's CSP Evaluator has nothing of weight to say", async () => {
  const policies = (await pages(["en"])).map(({ fields }) => fields["content-security-policy"]);
  // A style sheet for each brand, and so a policy for each.
  assert.equal(new Set(policies).size, new Set(REFUSALS.map(brandOf)).size);
  for (const policy of new Set(policies)) {
    const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
    const grave = findings.filter(({ severity }) => severity < Severity.INFO);
    assert.deepEqual(grave.map(({ description }) => description), [], policy);
  }
  // It does look.
  const weak = new CspEvaluator(new CspParser("script-src *").csp).evaluate();
  assert.ok(weak.some(({ severity }) => severity === Severity.HIGH));
});
