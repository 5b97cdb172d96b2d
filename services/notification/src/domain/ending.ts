import type { State } from './notification.ts'

/** A notification that came to its end. */
export interface Change {
  readonly id: string
  readonly ticketId: string
  readonly channel: string
  readonly operationId: string | null
  readonly cause: Uint8Array
  readonly state: State
  readonly reason: string
  readonly attempts: number
}

/** Ends that one event tells: what one cause of an operation brought, or a single one that is of no operation. */
export interface Ending {
  /** The stream that the event is in. */
  readonly streamKey: string
  /** The operation or the ticket that the event is about. */
  readonly subject: string
  readonly operationId: string | null
  readonly cause: Uint8Array
  /** At least one. */
  readonly changes: readonly Change[]
}

/** What an event tells at most: some 53 kB; reliability 2.4 wants less than 64 KiB. */
const MOST_TOGETHER = 500

/** The stream of what an operation's notifications come to. */
export const streamOfOperation = (operationId: string): string => `causes:${operationId}`

/** Changes as they are told, in order: those of an operation together, the others one by one. */
export function endingsOf(changes: readonly Change[]): Ending[] {
  const together = Map.groupBy(changes, ({ operationId, cause, id }) =>
    operationId === null ? id : `${operationId}/${Buffer.from(cause).toString('latin1')}`,
  )
  return [...together.values()].flatMap((some) => [...portions(some)])
}

function* portions(changes: readonly Change[]): Generator<Ending> {
  for (let at = 0; at < changes.length; at += MOST_TOGETHER) {
    const portion = changes.slice(at, at + MOST_TOGETHER)
    const [first] = portion
    if (first !== undefined) yield toEnding(first, portion)
  }
}

const toEnding = ({ operationId, ticketId, cause }: Change, changes: readonly Change[]): Ending => ({
  streamKey: operationId === null ? `notifications:${ticketId}` : streamOfOperation(operationId),
  subject: operationId ?? ticketId,
  operationId,
  cause,
  changes,
})
