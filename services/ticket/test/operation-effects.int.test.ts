import { ActorKind, CauseKind, ItemOutcome, TicketPriority, TicketStatus } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Child, children, type OnePage, sendPage } from './pages.ts'
import { startWorld, type World } from './support.ts'

let world: World
let operationId: string
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())
beforeEach(async () => {
  operationId = newId()
  await arm(operationId)
})

const { APPLIED, SKIPPED } = ItemOutcome
const arm = (id: string) => world.tickets.armOperation({ workspaceId: world.workspaceId, operationId: id, epoch: 1n })
const page = (items: readonly Child[], effect: OnePage['effect'], more: Partial<OnePage> = {}) =>
  sendPage(world, { operationId, items, effect, ...more })
const get = async ({ ticketId: id }: Child) =>
  (await world.tickets.getTicket({ workspaceId: world.workspaceId, id })).ticket
const update = ({ ticketId: id }: Child, fields: object) =>
  world.tickets.updateTicket({ workspaceId: world.workspaceId, id, ...fields })
const thread = async ({ ticketId }: Child) =>
  (await world.tickets.listComments({ workspaceId: world.workspaceId, ticketId })).comments
const entries = async (...of: readonly Child[]) =>
  (await world.rows(`select 1 from audit_entry where ticket_id = any($1)`, [of.map(({ ticketId }) => ticketId)])).length

/** The customer writes once more. */
async function writes({ ticketId }: Child): Promise<void> {
  const { workspaceId } = world
  const rows = await world.rows<{ email: string }>(
    'select email from requester r join ticket t using (workspace_id, requester_id) where ticket_id = $1',
    [ticketId],
  )
  const mail = { messageId: `<${newId()}@c>`, text: 'And?', senderAddress: rows[0]?.email ?? '' }
  await world.tickets.addReply({ workspaceId, ticketId, ...mail })
}

const status = (word: TicketStatus): OnePage['effect'] => ({ case: 'setStatus', value: { status: word } })
const close = (value: object = {}): OnePage['effect'] => ({ case: 'close', value })
const labels: OnePage['effect'] = { case: 'labels', value: { add: ['outage'], remove: ['vpn'] } }

describe('each effect, delivered twice, happens once and says how it was and is', () => {
  it.each<[string, OnePage['effect'], string, object, object]>([
    ['broadcast', { case: 'broadcast', value: {} }, 'Hello', {}, { before: '', after: '', notifies: true }],
    ['note', { case: 'note', value: {} }, 'Us only', {}, { before: '', after: '', notifies: false }],
    ['close', close(), 'Fixed', { status: TicketStatus.SOLVED }, { before: 'new', after: 'solved', notifies: true }],
    [
      'ask to close',
      { case: 'askToClose', value: {} },
      'Fixed?',
      { status: TicketStatus.PENDING },
      { before: 'new', after: 'pending', notifies: true },
    ],
    [
      'status',
      status(TicketStatus.OPEN),
      '',
      { status: TicketStatus.OPEN },
      { before: 'new', after: 'open', notifies: false },
    ],
    [
      'priority',
      { case: 'setPriority', value: { priority: TicketPriority.URGENT } },
      '',
      { priority: TicketPriority.URGENT },
      { before: 'normal', after: 'urgent' },
    ],
    ['labels', labels, '', { labels: ['eu', 'outage'] }, { before: 'eu, vpn', after: 'eu, outage' }],
  ])('%s', async (_name, effect, text, becomes, says) => {
    const items = await children(world, 3)
    for (const item of items) await update(item, { addLabels: ['vpn', 'eu'] })
    const first = await page(items, effect, { text })
    expect(first.outcomes).toMatchObject(items.map(() => ({ outcome: APPLIED, version: 3n, ...says })))
    expect(await page(items, effect, { text })).toEqual(first)
    expect(await entries(...items)).toBe(9)
    for (const item of items) {
      expect(await get(item)).toMatchObject({ version: 3n, ...becomes })
      expect(await thread(item)).toHaveLength(text === '' ? 0 : 1)
    }
    expect((await thread(items[0] as Child)).map((comment) => comment.public)).toEqual(
      text === '' ? [] : [effect?.case !== 'note'],
    )
  })

  it('leaves the form fields of its children alone', async () => {
    const [one] = (await children(world, 1)) as [Child]
    await update(one, { fields: { floor: '3' } })
    const first = await page([one], labels)
    expect(first.outcomes).toMatchObject([{ outcome: APPLIED, version: 3n }])
    expect(await get(one)).toMatchObject({ labels: ['outage'], fields: { floor: '3' } })
    await update(one, { fields: { floor: '4', desk: '7' } })
    expect(await get(one)).toMatchObject({ fields: { floor: '4', desk: '7' } })
  })

  it('says little of many long labels, and skips who has as many as there may be', async () => {
    const items = (await children(world, 2)) as [Child, Child]
    const long = Array.from({ length: 100 }, (_, at) => `${at} `.padEnd(255, 'x'))
    await update(items[0], { addLabels: long })
    await update(items[1], { addLabels: long.slice(1) })
    const { outcomes } = await page(items, labels)
    expect(outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'too-many-labels' }, { outcome: APPLIED }])
    expect(outcomes[1]?.before).toMatch(/^.{499}…$/)
    const more = update(items[0], { addLabels: ['one more'] })
    await expect(more).rejects.toMatchObject({ kind: 'invalid', slug: 'too-many-labels', field: 'add_labels' })
  })

  it('assigns by name, and gives nobody what is hidden from them', async () => {
    const { workspaceId, people } = world
    const items = await children(world, 2)
    const { group } = await world.directory.putGroup({ workspaceId, group: { name: 'Network' } })
    const secret = await world.directory.putGroup({ workspaceId, group: { name: 'Legal', private: true } })
    const assign = (value: object): OnePage['effect'] => ({ case: 'assign', value })
    const given = assign({ assigneeId: people.grace, groupId: group?.id ?? '' })
    const first = await page(items, given)
    const says = { outcome: APPLIED, before: 'none, none', after: 'Grace Agent, Network' }
    expect(first.outcomes).toMatchObject([says, says])
    expect(await page(items, given)).toEqual(first)
    const outcome = async (step: number, effect: OnePage['effect']) =>
      (await page(items.slice(0, 1), effect, { step })).outcomes[0]
    expect(await outcome(2, given)).toMatchObject({ outcome: SKIPPED, reason: 'already-so' })
    expect(await outcome(3, assign({ assigneeId: people.lee }))).toMatchObject({ reason: 'not-permitted' })
    expect(await outcome(4, assign({ assigneeId: newId() }))).toMatchObject({ reason: 'not-found' })
    expect(await outcome(5, assign({ groupId: secret.group?.id ?? '' }))).toMatchObject({ reason: 'not-found' })
    expect(await outcome(6, assign({ assigneeId: '' }))).toMatchObject({ outcome: APPLIED, before: 'Grace Agent' })
    expect(await get(items[0] as Child)).toMatchObject({ assigneeId: '', groupId: group?.id })
    const member = { id: people.grace, name: 'Grace Agent', role: 'agent', groupIds: [secret.group?.id ?? ''] }
    await world.directory.putAgent({ workspaceId, agent: member })
    const moved = await page(items.slice(0, 1), assign({ groupId: secret.group?.id ?? '' }), { step: 7 })
    expect(moved.outcomes).toMatchObject([{ outcome: APPLIED, before: 'Network', after: 'a private group' }])
  })
})

describe('a customer who waits for an answer', () => {
  it('is not closed over, unless that is asked for', async () => {
    const [one] = (await children(world, 1)) as [Child]
    await writes(one)
    expect((await page([one], close())).outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'customer-replied' }])
    const more = await page([one], close({ includeReplied: true }), { step: 2 })
    expect(more.outcomes).toMatchObject([{ outcome: APPLIED }])
  })

  it('waits no longer after an answer; a note is none', async () => {
    const { workspaceId } = world
    const [one] = (await children(world, 1)) as [Child]
    await writes(one)
    const waits = async () =>
      (await world.tickets.getTicketStates({ workspaceId, ticketIds: [one.ticketId] })).states[0]?.customerWaits
    await page([one], { case: 'note', value: {} }, { text: 'Ours' })
    expect(await waits()).toBe(true)
    await page([one], { case: 'broadcast', value: {} }, { step: 2, text: 'Soon' })
    expect(await waits()).toBe(false)
  })

  it('keeps the child open that was asked, and leaves alone what else moved or was never asked', async () => {
    const family = (await children(world, 4)) as [Child, Child, Child, Child]
    const [silent, answered, edited, never] = family
    await page([silent, answered, edited], { case: 'askToClose', value: {} }, { text: 'All well?' })
    await writes(answered)
    await update(edited, { priority: TicketPriority.HIGH })
    const answer = await page([silent, answered, edited, never], close({ askedInStep: 1 }), { step: 2 })
    expect(answer.outcomes.map(({ reason }) => reason)).toEqual(['', 'customer-replied', 'moved-since', 'not-asked'])
    expect(await get(silent)).toMatchObject({ status: TicketStatus.SOLVED })
  })
})

describe('an undo', () => {
  const undo = (undone: string, step = 1): OnePage['effect'] => ({ case: 'undo', value: { operationId: undone, step } })

  it('puts back what the step found, where the child has not moved since, once', async () => {
    const family = (await children(world, 3)) as [Child, Child, Child]
    const [still, moved, never] = family
    await update(still, { status: TicketStatus.SOLVED })
    const before = await get(still)
    await page([still, moved], status(TicketStatus.ON_HOLD))
    await update(moved, { priority: TicketPriority.LOW })
    // the house says something to agents, which moves nothing
    for (const { ticketId } of [still, moved])
      await world.tickets.addComment({
        workspaceId: world.workspaceId,
        ticketId,
        public: false,
        text: 'A mail came back.',
      })
    const undone = operationId
    operationId = newId()
    await arm(operationId)
    const first = await page(family, undo(undone))
    expect(first.outcomes).toMatchObject([
      { outcome: APPLIED, before: 'on_hold', after: 'solved', notifies: false },
      { outcome: SKIPPED, reason: 'moved-since' },
      { outcome: SKIPPED, reason: 'not-applied' },
    ])
    expect(await page(family, undo(undone))).toEqual(first)
    const { status: was, solvedAt } = before ?? {}
    expect(await get(still)).toMatchObject({ status: was, solvedAt, version: 5n })
    expect(await get(moved)).toMatchObject({ status: TicketStatus.ON_HOLD, version: 4n })
    expect(await get(never)).toMatchObject({ version: 1n })
  })

  it('of a close that asked first puts back what the asking found', async () => {
    const [one] = (await children(world, 1)) as [Child]
    await update(one, { status: TicketStatus.OPEN })
    await page([one], { case: 'askToClose', value: {} }, { text: 'All well?' })
    await page([one], close({ askedInStep: 1 }), { step: 2 })
    const undone = operationId
    operationId = newId()
    await arm(operationId)
    const { outcomes } = await page([one], undo(undone, 2))
    expect(outcomes).toMatchObject([{ outcome: APPLIED, before: 'solved', after: 'open' }])
    expect(await get(one)).toMatchObject({ status: TicketStatus.OPEN })
  })

  it('takes no comment back', async () => {
    const items = await children(world, 1)
    await page(items, { case: 'broadcast', value: {} }, { text: 'Hello' })
    const answer = await page(items, undo(operationId), { step: 2 })
    expect(answer.outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'not-undoable' }])
  })
})

describe('a sync', () => {
  const cause = {
    kind: CauseKind.SYNC,
    id: 'd-1',
    rootKind: CauseKind.USER,
    rootId: 'k-1',
    actor: { kind: ActorKind.SYSTEM, id: 'sync' },
    decisionId: 'd-1',
  }
  const sync = (items: readonly Child[], masterVersion: bigint, step: number, word: TicketStatus = TicketStatus.OPEN) =>
    page(items, status(word), { masterVersion, step, cause, actorId: '' })

  it('acts for nobody, by the cause it was given, and owes no notification', async () => {
    const items = (await children(world, 1)) as [Child]
    expect((await sync(items, 7n, 1)).outcomes).toMatchObject([{ outcome: APPLIED, notifies: false }])
    const { ticketId } = items[0]
    const { entries: audit } = await world.tickets.listAudit({ workspaceId: world.workspaceId, ticketId })
    expect(audit.at(-1)?.cause).toMatchObject({ ...cause, operationId, step: 1 })
  })

  it('never goes behind what a later version of the master has reached, also where nothing had to change', async () => {
    const items = await children(world, 1)
    await sync(items, 7n, 1)
    expect((await sync(items, 8n, 2)).outcomes).toMatchObject([{ reason: 'already-so' }])
    const late = await sync(items, 7n, 3, TicketStatus.PENDING)
    expect(late.outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'superseded' }])
  })

  it('of another field, and of another label, goes on beside a later one', async () => {
    const items = await children(world, 1)
    const of = { cause, actorId: '' }
    const label = (name: string, masterVersion: bigint, step: number) =>
      page(items, { case: 'labels', value: { add: [name] } }, { ...of, masterVersion, step })
    await sync(items, 7n, 1)
    expect((await label('vpn', 6n, 2)).outcomes).toMatchObject([{ outcome: APPLIED }])
    expect((await label('eu', 5n, 3)).outcomes).toMatchObject([{ outcome: APPLIED }])
    const back: OnePage['effect'] = { case: 'labels', value: { add: ['late'], remove: ['vpn'] } }
    const partly = await page(items, back, { ...of, masterVersion: 5n, step: 4 })
    expect(partly.outcomes).toMatchObject([{ outcome: APPLIED, before: 'eu, vpn', after: 'eu, late, vpn' }])
    // what was left out of it keeps the version that reached it
    expect((await label('vpn', 5n, 5)).outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'superseded' }])
  })

  it('begins anew under another master', async () => {
    const { workspaceId } = world
    const [{ ticketId }] = (await children(world, 1)) as [Child]
    await sync([{ ticketId, linkId: '' }], 7n, 1)
    const moved = { ticketId, linkId: newId() }
    await world.tickets.setPrimaryLinks({
      workspaceId,
      links: [{ ...moved, primaryMasterId: newId(), linkVersion: 2n }],
    })
    expect((await sync([moved], 2n, 2)).outcomes).toMatchObject([{ outcome: APPLIED }])
  })

  it('is no one’s without a cause', async () => {
    const none = page(await children(world, 1), status(TicketStatus.OPEN), { actorId: '' })
    await expect(none).rejects.toMatchObject({ kind: 'invalid', slug: 'actor-missing' })
  })
})

describe('a text with variables', () => {
  const text = 'Dear {{requester.first_name}}, {{customer.name | all is well}}: #{{ticket.number}}. {{agent.name}}'

  it('says each child its own values, in its thread and in its mail, stored with the text once', async () => {
    const { workspaceId } = world
    const items = [...(await children(world, 1, 'Ada Lovelace')), ...(await children(world, 1, 'Hopper, Grace'))]
    const first = await page(items, { case: 'broadcast', value: {} }, { text })
    expect(await page(items, { case: 'broadcast', value: {} }, { text })).toEqual(first)
    const keys = await Promise.all(
      items.map(async (item) => ({ ...item, commentId: (await thread(item))[0]?.id ?? '' })),
    )
    const mail = await world.tickets.getOutgoing({ workspaceId, keys })
    expect(mail.bodies).toMatchObject([{ text }])
    for (const [at, name] of ['Ada', 'Grace'].entries()) {
      const { ticketId } = items[at] as Child
      const number = (await get(items[at] as Child))?.number
      const values = { 'requester.first_name': name, 'customer.name': '', 'agent.name': 'Grace Agent' }
      expect((await thread(items[at] as Child))[0]?.text).toBe(`Dear ${name}, all is well: #${number}. Grace Agent`)
      expect(first.outcomes[at]?.values).toMatchObject(values)
      expect(mail.outgoing.find((one) => one.ticketId === ticketId)?.values?.values).toMatchObject(values)
    }
  })

  it('is not said to a child whose value is empty', async () => {
    const items = await children(world, 1, 'rita@customer.test')
    const answer = await page(items, { case: 'broadcast', value: {} }, { text })
    expect(answer.outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'variable-empty' }])
    expect(await thread(items[0] as Child)).toEqual([])
  })

  it('is no template where it has no variables', async () => {
    const items = await children(world, 1)
    const answer = await page(items, { case: 'broadcast', value: {} }, { text: 'Plain' })
    expect(answer.outcomes[0]?.values).toEqual({})
    expect(
      await world.rows('select 1 from comment where ticket_id = $1 and values is null', [items[0]?.ticketId]),
    ).toHaveLength(1)
  })
})

describe('a page', () => {
  it.each<OnePage['effect']>([{ case: 'broadcast', value: {} }, { case: 'note', value: {} }, close()])(
    'of an agent who is gone does nothing: %j',
    async (effect) => {
      const answer = await page(await children(world, 1), effect, { text: 'Hello', actorId: newId() })
      expect(answer.outcomes).toMatchObject([{ outcome: SKIPPED, reason: 'not-permitted' }])
    },
  )

  it('says which children had moved since the plan, and decides them anew', async () => {
    const items = (await children(world, 2)) as [Child, Child]
    await update(items[1], { priority: TicketPriority.HIGH })
    const answer = await page(items, status(TicketStatus.OPEN), { plannedVersion: 1n })
    expect(answer.outcomes).toMatchObject([
      { outcome: APPLIED, moved: false },
      { outcome: APPLIED, moved: true },
    ])
  })

  it.each<[string, OnePage['effect'], string]>([
    ['unknown-effect', undefined, ''],
    ['field-missing', { case: 'setStatus', value: {} }, ''],
    ['field-missing', { case: 'labels', value: {} }, ''],
    ['field-missing', { case: 'assign', value: {} }, ''],
    ['body-missing', { case: 'broadcast', value: {} }, ''],
    ['body-unexpected', status(TicketStatus.OPEN), 'Hello'],
    ['template-malformed', { case: 'broadcast', value: {} }, 'Hello {{'],
    ['variable-unknown', { case: 'broadcast', value: {} }, '{{master.subject}}'],
    ['bidi-override', { case: 'broadcast', value: {} }, 'Pay \u202ehere'],
    ['control-character', { case: 'broadcast', value: {} }, 'Pay \u0007here'],
    ['text-too-long', { case: 'broadcast', value: {} }, 'x'.repeat(1_000_000)],
    ['bad-id', { case: 'undo', value: { operationId: 'x', step: 1 } }, ''],
  ])('that is wrong is refused (%s) and changes nothing', async (slug, effect, text) => {
    const [one] = (await children(world, 1)) as [Child]
    await expect(page([one], effect, { text })).rejects.toMatchObject({ kind: 'invalid', slug })
    expect(await get(one)).toMatchObject({ version: 1n })
  })
})
