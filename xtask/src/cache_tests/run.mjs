// Runs the suite of the npm package http-cache-tests through the filter and writes what came of it
// to standard output, as JSON. The package is used as it is: its tests, its client, its server.
//
//   node run.mjs BASE ORIGIN_PORT TOKEN
//
// BASE is the filter's address, ORIGIN_PORT where it expects its origin, TOKEN what lets requests
// pass. The suite's own entrances are not used: its server listens to the whole network.

import http from 'node:http'

import { getResults, runTests } from 'http-cache-tests/client/runner.mjs'
import handleConfig from 'http-cache-tests/server/handle-config.mjs'
import handleState from 'http-cache-tests/server/handle-state.mjs'
import handleTest from 'http-cache-tests/server/handle-test.mjs'
import published from 'http-cache-tests/tests/index.mjs'
import surrogateControl from 'http-cache-tests/tests/surrogate-control.mjs'
import fetch from 'node-fetch'

const [base, originPort, token] = process.argv.slice(2)

// The suite talks on standard output, which is for the results.
const log = []
console.log = line => { log.push(String(line)) }

/** So many tests at a time: most of them wait for seconds. */
const AT_A_TIME = 25

/** The filter stores while its answer is on the way; this long after it, the copy is there. */
const STORED_AFTER_MS = 100

/** No answer takes longer. */
const DEADLINE_MS = 30_000

/**
 * Fields that the filter changes on an answer for one client. The suite compares what it gets with
 * what its server sent, so the server sends copies, and the client looks at them. (Their names end
 * in another way than those of fields that are for some caches alone.)
 */
const EDITED = ['cache-control', 'vary']

/** The platform refuses this method with 501, without asking the filter. */
const NOT_A_METHOD = 'M-SEARCH'

let reachedOrigin = 0

/** The suite's server, on this machine alone. */
function origin () {
  const handlers = { config: handleConfig, state: handleState, test: handleTest }
  return http.createServer((request, response) => {
    reachedOrigin += 1
    const [, what, ...rest] = new URL(request.url, base).pathname.split('/')
    const handle = handlers[what]
    const writeHead = response.writeHead.bind(response)
    response.writeHead = (...head) => {
      for (const name of EDITED) {
        if (response.hasHeader(name)) response.setHeader(`${name}-Sent`, response.getHeader(name))
      }
      return writeHead(...head)
    }
    if (handle) handle(rest, request, response)
    else response.writeHead(404).end()
  })
}

const sent = []
const agent = new http.Agent({ keepAlive: true })

/**
 * What the suite takes for `fetch`: the same request, with the token in a field of its own. It asks
 * for bodies as they are, because the platform would compress them, which changes their length.
 */
async function withToken (url, init = {}) {
  const headers = [...(init.headers ?? [])]
  const isAsked = init.method !== NOT_A_METHOD
  if (isAsked) sent.push([url, { ...init, headers }])
  const options = { compress: false, ...init, headers: [...headers, ['X-Access-Token', token]] }
  const response = await fetch(url, { agent, timeout: DEADLINE_MS, ...options })
  const body = await response.buffer()
  await new Promise(resolve => setTimeout(resolve, STORED_AFTER_MS))
  response.text = async () => body.toString()
  if (isAsked) undoEdits(response)
  return response
}

/** Requires the filter's edits, and puts back what the suite's server sent. */
function undoEdits ({ headers, status }) {
  const isPrivate = /^private(,|$)/.test(headers.get('cache-control')) &&
    /\*|x-access-token/i.test(headers.get('vary'))
  const isRefusal = headers.get('cache-control') === 'no-store' && [401, 403, 407, 502].includes(status)
  if (!isPrivate && !isRefusal) throw new Error(`another client could be given this: ${status}`)
  for (const name of EDITED) {
    const original = headers.get(`${name}-sent`)
    if (original === null) headers.delete(name)
    else headers.set(name, original)
  }
}

/** Every request of the suite once more, now that its answers are stored, and without the token. */
async function withoutToken () {
  const statuses = {}
  const queue = [...sent]
  const worker = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [url, init] = next
      const response = await fetch(url, { agent, timeout: DEADLINE_MS, redirect: 'manual', ...init })
      await response.buffer()
      statuses[response.status] = (statuses[response.status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, worker))
  return statuses
}

/** The tests of Surrogate-Control once more, for the field that took its place (RFC 9213). */
function cdnCacheControl () {
  const text = JSON.stringify(surrogateControl.tests)
    .replaceAll('Surrogate-Control', 'CDN-Cache-Control')
    .replaceAll('"surrogate-', '"cdn-')
  // The new field has no targets, and no request field that goes with it.
  const isCommon = test => !/_TARGET|not-for-you|append-capabilities/.test(JSON.stringify(test))
  return { name: 'CDN-Cache-Control', derived: true, tests: JSON.parse(text).filter(isCommon) }
}

const only = process.env.CACHE_TEST
const suites = [...published, surrogateControl, cdnCacheControl()].map(suite => ({
  ...suite,
  tests: suite.tests.filter(test => !test.browser_only && (!only || test.id === only))
}))
if (only) suites.flatMap(suite => suite.tests).forEach(test => { test.dump = true })

const server = origin()
await new Promise(resolve => server.listen(originPort, '127.0.0.1', resolve))

await runTests(suites, withToken, false, base, AT_A_TIME)
const results = getResults()

reachedOrigin = 0
const statuses = await withoutToken()

const tests = suites.flatMap(suite => suite.tests.map(test => ({
  suite: suite.name,
  derived: suite.derived ?? false,
  id: test.id,
  kind: test.kind ?? 'required',
  failure: results[test.id] === true ? null : results[test.id].join(': ')
})))
const without = { statuses, reachedOrigin }
process.stdout.write(JSON.stringify({ tests, without, log: only ? log : [] }), () => process.exit())
