import { TicketPriority, TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { resting } from './resting.ts'
import { requesterOf } from './small-effects.ts'
import type { SmallTicket } from './small-ticket.ts'
import { children, startTestOperation, type TestOperation } from './support.ts'

let world: TestOperation
beforeAll(async () => {
  world = await startTestOperation({ role: 'rpc' }, { workflows: resting })
})
afterAll(() => world?.[Symbol.asyncDispose]())

let tickets: SmallTicket[]
beforeEach(() => {
  world.small.tickets.clear()
  world.small.leaks = []
  world.small.add(children(6))
  tickets = [...world.small.tickets.values()]
})

const one = (at = 0): SmallTicket => {
  const ticket = tickets[at]
  if (!ticket) throw new Error('no such child')
  return ticket
}
const plan = (more: object = {}) =>
  world.rpc.planOperation({
    workspaceId: world.workspaceId,
    masterId: world.small.masterId,
    target: { target: { case: 'all', value: {} } },
    ...more,
  })
const filter = (value: object) => ({ target: { target: { case: 'filter' as const, value } } })
const slug = (name: string) => expect.objectContaining({ slug: name })

/** As somebody reads it who may not see every ticket. */
async function readBySome(id = '') {
  world.small.hiddenGroups = new Set([newId()])
  const read = await world.get(id)
  world.small.hiddenGroups = new Set()
  return read
}

describe('a plan of each kind', () => {
  it('says before and after', async () => {
    const agent = newId()
    world.small.names.set(agent, 'Ada')
    const shown = async (kind: string, change: object, more: object = {}) => {
      const { before, after, state } = (await plan({ kind, change, ...more })).items[0] ?? {}
      return [before, after, state]
    }
    one().labels = ['vip']
    expect(await shown('set_status', { status: TicketStatus.PENDING })).toEqual(['open', 'pending', 'planned'])
    expect(await shown('set_priority', { priority: TicketPriority.HIGH })).toEqual(['normal', 'high', 'planned'])
    expect(await shown('assign', { assigneeId: agent })).toEqual(['none', 'Ada', 'planned'])
    expect(await shown('labels', { addLabels: ['eu'] })).toEqual(['vip', 'eu, vip', 'planned'])
    expect(await shown('close', { confirmToCloseDays: 3 }, { text: 'Fixed?' })).toEqual([
      'open',
      'pending, then solved',
      'planned',
    ])
    expect(await shown('note', {}, { text: 'keep an eye on it' })).toEqual(['open', 'open', 'planned'])
  })

  it('keeps the change, and holds only what customers see', async () => {
    const { operation } = await plan({ kind: 'labels', change: { addLabels: ['eu'], includeReplied: true } })
    expect(operation).toMatchObject({ holdSeconds: 0, applying: 6n, needsApproval: false })
    expect(operation?.change).toMatchObject({ addLabels: ['eu'], includeReplied: false })
    expect((await plan({ kind: 'note', text: 'x' })).operation?.holdSeconds).toBe(0)
  })

  it('reaches whom the filter names', async () => {
    one(0).labels = ['eu']
    one(1).labels = ['eu']
    one(1).status = 'pending'
    one(2).customerId = newId()
    const reached = async (value: object) => (await plan({ kind: 'note', text: 'x', ...filter(value) })).applying
    expect(await reached({ labels: ['eu'] })).toBe(2n)
    expect(await reached({ labels: ['eu'], statuses: [TicketStatus.PENDING] })).toBe(1n)
    expect(await reached({ customerIds: [one(2).customerId] })).toBe(1n)
    one(2).hidden = true
    const probed = plan({ kind: 'note', text: 'x', ...filter({ customerIds: [one(2).customerId] }) })
    await expect(probed).rejects.toEqual(slug('target-empty'))
  })

  it('leaves follow-ups out of what customers read, unless they are chosen', async () => {
    one().followUp = true
    const chosen = { target: { target: { case: 'chosen' as const, value: { ticketIds: [one().id] } } } }
    expect((await plan({ kind: 'broadcast', text: 'x' })).applying).toBe(5n)
    expect((await plan({ kind: 'note', text: 'x' })).applying).toBe(6n)
    expect((await plan({ kind: 'broadcast', text: 'x', ...chosen })).applying).toBe(1n)
  })

  it('skips a close whose customer waits', async () => {
    one().customerWaits = true
    expect((await plan({ kind: 'close' })).items[0]).toMatchObject({ state: 'skipped', reason: 'customer-replied' })
    expect((await plan({ kind: 'close', change: { includeReplied: true } })).applying).toBe(6n)
  })

  it.each([
    ['not-found', { kind: 'assign', change: { assigneeId: newId() } }],
    ['status-unknown', { kind: 'set_status', change: { status: TicketStatus.CLOSED } }],
    ['change-missing', { kind: 'labels' }],
    ['text-unexpected', { kind: 'labels', text: 'x', change: { addLabels: ['a'] } }],
    ['bidi-override', { kind: 'broadcast', text: 'x \u202e' }],
    ['template-malformed', { kind: 'broadcast', text: '{{requester.name' }],
    ['variable-unknown', { kind: 'broadcast', text: '{{requester.age}}' }],
    ['target-empty', { kind: 'note', text: 'x', ...filter({}) }],
    ['sla-state-unknown', { kind: 'note', text: 'x', ...filter({ slaStates: ['late'] }) }],
    ['kind-unknown', { kind: 'sync' }],
    ['override-reason-too-short', { kind: 'broadcast', text: 'x', overrideReason: 'no' }],
  ])('is refused by name: %s', async (name, more) => {
    await expect(plan(more)).rejects.toEqual(slug(name))
  })
})

describe('a text with variables', () => {
  const text = 'Hi {{requester.name}}'

  it('is previewed for different customers, and skips whom it cannot be said to', async () => {
    tickets.forEach((ticket, at) => {
      ticket.customerId = `c-${at % 4}`
      ticket.values = { 'requester.name': at === 5 ? '' : `Person ${at}` }
    })
    one(1).locale = 'de-AT'
    const variants = [{ locale: 'de', text: 'Hallo {{requester.name}}' }]
    const { operation, previews, items, applying } = await plan({ kind: 'broadcast', text, variants })
    expect(applying).toBe(5n)
    expect(previews.map((preview) => [preview.locale, preview.text])).toEqual([
      ['', 'Hi Person 0'],
      ['de', 'Hallo Person 1'],
      ['', 'Hi Person 2'],
    ])
    expect(items[5]).toMatchObject({ state: 'skipped', reason: 'variable-empty' })
    expect(operation?.findings).toMatchObject([
      { kind: 'variable-empty', blocks: false, phrase: 'requester.name', ticketNumbers: [BigInt(one(5).number)] },
    ])
    expect(operation?.variants).toMatchObject(variants)
    // to who may not see each of these children none is named
    const [told] = (await readBySome(operation?.id))?.findings ?? []
    expect(told).toMatchObject({ kind: 'variable-empty', ticketNumbers: [] })
    expect(told?.message).not.toContain('#')
  })

  it('warns of children that no mail can reach, who may see them all, and only where customers read it', async () => {
    const [, second] = tickets
    if (second) second.requesterId = ''
    const { operation, applying } = await plan({ kind: 'broadcast', text: 'It is fixed' })
    expect(applying).toBe(BigInt(tickets.length))
    expect(operation?.findings).toMatchObject([
      { kind: 'nobody-told', blocks: false, ticketNumbers: [BigInt(second?.number ?? 0)] },
    ])
    expect((await readBySome(operation?.id))?.findings).toEqual([])
    expect((await plan({ kind: 'note', text: 'It is fixed' })).operation?.findings).toEqual([])
    if (second) second.requesterId = requesterOf(second.id)
  })

  it('is checked for what it gives away, without its variables', async () => {
    world.small.leaks = [
      { field: 'text', phrase: 'Acme', kind: 'customer', common: false },
      { field: 'text', phrase: 'Support', kind: 'customer', common: true },
    ]
    const { operation, applying } = await plan({ kind: 'broadcast', text: 'Acme and {{requester.name | Support}}' })
    expect(operation?.findings.map(({ phrase, blocks }) => [phrase, blocks])).toEqual([
      ['Acme', true],
      ['Support', false],
    ])
    expect((await world.get(operation?.id ?? ''))?.findings).toEqual(operation?.findings)
    expect((await readBySome(operation?.id))?.findings).toMatchObject([
      { kind: 'leak', phrase: '', leakKind: 'hidden', blocks: true },
    ])
    expect(world.small.leakQueries.at(-1)).toMatchObject({ texts: [{ field: 'text', text: 'Acme and  Support ' }] })
    expect(world.small.leakQueries.at(-1)?.receiverIds).toHaveLength(6)
    const { id = '', planHash = '' } = operation ?? {}
    const start = { workspaceId: world.workspaceId, operationId: id, planHash, confirm: applying }
    await expect(world.rpc.startOperation(start)).rejects.toEqual(slug('finding-blocks'))
    const reasoned = await plan({ kind: 'broadcast', text: 'Acme', overrideReason: 'Acme is the vendor' })
    expect(reasoned.operation).toMatchObject({ overrideReason: 'Acme is the vendor' })
    expect(reasoned.operation?.findings[0]?.blocks).toBe(false)
  })

  it('names somebody in hiding: it is not said whom, and starts with a reason only', async () => {
    world.small.leaks = [{ field: '', phrase: '', kind: 'hidden', common: false }]
    const variants = [{ locale: 'de', text: 'Acme, auf Deutsch' }]
    const { operation, applying } = await plan({ kind: 'broadcast', text: 'Acme', variants })
    const told = { kind: 'leak', field: 'text', phrase: '', leakKind: 'hidden', blocks: true }
    expect(operation?.findings).toMatchObject([told])
    const { id = '', planHash = '' } = operation ?? {}
    const start = { workspaceId: world.workspaceId, operationId: id, planHash, confirm: applying }
    await expect(world.rpc.startOperation(start)).rejects.toEqual(slug('finding-blocks'))
    const reasoned = await plan({ kind: 'broadcast', text: 'Acme', overrideReason: 'Acme is the vendor' })
    expect(reasoned.operation).toMatchObject({ overrideReason: 'Acme is the vendor' })
    expect(reasoned.operation?.findings).toMatchObject([{ ...told, blocks: false }])
  })

  it('of a note is nobody’s to find leaks in', async () => {
    const asked = world.small.leakQueries.length
    await plan({ kind: 'note', text: 'Acme' })
    expect(world.small.leakQueries).toHaveLength(asked)
  })
})

describe('the hash of a plan', () => {
  const hash = async (more: object) => (await plan({ kind: 'close', text: 'bye', ...more })).operation?.planHash

  it('is the same for the same, and another for any other text, change, hold, rate, reason or child', async () => {
    const same = await hash({})
    expect(await hash({})).toBe(same)
    const others = [
      await hash({ text: 'bye bye' }),
      await hash({ variants: [{ locale: 'de', text: 'tschüss' }] }),
      await hash({ change: { includeReplied: true } }),
      await hash({ holdSeconds: 3 }),
      await hash({ rate: 60 }),
    ]
    one().version += 1
    others.push(await hash({}))
    expect(new Set([same, ...others]).size).toBe(others.length + 1)
  })
})
