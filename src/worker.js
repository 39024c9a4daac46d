// What the platform runs, and all it may run: whatever else the WebAssembly exports stays in here.
import { WorkerEntrypoint } from "cloudflare:workers";
import Worker from "../build/index.js";

// Without the proxies around each of its objects. What breaks is begun anew with the next call of any
// export: `tests/workerd/recovery.rs`.
const { fetch, fill } = Worker.prototype;

// The gate. Every request to the host comes here, and no cache stands in front.
export default {
  fetch(request, env, ctx) {
    return fetch.call({ env, ctx }, request);
  },
};

// Behind the gate, with `store = "tiered"`: Workers Cache stands in front, so this runs when nothing
// is stored.
export class TurnpikeStore extends WorkerEntrypoint {
  fetch(request) {
    return fill(request, this.env, this.ctx);
  }

  // For the gate, and for other Workers of the account: forgets what is stored under these `tags` or
  // `pathPrefixes`.
  purge(what) {
    if (!this.ctx.cache) {
      throw new Error("no Workers Cache stands in front of TurnpikeStore");
    }
    return this.ctx.cache.purge(what);
  }
}
