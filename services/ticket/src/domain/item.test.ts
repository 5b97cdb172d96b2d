import { describe, expect, it } from 'vitest'
import { step } from './change.ts'
import { aClose, anItem, aText } from './item.example.ts'
import { type DecideItem, decideItem } from './item.ts'
import { itemWords } from './item-words.ts'
import { decideOpen } from './open.ts'
import type { Ticket } from './ticket.ts'
import { rootCause } from './words.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute))
const cause = rootCause('user', 'k-1', { kind: 'agent', id: 'a-1' })
const after = (before: Ticket | undefined, facts: Parameters<typeof step>[1], minute = 1) =>
  step(before, facts, { cause, occurredAt: at(minute), recordedAt: minute }).ticket
const opening = { id: 't-1', number: 7, subject: 'VPN down', requesterId: 'r-1', labels: ['a', 'b'] }
const plain = after(undefined, decideOpen(opening, { kind: 'agent', id: 'a-1' }, at(0)), 0)
const child = (more: object = {}) => ({ ...plain, linkId: 'l-1', ...more }) as Ticket
const solved = child({ status: 'solved', solvedAt: at(0) })
const closed = child({ status: 'closed', closedAt: at(0), solvedAt: null })

const hidden = (...ids: string[]) => ({ ...anItem.actor, hiddenGroupIds: new Set(ids) })
const agent = (id: string, more: object = {}) => [id, { ...hidden(), id, name: `Agent ${id}`, ...more }] as const
const assignees = {
  agents: new Map([
    agent('a-1'),
    agent('a-2', { hiddenGroupIds: new Set(['g-2']) }),
    agent('a-3', { role: 'light_agent' }),
  ]),
  groups: new Map([
    ['g-1', 'Front'],
    ['g-2', 'Legal'],
  ]),
}

const decide = (ticket: Ticket | undefined, more: Partial<DecideItem>) =>
  decideItem(ticket, { ...anItem, linkId: 'l-1', assignees, ...more }, at(1))
const facts = (ticket: Ticket, more: Partial<DecideItem>) => {
  const decision = decide(ticket, more)
  return decision.outcome === 'applied' ? decision.facts : decision.reason
}

const full = Array.from({ length: 100 }, (_, at) => `label ${at}`)
const silent = { text: null } as const
const note = { kind: 'note' } as const
const ask = { kind: 'ask_to_close', includeReplied: false } as const
const open = { effect: { kind: 'set_status', status: 'open' }, ...silent } as const
const undo = { effect: { kind: 'undo', operationId: 'o-1', step: 1 }, ...silent } as const
const assign = (assigneeId?: string | null, groupId?: string | null) => ({
  effect: {
    kind: 'assign',
    ...(assigneeId === undefined ? {} : { assigneeId }),
    ...(groupId === undefined ? {} : { groupId }),
  } as const,
  ...silent,
})

describe('a child is skipped by name', () => {
  const waits = child({ customerWaits: true })
  const asked = { effect: { ...aClose, askedInStep: 1 } }
  const light = { ...hidden(), role: 'light_agent' } as const
  it.each<[string, Ticket | undefined, Partial<DecideItem>]>([
    ['not-found', undefined, {}],
    ['not-found', child({ groupId: 'g-1' }), { actor: hidden('g-1') }],
    ['not-permitted', child(), { actor: light }],
    ['not-permitted', child(), { actor: light, ...open }],
    ['not-permitted', child(), { actor: { ...hidden(), role: 'requester' }, effect: note }],
    ['no-longer-linked', child({ linkId: 'l-2' }), {}],
    ['superseded', child({ synced: { status: 5 } }), { masterVersion: 4, ...open }],
    ['ticket-closed', closed, {}],
    ['ticket-closed', closed, open],
    ['ticket-closed', closed, { ...undo, earlier: { version: 1, found: { status: 'open' } } }],
    ['already-solved', solved, {}],
    ['already-solved', solved, { effect: ask }],
    ['customer-replied', waits, {}],
    ['customer-replied', waits, { effect: ask }],
    ['not-asked', child(), asked],
    ['moved-since', child({ version: 3 }), { ...asked, earlier: { version: 2, found: null } }],
    [
      'customer-replied',
      child({ version: 3, customerWaits: true }),
      { ...asked, earlier: { version: 2, found: null } },
    ],
    ['master-is-internal', child({ master: true }), {}],
    ['requester-changed', child({ requesterVersion: 3 }), { plannedVersion: 2 }],
    ['requester-changed', child({ requesterVersion: 3 }), { plannedVersion: 2, effect: ask }],
    ['requester-changed', child({ requesterVersion: 3 }), { plannedVersion: 2, effect: { kind: 'broadcast' } }],
    ['variable-empty', child(), { text: { ...aText, values: {}, empty: true } }],
    ['already-so', child({ status: 'open' }), open],
    ['already-so', child(), { effect: { kind: 'set_priority', priority: 'normal' }, ...silent }],
    ['already-so', child(), { effect: { kind: 'labels', add: ['a'], remove: ['z'] }, ...silent }],
    ['too-many-labels', child({ labels: full }), { effect: { kind: 'labels', add: ['z'], remove: ['y'] }, ...silent }],
    ['already-so', child({ assigneeId: 'a-1' }), assign('a-1')],
    ['not-found', child(), assign('a-9')],
    ['not-found', child(), assign(undefined, 'g-9')],
    ['not-found', child(), { ...assign(undefined, 'g-2'), actor: hidden('g-2') }],
    ['not-permitted', child(), assign('a-3')],
    ['not-permitted', child(), assign('a-2', 'g-2')],
    ['not-permitted', child({ groupId: 'g-2' }), assign('a-2')],
    ['not-applied', child(), undo],
    ['moved-since', child(), { ...undo, earlier: { version: 9, found: { status: 'open' } } }],
    [
      'moved-since',
      child({ version: 4, houseNotes: 1 }),
      { ...undo, earlier: { version: 2, found: { status: 'open' } } },
    ],
    ['not-undoable', child(), { ...undo, earlier: { version: 1, found: null } }],
    ['not-found', child(), { ...undo, earlier: { version: 1, found: { assigneeId: 'a-9' } } }],
  ])('%s', (reason, ticket, more) => {
    expect(decide(ticket, more)).toEqual({ outcome: 'skipped', reason })
  })
})

describe('a child is changed', () => {
  it('closes with its comment as one step, and owes the requester a notification', () => {
    const types = [{ type: 'status-changed' }, { type: 'comment-added', public: true, broadcast: false }]
    expect(decide(child(), {})).toMatchObject({ outcome: 'applied', notifies: true, facts: types })
    expect(decide(child({ requesterId: null }), {})).toMatchObject({ outcome: 'applied', notifies: false })
  })

  it('closes although the customer waits where that was asked for', () => {
    const effect = { ...aClose, includeReplied: true }
    expect(decide(child({ customerWaits: true }), { effect })).toMatchObject({ outcome: 'applied' })
  })

  it('closes what was asked and did not move', () => {
    const effect = { ...aClose, askedInStep: 1 }
    expect(decide(child(), { effect, earlier: { version: 1, found: null } })).toMatchObject({ outcome: 'applied' })
  })

  it('tells a solved child the broadcast too', () => {
    const decision = decide(solved, { effect: { kind: 'broadcast' } })
    expect(decision).toMatchObject({ outcome: 'applied', facts: [{ type: 'comment-added', broadcast: true }] })
  })

  it('notes inside, on a master as well, and owes nobody anything', () => {
    const decision = decide(child({ master: true }), {
      effect: note,
      text: { ...aText, values: { 'agent.name': 'Ada' } },
    })
    const said = { type: 'comment-added', public: false, values: { 'agent.name': 'Ada' } }
    expect(decision).toMatchObject({ outcome: 'applied', notifies: false, facts: [said] })
  })

  it('asks, and waits for the answer', () => {
    expect(facts(child(), { effect: ask })).toMatchObject([{ to: 'pending' }, { public: true }])
  })

  it.each([3, 4])('syncs what version %i of the master had reached with what version 4 asks for', (version) => {
    expect(facts(child({ synced: { status: version } }), { masterVersion: 4, ...open })).toMatchObject([{ to: 'open' }])
  })

  it('syncs what a later version of the master has said nothing about', () => {
    const labels = { effect: { kind: 'labels', add: ['c'], remove: ['a'] }, ...silent } as const
    const late = (synced: object, more: Partial<DecideItem>) => facts(child({ synced }), { masterVersion: 4, ...more })
    expect(late({ status: 5 }, labels)).toMatchObject([{ added: ['c'], removed: ['a'] }])
    expect(late({ 'label:c': 5, 'label:z': 9 }, labels)).toMatchObject([{ added: [], removed: ['a'] }])
    expect(late({ 'label:c': 5, 'label:a': 5 }, labels)).toBe('superseded')
    const both = assign('a-1', 'g-1')
    expect(late({ assigneeId: 5 }, both)).toMatchObject([{ toAgentId: null, toGroupId: 'g-1' }])
    expect(late({ assigneeId: 5, groupId: 5 }, both)).toBe('superseded')
  })

  it('tells whom the plan saw, and whoever has the ticket where the plan saw no version', () => {
    const broadcast = { effect: { kind: 'broadcast' } } as const
    const moved = child({ version: 5, requesterVersion: 3 })
    for (const plannedVersion of [0, 3, 4])
      expect(decide(moved, { ...broadcast, plannedVersion })).toMatchObject({ outcome: 'applied', notifies: true })
  })

  it('does what no customer reads, whoever has the ticket by then', () => {
    const moved = (more: Partial<DecideItem>) => decide(child({ requesterVersion: 3 }), { plannedVersion: 2, ...more })
    for (const more of [{ effect: note }, silent, open, assign('a-1')])
      expect(moved(more)).toMatchObject({ outcome: 'applied', notifies: false })
  })

  it('swaps a label where there are as many as there may be', () => {
    const swap = { effect: { kind: 'labels', add: ['z'], remove: ['label 7'] }, ...silent } as const
    expect(facts(child({ labels: full }), swap)).toMatchObject([{ added: ['z'], removed: ['label 7'] }])
  })

  it('assigns, takes away, and leaves what is not named', () => {
    const given = child({ assigneeId: 'a-1', groupId: 'g-1' })
    expect(facts(given, assign('a-2', 'g-1'))).toMatchObject([{ toAgentId: 'a-2', toGroupId: 'g-1' }])
    expect(facts(given, assign(null))).toMatchObject([{ toAgentId: null, toGroupId: 'g-1' }])
  })

  it('says in words how it was and is', () => {
    const said = (more: Partial<DecideItem>) => {
      const found = facts(child(), more)
      if (typeof found === 'string') throw new Error(found)
      return itemWords(child(), after(child(), found), found, (id) => assignees.groups.get(id) ?? id)
    }
    expect(said(open)).toEqual({ before: 'new', after: 'open' })
    expect(said({ effect: { kind: 'labels', add: ['c'], remove: ['a'] }, ...silent })).toEqual({
      before: 'a, b',
      after: 'b, c',
    })
    expect(said(assign('a-1', 'g-1'))).toEqual({ before: 'none, none', after: 'a-1, Front' })
    expect(said(assign('a-1', null))).toEqual({ before: 'none', after: 'a-1' })
    expect(said({ effect: { kind: 'broadcast' } })).toEqual({ before: '', after: '' })
  })
})
