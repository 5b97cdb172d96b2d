import { invalid } from '@umbel/kernel'
import { byteaArray, jsonbArray, uuidArray } from '@umbel/messaging'
import type { Binding } from '@umbel/service-kit/store'
import { type Change, type Ending, endingsOf } from '../domain/ending.ts'
import type { Doubt } from '../domain/notification.ts'
import type { Leased, Result } from './queue-row.ts'

/** What happens between two windows. */
export interface Turn {
  readonly workspaceId: string
  /** Who leases. */
  readonly owner: string
  readonly leaseMs: number
  /** At most one of each ticket. */
  readonly results: readonly Result[]
  readonly asked: readonly { readonly id: string; readonly messageId: string; readonly operationId: string | null }[]
}

export interface TurnTaken {
  readonly leased: readonly Leased[]
  /** Operations of which too many mails fail. */
  readonly failing: readonly string[]
}

/**
 * An event in pieces. The database leaves out the ends whose lease is another's by now, and puts in the version and the
 * times under the lock of the stream.
 */
export interface Telling {
  readonly topic: string
  /** As JSON. */
  headersOf(workspaceId: string, ending: Ending): string
  headOf(workspaceId: string, ending: Ending): Uint8Array
  partOf(change: Change): Uint8Array
}

/** Runs one statement as a transaction of its own, or in one that is open. */
export type RunStatement = <Row>(text: string, bindings: readonly Binding[]) => Promise<Row[]>

/**
 * Records results where their lease is still ours, tells the ends, and leases the next: one round trip. Throws `invalid`
 * (`turn-refused`) where the database is there and does not take something of it, however often it is asked.
 */
export type TakeTurn = (turn: Turn) => Promise<TurnTaken>

interface Row {
  readonly leased: string | null
  readonly epoch: string
  readonly attempt: number
  readonly doubt: Doubt | null
  readonly failing: string | null
}

const TURN = `select * from send_turn(?::uuid, ?::text, ?::int, ?::uuid[], ?::uuid[], ?::bigint[], ?::text[], ?::text[],
  ?::text[], ?::int[], ?::text[], ?::text, ?::text[], ?::text[], ?::jsonb[], ?::bytea[], ?::uuid[], ?::int[], ?::bytea[],
  ?::uuid[], ?::text[])`

export const createTakeTurn =
  (run: RunStatement, telling: Telling): TakeTurn =>
  async ({ workspaceId, owner, leaseMs, results, asked }) => {
    const outcomes = results.map(({ outcome }) => outcome)
    const endings = endingsOf(results.filter(({ outcome }) => outcome.delayMs === null).map(toChange))
    const ends = endings.flatMap(({ changes }, at) => changes.map((change) => ({ change, event: at + 1 })))
    const found = await orRefused(
      run<Row>(TURN, [
        workspaceId,
        owner,
        leaseMs,
        uuidArray(operationsIn(results, asked)),
        uuidArray(results.map(({ leased }) => leased.id)),
        results.map(({ leased }) => leased.epoch),
        outcomes.map(({ state }) => state),
        outcomes.map(({ reason }) => reason),
        outcomes.map(({ doubt }) => doubt),
        outcomes.map(({ delayMs }) => delayMs),
        outcomes.map(({ delivery }) => delivery),
        telling.topic,
        endings.map(({ streamKey }) => streamKey),
        endings.map(({ subject }) => subject),
        jsonbArray(endings.map((ending) => telling.headersOf(workspaceId, ending))),
        byteaArray(endings.map((ending) => telling.headOf(workspaceId, ending))),
        uuidArray(ends.map(({ change }) => change.id)),
        ends.map(({ event }) => event),
        byteaArray(ends.map(({ change }) => telling.partOf(change))),
        uuidArray(asked.map(({ id }) => id)),
        asked.map(({ messageId }) => messageId),
      ]),
    )
    return {
      leased: found.flatMap(({ leased, ...lease }) => (leased === null ? [] : [{ id: leased, ...lease }])),
      failing: found.flatMap(({ failing }) => failing ?? []),
    }
  }

// Data, constraints, limits and what a trigger raises: it lies in rows. Whatever else is wrong, such as a function that a
// migration is yet to bring or a database that only reads, is wrong for all results and passes.
const REFUSED = /^(22|23|54|P0)...$/

async function orRefused<T>(turn: Promise<T>): Promise<T> {
  try {
    return await turn
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && REFUSED.test(String(error.code)))) throw error
    throw invalid('turn-refused', 'the database does not take a result or a lease', { cause: error })
  }
}

const toChange = ({ due, leased, outcome }: Result): Change => ({ ...due, ...outcome, attempts: leased.attempt })

const operationsIn = (results: readonly Result[], asked: Turn['asked']): string[] => {
  const named = [...results.map(({ due }) => due), ...asked].flatMap(({ operationId }) => operationId ?? [])
  return [...new Set(named)]
}
