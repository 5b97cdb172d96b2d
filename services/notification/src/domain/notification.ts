import { idFrom } from '@umbel/kernel/ids'

/** pending → leased → an end, or retry → leased again; held waits for its operation. The last six are ends. */
export const states = [
  'pending',
  'leased',
  'retry',
  'held',
  'sent',
  'failed',
  'suppressed',
  'skipped',
  'withheld',
  'unknown',
] as const
export type State = (typeof states)[number]

/** What an operation's mail may do: leave, wait, or never leave. */
export type CauseMode = 'open' | 'held' | 'withheld'

/** Why nobody knows whether an earlier attempt arrived. */
export type Doubt = 'crash' | 'lost-answer'

/** A public comment that its ticket's requester is to hear of. */
export interface Owed {
  readonly ticketId: string
  readonly commentId: string
  readonly recipientId: string
  /** Null outside operations. */
  readonly operationId: string | null
  /** 0 outside operations. */
  readonly step: number
  /** The source tells its customers itself. */
  readonly quiet: boolean
  /** The cause as it travelled; kept to be passed on unread. */
  readonly cause: Uint8Array
}

/** What is owed to one recipient, as it is first recorded. */
export interface Raised extends Owed {
  readonly id: string
  readonly channel: 'mail'
  readonly causeId: string
  readonly state: 'pending' | 'held' | 'withheld' | 'skipped'
  /** A slug; empty where there is nothing to say. */
  readonly reason: string
}

/**
 * The same cause, step, ticket, recipient and channel always give the same notification (reliability 5.1): the cause is
 * the operation, or the comment outside of one.
 */
export function raise(workspaceId: string, owed: Owed, mode: CauseMode): Raised {
  const causeId = owed.operationId ?? owed.commentId
  const id = idFrom('notification', workspaceId, causeId, owed.step, owed.ticketId, owed.recipientId, 'mail')
  return { ...owed, id, channel: 'mail', causeId, ...firstState(owed.quiet, mode) }
}

function firstState(quiet: boolean, mode: CauseMode): Pick<Raised, 'state' | 'reason'> {
  if (quiet) return { state: 'skipped', reason: 'import' }
  if (mode === 'withheld') return { state: 'withheld', reason: 'operation-cancelled' }
  return { state: mode === 'held' ? 'held' : 'pending', reason: '' }
}

const ends: ReadonlySet<State> = new Set(['sent', 'failed', 'suppressed', 'skipped', 'withheld', 'unknown'])

/** Whether nothing will happen to it any more. */
export const isEnd = (state: State): boolean => ends.has(state)
