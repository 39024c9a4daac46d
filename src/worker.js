// What the platform runs, and all it may run: whatever else the WebAssembly exports stays in here.
import { WorkerEntrypoint } from "cloudflare:workers";
import * as turnpike from "../build/index.js";

// What breaks is begun anew with the next call of either: `tests/workerd/recovery.rs`.

// The gate. Every request to the host comes here, and no cache stands in front.
export default {
  fetch(request, env, ctx) {
    return turnpike.fetch(request, env, ctx);
  },
};

// Behind the gate, with `store = "tiered"`: Workers Cache stands in front, so this runs when nothing
// is stored.
export class TurnpikeStore extends WorkerEntrypoint {
  fetch(request) {
    return turnpike.fill(request, this.env, this.ctx);
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
