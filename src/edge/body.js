// Bodies whose length is said.

/** A whole body, in one go, of which no more is held than was said. A longer or shorter one is an error. */
export async function whole(body, length) {
  const reader = body.getReader({ mode: "byob" });
  // Room for one byte more: with less, a body that goes on would look whole.
  const room = new Uint8Array(length + 1);
  const { value } = await reader.readAtLeast(room.length, room);
  if (value.length !== length) {
    reader.cancel();
    throw new RangeError();
  }
  return value;
}
