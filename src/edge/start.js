// What the platform's side knows of the WebAssembly, in the words of worker-build: it has this from
// `__worker_init_state`, and makes a new instance where there was a critical error. Here, because it
// outlives the instance that says so.
export const state = { criticalError: false, instanceId: 0 };

/** Said by an instance that begins. */
export function begin() {
  state.instanceId += 1;
}

/** Said by an instance that ends: what is held in it cannot be relied on any more. */
export function end(why) {
  console.error("Critical", new Error(why));
  state.criticalError = true;
}
