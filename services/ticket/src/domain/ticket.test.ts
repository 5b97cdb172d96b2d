import { isUmbelError } from '@umbel/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { step } from './change.ts'
import { decideClose } from './close.ts'
import { decideComment } from './comment.ts'
import { aClose, anItem, aText } from './item.example.ts'
import { decideItem } from './item.ts'
import { decideOpen } from './open.ts'
import type { Snapshot } from './snapshot.ts'
import { closedAt, solvedAt, type Ticket } from './ticket.ts'
import { decideUpdate } from './update.ts'
import { decideUpstream } from './upstream.ts'
import { rootCause, type Status } from './words.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute))
const cause = rootCause('user', 'k-1', { kind: 'agent', id: 'a-1' })
const opening = { id: 't-1', number: 7, subject: 'VPN down', requesterId: 'r-1' }

const take = (before: Ticket | undefined, facts: Parameters<typeof step>[1], minute: number): Ticket =>
  step(before, facts, { cause, occurredAt: at(minute), recordedAt: minute }).ticket
const opened = (more: object = {}) =>
  take(undefined, decideOpen({ ...opening, ...more }, { kind: 'agent', id: 'a-1' }, at(0)), 0)
const comment = (text: string, kind: 'agent' | 'requester', isPublic = true) =>
  ({ commentId: 'c-1', bodyId: 'b-1', text, public: isPublic, author: { kind, id: 'x-1' } }) as const

const statuses: readonly Status[] = ['new', 'open', 'pending', 'on_hold', 'solved', 'closed']

/** One thing that may be asked of a ticket, by whom it is closed for good or not. */
type Asked =
  | { readonly by: 'agent'; readonly status: Status }
  | { readonly by: 'comment'; readonly kind: 'agent' | 'requester' }
  | { readonly by: 'operation'; readonly close: boolean }
  | { readonly by: 'sweep' }
  | { readonly by: 'source'; readonly status: Status }

const asked: fc.Arbitrary<Asked> = fc.oneof(
  fc.record({ by: fc.constant('agent' as const), status: fc.constantFrom(...statuses) }),
  fc.record({ by: fc.constant('comment' as const), kind: fc.constantFrom('agent' as const, 'requester' as const) }),
  fc.record({ by: fc.constant('operation' as const), close: fc.boolean() }),
  fc.constant({ by: 'sweep' as const }),
  fc.record({ by: fc.constant('source' as const), status: fc.constantFrom(...statuses) }),
)

function decide(ticket: Ticket, what: Asked, when: Date, snapshot: Snapshot) {
  switch (what.by) {
    case 'agent':
      return decideUpdate(ticket, { status: what.status }, when)
    case 'comment':
      return decideComment(ticket, comment('hello', what.kind), when)
    case 'operation': {
      const item = {
        ...anItem,
        effect: what.close ? aClose : ({ kind: 'broadcast' } as const),
        text: what.close ? null : aText,
      }
      const decision = decideItem(ticket, item, when)
      return decision.outcome === 'applied' ? decision.facts : []
    }
    case 'sweep':
      return decideClose(ticket, when)
    case 'source':
      return decideUpstream(
        { ticket, snapshot },
        { kind: 'upserted', said: { status: what.status }, master: false, unmappedStatus: '' },
        upstream(when),
      ).facts
  }
}

const upstream = (when: Date) => ({
  source: '/s',
  subject: 'INC1',
  at: when,
  newTicket: { id: 't-1', number: 7 },
  commentIds: () => ({ commentId: 'c-1', bodyId: 'b-1' }),
  resolve: (kind: string, externalId: string) => `${kind}:${externalId}`,
})

describe('any sequence of commands', () => {
  it('keeps versions without gaps, and closed for good for all but the source of record', () => {
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 40 }), (sequence) => {
        let ticket = opened()
        for (const [index, what] of sequence.entries()) {
          const before = ticket
          try {
            const facts = decide(before, what, at(index), {})
            ticket = take(before, facts, index)
            expect(ticket.version).toBe(before.version + (facts.length > 0 ? 1 : 0))
          } catch (error) {
            if (!isUmbelError(error)) throw error
            expect([error.kind, error.slug]).toEqual(['refused', 'ticket-closed'])
            expect(before.status).toBe('closed')
          }
          if (before.status === 'closed' && what.by !== 'source') expect(ticket).toBe(before)
          expect(closedAt(ticket) !== null).toBe(ticket.status === 'closed')
          if (ticket.status === 'solved') expect(solvedAt(ticket)).not.toBeNull()
          if (ticket.status !== 'solved' && ticket.status !== 'closed') expect(solvedAt(ticket)).toBeNull()
        }
      }),
    )
  })
})

describe('a requester', () => {
  it('is dated by the version that gave the ticket to somebody else, and by no other', () => {
    const toOther = decideUpdate(opened(), { requesterId: 'r-2', status: 'open' }, at(1))
    const given = take(opened(), toOther, 1)
    const same = take(given, decideUpdate(given, { requesterId: 'r-2', priority: 'high' }, at(2)), 2)
    const gone = take(same, decideUpdate(same, { requesterId: null }, at(3)), 3)
    expect([opened(), given, same, gone].map(({ version, requesterVersion }) => [version, requesterVersion])).toEqual([
      [1, 0],
      [2, 2],
      [3, 2],
      [4, 4],
    ])
  })
})

describe('a comment', () => {
  it('of the customer waits for an answer, unless it is what the ticket was opened with', () => {
    const described = opened({ description: { text: 'It broke', commentId: 'c-0', bodyId: 'b-0' } })
    const asked = take(described, decideComment(described, comment('Well?', 'requester'), at(1)), 1)
    const noted = take(asked, decideComment(asked, comment('Hm', 'agent', false), at(2)), 2)
    const answered = take(noted, decideComment(noted, comment('Soon', 'agent'), at(3)), 3)
    expect([described, asked, noted, answered].map(({ customerWaits }) => customerWaits)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('opens a solved ticket again when it is the requester who writes', () => {
    const solved = take(opened(), decideUpdate(opened(), { status: 'solved' }, at(1)), 1)
    expect(take(solved, decideComment(solved, comment('no', 'requester'), at(2)), 2).status).toBe('open')
    expect(take(solved, decideComment(solved, comment('done', 'agent'), at(2)), 2).status).toBe('solved')
  })

  it('stays inside on a master', () => {
    const master = opened({ master: true, requesterId: null })
    expect(() => decideComment(master, comment('all', 'agent'), at(1))).toThrow(/internal comments only/)
    expect(decideComment(master, comment('us', 'agent', false), at(1))).toHaveLength(1)
  })
})

describe('a ticket holds no more than events and pages can carry', () => {
  const labels = (count: number) => Array.from({ length: count }, (_, at) => `label ${at}`)
  const text = 'ä'.repeat(30_000)
  const refused = (slug: string, field: string) => expect.objectContaining({ kind: 'invalid', slug, field })

  it('has at most 100 labels, after any change', () => {
    const ticket = opened({ labels: labels(100) })
    const add = (more: object) => decideUpdate(ticket, { addLabels: ['one more'], ...more }, at(1))
    expect(() => add({})).toThrow(refused('too-many-labels', 'add_labels'))
    expect(add({ removeLabels: ['label 3'] })).toMatchObject([{ added: ['one more'], removed: ['label 3'] }])
    const crowded = { ...ticket, labels: labels(150) }
    expect(decideUpdate(crowded, { removeLabels: ['label 3'] }, at(1))).toMatchObject([{ removed: ['label 3'] }])
  })

  it('has at most 256 kB of form fields, counted as they are sent', () => {
    const four = { a: text, b: text, c: text, d: text }
    const ticket = opened({ fields: four })
    const more = () => decideUpdate(ticket, { fields: { e: text } }, at(1))
    expect(more).toThrow(refused('fields-too-large', 'fields'))
    expect(() => opened({ fields: { ...four, e: text } })).toThrow(refused('fields-too-large', 'fields'))
    expect(decideUpdate(ticket, { fields: { a: '', e: text } }, at(1))).toMatchObject([{ changes: [{}, {}] }])
    const full = { ...ticket, fields: { ...four, e: text, f: text } }
    expect(decideUpdate(full, { fields: { a: '' } }, at(1))).toMatchObject([{ changes: [{ name: 'a' }] }])
  })
})
