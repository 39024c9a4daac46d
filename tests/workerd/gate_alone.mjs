// The gate without the entrypoint of its store.
export { default } from "../../src/worker.js";
