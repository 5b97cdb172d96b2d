import { create, toBinary } from '@bufbuild/protobuf'
import { Client, credentials, Metadata, status } from '@grpc/grpc-js'
import { GetTicketRequestSchema } from '@umbel/contracts'
import { currentTraceparent, newTraceparent, withTrace } from '@umbel/kernel/trace'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { type Desk, openDesk, workspaceId } from './desk.ts'

const same = (value: Buffer) => value
const request = Buffer.from(toBinary(GetTicketRequestSchema, create(GetTicketRequestSchema, { workspaceId })))

/** A call as a foreign client may send it: no deadline, any bytes, perhaps no token. */
async function rawCall(desk: Desk, bytes: Buffer, token?: string): Promise<unknown> {
  using owned = new DisposableStack()
  const channel = new Client(`127.0.0.1:${desk.server.port}`, credentials.createInsecure())
  owned.defer(() => channel.close())
  const metadata = new Metadata()
  if (token !== undefined) metadata.set('authorization', `Bearer ${token}`)
  return await new Promise((resolve, reject) => {
    channel.makeUnaryRequest(
      '/umbel.ticket.v1.TicketService/GetTicket',
      same,
      same,
      bytes,
      metadata,
      (error, answer) => (error ? reject(error) : resolve(answer)),
    )
  })
}

it('caps a call that brings no deadline, and tells its handler', async () => {
  const signals: AbortSignal[] = []
  await using desk = await openDesk({ getTicket: (_, { signal }) => new Promise(() => signals.push(signal)) }, 100)
  const token = await desk.issuer.agentToken({ workspaceId, agentId: workspaceId })
  await expect(rawCall(desk, request, token)).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED })
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(desk.counted).toEqual([{ method: 'umbel.ticket.v1.TicketService/GetTicket', code: 'DEADLINE_EXCEEDED' }])
  expect(desk.logged).toEqual([])
})

it('aborts the signal of a handler whose caller has gone', async () => {
  const signals: AbortSignal[] = []
  await using desk = await openDesk({ getTicket: (_, { signal }) => new Promise(() => signals.push(signal)) })
  const gone = new AbortController()
  const asked = desk.agent().getTicket({ workspaceId }, { signal: gone.signal })
  const refused = expect(asked).rejects.toMatchObject({ kind: 'unavailable' })
  await until(() => signals.length === 1, { what: 'the handler to run' })
  gone.abort()
  await refused
  await until(() => signals[0]?.aborted, { what: 'the signal to abort' })
})

it('looks at the token before it looks at the bytes', async () => {
  await using desk = await openDesk({})
  await expect(rawCall(desk, Buffer.from([0xff]))).rejects.toMatchObject({ code: status.UNAUTHENTICATED })
  const token = await desk.issuer.agentToken({ workspaceId, agentId: workspaceId })
  await expect(rawCall(desk, Buffer.from([0xff]), token)).rejects.toMatchObject({ code: status.INVALID_ARGUMENT })
})

it('produces no faster than the reader reads', async () => {
  let made = 0
  const text = 'x'.repeat(100_000)
  await using desk = await openDesk({
    async *streamTicketStates() {
      for (; made < 500; made += 1) yield { tickets: [{ id: text }] }
    },
  })
  const answers = desk.agent(20_000).streamTicketStates({ workspaceId })[Symbol.asyncIterator]()
  await answers.next()
  let before = -1
  await until(
    () => {
      const still = made === before
      before = made
      return still
    },
    { what: 'the generator to wait for its reader' },
  )
  expect(made).toBeLessThan(250) // 50 MB would be owed to a reader of one message
  let read = 1
  while ((await answers.next()).done !== true) read += 1
  expect(read).toBe(500)
})

it('ends the generator of a reader who leaves, even while it waits', async () => {
  let ended = 0
  await using desk = await openDesk({
    async *streamTicketStates(_, { signal }) {
      try {
        yield { tickets: [] }
        await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      } finally {
        ended += 1
      }
    },
  })
  for await (const _ of desk.agent().streamTicketStates({ workspaceId })) break
  await until(() => ended === 1, { what: 'the generator to end' })
  expect(desk.logged).toEqual([])
})

it('tells the error that a stream ends with', async () => {
  await using desk = await openDesk({
    async *streamTicketStates() {
      yield { tickets: [] }
      throw new Error('secret inside')
    },
  })
  const read = async () => {
    for await (const _ of desk.agent().streamTicketStates({ workspaceId }));
  }
  await expect(read()).rejects.toMatchObject({ code: status.INTERNAL })
  expect(desk.logged).toHaveLength(1)
})

it('carries the trace of the work that calls into the handler', async () => {
  await using desk = await openDesk({
    getTicket: async () => ({ ticket: { subject: currentTraceparent() ?? 'none' } }),
  })
  const traceparent = newTraceparent()
  const { ticket } = await withTrace(traceparent, () => desk.agent().getTicket({ workspaceId }))
  expect(ticket?.subject).toBe(traceparent)
})

it('refuses a workspace that is no id', async () => {
  await using desk = await openDesk({})
  const token = () => desk.issuer.serviceToken('linking')
  const asked = desk.agent().getTicket({ workspaceId: 'w-7' }, { token: await token() })
  await expect(asked).rejects.toMatchObject({ kind: 'invalid', slug: 'workspace-unreadable', field: 'workspace_id' })
})

it('says that the issuer is away where its keys cannot be had', async () => {
  await using desk = await openDesk({})
  const token = await desk.issuer.agentToken({ workspaceId, agentId: workspaceId })
  await desk.issuer[Symbol.asyncDispose]()
  await expect(desk.agent().getTicket({ workspaceId }, { token })).rejects.toMatchObject({ slug: 'issuer-away' })
})
