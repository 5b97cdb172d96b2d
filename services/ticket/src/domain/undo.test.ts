import fc from 'fast-check'
import { expect, it } from 'vitest'
import { step } from './change.ts'
import { decideComment } from './comment.ts'
import { foundBy } from './found.ts'
import { aClose, anItem } from './item.example.ts'
import { decideItem } from './item.ts'
import { afterStep, type EarlierEffect, type ItemEffect } from './item-effect.ts'
import { decideOpen } from './open.ts'
import type { Ticket } from './ticket.ts'
import { decideUpdate, type UpdateTicket } from './update.ts'
import { rootCause, type Status } from './words.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute))
const cause = rootCause('user', 'k-1', { kind: 'agent', id: 'a-1' })
const agents = new Map(['a-1', 'a-2'].map((id) => [id, { ...anItem.actor, id, name: id }]))
const groups = new Map(['g-1', 'g-2'].map((id) => [id, id]))
const item = { ...anItem, text: null, assignees: { agents, groups } }

const labels = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'))
const status = fc.constantFrom<Status>('new', 'open', 'pending', 'on_hold', 'solved')
const priority = fc.constantFrom('low', 'normal', 'high', 'urgent')
const assignee = fc.constantFrom('a-1', 'a-2', null)
const group = fc.constantFrom('g-1', 'g-2', null)

const children = fc.array(
  fc.record({ status, priority, labels, assigneeId: assignee, groupId: group, requesterId: fc.constant('r-1') }),
  { minLength: 1, maxLength: 8 },
)
const effect: fc.Arbitrary<ItemEffect> = fc.oneof(
  fc.constant(aClose),
  fc.record({ kind: fc.constant('set_status'), status }),
  fc.record({ kind: fc.constant('set_priority'), priority }),
  fc.record({ kind: fc.constant('labels'), add: labels, remove: labels }),
  fc.record({ kind: fc.constant('assign'), assigneeId: assignee, groupId: group }),
)
const askFirst: ItemEffect[] = [
  { kind: 'ask_to_close', includeReplied: false },
  { ...aClose, askedInStep: 1 },
]
const steps = fc.oneof(fc.tuple(effect), fc.constant(askFirst))
const edit = fc.oneof(
  fc.record({ update: fc.record({ status, priority, addLabels: labels }, { requiredKeys: [] }) }),
  fc.record({ by: fc.constantFrom('agent', 'requester') }),
)
const edits = fc.array(fc.record({ child: fc.nat(), edit }), { maxLength: 12 })

type Edit = { readonly update: UpdateTicket } | { readonly by: 'agent' | 'requester' }

function edited(ticket: Ticket, what: Edit, minute: number): Ticket {
  const author = { kind: 'by' in what ? what.by : 'agent', id: 'x-1' } as const
  const said = { commentId: 'c-1', bodyId: 'b-1', text: 'hello', public: true, author }
  const facts = 'by' in what ? decideComment(ticket, said, at(minute)) : decideUpdate(ticket, what.update, at(minute))
  return facts.length === 0 ? ticket : take(ticket, facts, minute)
}

const take = (before: Ticket | undefined, facts: Parameters<typeof step>[1], minute: number) =>
  step(before, facts, { cause, occurredAt: at(minute), recordedAt: minute }).ticket

interface Child {
  readonly before: Ticket
  now: Ticket
  readonly earlier: EarlierEffect | undefined
}

/** One more step of an operation. */
function operated(child: Child, what: ItemEffect, minute: number): Child {
  const decision = decideItem(child.now, { ...item, effect: what, earlier: child.earlier }, at(minute))
  if (decision.outcome === 'skipped') return child
  const now = take(child.now, decision.facts, minute)
  const earlier = afterStep(child.earlier, { version: now.version, found: foundBy(child.now, decision.facts) })
  return { ...child, now, earlier }
}

/** The fields that an operation may change; labels are a set. */
const fields = (ticket: Ticket) => ({
  status: ticket.status,
  solvedAt: 'solvedAt' in ticket ? ticket.solvedAt : null,
  priority: ticket.priority,
  labels: [...ticket.labels].sort(),
  assigneeId: ticket.assigneeId,
  groupId: ticket.groupId,
})

it('an undo after any edits between restores the children that did not move, exactly, and no other', () => {
  fc.assert(
    fc.property(children, steps, edits, (openings, effects, between) => {
      const family = openings.map((opening, number) => {
        const facts = decideOpen({ id: `t-${number}`, number, subject: 'x', ...opening }, cause.actor, at(0))
        const before = take(undefined, facts, 0)
        const untouched: Child = { before, now: before, earlier: undefined }
        return effects.reduce<Child>((child, what, past) => operated(child, what, 10 + past), untouched)
      })
      for (const [minute, { child, edit }] of between.entries()) {
        const one = family[child % family.length]
        if (one) one.now = edited(one.now, edit, 20 + minute)
      }
      for (const { before, now, earlier } of family) {
        const undo = { kind: 'undo', operationId: 'o-1', step: effects.length } as const
        const decision = decideItem(now, { ...item, effect: undo, earlier }, at(50))
        const unmoved = earlier !== undefined && earlier.version === now.version
        expect(decision.outcome).toBe(unmoved ? 'applied' : 'skipped')
        if (decision.outcome === 'applied') expect(fields(take(now, decision.facts, 50))).toEqual(fields(before))
      }
    }),
  )
})
