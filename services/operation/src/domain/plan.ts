import { invalid } from '@umbel/kernel'
import { type Item, type OperationKind, operationKinds } from './operation.ts'

const MAX_TEXT_BYTES = 65_536
const MAX_HOLD_SECONDS = 86_400
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/
const VARIABLE = /\{\{\s*([^{}|]*?)\s*(?:\|[^{}]*)?\}\}/
const bytes = new TextEncoder()

/** Children of one operation at most. */
export const MAX_ITEMS = 100_000
/** From this many applying items on a start has to say the number. */
export const CONFIRM_FROM = 100

/** Whom an operation is for, evaluated when it is planned. */
export type Target =
  | { readonly kind: 'all' }
  | { readonly kind: 'chosen'; readonly ticketIds: readonly string[] }
  | { readonly kind: 'filter'; readonly statuses: readonly string[] }

export function checkKind(kind: string): OperationKind {
  const known = operationKinds.find((each) => each === kind)
  if (known === undefined)
    throw invalid('kind-unknown', `kind is one of ${operationKinds.join(', ')}`, { field: 'kind' })
  return known
}

/** The text customers get: a broadcast needs one, up to 65,536 bytes; lines and tabs are allowed. */
export function checkText(kind: OperationKind, text: string): string {
  const field = 'text'
  if (text.trim() === '') {
    if (kind === 'broadcast') throw invalid('text-missing', 'a broadcast needs a text', { field })
    return ''
  }
  if (text.length > MAX_TEXT_BYTES || bytes.encode(text).length > MAX_TEXT_BYTES)
    throw invalid('text-too-long', `the text is longer than ${MAX_TEXT_BYTES} bytes`, { field })
  if (CONTROL_BUT_LINES.test(text)) throw invalid('control-character', 'the text holds a control character', { field })
  // no variable can be resolved yet: no customer is ever to read one as it was typed
  const variable = VARIABLE.exec(text)
  if (variable) throw invalid('variable-unknown', `no such variable: ${variable[1]}`, { field })
  return text
}

/** Seconds before anything happens; what customers see waits for the default unless told. */
export function checkHold(asked: number | undefined, text: string, defaultSeconds: number): number {
  if (asked === undefined) return text === '' ? 0 : defaultSeconds
  if (!Number.isInteger(asked) || asked < 0 || asked > MAX_HOLD_SECONDS)
    throw invalid('hold-out-of-range', `a hold lasts 0 to ${MAX_HOLD_SECONDS} seconds`, { field: 'hold_seconds' })
  return asked
}

/** A child as linking and ticket know it when the plan is made. */
export interface PlannedChild {
  readonly ticketId: string
  readonly linkId: string
  /** Undefined: no such ticket, or none that the actor may see. */
  readonly ticket: { readonly number: number; readonly version: number; readonly status: string } | undefined
  /** Whether this master drives it. */
  readonly linked: boolean
}

export type PlannedItem = Omit<Item, 'seq' | 'moved' | 'notification' | 'notificationReason'> & {
  readonly plannedVersion: number
}

/** Before and after for a child, or the reason to skip it. */
export function decideItem(kind: OperationKind, child: PlannedChild, body = 0): PlannedItem {
  const { ticket, ticketId, linkId } = child
  const reason = skipReason(kind, child)
  const before = ticket?.status ?? ''
  return {
    ticketId,
    linkId,
    ticketNumber: ticket?.number ?? 0,
    plannedVersion: ticket?.version ?? 0,
    version: 0,
    body,
    state: reason === '' ? 'planned' : 'skipped',
    reason,
    before,
    after: reason === '' && kind === 'close' ? 'solved' : before,
  }
}

function skipReason(kind: OperationKind, { ticket, linked }: PlannedChild): string {
  if (!ticket) return 'not-found'
  if (!linked) return 'no-longer-linked'
  if (ticket.status === 'closed') return 'ticket-closed'
  return kind === 'close' && ticket.status === 'solved' ? 'already-solved' : ''
}

/** What the plan's hash takes from an item: whatever a second look would have to find unchanged. */
export const itemDigest = (item: PlannedItem): string =>
  [item.ticketId, item.linkId, item.plannedVersion, item.state, item.reason, item.before, item.after].join('|')
