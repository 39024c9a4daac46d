// The Worker with what stands in for Workers Cache, which has no local simulation. It does what
// Cloudflare documents of it, as far as the filter relies on that: the key is path, query and the
// properties of the call; `Vary` is compared to the letter; a range is cut from a whole answer, and
// the entrypoint never sees it; stale answers are served as their directives say.
//
// Every call is logged as {"store": {...}}. /exports answers with what the platform could call, and
// /purge?tag=TAG purges as another Worker would.
import gate, { TurnpikeStore as Entrypoint } from "../../src/worker.js";
export * from "../../src/worker.js";

export default {
  async fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/purge") {
      return Response.json(await ctx.exports.TurnpikeStore.purge({ tags: searchParams.getAll("tag") }));
    }
    if (pathname === "/exports") {
      const fill = await ctx.exports.default.fill?.().catch((error) => error.message);
      // Wrangler adds one of its own in development.
      const names = Object.keys(ctx.exports).filter((name) => !name.includes("WRANGLER"));
      return Response.json({ names: names.sort(), fill });
    }
    return gate.fetch(request, env, ctx);
  },
};

/** Answers by key, and by the fields that they vary on. */
const stored = new Map();

export class TurnpikeStore extends Entrypoint {
  async fetch(request) {
    const { pathname, search } = new URL(request.url);
    const { props } = this.ctx;
    const fields = Object.fromEntries(request.headers);
    console.log(JSON.stringify({ store: { path: pathname + search, props, fields } }));
    const key = JSON.stringify([pathname + search, props]);
    const range = request.headers.get("range");
    const whole = new Request(request);
    whole.headers.delete("range");
    const found = stored.get(key)?.find((entry) => matches(entry, request));
    const stale = found ? (Date.now() - found.at) / 1000 - found.directives["max-age"] : Infinity;
    if (stale < 0) {
      return answer(found, range);
    }
    if (stale < found?.directives["stale-while-revalidate"]) {
      this.ctx.waitUntil(this.fill(whole, key));
      return answer(found, range);
    }
    const made = await this.fill(whole, key);
    if (made.status >= 500 && stale < found?.directives["stale-if-error"]) {
      return answer(found, range);
    }
    return answer(made, range);
  }

  /** Runs the entrypoint, and stores what comes of it. */
  async fill(request, key) {
    const response = await super.fetch(request).catch(() => new Response(null, { status: 500 }));
    const fields = Object.fromEntries(response.headers);
    const entry = {
      status: response.status,
      fields,
      body: await response.arrayBuffer(),
      at: Date.now(),
      directives: directives(fields["cache-control"]),
      vary: (fields.vary ?? "").split(",").map((name) => name.trim()).filter(Boolean),
      tags: (fields["cache-tag"] ?? "").split(",").map((tag) => tag.toLowerCase()),
    };
    entry.values = entry.vary.map((name) => request.headers.get(name));
    if (!("no-store" in entry.directives) && "max-age" in entry.directives) {
      const others = stored.get(key)?.filter((other) => !matches(other, request)) ?? [];
      stored.set(key, [...others, entry]);
    }
    return entry;
  }

  purge({ tags }) {
    const wanted = tags.map((tag) => tag.toLowerCase());
    for (const [key, entries] of stored) {
      stored.set(key, entries.filter((entry) => !entry.tags.some((tag) => wanted.includes(tag))));
    }
    return { success: true };
  }
}

function matches(entry, request) {
  return entry.vary.every((name, index) => request.headers.get(name) === entry.values[index]);
}

function directives(field = "no-store") {
  return Object.fromEntries(
    field.split(",").map((part) => {
      const [name, value] = part.trim().split("=");
      return [name, Number(value)];
    }),
  );
}

function answer({ status, fields, body }, range) {
  if (range && status === 200) {
    const [first, last] = range.replace("bytes=", "").split("-").map(Number);
    if (first >= body.byteLength) {
      return new Response(null, { status: 416 });
    }
    const part = { ...fields, "content-range": `bytes ${first}-${last}/${body.byteLength}` };
    return new Response(body.slice(first, last + 1), { status: 206, headers: part });
  }
  return new Response(body.byteLength ? body : null, { status, headers: fields });
}
