// The server behind the gate.

import { createServer } from "node:http";

/** Starts an origin that remembers what it was asked. */
export async function start() {
  const asked = [];
  const told = new Map();
  const origin = {
    /** Paths at which it hangs up instead of answering. */
    broken: new Set(),
    /** Paths at which it refuses, and the statuses it does it with. */
    refusing: new Map(),
    /** How often a path was asked for. */
    count: (path) => asked.filter((url) => url === path).length,
    /** What a path is to be answered with besides the content. */
    tell: (path, headers) => told.set(path, headers),
  };
  const server = createServer((request, response) => {
    asked.push(request.url);
    if (origin.broken.has(request.url)) {
      request.socket.destroy();
      return;
    }
    const subject = request.headers["x-auth-subject"];
    response.writeHead(origin.refusing.get(request.url) ?? 200, {
      "Content-Type": "text/html; charset=utf-8",
      ...told.get(request.url),
    });
    response.end(`<!doctype html><title>Content</title><h1>Content for ${subject}</h1>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin.url = `http://127.0.0.1:${server.address().port}`;
  origin.stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return origin;
}
