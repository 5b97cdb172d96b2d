import { create } from '@bufbuild/protobuf'
import { TicketSchema, TicketService, topics } from '@umbel/contracts'
import { refused } from '@umbel/kernel'
import { createKafkaBroker, type Received } from '@umbel/messaging'
import { type Call, createVerifier, serveRpc } from '@umbel/rpc'
import { startTestIssuer, topicPrefix, until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { routes } from '../src/routes/table.ts'
import { type GatewayService, startGatewayService } from '../src/service.ts'
import { agentId, workspaceId } from './world.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const lines = { info: () => undefined, error: () => undefined }
// methods that these stories do not need
const elsewhere = () => Promise.reject(refused('not-here', 'this peer does not do that'))
const agent = { workspaceId, agentId }

/** The gateway as its process runs it, with one real peer behind it that keeps what it was asked. */
async function startStack() {
  await using started = new AsyncDisposableStack()
  const issuer = started.use(await startTestIssuer())
  const calls: Call[] = []
  const ticket = started.use(
    await serveRpc({
      host: '127.0.0.1',
      port: 0,
      verify: createVerifier({ issuer: issuer.url, audience: 'umbel' }),
      log: quiet,
      services: [
        {
          service: TicketService,
          handlers: {
            ...Object.fromEntries(TicketService.methods.map(({ localName }) => [localName, elsewhere])),
            getTicket: async (_request: unknown, call: Call) => {
              calls.push(call)
              return { ticket: create(TicketSchema, { id: agentId, number: 7n, version: 3n }) }
            },
            addComment: () => Promise.reject(refused('ticket-closed', 'closed for good', { field: 'text' })),
            resolveActor: async () => ({ actorId: agentId, role: 'admin' }),
          },
        },
      ],
    }),
  )
  const kafka = { brokers: (process.env.KAFKA_BROKERS ?? '').split(','), topicPrefix: topicPrefix() }
  const address = `127.0.0.1:${ticket.port}`
  const gateway = started.use(
    await startGatewayService(
      {
        host: '127.0.0.1',
        port: 0,
        healthPort: 0,
        issuer: issuer.url,
        kafka,
        peers: { ticket: address, linking: address, notification: address, operation: '127.0.0.1:1' },
        logLevel: 'error',
      },
      { log: lines },
    ),
  )
  const owned = started.move()
  return { issuer, calls, gateway, kafka, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

interface Init {
  readonly method?: string
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

function ask({ port }: GatewayService, token: string, path: string, init: Init = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, connection: 'close', ...init.headers }
  return fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers })
}

it("hands on the caller's own token and trace, and brings back what the peer refused", async () => {
  await using stack = await startStack()
  const token = await stack.issuer.agentToken(agent)
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const shown = await ask(stack.gateway, token, `/v1/tickets/${agentId}`, { headers: { traceparent } })
  expect([shown.status, shown.headers.get('etag')]).toEqual([200, '"3"'])
  expect(stack.calls[0]).toMatchObject({ caller: { kind: 'agent', id: agentId, workspaceId }, traceparent })
  const body = JSON.stringify({ text: 'hello', public: true })
  const headers = { 'content-type': 'application/json' }
  const closed = await ask(stack.gateway, token, `/v1/tickets/${agentId}/comments`, { method: 'POST', body, headers })
  expect(await closed.json()).toMatchObject({ status: 422, slug: 'ticket-closed', field: 'text' })
})

it('refuses every route to every token that is not good, before anybody behind is asked', async () => {
  await using stack = await startStack()
  const { issuer, gateway, calls } = stack
  const bad = await Promise.all([
    issuer.expiredToken(agent),
    issuer.foreignAudienceToken(agent),
    issuer.foreignIssuerToken(agent),
    issuer.forgedToken(agent),
  ])
  for (const { method, path } of routes)
    for (const token of bad) {
      const url = path.replaceAll(/\{\w+\}/g, agentId)
      const { status } = await ask(gateway, token, url, { method: method.toUpperCase() })
      expect(`${method} ${path} ${status}`).toBe(`${method} ${path} 401`)
    }
  expect(calls).toEqual([])
})

it('answers 503 for a peer that is away, and names it', async () => {
  await using stack = await startStack()
  const token = await stack.issuer.agentToken(agent)
  const answered = await ask(stack.gateway, token, `/v1/operations/${agentId}`)
  expect([answered.status, answered.headers.get('content-type')]).toEqual([
    503,
    expect.stringContaining('application/problem+json'),
  ])
  const ready = await ask(stack.gateway, token, '/readyz')
  expect(await ready.json()).toEqual({
    ready: false,
    peers: { ticket: true, linking: true, notification: true, operation: false },
  })
})

it('has the broker take an upstream event before it answers', async () => {
  await using stack = await startStack()
  await using broker = createKafkaBroker({ ...stack.kafka, clientId: 'test' })
  const body = JSON.stringify({
    specversion: '1.0',
    id: 'A-1:1',
    source: '/crm',
    type: 'umbel.ticket.upserted.v1',
    subject: 'A-1',
    sequence: '1',
    data: { subject: 'Cannot log in' },
  })
  const token = await stack.issuer.agentToken(agent)
  const headers = { 'content-type': 'application/cloudevents+json' }
  const answered = await ask(stack.gateway, token, '/v1/events', { method: 'POST', body, headers })
  expect(answered.status).toBe(202)
  const heard: Received[] = []
  await using _subscription = await broker.subscribe({
    group: 'test.events',
    topics: [topics.inbound.tickets.name],
    onBatch: async ({ messages }) => void heard.push(...messages),
  })
  await until(async () => heard.length === 1 || undefined, { what: 'the event', deadlineMs: 20_000 })
  expect(heard[0]?.headers).toMatchObject({ ce_id: 'A-1:1', ce_workspace: workspaceId })
})
