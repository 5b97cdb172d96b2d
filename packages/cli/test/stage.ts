import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { runCli } from '../src/cli.ts'

/** What is answered: a status and a body; a text is sent as it is. */
type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>

/** A gateway that gives these answers, by method and path. */
export async function gateway(answers: Answers) {
  const asked: string[] = []
  const bodies: unknown[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const path = `${request.method} ${request.url?.split('?')[0]}`
    asked.push(path)
    const sent = await text(request)
    if (sent !== '' && request.headers['content-type'] === 'application/json') bodies.push(JSON.parse(sent))
    const [status, body] = answers[path] ?? [404, { slug: 'no-such-route', detail: path }]
    response
      .writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((thrown: Error) => response.destroy(thrown))
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked, bodies, [Symbol.asyncDispose]: close }
}

type Env = Readonly<Record<string, string | undefined>>

/** Runs one line; words are split at spaces. */
export async function run(line: string, api: string, env: Env = {}) {
  return runWords(line === '' ? [] : line.split(' '), api, env)
}

/** Runs these words. */
export async function runWords(words: readonly string[], api: string, env: Env = {}) {
  const [out, err]: string[][] = [[], []]
  const sink = (lines: string[] | undefined) => ({ write: (text: string) => void lines?.push(text), isTTY: false })
  const code = await runCli(words, {
    env: { UMBEL_API: api, UMBEL_TOKEN: 't', ...env },
    folder: '/nowhere',
    stdout: sink(out),
    stderr: sink(err),
  })
  return { code, out: (out ?? []).join(''), err: (err ?? []).join('') }
}

const children = { total: 8, open: 8, closed: 0, byStatus: { open: 8 } }
export const master = {
  id: 'm-1',
  number: 9,
  subject: 'Login failures',
  external: { source: '/crm', id: 'P-1' },
  status: 'open',
  empty: false,
  since: null,
  rollup: { children, customers: 8, projects: 1, hidden: 0, latestReply: null },
}
export const progress = {
  total: 8,
  pending: 8,
  applied: 0,
  skipped: 0,
  failed: 0,
  cancelled: 0,
  notificationsOwed: 0,
  sent: 0,
  notSentSkipped: 0,
  withheld: 0,
  suppressed: 0,
  sendFailed: 0,
  unknown: 0,
}
export const operation = {
  id: 'op-1',
  kind: 'close',
  masterId: 'm-1',
  state: 'planned',
  planHash: 'abc',
  text: '',
  variants: [],
  holdSeconds: 0,
  applying: 8,
  hidden: 0,
  findings: [],
  overrideReason: null,
  needsApproval: false,
  approvedBy: null,
  rate: 0,
  queuePosition: null,
  pauseReason: null,
  progressVersion: 1,
  progress,
  plannedBy: null,
  startedBy: null,
  plannedAt: null,
  expiresAt: null,
  acceptedAt: null,
  holdEndsAt: null,
  finishedAt: null,
}
export const page = (items: unknown[]) => ({ items, nextCursor: null })
export const plan = { operation, applying: 8, skipping: 0, hidden: 0, items: [], previews: [], findings: [] }

/** A stream of these operations, each under its version, and its end. */
export const streamed = (...operations: readonly object[]): string =>
  operations.map((each, at) => `id: ${at + 1}\nevent: operation\ndata: ${JSON.stringify(each)}\n\n`).join('') +
  'event: end\ndata: {"reason":"finished"}\n\n'
