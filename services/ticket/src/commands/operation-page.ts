import { invalid } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import { type ItemEffect, mayHaveText, needsText } from '../domain/item-effect.ts'
import type { Cause } from '../domain/words.ts'
import type { Effect } from '../store/effect-store.ts'
import { requireAtMost } from './acting.ts'

const MAX_ITEMS = 1_000

export interface OperationPage {
  readonly operationId: string
  readonly step: number
  readonly epoch: bigint
  /** The agent on whose behalf it runs, authorised as it is now; empty where no person asked for it. */
  readonly actorId: string
  /** What asked for it where no person did. */
  readonly cause: Cause | null
  /** The master's version that a sync rests on; 0: no sync. */
  readonly masterVersion: number
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
  /** The version that the plan saw; 0: not known. */
  readonly plannedVersion: number
}
export interface PageAnswer {
  readonly halted: boolean
  readonly outcomes: readonly Effect[]
}

/** What is wrong with the page itself, before any child is looked at. */
export function checkPage({ operationId, actorId, cause, effect, bodies, items }: OperationPage): void {
  requireId(operationId, 'operation_id')
  if (effect.kind === 'undo') requireId(effect.operationId, 'effect.operation_id')
  requireAtMost(MAX_ITEMS, items, 'items')
  if (actorId === '' && !cause) throw invalid('actor-missing', 'nobody stands behind this page', { field: 'actor_id' })
  const known = new Set(bodies.map(({ bodyId }) => requireId(bodyId, 'bodies.body_id')))
  for (const { bodyId } of items) {
    if (bodyId === null && needsText(effect))
      throw invalid('body-missing', `${effect.kind} needs a text for each child`, { field: 'items.body_id' })
    if (bodyId !== null && !mayHaveText(effect))
      throw invalid('body-unexpected', `${effect.kind} says nothing`, { field: 'items.body_id' })
    if (bodyId !== null && !known.has(bodyId))
      throw invalid('body-unknown', 'an item names a text that the page has not', { field: 'items.body_id' })
  }
}
