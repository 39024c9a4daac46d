// The Worker that `cargo xtask vectors` serves: it hands questions to the parts under test.
import { WorkerEntrypoint } from "cloudflare:workers";
import Turnpike from "./index.js";

export default class extends WorkerEntrypoint {
  async fetch(request) {
    if (request.method !== "POST") {
      return new Response("ready");
    }
    const question = await request.text();
    return new Response(
      new URL(request.url).pathname === "/url"
        ? JSON.stringify(JSON.parse(question).map(href))
        : // Made anew, as for a request: after a panic, with a new instance of the WebAssembly.
          await new Turnpike(this.ctx, this.env).probe(question),
    );
  }
}

/** What the platform's own parser makes of a URL; null when it refuses it. */
function href({ input, base }) {
  try {
    return new URL(input, base ?? undefined).href;
  } catch {
    return null;
  }
}
