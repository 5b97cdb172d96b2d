import { TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Workflows } from '../src/commands/ports.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

// nothing is run here: what is planned and accepted only reaches this far
const resting: Workflows = {
  start: () => Promise.resolve(),
  wake: () => Promise.resolve(),
  runs: () => Promise.resolve(true),
}

let world: TestOperation
beforeAll(async () => {
  world = await startTestOperation({ role: 'rpc' }, { workflows: resting })
  world.small.add(children(120))
})
afterAll(() => world?.[Symbol.asyncDispose]())

const all = { target: { case: 'all' as const, value: {} } }
const plan = (more: object = {}) =>
  world.rpc.planOperation({
    workspaceId: world.workspaceId,
    masterId: world.small.masterId,
    kind: 'broadcast',
    text: 'hello',
    target: all,
    ...more,
  })
const start = (operationId: string, planHash: string, confirm: bigint, key = '') =>
  world.rpc.startOperation({
    workspaceId: world.workspaceId,
    operationId,
    planHash,
    confirm,
    idempotency: { key, digest: new TextEncoder().encode(planHash) },
  })
const slug = (name: string) => expect.objectContaining({ slug: name })

describe('a plan', () => {
  it('freezes whom it reaches, shows the first 50 and holds texts for 15 s', async () => {
    const { operation, applying, skipping, hidden, items } = await plan()
    expect({ applying, skipping, hidden, shown: items.length }).toEqual({
      applying: 120n,
      skipping: 0n,
      hidden: 0n,
      shown: 50,
    })
    expect(operation).toMatchObject({ state: 'planned', holdSeconds: 15, epoch: 1n, workflowId: '' })
    expect(items[0]).toMatchObject({ seq: 1n, before: 'open', after: 'open', state: 'planned' })
  })

  it('has the same hash for the same children and text, another for another text', async () => {
    const [one, two, other] = [await plan(), await plan(), await plan({ text: 'hello there' })]
    expect(two.operation?.planHash).toBe(one.operation?.planHash)
    expect(other.operation?.planHash).not.toBe(one.operation?.planHash)
  })

  it('counts children that the agent may not see and shows none of them', async () => {
    const [ticket] = [...world.small.tickets.values()]
    if (!ticket) throw new Error('no child')
    ticket.hidden = true
    expect(await plan()).toMatchObject({ applying: 119n, hidden: 1n })
    const chosen = { target: { case: 'chosen' as const, value: { ticketIds: [ticket.id, newId()] } } }
    const named = await plan({ target: chosen })
    expect(named.items.map(({ reason, ticketNumber }) => [reason, ticketNumber])).toEqual([
      ['not-found', 0n],
      ['not-found', 0n],
    ])
    ticket.hidden = false
  })

  it('reaches children by their status', async () => {
    const [ticket] = [...world.small.tickets.values()]
    if (!ticket) throw new Error('no child')
    ticket.status = 'pending'
    const filter = { target: { case: 'filter' as const, value: { statuses: [TicketStatus.PENDING] } } }
    expect(await plan({ target: filter })).toMatchObject({ applying: 1n })
    ticket.status = 'open'
  })

  it.each([
    ['text-missing', { text: '' }],
    ['text-too-long', { text: 'a'.repeat(65_537) }],
    ['control-character', { text: 'bell\u0007' }],
    ['kind-unknown', { kind: 'shout' }],
    ['not-found', { masterId: newId() }],
    ['target-empty', { target: { target: { case: 'filter', value: { statuses: [TicketStatus.CLOSED] } } } }],
    ['target-missing', { target: undefined }],
  ])('is refused by name: %s', async (name, more) => {
    await expect(plan(more)).rejects.toEqual(slug(name))
  })

  it('needs an agent who may plan', async () => {
    world.small.role = 'light_agent'
    await expect(plan()).rejects.toEqual(slug('not-permitted'))
    world.small.role = 'agent'
  })

  it('answers the same for the same key, and refuses the key for another body', async () => {
    const idempotency = { key: 'plan-1', digest: new Uint8Array([1]) }
    const [one, two] = [await plan({ idempotency }), await plan({ idempotency })]
    expect(two).toEqual(one)
    const other = { key: 'plan-1', digest: new Uint8Array([2]) }
    await expect(plan({ idempotency: other })).rejects.toEqual(slug('idempotency-key-reused'))
  })
})

describe('a start', () => {
  it('names the hash and, from 100 children on, their number; twice is once', async () => {
    const { operation, applying } = await plan()
    const { id = '', planHash = '' } = operation ?? {}
    await expect(start(id, 'another', applying)).rejects.toEqual(slug('plan-changed'))
    await expect(start(id, planHash, 0n)).rejects.toEqual(slug('confirm-missing'))
    const started = await start(id, planHash, applying, 'start-1')
    expect(started.operation).toMatchObject({ state: 'holding', startedBy: world.agentId })
    expect(await start(id, planHash, applying, 'start-1')).toEqual(started)
    expect((await start(id, planHash, applying)).operation?.acceptedAt).toEqual(started.operation?.acceptedAt)
  })

  it('of an unknown operation, or of another workspace, is not found', async () => {
    await expect(start(newId(), 'hash', 0n)).rejects.toEqual(slug('not-found'))
    const elsewhere = { workspaceId: newId(), operationId: newId() }
    await expect(world.rpc.getOperation(elsewhere)).rejects.toEqual(slug('wrong-workspace'))
  })
})

describe('what is listed', () => {
  it('comes newest first, in pages, without what the agent may not see', async () => {
    const { workspaceId } = world
    const first = await world.rpc.listOperations({ workspaceId, masterId: world.small.masterId, pageSize: 2 })
    const next = await world.rpc.listOperations({ workspaceId, pageSize: 2, pageToken: first.nextPageToken })
    const ids = [...first.operations, ...next.operations].map(({ id }) => id)
    expect(ids).toEqual([...ids].sort().reverse())
    expect(new Set(ids).size).toBe(4)
    const [ticket] = [...world.small.tickets.values()]
    if (!ticket) throw new Error('no child')
    ticket.hidden = true
    const operationId = first.operations[0]?.id ?? ''
    const { items } = await world.rpc.listItems({ workspaceId, operationId, pageSize: 1_000 })
    expect(items.map(({ ticketId }) => ticketId)).not.toContain(ticket.id)
    expect(items).toHaveLength(119)
    ticket.hidden = false
  })

  it('ends a page where one message holds no more texts, and loses no operation', async () => {
    const { workspaceId } = world
    const text = 'x'.repeat(60_000)
    const variants = ['de', 'fr'].map((locale) => ({ locale, text }))
    const planned: string[] = []
    for (let at = 0; at < 25; at++) planned.push((await plan({ text, variants })).operation?.id ?? '')
    const pages: string[][] = []
    for (let pageToken = '', more = true; more; more = pageToken !== '') {
      const page = await world.rpc.listOperations({ workspaceId, pageSize: 1_000, pageToken })
      pages.push(page.operations.map(({ id }) => id))
      pageToken = page.nextPageToken
    }
    expect(pages).toHaveLength(2)
    expect(pages.flat().slice(0, 25)).toEqual(planned.toReversed())
    expect(new Set(pages.flat()).size).toBe(pages.flat().length)
  })

  it('is read a hundred at a time, whatever the page', async () => {
    const { workspaceId } = world
    for (let at = 0; at < 110; at++) await plan({ text: `short ${at}` })
    const few = await world.rpc.listOperations({ workspaceId, pageSize: 105 })
    expect(few.operations).toHaveLength(105)
    expect(few.nextPageToken).toBe(few.operations.at(-1)?.id)
  })
})
