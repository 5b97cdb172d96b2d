import { failpoint } from '@umbel/kernel/failpoint'
import { idFrom, isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Change, step } from '../domain/change.ts'
import { foundBy } from '../domain/found.ts'
import { decideItem } from '../domain/item.ts'
import { sameForAll } from '../domain/item-effect.ts'
import { itemWords } from '../domain/item-words.ts'
import { syncedFields } from '../domain/synced.ts'
import { checkText } from '../domain/text.ts'
import type { Caller } from '../store/actor-store.ts'
import type { Effect, NewEffect } from '../store/effect-store.ts'
import type { Fence } from '../store/fence-store.ts'
import type { Locked } from '../store/ticket-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { requireService } from './acting.ts'
import { checkPage, type OperationPage, type PageAnswer, type PageItem } from './operation-page.ts'
import { loadPageContext, type PageContext } from './page-context.ts'

/**
 * A page of children, one transaction, one outcome each. The same page twice answers the same: what has a stored
 * outcome is not touched again. The fence is share-locked by the last statement before the commit: a halt waits for no
 * more than that, and a page that it overtakes is undone.
 */
export const applyOperationPage =
  (transact: Transact) =>
  async (scope: Scope, caller: Caller, page: OperationPage): Promise<PageAnswer> => {
    requireService(caller)
    checkPage(page)
    try {
      return await transact(scope, (session) => applyPage(session, page))
    } catch (error) {
      if (error instanceof Overtaken) return { halted: true, outcomes: error.outcomes }
      throw error
    }
  }

/** A halt came between the page's beginning and its commit. */
class Overtaken extends Error {
  readonly outcomes: readonly Effect[]
  constructor(outcomes: readonly Effect[]) {
    super('the operation was halted')
    this.outcomes = outcomes
  }
}

async function applyPage(session: Session, page: OperationPage): Promise<PageAnswer> {
  const ids = [...new Set(page.items.map(({ ticketId }) => ticketId).filter(isId))]
  // in this order: what another call of this page stored is visible once its rows are ours
  const [fence, locked, stored] = await Promise.all([
    session.fence.read(page.operationId),
    session.tickets.lockPage(ids),
    session.effects.of(page, ids),
  ])
  // what an earlier call stored is told all the same: its caller may have died before it could write it down
  if (!admits(fence, page)) return { halted: true, outcomes: [...stored.values()] }
  const applied = await applyRest(session, page, locked, stored)
  await failpoint('ticket.page.commit.before')
  return { halted: false, outcomes: answer(page, stored, applied) }
}

const admits = (fence: Fence | undefined, { epoch }: OperationPage): boolean =>
  fence !== undefined && !fence.halted && fence.epoch === epoch

async function applyRest(
  session: Session,
  page: OperationPage,
  locked: ReadonlyMap<string, Locked>,
  stored: ReadonlyMap<string, Effect>,
): Promise<ReadonlyMap<string, Effect>> {
  const rest = new Map(page.items.filter(({ ticketId }) => !stored.has(ticketId)).map((item) => [item.ticketId, item]))
  if (rest.size === 0) return new Map()
  const bodies = page.bodies.map((body) => ({ ...body, text: checkText(body.text, 'bodies.text') }))
  const tickets = [...rest.keys()].flatMap((id) => locked.get(id)?.ticket ?? [])
  const context = await loadPageContext(session, page, tickets)
  const decided = [...rest.values()].map((item) => decideOne(page, context, item, locked.get(item.ticketId)))
  const effects = decided.map(({ effect }) => effect)
  const known = effects.filter(({ ticketId }) => isId(ticketId))
  await Promise.all([
    session.effects.storeBodies(bodies),
    session.tickets.save(decided.flatMap(({ change }) => change ?? [])),
    session.effects.store(page, known),
    page.masterVersion > 0 &&
      session.tickets.markSynced(syncedBy(effects), syncedFields(sameForAll(page.effect)), page.masterVersion),
  ])
  if (!admits(await session.fence.share(page.operationId), page)) throw new Overtaken([...stored.values()])
  return new Map(effects.map((effect) => [effect.ticketId, effect]))
}

interface Decided {
  readonly change?: Change
  readonly effect: NewEffect
}

function decideOne(page: OperationPage, context: PageContext, item: PageItem, locked: Locked | undefined): Decided {
  const { ticketId, linkId, bodyId, plannedVersion } = item
  if (!locked) return { effect: skipped(item, 'not-found', null) }
  const { ticket, recordedAt, at } = locked
  const text = bodyId === null ? null : context.textFor(ticket, bodyId)
  const decision = decideItem(
    ticket,
    {
      ...context,
      effect: page.effect,
      linkId,
      text,
      plannedVersion,
      commentId: () => idFrom('comment', page.operationId, page.step, ticketId),
      includeHidden: page.includeHidden,
      masterVersion: page.masterVersion,
      earlier: context.earlier.get(ticketId),
    },
    at,
  )
  const moved = plannedVersion !== 0 && plannedVersion !== ticket.version
  if (decision.outcome === 'skipped')
    return { effect: { ...skipped(item, decision.reason, ticket.requesterId), moved } }
  const { facts, notifies } = decision
  const change = step(ticket, facts, { cause: context.cause, occurredAt: at, recordedAt })
  const { requesterId, version } = change.ticket
  const words = itemWords(ticket, change.ticket, facts, context.nameOf)
  const kept = { requesterId, values: text?.values ?? null, found: foundBy(ticket, facts) }
  return { change, effect: { ticketId, outcome: 'applied', reason: '', version, notifies, moved, ...words, ...kept } }
}

const skipped = ({ ticketId }: PageItem, reason: string, requesterId: string | null): NewEffect => ({
  ticketId,
  outcome: 'skipped',
  reason,
  version: 0,
  notifies: false,
  moved: false,
  before: '',
  after: '',
  requesterId,
  values: null,
  found: null,
})

/** Those that stand as the master wants them, whether they had to be changed or did so already. */
const syncedBy = (effects: readonly Effect[]): string[] =>
  effects.filter(({ reason }) => reason === '' || reason === 'already-so').map(({ ticketId }) => ticketId)

function answer(
  page: OperationPage,
  stored: ReadonlyMap<string, Effect>,
  applied: ReadonlyMap<string, Effect>,
): Effect[] {
  return page.items.flatMap(({ ticketId }) => stored.get(ticketId) ?? applied.get(ticketId) ?? [])
}
