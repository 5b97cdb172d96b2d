import { setTimeout as pause } from 'node:timers/promises'
import { orAfter } from './air.ts'
import { createFlights } from './flights.ts'
import { createLostLeases, type Unlease } from './lost-leases.ts'
import { createRecordAndLease, type RecordAndLease, type RecordDeps } from './record-and-lease.ts'

export interface TurnsDeps extends RecordDeps {
  readonly unlease: Unlease
}

/**
 * One turn after the other. What has landed is kept until a turn has recorded it: no answer of the mail server is
 * forgotten while the process lives. What a turn that failed may have leased is given back by the next. Disposing of it
 * waits until what is in flight has landed, and some seconds for a database that is away.
 */
export interface Turns extends AsyncDisposable {
  readonly take: RecordAndLease
  /** Workspaces of which something has landed and can be recorded, or is leased and not in flight. */
  owing(): string[]
  /** Whether everything that has landed is recorded, and nothing is leased that is not in flight. */
  settled(): boolean
}

const LAST_TRIES_MS = 5_000
const TRY_AGAIN_MS = 250

export function createTurns(deps: TurnsDeps): Turns {
  const flights = createFlights(deps)
  const lost = createLostLeases(deps.unlease)
  const recordAndLease = createRecordAndLease(deps, flights, lost)
  let last: Promise<unknown> = Promise.resolve()

  // one at a time, each with all that has landed: no turn records two mails of one ticket
  const take: RecordAndLease = (workspaceId, window) => {
    const mine = last.then(() => recordAndLease(workspaceId, window))
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
    settled: () => flights.unsettled().length + lost.workspaces().length === 0,
    async [Symbol.asyncDispose]() {
      await flights.ended()
      await orAfter(recordRest(), LAST_TRIES_MS)
      flights[Symbol.dispose]()
      for (const workspaceId of flights.unsettled())
        deps.log.warn({ workspaceId }, 'mails were sent and could not be recorded')
    },
  }
}
