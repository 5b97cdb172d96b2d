import type { MessageInitShape } from '@bufbuild/protobuf'
import { create } from '@bufbuild/protobuf'
import {
  CancelOperationResponseSchema,
  DeadLetterSchema,
  EnsureWorkspaceResponseSchema,
  PauseOperationResponseSchema,
  type PlanOperationRequestSchema,
  PlanOperationResponseSchema,
  ResumeOperationResponseSchema,
  SetOperationRateResponseSchema,
  StartOperationResponseSchema,
  TicketStatus,
} from '@umbel/contracts'
import { idFrom, newId } from '@umbel/kernel/ids'
import { describe, expect, it } from 'vitest'
import { peer, startDesk, workspaceId } from './world.ts'

const operation = { id: newId(), masterId: newId(), kind: 'close', state: 'planned', planHash: 'abc' }
type PlanRequest = MessageInitShape<typeof PlanOperationRequestSchema>

describe('operations over REST', () => {
  it.each([
    [undefined, { case: 'all', value: {} }],
    ['all', { case: 'all', value: {} }],
    [{ ids: [operation.id] }, { case: 'chosen', value: { ticketIds: [operation.id] } }],
    [
      { filter: { status: ['open', 'new'] } },
      { case: 'filter', value: { statuses: [TicketStatus.OPEN, TicketStatus.NEW] } },
    ],
  ])('plans over %j', async (target, wire) => {
    const asked: PlanRequest[] = []
    await using desk = await startDesk({
      operation: peer('operation', {
        planOperation: async (request) => {
          asked.push(request)
          return create(PlanOperationResponseSchema, { operation, applying: 8n, skipping: 1n, hidden: 2n })
        },
      }),
    })
    const body = { kind: 'close', text: 'fixed', ...(target === undefined ? {} : { target }) }
    const { status, json } = await desk.ask('POST', `/v1/masters/${operation.masterId}/operations`, { body })
    expect(status).toBe(201)
    expect(json).toMatchObject({ operation: { planHash: 'abc' }, applying: 8, skipping: 1, hidden: 2 })
    expect(asked[0]?.target).toMatchObject({ target: wire })
    expect(asked[0]).not.toHaveProperty('holdSeconds')
  })

  it('starts by hash and number, and tells whether a cancel was complete', async () => {
    await using desk = await startDesk({
      operation: peer('operation', {
        startOperation: async ({ planHash, confirm }) => {
          expect([planHash, confirm]).toEqual(['abc', 8n])
          return create(StartOperationResponseSchema, { operation: { ...operation, state: 'holding' } })
        },
        cancelOperation: async () => create(CancelOperationResponseSchema, { operation, complete: true }),
      }),
    })
    const path = `/v1/operations/${operation.id}`
    const started = await desk.ask('POST', `${path}/start`, { body: { planHash: 'abc', confirm: 8 } })
    expect([started.status, started.json.state]).toEqual([202, 'holding'])
    expect((await desk.ask('POST', `${path}/cancel`)).json).toMatchObject({ complete: true })
  })
})

describe('pause, resume, cancel and rate', () => {
  it.each([
    ['pause', undefined],
    ['resume', undefined],
    ['cancel', undefined],
    ['rate', { childrenPerMinute: 60 }],
  ])('hand the key of a %s on, with what was asked', async (verb, body) => {
    const asked: { key?: string | undefined; digest?: string }[] = []
    const take = ({ idempotency }: { idempotency?: { key?: string; digest?: Uint8Array } }) => {
      asked.push({ key: idempotency?.key, digest: Buffer.from(idempotency?.digest ?? []).toString('hex') })
      return { operation }
    }
    await using desk = await startDesk({
      operation: peer('operation', {
        pauseOperation: async (request) => create(PauseOperationResponseSchema, take(request)),
        resumeOperation: async (request) => create(ResumeOperationResponseSchema, take(request)),
        cancelOperation: async (request) => create(CancelOperationResponseSchema, take(request)),
        setOperationRate: async (request) => create(SetOperationRateResponseSchema, take(request)),
      }),
    })
    const headers = { 'idempotency-key': 'click-1' }
    for (const id of [operation.id, operation.id, newId()])
      expect((await desk.ask('POST', `/v1/operations/${id}/${verb}`, { headers, body })).status).toBe(200)
    expect(asked.map(({ key }) => key)).toEqual(['click-1', 'click-1', 'click-1'])
    expect(asked[0]?.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(asked[1]?.digest).toBe(asked[0]?.digest)
    expect(asked[2]?.digest).not.toBe(asked[0]?.digest)
  })
})

describe('what operators and admins do', () => {
  it('makes a workspace whose ids follow from its slug', async () => {
    const slug = 'north'
    const id = idFrom('workspace', slug)
    await using desk = await startDesk({
      directory: peer('directory', {
        ensureWorkspace: async (request) => {
          expect(request).toMatchObject({
            workspaceId: id,
            agents: [{ id: idFrom('agent', id, 'admin'), role: 'admin' }],
            sources: [{ source: '/crm', notifies: true }],
          })
          return create(EnsureWorkspaceResponseSchema, { workspace: { id, slug, name: slug } })
        },
      }),
    })
    const body = { sources: [{ source: '/crm', notifies: true }] }
    const made = await desk.ask('PUT', `/v1/workspaces/${slug}`, { token: 'operator', body })
    expect(made.json).toMatchObject({ id, slug })
    const asAgent = await desk.ask('PUT', `/v1/workspaces/${slug}`, { body })
    expect(asAgent.json).toMatchObject({ status: 403, slug: 'not-permitted' })
  })

  it("asks the service that owns a dead letter, in the agent's workspace or the one an operator names", async () => {
    const asked: (string | undefined)[] = []
    const letter = create(DeadLetterSchema, { id: newId(), reason: 'data-unreadable', value: new Uint8Array([1, 2]) })
    const owner = peer('linking', {
      getDeadLetter: async (request: { workspaceId?: string }) => {
        asked.push(request.workspaceId)
        return { $typeName: 'umbel.common.v1.GetDeadLetterResponse' as const, deadLetter: letter }
      },
    })
    const others = { ticket: peer('ticket'), notification: peer('notification'), operation: peer('operation') }
    await using desk = await startDesk({ deadLetters: { ...others, linking: owner } as never })
    const path = `/v1/dead-letters/${letter.id}?service=linking`
    expect((await desk.ask('GET', path)).json).toMatchObject({ reason: 'data-unreadable', value: 'AQI=' })
    await desk.ask('GET', `${path}&workspace=north`, { token: 'operator' })
    expect((await desk.ask('GET', path, { token: 'operator' })).status).toBe(400)
    expect(asked).toEqual([workspaceId, idFrom('workspace', 'north')])
  })
})
