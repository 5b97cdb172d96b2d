import { refused } from '@umbel/kernel'
import type { Operation } from './operation.ts'
import { CONFIRM_FROM } from './plan.ts'
import { customersRead } from './texts.ts'

export interface Start {
  readonly planHash: string
  /** How many items the caller expects to be applied. */
  readonly confirm: number
}

/** `start`: begin now. `started`: it has begun with this very plan; nothing changes. Refuses by name otherwise. */
export function decideStart(operation: Operation, { planHash, confirm }: Start, at: Date): 'start' | 'started' {
  checkHash(operation, planHash)
  if (operation.acceptedAt !== null) return 'started'
  checkOpen(operation, at)
  if (operation.findings.some(({ blocks }) => blocks))
    throw refused('finding-blocks', 'a finding stands against the plan: plan it without, or with a reason')
  if (operation.needsApproval && operation.approvedBy === '')
    throw refused('approval-missing', 'a second person has to approve this plan')
  const mustConfirm = operation.applying >= CONFIRM_FROM || confirm !== 0
  if (mustConfirm && confirm !== operation.applying)
    throw refused('confirm-missing', `confirm that ${operation.applying} children are reached`, { field: 'confirm' })
  return 'start'
}

/** `approve`: write down who did. `approved`: somebody has; nothing changes. Refuses by name otherwise. */
export function decideApproval(
  operation: Operation,
  { planHash, by }: { readonly planHash: string; readonly by: string },
  at: Date,
): 'approve' | 'approved' {
  checkHash(operation, planHash)
  if (by === operation.plannedBy)
    throw refused('approval-by-planner', 'whoever planned it cannot be the one who approves it')
  if (operation.approvedBy !== '') return 'approved'
  if (operation.acceptedAt !== null) throw refused('operation-started', 'the operation has been started')
  checkOpen(operation, at)
  return 'approve'
}

function checkHash(operation: Operation, planHash: string): void {
  if (planHash !== operation.planHash)
    throw refused('plan-changed', 'the hash is not the one of this plan', { field: 'plan_hash' })
}

/** A plan can still be started: nobody has cancelled it, and it has not grown old. */
function checkOpen(operation: Operation, at: Date): void {
  if (operation.state === 'cancelled') throw refused('operation-finished', 'the plan was cancelled')
  if (operation.state === 'expired' || at >= operation.expiresAt)
    throw refused('plan-expired', `the plan expired at ${operation.expiresAt.toISOString()}`)
}

/** Whether a plan may begin at once: nobody has to look at it first. */
export const mayStartUnseen = (
  plan: Pick<Operation, 'kind' | 'text' | 'applying' | 'findings' | 'needsApproval'>,
): boolean =>
  !customersRead(plan.kind, plan.text !== '') &&
  plan.applying < CONFIRM_FROM &&
  plan.findings.length === 0 &&
  !plan.needsApproval

export const planFirst = () =>
  refused('plan-first', 'look at the plan first, then start it with its hash', { field: 'start' })

/** A plan holds children that somebody else has reached by now. */
export const overtaken = () =>
  refused('plan-changed', 'another catch-up of this master has begun since: plan anew', { field: 'plan_hash' })
