import { idFrom } from '@umbel/kernel/ids'

/** A line for an agent: one for each end or stop of an operation, never one for each child. */
export interface NewNotice {
  readonly id: string
  readonly agentId: string
  readonly kind: 'operation-finished' | 'operation-cancelled' | 'operation-paused'
  readonly operationId: string
  /** The operation's master. */
  readonly ticketId: string
  readonly text: string
}

export interface Notice extends NewNotice {
  readonly at: Date
  /** Null: not yet. */
  readonly readAt: Date | null
}

/** How an operation stands, as it tells. */
export interface OperationStanding {
  readonly operationId: string
  readonly masterId: string
  readonly kind: string
  readonly state: string
  /** Empty: no agent did. */
  readonly startedBy: string
  /** Why it was paused where nobody pressed the button; else empty. */
  readonly pauseReason: string
  readonly counts: {
    readonly applied: number
    readonly skipped: number
    readonly failed: number
    readonly sent: number
    readonly sendFailed: number
  }
}

/**
 * What the agent who started an operation is told, or undefined. A pause by hand is no news to whoever pressed it; the
 * same end told twice, or with later counts, is the same notice.
 */
export function noticeOf(workspaceId: string, told: OperationStanding): NewNotice | undefined {
  const { operationId, masterId, startedBy } = told
  const kind = kindOf(told)
  if (kind === undefined || startedBy === '') return undefined
  const id = idFrom('notice', workspaceId, operationId, kind, startedBy)
  return { id, agentId: startedBy, kind, operationId, ticketId: masterId, text: textOf(told, kind) }
}

function kindOf({ state, pauseReason }: OperationStanding): NewNotice['kind'] | undefined {
  if (state === 'finished') return 'operation-finished'
  if (state === 'cancelled') return 'operation-cancelled'
  return state === 'paused' && pauseReason !== '' ? 'operation-paused' : undefined
}

const openings: Readonly<Record<NewNotice['kind'], string>> = {
  'operation-finished': 'finished',
  'operation-cancelled': 'cancelled',
  'operation-paused': 'paused, since too many mails failed',
}

/** `Broadcast finished: 200 applied; 197 sent, 2 skipped, 1 failed`. */
function textOf({ kind, counts }: OperationStanding, notice: NewNotice['kind']): string {
  const name = `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll('_', ' ')}`
  const children = words([
    [counts.applied, 'applied'],
    [counts.skipped, 'skipped'],
    [counts.failed, 'failed'],
  ])
  const mails = words([
    [counts.sent, 'sent'],
    [counts.sendFailed, 'not sent'],
  ])
  const told = mails === '' ? '' : `; mail: ${mails}`
  return `${name} ${openings[notice]}: ${children === '' ? 'nothing to do' : children}${told}`
}

const words = (counts: readonly (readonly [number, string])[]): string =>
  counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
