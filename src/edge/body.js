// Bodies whose length is said.

/** A whole body, in one go, of which no more is held than was said. A longer or shorter one is an error. */
export async function whole(body, length) {
  const { readable, writable } = new FixedLengthStream(length);
  // What is read ends when so much is there, so it is asked whether the body does.
  const [bytes] = await Promise.all([new Response(readable).arrayBuffer(), body.pipeTo(writable)]);
  return new Uint8Array(bytes);
}
