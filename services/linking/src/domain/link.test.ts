import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { causedBySystem } from './cause.ts'
import { assertMayBecomeMaster, decideChild, decideDeclaredChild, decideWithdrawn } from './link.ts'
import { type LinkBook, openBook } from './link-book.ts'

const tickets = ['a', 'b', 'c', 'd', 'e'] as const
const ticket = fc.constantFrom(...tickets)
const action = fc.oneof(
  fc.record({ type: fc.constant('link' as const), ticketId: ticket, masterId: ticket, primary: fc.boolean() }),
  fc.record({ type: fc.constant('declare' as const), ticketId: ticket, masterId: ticket, primary: fc.boolean() }),
  fc.record({ type: fc.constant('withdraw' as const), ticketId: ticket, masterId: ticket, primary: fc.boolean() }),
  fc.record({ type: fc.constant('promote' as const), ticketId: ticket }),
  fc.record({ type: fc.constant('demote' as const), ticketId: ticket }),
)
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never

const why = { cause: causedBySystem('test'), occurredAt: new Date(0) }

function act(book: LinkBook, step: Action, linkId: string): void {
  const begin = (ticketId: string, targetId: string, primary: boolean) =>
    book.begin({ linkId, kind: 'child', purpose: 'customer', ticketId, targetId, primary }, why)
  switch (step.type) {
    case 'link': {
      const { ticketId, masterId, primary } = step
      if (book.isMaster(masterId) && decideChild(book, step).outcome === 'linked') begin(ticketId, masterId, primary)
      return
    }
    case 'declare': {
      const decision = decideDeclaredChild(book, { ...step, targetId: step.masterId })
      if (decision.type !== 'change') return
      for (const link of decision.end) book.end(link, why)
      if (decision.begin) begin(step.ticketId, step.masterId, step.primary)
      return
    }
    case 'withdraw': {
      const { ticketId, masterId: targetId, primary } = step
      for (const link of decideWithdrawn(book, { ticketId, targetId, kind: 'child', primary })) book.end(link, why)
      return
    }
    case 'promote': {
      const isChild = book.linksOf(step.ticketId).length > 0
      if (isChild) expect(() => assertMayBecomeMaster(book, step.ticketId)).toThrow('cannot become a master')
      else book.setMaster({ ticketId: step.ticketId, master: true, reason: '', cause: why.cause })
      return
    }
    case 'demote': {
      if (!book.isMaster(step.ticketId)) return
      for (const child of tickets)
        for (const link of book.linksOf(child)) if (link.targetId === step.ticketId) book.end(link, why)
      book.setMaster({ ticketId: step.ticketId, master: false, reason: 'over', cause: why.cause })
    }
  }
}

describe('links', () => {
  it('never go deeper than one level and never have two primary masters, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (steps) => {
        const book = openBook([], [])
        steps.forEach((step, at) => {
          act(book, step, `l${at}`)
          for (const child of tickets) {
            const links = book.linksOf(child)
            expect(links.filter(({ primary }) => primary).length).toBeLessThanOrEqual(1)
            expect(new Set(links.map(({ targetId }) => targetId)).size).toBe(links.length)
            if (links.length > 0) expect(book.isMaster(child)).toBe(false)
            for (const { targetId } of links) expect(book.isMaster(targetId)).toBe(true)
          }
        })
      }),
    )
  })

  it('say why a ticket is not linked', () => {
    const there = {
      linkId: 'l',
      kind: 'child',
      purpose: 'customer',
      ticketId: 'a',
      targetId: 'm',
      primary: true,
    } as const
    const book = openBook(['m', 'n'], [there])
    expect(decideChild(book, { ticketId: 'a', masterId: 'm', primary: true })).toEqual({
      outcome: 'already-linked',
      linkId: 'l',
    })
    expect(decideChild(book, { ticketId: 'a', masterId: 'n', primary: true })).toEqual({ outcome: 'has-other-master' })
    expect(decideChild(book, { ticketId: 'a', masterId: 'n', primary: false })).toEqual({ outcome: 'linked' })
    expect(decideChild(book, { ticketId: 'n', masterId: 'm', primary: true })).toEqual({ outcome: 'is-master' })
    expect(decideChild(book, { ticketId: 'm', masterId: 'm', primary: true })).toEqual({ outcome: 'is-master' })
  })

  it('follow a source that moves a child to another master', () => {
    const there = {
      linkId: 'l',
      kind: 'child',
      purpose: 'customer',
      ticketId: 'a',
      targetId: 'm',
      primary: true,
    } as const
    const book = openBook(['m', 'n'], [there])
    expect(decideDeclaredChild(book, { ticketId: 'a', targetId: 'n', primary: true })).toEqual({
      type: 'change',
      end: [there],
      begin: true,
    })
    expect(decideDeclaredChild(book, { ticketId: 'a', targetId: 'x', primary: true })).toEqual({ type: 'wait' })
    expect(decideDeclaredChild(book, { ticketId: 'm', targetId: 'n', primary: true })).toEqual({ type: 'impossible' })
  })
})
