// Header fields, and what has some, all of them at once: a field at a time, the way between
// WebAssembly and JavaScript takes longer than what is done at its end.

/** The fields of a request or response: name, value, name, value, each on a line. No field has a line break. */
export function fieldsOf(message) {
  let lines = "";
  message.headers.forEach((value, name) => {
    lines += `${name}\n${value}\n`;
  });
  return lines;
}

/** Method and URL on a line each, then the fields. */
export function described(request) {
  return `${request.method}\n${request.url}\n${fieldsOf(request)}`;
}

/** Removes fields, each name on a line; then sets others, as `fieldsOf` has them. */
export function edit(headers, removed, set) {
  if (removed) {
    for (const name of removed.split("\n")) {
      headers.delete(name);
    }
  }
  if (set) {
    const lines = set.split("\n");
    for (let at = 0; at + 1 < lines.length; at += 2) {
      headers.set(lines[at], lines[at + 1]);
    }
  }
}

/** A response of ours. */
export function made(status, body, set) {
  const response = new Response(body, { status });
  edit(response.headers, "", set);
  return response;
}

/** The like of a response, which cannot be changed itself if it was fetched. */
export function remade(response, status, body, removed, set) {
  const { headers } = response;
  const init = status === response.status ? { status, statusText: response.statusText, headers } : { status, headers };
  const other = new Response(body, init);
  edit(other.headers, removed, set);
  return other;
}

/** The like of a request, for another URL: as it is, or without its body and what else is about its client. */
export function forwarded(url, request, whole, removed, set) {
  const other = new Request(url, whole ? request : { redirect: "manual", headers: request.headers });
  edit(other.headers, removed, set);
  return other;
}
