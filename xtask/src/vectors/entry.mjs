// The Worker that `cargo xtask vectors` serves: it hands questions to the parts under test.
import { probe } from "./index.js";

export default {
  async fetch(request) {
    if (request.method !== "POST") {
      return new Response("ready");
    }
    const question = await request.text();
    return new Response(
      new URL(request.url).pathname === "/url"
        ? JSON.stringify(JSON.parse(question).map(href))
        : // Made anew, as for a request: after a panic, with a new instance of the WebAssembly.
          await probe(question),
    );
  },
};

/** What the platform's own parser makes of a URL; null when it refuses it. */
function href({ input, base }) {
  try {
    return new URL(input, base ?? undefined).href;
  } catch {
    return null;
  }
}
