import { setTimeout as pause } from 'node:timers/promises'
import { failpoint } from '@umbel/kernel/failpoint'
import type { TakeTurn } from '../store/take-turn.ts'
import { orAfter } from './air.ts'
import { createFlights, type Flight, type FlightDeps } from './flights.ts'
import { LEASE_MS } from './lease-keeper.ts'
import { createLostLeases, type Unlease } from './lost-leases.ts'
import type { Prepared } from './prepare-page.ts'
import type { Landed } from './send-one.ts'

export interface TurnDeps extends FlightDeps {
  readonly takeTurn: TakeTurn
  readonly unlease: Unlease
  /** Too many of the operation's mails fail. */
  readonly trip: (workspaceId: string, operationId: string) => Promise<unknown>
  /** What results say about where the mails went. */
  readonly note: (workspaceId: string, landed: readonly Landed[]) => Promise<void>
}

/**
 * One turn after the other. What has landed is kept until a turn has recorded it: no answer of the mail server is
 * forgotten while the process lives. What a turn that failed may have leased is given back by the next. Disposing of it
 * waits until what is in flight has landed, and some seconds for a database that is away.
 */
export interface Turns extends AsyncDisposable {
  /** Records what has landed of the workspace, leases the window and lets fly what it got. */
  take(workspaceId: string, window: readonly Prepared[]): Promise<Flight[]>
  /** Workspaces of which something has landed and is not recorded, or is leased and not in flight. */
  owing(): string[]
}

const LAST_TRIES_MS = 5_000
const TRY_AGAIN_MS = 250

export function createTurns(deps: TurnDeps): Turns {
  const flights = createFlights(deps)
  const lost = createLostLeases(deps.unlease)
  let last: Promise<unknown> = Promise.resolve()

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
  const turn = async (workspaceId: string, window: readonly Prepared[]): Promise<Flight[]> => {
    await lost.giveBack(workspaceId)
    const done = flights.unrecorded(workspaceId)
    if (done.length + window.length === 0) return []
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
  // one at a time, each with all that has landed: no turn records two mails of one ticket
  const take: Turns['take'] = (workspaceId, window) => {
    const mine = last.then(() => turn(workspaceId, window))
    last = mine.catch(() => undefined)
    return mine
  }
  const owing = () => [...new Set([...flights.owing(), ...lost.workspaces()])]
  const recordRest = async (): Promise<void> => {
    await last
    for (const until = performance.now() + LAST_TRIES_MS; owing().length > 0 && performance.now() < until; ) {
      const tried = await Promise.allSettled(owing().map((workspaceId) => take(workspaceId, [])))
      if (tried.some(({ status }) => status === 'rejected')) await pause(TRY_AGAIN_MS)
    }
  }
  return {
    take,
    owing,
    async [Symbol.asyncDispose]() {
      await flights.ended()
      await orAfter(recordRest(), LAST_TRIES_MS)
      flights[Symbol.dispose]()
      for (const workspaceId of flights.owing())
        deps.log.warn({ workspaceId }, 'mails were sent and could not be recorded')
    },
  }
}

const turnOf = (owner: string, workspaceId: string, done: readonly Landed[], window: readonly Prepared[]) => ({
  workspaceId,
  owner,
  leaseMs: LEASE_MS,
  results: done.map(({ result }) => result),
  asked: window.map(({ due, mail }) => ({ ...due, messageId: mail.messageId })),
})

/** What follows from results. They stand, and the next mails are in flight: what fails here fails alone. */
async function tell(
  { trip, note, log }: TurnDeps,
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
