// Clients of the Model Context Protocol find their way by the refusals alone: from the challenge to
// the metadata of the resource (RFC 9728), to the authorization server, and back with a token.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import * as current from "@modelcontextprotocol/client";
import * as first from "@modelcontextprotocol/sdk/client/index.js";
import * as firstAuth from "@modelcontextprotocol/sdk/client/auth.js";
import * as firstHttp from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

import { freePort, serve } from "../browser/worker.mjs";
import {
  REDIRECT_URL,
  REGISTERED,
  start as startAuthorizationServer,
  visit,
} from "./authorization_server.mjs";

/** The two libraries of the protocol: most clients are made with the first. */
const LIBRARIES = {
  "@modelcontextprotocol/sdk": { ...first, ...firstAuth, ...firstHttp },
  "@modelcontextprotocol/client": current,
};

let origin;
let authorizationServer;
let filter;
let resource;
/** Fields of the requests that reached the MCP servers. */
const received = [];

before(async () => {
  const port = await freePort();
  // Above the addresses of the servers, so that no client guesses where the metadata is.
  resource = `http://127.0.0.1:${port}/api`;
  const scopes = ["tools:use", "tools:manage"];
  authorizationServer = await startAuthorizationServer({ resource, scopes });
  origin = createServer(answer);
  await new Promise((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const policy = {
    origin: `http://127.0.0.1:${origin.address().port}`,
    leeway: 0,
    resource: { resource },
    issuers: [
      {
        issuer: authorizationServer.issuer,
        audiences: [resource],
        algorithms: ["RS256"],
        discovery: true,
      },
    ],
    routes: [
      { path: "/api/mcp", scopes: ["tools:use"] },
      { path: "/api/admin/mcp", scopes: ["tools:use", "tools:manage"] },
    ],
  };
  filter = await serve("mcp", policy, { port });
});

after(async () => {
  await Promise.all([filter?.stop(), authorizationServer?.stop()]);
  origin?.closeAllConnections();
  origin?.close();
});

/** An MCP server with one tool; without sessions, one for each request. */
async function answer(request, response) {
  received.push(request.headers);
  const server = new McpServer({ name: "tools", version: "1" });
  server.registerTool("whoami", { description: "Says who asks." }, ({ requestInfo }) => ({
    content: [{ type: "text", text: requestInfo.headers["x-auth-subject"] }],
  }));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
  await server.connect(transport);
  await transport.handleRequest(request, response);
}

/** What an application remembers for the library: what it is given, and nothing else. */
class Memory {
  redirectUrl = REDIRECT_URL;
  clientMetadata = {
    client_name: "A client of the tests",
    redirect_uris: [REDIRECT_URL],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  };
  /** Where the library sent the user. */
  sentTo = [];
  #kept;

  constructor(client) {
    this.#kept = { client };
  }

  clientInformation = () => this.#kept.client;
  saveClientInformation = (client) => void (this.#kept.client = client);
  tokens = () => this.#kept.tokens;
  saveTokens = (tokens) => void (this.#kept.tokens = tokens);
  codeVerifier = () => this.#kept.verifier;
  saveCodeVerifier = (verifier) => void (this.#kept.verifier = verifier);
  discoveryState = () => this.#kept.discovered;
  saveDiscoveryState = (discovered) => void (this.#kept.discovered = discovered);
  redirectToAuthorization = (url) => void this.sentTo.push(url);
}

/**
 * An application of a library, and what its requests to the filter were answered with. Without a
 * registered client, it registers one.
 */
function application(library, client) {
  const { Client, StreamableHTTPClientTransport, UnauthorizedError } = library;
  const memory = new Memory(client);
  const exchanges = [];
  const recorded = async (url, init) => {
    const response = await fetch(url, init);
    const { origin, pathname } = new URL(url);
    if (origin === filter.url) {
      exchanges.push(`${init?.method ?? "GET"} ${pathname} ${response.status}`);
    }
    return response;
  };
  const transportTo = (path) =>
    new StreamableHTTPClientTransport(new URL(filter.url + path), {
      authProvider: memory,
      fetch: recorded,
    });
  const connect = async (transport) => {
    const client = new Client({ name: "tests", version: "1" });
    await client.connect(transport);
    return client;
  };
  return {
    memory,
    exchanges,
    connect: (path) => connect(transportTo(path)),
    /** Connects to where the user has to sign in first: what the user was asked for. */
    async signIn(path) {
      const transport = transportTo(path);
      await assert.rejects(connect(transport), UnauthorizedError);
      const url = memory.sentTo.at(-1);
      const told = await visit(url);
      // The first library takes the code, the other all that the client was told.
      await transport.finishAuth(library === current ? told : told.get("code"));
      return Object.fromEntries(url.searchParams);
    },
  };
}

const claimsOf = ({ access_token: token }) =>
  JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

for (const [name, library] of Object.entries(LIBRARIES)) {
  describe(name, () => {
    test("comes from a refusal to the tools", async () => {
      received.length = 0;
      const { memory, exchanges, signIn, connect } = application(library);
      const asked = await signIn("/api/mcp");
      assert.deepEqual(exchanges, [
        "POST /api/mcp 401",
        "GET /.well-known/oauth-protected-resource/api 200",
      ]);
      assert.equal(new URL(memory.sentTo[0]).origin, authorizationServer.issuer);
      // What the challenge and the metadata said.
      assert.equal(asked.scope, "tools:use");
      assert.equal(asked.resource, resource);
      assert.equal(asked.code_challenge_method, "S256");
      assert.equal(claimsOf(memory.tokens()).aud, resource);
      assert.equal(received.length, 0);

      const client = await connect("/api/mcp");
      const { tools } = await client.listTools();
      assert.deepEqual(
        tools.map((tool) => tool.name),
        ["whoami"],
      );
      const { content } = await client.callTool({ name: "whoami" });
      assert.deepEqual(content, [{ type: "text", text: "alice" }]);
      assert.ok(received.every((fields) => !fields.authorization));
      await client.close();
    });

    test("asks for the scope that a token lacks", async () => {
      // With a refresh token, the first library renews the token instead, and gives up.
      const client = { ...REGISTERED, issuer: authorizationServer.issuer };
      const { memory, exchanges, signIn, connect } = application(library, client);
      await signIn("/api/mcp");
      assert.equal(claimsOf(memory.tokens()).scope, "tools:use");
      exchanges.length = 0;
      const asked = await signIn("/api/admin/mcp");
      assert.equal(exchanges[0], "POST /api/admin/mcp 403");
      assert.equal(asked.scope, "tools:use tools:manage");
      const admitted = await connect("/api/admin/mcp");
      assert.equal((await admitted.listTools()).tools.length, 1);
      await admitted.close();
    });

    test("renews an expired token without its user", async () => {
      const { memory, exchanges, signIn, connect } = application(library);
      authorizationServer.lifetime = 1;
      await signIn("/api/mcp");
      authorizationServer.lifetime = 600;
      const { iat, exp } = claimsOf(memory.tokens());
      assert.equal(exp - iat, 1);
      await sleep(1000 * exp - Date.now() + 100);
      exchanges.length = 0;
      authorizationServer.grants.length = 0;
      const client = await connect("/api/mcp");
      assert.equal((await client.listTools()).tools.length, 1);
      assert.deepEqual(exchanges.slice(0, 2), ["POST /api/mcp 401", "POST /api/mcp 200"]);
      const [{ grant_type: grant, resource: named }] = authorizationServer.grants;
      assert.deepEqual([grant, named], ["refresh_token", resource]);
      assert.equal(memory.sentTo.length, 1);
      await client.close();
    });
  });
}
