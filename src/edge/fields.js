// Header fields, and what has some, all of them at once: a field at a time, the way between
// WebAssembly and JavaScript takes longer than what is done at its end.

/** Something, and fields behind it: name, value, name, value, each on a line. No field has a line break. */
function described(first, { headers }) {
  let lines = `${first}\n`;
  headers.forEach((value, name) => {
    lines += `${name}\n${value}\n`;
  });
  return lines;
}

/** Method and URL on a line each, then the fields. */
export function describedRequest(request) {
  return described(`${request.method}\n${request.url}`, request);
}

/** The status on a line, then the fields. */
export function describedResponse(response) {
  return described(response.status, response);
}

/** Removes fields, each name on a line up to an empty line; then sets others, name and value on a line each. */
function edit(headers, edits) {
  const lines = edits.split("\n");
  let at = 0;
  for (; lines[at]; at += 1) {
    headers.delete(lines[at]);
  }
  for (at += 1; at + 1 < lines.length; at += 2) {
    headers.set(lines[at], lines[at + 1]);
  }
}

/** A response of ours. */
export function made(status, body, edits) {
  const response = new Response(body, { status });
  edit(response.headers, edits);
  return response;
}

/** The like of a response, which cannot be changed itself if it was fetched; with its body unless there is another. */
export function remade(response, status, body, edits) {
  const like = status === response.status ? response : { status, headers: response.headers };
  const other = new Response(body === undefined ? response.body : body, like);
  edit(other.headers, edits);
  return other;
}

/**
 * Asks a service, or whoever has the URL if there is none: for what a request asks for, with other
 * fields; with its body, or without what is about its client.
 */
export function asked(service, url, request, whole, edits, init) {
  init.headers = new Headers(request.headers);
  edit(init.headers, edits);
  const asker = service ?? globalThis;
  // A service is told what the platform knows of the client, and that is in no field. To whoever has
  // the URL it means nothing, and to make another request takes 5 microseconds.
  if (whole && (service || request.body)) {
    return asker.fetch(url === request.url ? request : new Request(url, request), init);
  }
  init.method = whole ? request.method : "GET";
  init.redirect = "manual";
  return asker.fetch(url, init);
}
