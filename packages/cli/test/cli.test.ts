import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { runCli } from '../src/cli.ts'

type Answers = Readonly<Record<string, readonly [number, unknown]>>

/** A gateway that gives these answers, by method and path. */
async function gateway(answers: Answers) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = `${request.method} ${request.url?.split('?')[0]}`
    asked.push(path)
    const [status, body] = answers[path] ?? [404, { slug: 'no-such-route', detail: path }]
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, asked, [Symbol.asyncDispose]: close }
}

async function run(line: string, api: string, env: Record<string, string> = {}) {
  const [out, err]: string[][] = [[], []]
  const sink = (lines: string[] | undefined) => ({ write: (text: string) => void lines?.push(text), isTTY: false })
  const code = await runCli(line === '' ? [] : line.split(' '), {
    env: { UMBEL_API: api, UMBEL_TOKEN: 't', ...env },
    folder: '/nowhere',
    stdout: sink(out),
    stderr: sink(err),
  })
  return { code, out: (out ?? []).join(''), err: (err ?? []).join('') }
}

const children = { total: 8, open: 8, closed: 0, byStatus: { open: 8 } }
const master = {
  id: 'm-1',
  number: 9,
  subject: 'Login failures',
  external: { source: '/crm', id: 'P-1' },
  status: 'open',
  empty: false,
  since: null,
  rollup: { children, customers: 8, projects: 1, hidden: 0, latestReply: null },
}
const progress = {
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
const operation = {
  id: 'op-1',
  kind: 'close',
  masterId: 'm-1',
  state: 'planned',
  planHash: 'abc',
  text: '',
  holdSeconds: 0,
  progress,
  plannedAt: null,
  finishedAt: null,
}
const page = (items: unknown[]) => ({ items, nextCursor: null })

describe('umbel', () => {
  it('prints masters as an array with what the design names', async () => {
    await using rest = await gateway({ 'GET /v1/masters': [200, page([master])] })
    const { code, out } = await run('masters -o json', rest.url)
    expect(code).toBe(0)
    const { id, number, subject, external, rollup } = master
    expect(JSON.parse(out)).toEqual([{ id, number, subject, external, rollup }])
    expect((await run('masters', rest.url)).out).toContain('Login failures')
  })

  it('prints a plan with the line that runs it, and finds the plan again by its hash', async () => {
    const plan = { operation, applying: 8, skipping: 0, hidden: 0, items: [] }
    await using rest = await gateway({
      'POST /v1/masters/9/operations': [201, plan],
      'GET /v1/masters/9': [200, master],
      'GET /v1/masters/m-1/operations': [200, page([{ ...operation, id: 'op-0', planHash: 'old' }, operation])],
      'POST /v1/operations/op-1/start': [202, { ...operation, state: 'running' }],
    })
    expect((await run('master 9 close', rest.url)).out).toContain('umbel master 9 close --plan abc --confirm 8')
    const started = await run('master 9 close --plan abc --confirm 8', rest.url)
    expect(started).toMatchObject({ code: 0, out: 'op-1 close running: 8 to go\n' })
    expect(await run('master 9 close --plan abc --hold 5', rest.url)).toMatchObject({ code: 4 })
    expect(await run('master 9 close --plan zzz', rest.url)).toMatchObject({ code: 4 })
    expect(rest.asked.filter((path) => path.endsWith('/start'))).toHaveLength(1)
  })

  it('follows an operation in JSON lines off a terminal, and fails where something failed', async () => {
    const ended = { ...operation, state: 'finished', progress: { ...progress, pending: 0, applied: 7, failed: 1 } }
    await using rest = await gateway({
      'GET /v1/operations': [200, page([ended])],
      'GET /v1/operations/op-1': [200, ended],
    })
    const { code, out } = await run('operation op --watch', rest.url)
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ id: 'op-1', state: 'finished', applied: 7, failed: 1 })
  })

  it('says refusals with their slug', async () => {
    await using rest = await gateway({ 'GET /v1/masters': [403, { slug: 'not-permitted', detail: 'you may not' }] })
    expect(await run('masters', rest.url)).toEqual({ code: 4, out: '', err: 'umbel: you may not (not-permitted)\n' })
  })

  it.each([
    ['', 2],
    ['--help', 0],
    ['master --help', 0],
    ['nonsense', 2],
    ['master', 2],
    ['master 9 explode', 2],
    ['master 9 broadcast', 2],
    ['master 9 close --hold soon', 2],
    ['masters --colour red', 2],
    ['masters -o yaml', 2],
    ['operation', 2],
    ['operation op-1 explode', 2],
    ['dlq list --service unknown', 2],
    ['dlq replay', 2],
    ['import incident-log', 2],
    ['import incident-log f.csv --until yesterday', 2],
    ['verify', 2],
    ['masters', 3],
  ])('ends `%s` with %i', async (line, code) => {
    const { code: ended, err } = await run(line, 'http://127.0.0.1:1', { KAFKA_BROKERS: '127.0.0.1:1' })
    expect(ended).toBe(code)
    if (code > 1 && line !== '') expect(err).toMatch(/^umbel: /)
  })
})
