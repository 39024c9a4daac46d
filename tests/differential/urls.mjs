// What the URL parser of Node, that of the WHATWG standard, makes of URLs. Each line of standard
// input is a JSON string; for each, a line is written: null when it is no URL, or else its parts.
//
// With the argument `letters`, standard input is not read. Each line is then a character which, when
// it is decomposed canonically and its marks are gone, is an ASCII letter, and that letter.

import { readFileSync } from "node:fs";

function parsed(text) {
  try {
    const { href, hostname, pathname } = new URL(text);
    return { href, hostname, pathname };
  } catch {
    return null;
  }
}

function* letters() {
  for (let code = 0x80; code < 0x110000; code += 1) {
    const character = String.fromCodePoint(code);
    const plain = character.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    if (/^[a-z]$/.test(plain)) yield [character, plain];
  }
}

const lines =
  process.argv[2] === "letters"
    ? [...letters()]
    : readFileSync(0, "utf8").trimEnd().split("\n").map((line) => parsed(JSON.parse(line)));
for (const line of lines) console.log(JSON.stringify(line));
