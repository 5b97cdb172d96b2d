import { describe, expect, it } from 'vitest'
import { step } from './change.ts'
import type { Snapshot } from './snapshot.ts'
import type { Ticket } from './ticket.ts'
import { decideUpdate } from './update.ts'
import { decideUpstream, type UpstreamSaid } from './upstream.ts'
import { rootCause } from './words.ts'

const at = new Date('2026-03-01T10:00:00Z')
const cause = rootCause('upstream', '/s#1', { kind: 'source', id: '/s' })
const context = {
  source: '/s',
  subject: 'INC1',
  at,
  newTicket: { id: 't-1', number: 7 },
  commentIds: () => ({ commentId: 'c-1', bodyId: 'b-1' }),
  resolve: (kind: string, externalId: string) => `${kind}:${externalId}`,
}
const says = (said: Snapshot, more: object = {}): UpstreamSaid => ({
  kind: 'upserted',
  said,
  master: false,
  unmappedStatus: '',
  ...more,
})

/** Follows the events from the start; `meanwhile` is what an agent does after the first. */
function follow(events: readonly UpstreamSaid[], meanwhile: (ticket: Ticket) => Ticket = (ticket) => ticket) {
  let ticket: Ticket | undefined
  let snapshot: Snapshot = {}
  const steps = events.map((event, index) => {
    if (index === 1 && ticket) ticket = meanwhile(ticket)
    const decision = decideUpstream({ ticket, snapshot }, event, context)
    ticket = step(ticket, decision.facts, { cause, occurredAt: at, recordedAt: index }).ticket
    snapshot = decision.snapshot
    return decision
  })
  return { ticket, steps }
}
const factTypes = (facts: readonly { readonly type: string }[]) => facts.map(({ type }) => type)

describe('what a source says', () => {
  it('applies only where it differs from what the source said before', () => {
    const lowered = (ticket: Ticket): Ticket =>
      step(ticket, decideUpdate(ticket, { priority: 'low' }, at), { cause, occurredAt: at, recordedAt: 1 }).ticket
    const { ticket, steps } = follow(
      [
        says({ subject: 'a', priority: 'high' }),
        says({ priority: 'high', status: 'open' }),
        says({ priority: 'urgent' }),
      ],
      lowered,
    )
    expect(steps.map(({ facts }) => factTypes(facts))).toEqual([['opened'], ['status-changed'], ['priority-changed']])
    expect(ticket).toMatchObject({ priority: 'urgent', status: 'open', version: 4 })
  })

  it('moves labels by what it added and took away, and leaves those of agents alone', () => {
    const relabelled = (ticket: Ticket): Ticket => {
      const facts = decideUpdate(ticket, { addLabels: ['ours'], removeLabels: ['vip'] }, at)
      return step(ticket, facts, { cause, occurredAt: at, recordedAt: 1 }).ticket
    }
    const { ticket } = follow(
      [says({ subject: 'a', labels: ['vip', 'old'] }), says({ labels: ['vip', 'new'] })],
      relabelled,
    )
    expect(ticket?.labels).toEqual(['ours', 'new'])
  })

  it('says nothing of what is absent, and none by an empty id', () => {
    const { ticket, steps } = follow([
      says({ subject: 'a', refs: { requester: 'r', customer: 'c' }, fields: { x: '1', y: '2' } }),
      says({ refs: { customer: 'c' }, fields: { x: '1' } }),
      says({ refs: { customer: '' }, fields: { y: '' } }),
    ])
    expect(steps[1]).toMatchObject({ facts: [], note: 'no-change' })
    expect(ticket).toMatchObject({ requesterId: 'requester:r', customerId: null, fields: { x: '1' } })
    expect(steps[2]?.snapshot.fields).toEqual({ x: '1' })
  })

  it('moves a primary link by one step', () => {
    const { steps } = follow([
      says({ subject: 'a', primaryMaster: 'p1' }),
      says({ primaryMaster: 'p2' }),
      says({ primaryMaster: 'p2' }),
      says({ primaryMaster: '' }),
      says({ primaryMaster: '' }),
    ])
    expect(steps.map(({ facts }) => factTypes(facts))).toEqual([
      ['opened', 'link-declared'],
      ['link-withdrawn', 'link-declared'],
      [],
      ['link-withdrawn'],
      [],
    ])
  })

  it('keeps the status for a word without an equal', () => {
    const { ticket, steps } = follow([says({ subject: 'a' }, { unmappedStatus: '-100' })])
    expect(ticket?.status).toBe('new')
    expect(steps[0]?.note).toBe('unmapped-status')
  })

  it('is refused where the ticket would hold more than tickets may', () => {
    const labels = (from: number) => Array.from({ length: 60 }, (_, at) => `${from + at}`)
    const tagged = (ticket: Ticket): Ticket =>
      step(ticket, decideUpdate(ticket, { addLabels: labels(0) }, at), { cause, occurredAt: at, recordedAt: 1 }).ticket
    expect(() => follow([says({ subject: 'a' }), says({ labels: labels(60) })], tagged)).toThrow(
      expect.objectContaining({ kind: 'invalid', slug: 'too-many-labels' }),
    )
    const fields = (name: string) =>
      Object.fromEntries([1, 2, 3].map((at) => [`${name}${at}`, 'x'.repeat(60_000)] as const))
    const large = expect.objectContaining({ kind: 'invalid', slug: 'fields-too-large' })
    expect(() => follow([says({ subject: 'a', fields: fields('a') }), says({ fields: fields('b') })])).toThrow(large)
    expect(() => follow([says({ subject: 'a', fields: { ...fields('a'), ...fields('b') } })])).toThrow(large)
  })

  it('needs the ticket before its comments', () => {
    const said = { kind: 'linked', link: 'related', target: 'X' } as const
    expect(() => decideUpstream({ ticket: undefined, snapshot: {} }, said, context)).toThrow(/never upserted/)
  })
})
