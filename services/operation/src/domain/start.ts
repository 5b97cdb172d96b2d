import { refused } from '@umbel/kernel'
import type { Operation } from './operation.ts'
import { CONFIRM_FROM } from './plan.ts'

export interface Start {
  readonly planHash: string
  /** How many items the caller expects to be applied. */
  readonly confirm: number
}

/** `start`: begin now. `started`: it has begun with this very plan; nothing changes. Refuses by name otherwise. */
export function decideStart(operation: Operation, { planHash, confirm }: Start, at: Date): 'start' | 'started' {
  if (planHash !== operation.planHash)
    throw refused('plan-changed', 'the hash is not the one of this plan', { field: 'plan_hash' })
  if (operation.acceptedAt !== null) return 'started'
  if (operation.state === 'cancelled') throw refused('operation-finished', 'the plan was cancelled')
  if (operation.state === 'expired' || at >= operation.expiresAt)
    throw refused('plan-expired', `the plan expired at ${operation.expiresAt.toISOString()}`)
  const mustConfirm = operation.applying >= CONFIRM_FROM || confirm !== 0
  if (mustConfirm && confirm !== operation.applying)
    throw refused('confirm-missing', `confirm that ${operation.applying} children are reached`, { field: 'confirm' })
  return 'start'
}
