// Stands between the client and the origin of a WebSocket (RFC 6455), to end it when the token does
// that opened it.
//
// In JavaScript: no message enters WebAssembly, and when a panic resets that, open sockets stay open.
//
// A WebSocket of the platform knows no backpressure: it takes all that is sent to it, however slowly
// its peer reads, and holds it in the memory of the isolate.

// What was granted is over (RFC 6455 section 7.4.1).
const POLICY_VIOLATION = 1008;

// Said in place of a peer that went without a word.
const GOING_AWAY = 1001;

// No code was given. It stands for that and is never sent.
const NO_STATUS = 1005;

// The longest that a timer waits, in milliseconds: 24 days.
const LONGEST_TIMER = 2 ** 31 - 1;

/** The origin's answer, with a socket that is closed on both sides at `end`, in seconds after 1970. */
export function relayed(answer, end) {
  const origin = answer.webSocket;
  const [client, gate] = Object.values(new WebSocketPair());
  const closed = Promise.all([pass(origin, gate), pass(gate, origin)]);
  let timer;
  const wait = () => {
    const left = Number(end) * 1000 - Date.now();
    if (left > 0) {
      timer = setTimeout(wait, Math.min(left, LONGEST_TIMER));
    } else {
      close(gate, POLICY_VIOLATION, "token_expired");
      close(origin, POLICY_VIOLATION, "token_expired");
    }
  };
  wait();
  // Not before both are: what is half closed still carries messages one way.
  closed.then(() => clearTimeout(timer));
  return new Response(null, { status: 101, headers: answer.headers, webSocket: client });
}

/** Passes on what comes from one side, until that is closed. */
function pass(from, to) {
  from.binaryType = "arraybuffer";
  from.addEventListener("message", ({ data }) => {
    try {
      to.send(data);
    } catch {
      // We have closed it: it gets nothing more.
    }
  });
  const closed = new Promise((resolve) => {
    from.addEventListener("close", ({ code, reason }) => {
      close(to, code, reason);
      resolve();
    });
    // Not always followed by an event of its own for the end.
    from.addEventListener("error", () => {
      close(to, GOING_AWAY);
      resolve();
    });
  });
  // Otherwise the platform would answer a Close by itself, before the other side has.
  from.accept({ allowHalfOpen: true });
  return closed;
}

/** Closes a socket, unless that was done before. */
function close(socket, code, reason) {
  try {
    if (code === NO_STATUS) {
      socket.close();
    } else {
      socket.close(code, reason);
    }
  } catch {
    // A code that must not be sent, such as 1006 for a connection that was lost.
    socket.close(GOING_AWAY);
  }
}
