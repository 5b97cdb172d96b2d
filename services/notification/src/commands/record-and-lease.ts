import { isUmbelError, refused } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import type { TakeTurn } from '../store/take-turn.ts'
import { SLOTS } from './air.ts'
import type { Flight, FlightDeps, Flights } from './flights.ts'
import { LEASE_MS } from './lease-keeper.ts'
import type { LostLeases } from './lost-leases.ts'
import type { Prepared } from './prepare-page.ts'
import type { Landed } from './send-one.ts'

export interface RecordDeps extends FlightDeps {
  readonly takeTurn: TakeTurn
  /** Too many of the operation's mails fail. */
  readonly trip: (workspaceId: string, operationId: string) => Promise<unknown>
  /** What results say about where the mails went. */
  readonly note: (workspaceId: string, landed: readonly Landed[]) => Promise<void>
  readonly log: FlightDeps['log'] & { error(fields: object, message: string): void }
}

/** Records what has landed of the workspace, leases the window and lets fly what it got. */
export type RecordAndLease = (workspaceId: string, window: readonly Prepared[]) => Promise<Flight[]>

/**
 * A result that the database refuses keeps nothing else back: where a turn is refused, its results are recorded one by
 * one, and the one that is refused alone rests. It is never given up: its lease would run out, and the mail would be
 * sent again to have a result that is refused again. Where the database refuses as many as may be in flight, no more leave,
 * and `refused` (`results-refused`) is thrown.
 */
export function createRecordAndLease(deps: RecordDeps, flights: Flights, lost: LostLeases): RecordAndLease {
  const ask = async (workspaceId: string, done: readonly Landed[], window: readonly Prepared[]) => {
    try {
      const taken = await deps.takeTurn(turnOf(deps.owner, workspaceId, done, window))
      flights.recorded(done)
      if (done.length > 0) await failpoint('notification.record.after')
      return taken
    } catch (error) {
      lost.add(workspaceId, window)
      throw error
    }
  }
  const together = async (workspaceId: string, done: readonly Landed[], window: readonly Prepared[]) => {
    const askedAt = performance.now()
    const { leased, failing } = await ask(workspaceId, done, window)
    const leases = new Map(leased.map((lease) => [lease.id, lease]))
    const begun = window.flatMap((prepared) => {
      const lease = leases.get(prepared.due.id)
      return lease === undefined ? [] : [flights.launch(workspaceId, prepared, lease, askedAt)]
    })
    await tell(deps, workspaceId, done, failing)
    return begun
  }
  const oneByOne = async (workspaceId: string, done: readonly Landed[]): Promise<void> => {
    for (const one of done) {
      try {
        await together(workspaceId, [one], [])
      } catch (error) {
        if (!isRefusal(error)) throw error
        flights.rest(one)
        const fields = { err: error, workspaceId, notificationId: one.result.due.id }
        deps.log.error(fields, 'the database refuses the result of a mail; it is kept and tried again by itself')
      }
    }
  }
  const recordAndLease: RecordAndLease = async (workspaceId, window) => {
    await lost.giveBack(workspaceId)
    await oneByOne(workspaceId, flights.rested(workspaceId))
    const done = flights.unrecorded(workspaceId)
    const full = flights.refused(workspaceId) >= SLOTS
    try {
      const next = full ? [] : window
      const begun = done.length + next.length === 0 ? [] : await together(workspaceId, done, next)
      if (full && window.length > 0) throw resultsRefused()
      return begun
    } catch (error) {
      if (done.length === 0 || !isRefusal(error)) throw error
      await oneByOne(workspaceId, done)
      return recordAndLease(workspaceId, window)
    }
  }
  return recordAndLease
}

const resultsRefused = () => refused('results-refused', 'the database refuses the results of mails: no more leave')

const isRefusal = (error: unknown): boolean => isUmbelError(error) && error.kind === 'invalid'

const turnOf = (owner: string, workspaceId: string, done: readonly Landed[], window: readonly Prepared[]) => ({
  workspaceId,
  owner,
  leaseMs: LEASE_MS,
  results: done.map(({ result }) => result),
  asked: window.map(({ due, mail }) => ({ ...due, messageId: mail.messageId })),
})

/** What follows from results. They stand, and the next mails are in flight: what fails here fails alone. */
async function tell(
  { trip, note, log }: RecordDeps,
  workspaceId: string,
  done: readonly Landed[],
  failing: readonly string[],
): Promise<void> {
  const following = [
    ...failing.map((operationId) => () => trip(workspaceId, operationId)),
    () => note(workspaceId, done),
  ]
  for (const follow of following) {
    try {
      await follow()
    } catch (error) {
      log.warn({ err: error, workspaceId }, 'what follows from the results of mails could not be done')
    }
  }
}
