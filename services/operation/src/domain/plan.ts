import { invalid } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import { checkLabels } from './change.ts'
import { type OperationKind, operationKinds } from './operation.ts'
import { MAX_RATE } from './pace.ts'

const MAX_HOLD_SECONDS = 86_400

/** Children of one operation at most. */
export const MAX_ITEMS = 100_000
/** From this many applying items on a start has to say the number. */
export const CONFIRM_FROM = 100

/** Which children a filter reaches: any value of a field, and all fields that are given. */
export interface ChildrenFilter {
  readonly statuses: readonly string[]
  readonly labels: readonly string[]
  readonly customerIds: readonly string[]
  readonly projectIds: readonly string[]
  readonly slaStates: readonly string[]
}

export const noFilter: ChildrenFilter = { statuses: [], labels: [], customerIds: [], projectIds: [], slaStates: [] }

/** Whom an operation is for, evaluated when it is planned. */
export type Target =
  | { readonly kind: 'all' }
  | { readonly kind: 'chosen'; readonly ticketIds: readonly string[] }
  | { readonly kind: 'filter'; readonly filter: ChildrenFilter }

const slaStates = ['ok', 'at_risk', 'breached']

/** A kind that people can plan: `sync` is nobody's wish, and an `undo` names what it undoes. */
export function checkKind(kind: string): OperationKind {
  const plannable = operationKinds.filter((each) => each !== 'sync' && each !== 'undo')
  const known = plannable.find((each) => each === kind)
  if (known === undefined) throw invalid('kind-unknown', `kind is one of ${plannable.join(', ')}`, { field: 'kind' })
  return known
}

/** Refuses a target that cannot reach anybody, or more than one operation may. */
export function checkTarget(target: Target): void {
  const field = 'target'
  if (target.kind === 'filter') checkFilter(target.filter)
  if (target.kind !== 'chosen') return
  if (target.ticketIds.length === 0) throw invalid('target-empty', 'no child is chosen', { field })
  if (target.ticketIds.length > MAX_ITEMS) throw tooLarge()
  checkIds(target.ticketIds, 'target.chosen')
}

/** There are more children than one operation may reach. */
export const tooLarge = () =>
  invalid('target-too-large', `an operation reaches ${MAX_ITEMS} children at most`, { field: 'target' })

function checkFilter(filter: ChildrenFilter): void {
  const named = Object.values(filter).some((values: readonly string[]) => values.length > 0)
  if (!named) throw invalid('target-empty', 'the filter names nothing', { field: 'target' })
  checkLabels(filter.labels, 'target.filter.labels')
  checkIds(filter.customerIds, 'target.filter.customer_ids')
  checkIds(filter.projectIds, 'target.filter.project_ids')
  const unknown = filter.slaStates.find((state) => !slaStates.includes(state))
  if (unknown !== undefined)
    throw invalid('sla-state-unknown', `an SLA state is one of ${slaStates.join(', ')}`, { field: 'target.filter' })
}

function checkIds(ids: readonly string[], name: string): void {
  for (const [at, id] of ids.entries()) requireId(id, `${name}[${at}]`)
}

/** Seconds before anything happens; what customers see waits for the default unless told. */
export function checkHold(asked: number | undefined, customersRead: boolean, defaultSeconds: number): number {
  if (asked === undefined) return customersRead ? defaultSeconds : 0
  if (!Number.isInteger(asked) || asked < 0 || asked > MAX_HOLD_SECONDS)
    throw invalid('hold-out-of-range', `a hold lasts 0 to ${MAX_HOLD_SECONDS} seconds`, { field: 'hold_seconds' })
  return asked
}

/** Children a minute; 0: as fast as it goes. */
export function checkRate(asked: number): number {
  if (!Number.isInteger(asked) || asked < 0 || asked > MAX_RATE)
    throw invalid('rate-out-of-range', `a rate is 0 to ${MAX_RATE} children a minute`, { field: 'rate' })
  return asked
}
