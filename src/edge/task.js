// What a request is while it waits: an async function that asks WebAssembly what to wait for.

/** Goes on with a task whenever what is awaited has come, until `go_on` knows what became of it. */
export async function carried(awaited, go_on, task) {
  for (;;) {
    let outcome;
    let is_good = true;
    try {
      outcome = await awaited;
    } catch (error) {
      outcome = error;
      is_good = false;
    }
    awaited = go_on(task, is_good, outcome);
    if (!(awaited instanceof Promise)) {
      return awaited;
    }
  }
}
