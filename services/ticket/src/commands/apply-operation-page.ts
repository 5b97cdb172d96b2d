import type { Actor } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { idFrom, isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Change, step } from '../domain/change.ts'
import { decideItem, type ItemEffect } from '../domain/item.ts'
import { checkText } from '../domain/text.ts'
import type { Cause } from '../domain/words.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Effect } from '../store/fence-store.ts'
import type { Locked } from '../store/ticket-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { requireAtMost, requireId, requireService } from './acting.ts'

const MAX_ITEMS = 1_000

export interface OperationPage {
  readonly operationId: string
  readonly step: number
  readonly epoch: bigint
  /** The agent on whose behalf it runs; authorised as it is now. */
  readonly actorId: string
  readonly effect: ItemEffect
  /** Every text that an item names. */
  readonly bodies: readonly { readonly bodyId: string; readonly text: string }[]
  readonly items: readonly PageItem[]
  readonly includeHidden: boolean
}
export interface PageItem {
  readonly ticketId: string
  readonly linkId: string | null
  /** The text this child gets, if any. */
  readonly bodyId: string | null
}
export interface PageAnswer {
  readonly halted: boolean
  readonly outcomes: readonly Effect[]
}

/**
 * A page of children, one transaction, one outcome each. The same page twice answers the same: what has a stored
 * outcome is not touched again. The fence is share-locked where the effect commits, so a halt waits for it.
 */
export const applyOperationPage =
  (transact: Transact) =>
  (scope: Scope, caller: Caller, page: OperationPage): Promise<PageAnswer> =>
    transact(scope, async (session) => {
      requireService(caller)
      requireAtMost(MAX_ITEMS, page.items, 'items')
      const fence = await session.fence.share(requireId(page.operationId, 'operation_id'))
      const ids = [...new Set(page.items.map(({ ticketId }) => ticketId).filter(isId))]
      // what an earlier call stored is told all the same: its caller may have died before it could write it down
      if (!fence || fence.halted || fence.epoch !== page.epoch)
        return { halted: true, outcomes: [...(await session.fence.effectsOf(page, ids)).values()] }
      const locked = await session.tickets.lockMany(ids)
      // only now: what another call of this page stored is visible once its rows are ours
      const stored = await session.fence.effectsOf(page, ids)
      const applied = await applyRest(session, page, locked, stored)
      await failpoint('ticket.page.commit.before')
      return { halted: false, outcomes: answer(page, stored, applied) }
    })

async function applyRest(
  session: Session,
  page: OperationPage,
  locked: ReadonlyMap<string, Locked>,
  stored: ReadonlyMap<string, Effect>,
): Promise<ReadonlyMap<string, Effect>> {
  const rest = new Map(page.items.filter(({ ticketId }) => !stored.has(ticketId)).map((item) => [item.ticketId, item]))
  if (rest.size === 0) return new Map()
  for (const { bodyId, text } of page.bodies)
    await session.fence.storeBody(requireId(bodyId, 'bodies.body_id'), checkText(text, 'bodies.text'))
  const actor = (await session.agent(page.actorId)) ?? powerless(page.actorId)
  const decided = [...rest.values()].map((item) => decideOne(page, item, locked.get(item.ticketId), actor))
  await session.tickets.save(decided.flatMap(({ change }) => change ?? []))
  const effects = decided.map(({ effect }) => effect)
  await session.fence.storeEffects(
    page,
    effects.filter(({ ticketId }) => isId(ticketId)),
  )
  return new Map(effects.map((effect) => [effect.ticketId, effect]))
}

function decideOne(
  page: OperationPage,
  { ticketId, linkId, bodyId }: PageItem,
  locked: Locked | undefined,
  actor: Actor,
) {
  const { operationId, effect, includeHidden } = page
  const commentId = idFrom('comment', operationId, page.step, ticketId)
  const at = locked?.at ?? new Date(0)
  const decision = decideItem(locked?.ticket, { effect, linkId, bodyId, commentId, actor, includeHidden }, at)
  if (decision.outcome === 'skipped' || !locked) {
    const reason = decision.outcome === 'skipped' ? decision.reason : 'not-found'
    return { effect: { ticketId, outcome: 'skipped', reason, version: 0, notifies: false } satisfies Effect }
  }
  const { recordedAt, ticket } = locked
  const change: Change = step(ticket, decision.facts, { cause: causeOf(page), occurredAt: at, recordedAt })
  const { version } = change.ticket
  const { notifies } = decision
  return { change, effect: { ticketId, outcome: 'applied', reason: '', version, notifies } satisfies Effect }
}

const causeOf = ({ operationId, actorId, step: at }: OperationPage): Cause => ({
  kind: 'operation',
  id: operationId,
  rootKind: 'user',
  rootId: operationId,
  actor: { kind: 'agent', id: actorId },
  operationId,
  step: at,
})

/** An agent who is gone may do nothing: each item says so. */
const powerless = (id: string): Actor => ({ id, role: 'light_agent', hiddenGroupIds: new Set() })

function answer(
  page: OperationPage,
  stored: ReadonlyMap<string, Effect>,
  applied: ReadonlyMap<string, Effect>,
): Effect[] {
  return page.items.flatMap(({ ticketId }) => stored.get(ticketId) ?? applied.get(ticketId) ?? [])
}
