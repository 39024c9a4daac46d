// What the platform runs, and all it may run: whatever else the WebAssembly exports stays in here.
import Worker from "../build/index.js";

// The gate. Every request to the host comes here, and no cache stands in front.
export default {
  fetch(request, env, ctx) {
    return new Worker(ctx, env).fetch(request);
  },
};
