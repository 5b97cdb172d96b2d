import { ItemOutcome, TicketStatus } from '@umbel/contracts'
import { idFrom, newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Child, children as childrenOf, sendPage } from './pages.ts'
import { hearTickets, settle, startWorld, type World } from './support.ts'

let world: World
let operationId: string
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  operationId = newId()
})

const { APPLIED, SKIPPED } = ItemOutcome

const children = (count: number) => childrenOf(world, count)

const arm = (epoch = 1n) => world.tickets.armOperation({ workspaceId: world.workspaceId, operationId, epoch })
const bodyId = () => idFrom('body', operationId, 'We found it.')

function page(
  items: readonly Child[],
  more: { epoch?: bigint; close?: boolean; text?: string; actorId?: string; plannedVersion?: bigint } = {},
) {
  const { close = false, text = 'We found it.', ...rest } = more
  const effect = close ? ({ case: 'close', value: {} } as const) : ({ case: 'broadcast', value: {} } as const)
  return sendPage(world, { operationId, effect, items, text, ...rest })
}

const get = async (id: string) => (await world.tickets.getTicket({ workspaceId: world.workspaceId, id })).ticket
const count = async (table: string, ticketId: string) =>
  (await world.rows(`select 1 from ${table} where ticket_id = $1`, [ticketId])).length

describe('a page', () => {
  it('gives each child one comment, version, audit entry and event; the same page twice answers the same', async () => {
    await using heard = await hearTickets(world.broker)
    const items = await children(3)
    await arm()
    const first = await page(items)
    expect(first.outcomes.map(({ outcome, notifies }) => [outcome, notifies])).toEqual([
      [APPLIED, true],
      [APPLIED, true],
      [APPLIED, true],
    ])
    expect(await page(items)).toEqual(first)
    for (const { ticketId } of items) {
      expect((await get(ticketId))?.version).toBe(2n)
      expect([await count('comment', ticketId), await count('audit_entry', ticketId)]).toEqual([1, 2])
      const { comments } = await world.tickets.listComments({ workspaceId: world.workspaceId, ticketId })
      expect(comments).toMatchObject([
        { text: 'We found it.', broadcast: true, public: true, authorName: 'Grace Agent' },
      ])
      expect(comments[0]?.id).toBe(idFrom('comment', operationId, 1, ticketId))
    }
    await settle(world)
    const ids = items.map(({ ticketId }) => ticketId)
    const ours = () => heard.events().filter(({ ticketId, version }) => ids.includes(ticketId) && version === 2n)
    await until(() => ours().length >= 3, { what: 'an event for each child' })
    expect(ours()).toHaveLength(3)
    expect(ours()[0]?.cause).toMatchObject({ operationId, step: 1, rootId: operationId, id: operationId })
    expect(ours()[0]?.facts.map(({ fact }) => fact.case)).toEqual(['commentAdded'])
  })

  it('applies a page only once when two callers send it at the same time', async () => {
    const items = await children(4)
    await arm()
    const answers = await Promise.all([page(items), page(items), page(items)])
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
    for (const { ticketId } of items) expect(await count('comment', ticketId)).toBe(1)
  })

  it('gives each child its own outcome, by name', async () => {
    const [fine, unlinked, solved, closed] = (await children(4)) as [Child, Child, Child, Child]
    const { workspaceId } = world
    await world.tickets.setPrimaryLinks({ workspaceId, links: [{ ticketId: unlinked.ticketId, linkVersion: 2n }] })
    await world.tickets.updateTicket({ workspaceId, id: solved.ticketId, status: TicketStatus.SOLVED })
    await world.tickets.updateTicket({ workspaceId, id: closed.ticketId, status: TicketStatus.CLOSED })
    await arm()
    const nobody = { ticketId: newId(), linkId: newId() }
    const answer = await page([fine, unlinked, solved, closed, nobody], { close: true })
    expect(answer.outcomes.map(({ outcome, reason, notifies }) => [outcome, reason, notifies])).toEqual([
      [APPLIED, '', true],
      [SKIPPED, 'no-longer-linked', false],
      [SKIPPED, 'already-solved', false],
      [SKIPPED, 'ticket-closed', false],
      [SKIPPED, 'not-found', false],
    ])
    expect(await get(fine.ticketId)).toMatchObject({ status: TicketStatus.SOLVED, version: 2n })
  })

  it('closes without a word when no comment is given, and owes nobody a notification', async () => {
    const [one] = (await children(1)) as [Child]
    await arm()
    const answer = await page([one], { close: true, text: '' })
    expect(answer.outcomes).toMatchObject([{ outcome: APPLIED, notifies: false }])
    expect(await count('comment', one.ticketId)).toBe(0)
  })

  it('authorises the actor as it is now: a light agent may not, a hidden child is not found', async () => {
    const [one, two] = (await children(2)) as [Child, Child]
    await arm()
    const light = await page([one], { actorId: world.people.lee })
    expect(light.outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'not-permitted' }])
    const { workspaceId } = world
    const { group } = await world.directory.putGroup({ workspaceId, group: { name: 'Legal', private: true } })
    await world.tickets.updateTicket({ workspaceId, id: two.ticketId, groupId: group?.id ?? '' })
    const hidden = await page([two])
    expect(hidden.outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'not-found' }])
  })

  it('reaches hidden children where the operation may', async () => {
    const [one] = (await children(1)) as [Child]
    const { workspaceId } = world
    const { group } = await world.directory.putGroup({ workspaceId, group: { name: 'Board', private: true } })
    await world.tickets.updateTicket({ workspaceId, id: one.ticketId, groupId: group?.id ?? '' })
    await arm()
    const answer = await world.tickets.applyOperationPage({
      workspaceId,
      operationId,
      step: 1,
      epoch: 1n,
      actorId: world.people.grace,
      includeHidden: true,
      bodies: [{ bodyId: bodyId(), text: 'We found it.' }],
      effect: { effect: { case: 'broadcast', value: {} } },
      items: [{ ...one, bodyId: bodyId() }],
    })
    expect(answer.outcomes).toMatchObject([{ outcome: APPLIED }])
  })

  it('says nothing to somebody else than its plan saw, and all else is done', async () => {
    const [given, kept] = (await children(2)) as [Child, Child]
    const { workspaceId } = world
    const put = await world.directory.putRequester({ workspaceId, requester: { name: 'Nora New', email: 'n@n.test' } })
    const requesterId = put.requester?.id ?? ''
    await world.tickets.updateTicket({ workspaceId, id: given.ticketId, requesterId })
    // what comes after it does not make it forgotten
    for (const { ticketId: id } of [given, kept])
      await world.tickets.updateTicket({ workspaceId, id, status: TicketStatus.OPEN })
    await arm()
    const told = await page([given, kept], { plannedVersion: 1n })
    expect(told.outcomes).toMatchObject([
      { outcome: SKIPPED, reason: 'requester-changed', notifies: false, moved: true, requesterId },
      { outcome: APPLIED, reason: '', notifies: true, moved: true },
    ])
    expect([await count('comment', given.ticketId), await count('comment', kept.ticketId)]).toEqual([0, 1])
    expect((await get(given.ticketId))?.version).toBe(3n)

    operationId = newId()
    await arm()
    const closed = await page([given], { close: true, text: '', plannedVersion: 1n })
    expect(closed.outcomes).toMatchObject([{ outcome: APPLIED, reason: '' }])

    operationId = newId()
    await arm()
    const planned = await page([given], { plannedVersion: 2n })
    expect(planned.outcomes).toMatchObject([{ outcome: APPLIED, notifies: true }])
  })

  it('is for services only', async () => {
    const grace = world.asAgent(world.people.grace)
    const { workspaceId } = world
    await expect(grace.haltOperation({ workspaceId, operationId, epoch: 1n })).rejects.toMatchObject({
      kind: 'forbidden',
    })
  })
})

describe('the fence', () => {
  it('stands against pages before it is raised, after a halt, and of another epoch', async () => {
    const items = await children(1)
    expect(await page(items)).toMatchObject({ halted: true, outcomes: [] })
    expect(await arm()).toMatchObject({ raised: true, epoch: 1n, halted: false })
    expect(await page(items, { epoch: 2n })).toMatchObject({ halted: true })
    const { workspaceId } = world
    await world.tickets.haltOperation({ workspaceId, operationId, epoch: 2n })
    expect(await page(items, { epoch: 2n })).toMatchObject({ halted: true })
    expect(await arm()).toMatchObject({ raised: false, epoch: 2n, halted: true })
    await world.tickets.resumeOperation({ workspaceId, operationId, epoch: 3n })
    await world.tickets.haltOperation({ workspaceId, operationId, epoch: 2n })
    expect((await page(items, { epoch: 3n })).outcomes).toMatchObject([{ outcome: APPLIED }])
    const halted = await world.tickets.haltOperation({ workspaceId, operationId, epoch: 4n, count: true })
    expect(halted).toMatchObject({ applied: 1n, skipped: 0n })
    expect(await world.tickets.haltOperation({ workspaceId, operationId, epoch: 4n })).toMatchObject({ applied: 0n })
  })

  it('gives a cancel in the hold the last word', async () => {
    const { workspaceId } = world
    await world.tickets.haltOperation({ workspaceId, operationId, epoch: 1n })
    expect(await arm(1n)).toMatchObject({ raised: false, halted: true })
    expect(await page(await children(1))).toMatchObject({ halted: true })
  })

  it('does not wait for a page in the middle, which is undone', async () => {
    const [one] = (await children(1)) as [Child]
    const { workspaceId } = world
    await arm()
    await world.rows('begin')
    await world.rows('select 1 from ticket where ticket_id = $1 for update', [one.ticketId])
    const flying = page([one])
    await until(async () => (await waiting()) === 1, { what: 'the page to wait for its ticket' })
    const halted = await world.tickets.haltOperation({ workspaceId, operationId, epoch: 2n, count: true })
    expect(halted).toMatchObject({ applied: 0n })
    await world.rows('commit')
    expect(await flying).toMatchObject({ halted: true, outcomes: [] })
    expect(await count('operation_effect', one.ticketId)).toBe(0)
    expect(await count('comment', one.ticketId)).toBe(0)
    await world.tickets.resumeOperation({ workspaceId, operationId, epoch: 3n })
    expect((await page([one], { epoch: 3n })).outcomes).toMatchObject([{ outcome: APPLIED }])
  })

  it('waits for a page that is about to commit before a halt answers', async () => {
    const [one] = (await children(1)) as [Child]
    const { workspaceId } = world
    await arm()
    await world.rows(`create function wait_to_commit() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(1); return null; end $$`)
    await world.rows(`create constraint trigger wait_to_commit after insert on operation_effect
      deferrable initially deferred for each row execute function wait_to_commit()`)
    await world.rows('select pg_advisory_lock(1)')
    const flying = page([one])
    await until(async () => (await waiting()) === 1, { what: 'the page to wait with its commit' })
    let answered = false
    const halting = world.tickets.haltOperation({ workspaceId, operationId, epoch: 2n, count: true }).then((answer) => {
      answered = true
      return answer
    })
    await until(async () => (await waiting()) === 2, { what: 'the halt to wait for the page' })
    expect(answered).toBe(false)
    await world.rows('select pg_advisory_unlock(1)')
    expect((await flying).outcomes).toMatchObject([{ outcome: APPLIED }])
    expect(await halting).toMatchObject({ applied: 1n })
    await world.rows('drop trigger wait_to_commit on operation_effect')
  })
})

/** Backends of this database that wait for a row. */
const waiting = async () =>
  (await world.rows(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`))
    .length

it('replays a page that died before it committed, and nothing of it had happened', async () => {
  const [one, two] = (await children(2)) as [Child, Child]
  await arm()
  await world.rows('begin')
  await world.rows('select 1 from ticket where ticket_id = $1 for update', [two.ticketId])
  const dying = page([one, two]).catch((error: unknown) => error)
  await until(async () => (await waiting()) === 1, { what: 'the page to wait for its ticket' })
  await world.rows(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  await world.rows('commit')
  expect(await dying).toMatchObject({ kind: 'unavailable' })
  expect(await count('operation_effect', one.ticketId)).toBe(0)
  const answer = await page([one, two])
  expect(answer.outcomes.map(({ outcome }) => outcome)).toEqual([APPLIED, APPLIED])
  expect([await count('comment', one.ticketId), await count('comment', two.ticketId)]).toEqual([1, 1])
})
