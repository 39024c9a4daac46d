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
export function edit(headers, edits) {
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

/** The like of a request, for another URL: as it is, or without its body and what else is about its client. */
export function forwarded(url, request, whole, edits) {
  const other = new Request(url, whole ? request : { redirect: "manual", headers: request.headers });
  edit(other.headers, edits);
  return other;
}
