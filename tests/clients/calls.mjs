// Calls of the service as an application makes them, in Node or bundled for a browser.

import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";

import { Reports } from "./service.mjs";

const TRANSPORTS = { "gRPC-Web": createGrpcWebTransport, Connect: createConnectTransport };

const CALLS = {
  Read: async (client, options) => [(await client.read({ value: "q3" }, options)).value],
  async Watch(client, options) {
    const values = [];
    for await (const { value } of client.watch({ value: "q3" }, options)) values.push(value);
    return values;
  },
};

/** Makes a call: what came of it, as far as the library tells. */
export async function call({ protocol, binary, url, method, fields }) {
  const transport = TRANSPORTS[protocol]({ baseUrl: url, useBinaryFormat: binary });
  try {
    const values = await CALLS[method](createClient(Reports, transport), { headers: fields });
    return { values };
  } catch (cause) {
    const { code, rawMessage, metadata } = ConnectError.from(cause);
    return {
      status: Code[code],
      message: rawMessage,
      challenge: metadata.get("WWW-Authenticate"),
      retryAfter: metadata.get("Retry-After"),
      id: metadata.get("X-Request-Id"),
    };
  }
}
