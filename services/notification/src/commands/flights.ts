import type { Leased } from '../store/queue-row.ts'
import { type LeaseKeeperDeps, startLeaseKeeper } from './lease-keeper.ts'
import type { Prepared } from './prepare-page.ts'
import { type Landed, type Mailer, sendOne } from './send-one.ts'

/** A mail on its way. */
export interface Flight {
  readonly prepared: Prepared
  /** Never rejects; undefined where sending it failed: its lease runs out, and then it is in doubt. */
  readonly landing: Promise<Landed | undefined>
}

/** Mails between their lease and their record. Leases are renewed until what has landed is recorded. */
export interface Flights extends Disposable {
  /** `askedAt`: when the lease was asked for, by the monotonic clock. */
  launch(workspaceId: string, prepared: Prepared, leased: Leased, askedAt: number): Flight
  /** What has landed of the workspace and is not recorded. */
  unrecorded(workspaceId: string): Landed[]
  recorded(landed: readonly Landed[]): void
  /** Workspaces of which something is not recorded. */
  owing(): string[]
  /** Resolves when nothing is in flight. */
  ended(): Promise<void>
}

export interface FlightDeps extends LeaseKeeperDeps {
  readonly mailer: Mailer
  /** In [0, 1). */
  readonly jitter: () => number
}

export function createFlights(deps: FlightDeps): Flights {
  const keeper = startLeaseKeeper(deps)
  const flying = new Set<Promise<unknown>>()
  const landed = new Map<Landed, string>()

  const fly = async (workspaceId: string, prepared: Prepared, leased: Leased, stands: () => boolean) => {
    try {
      const one = await sendOne(deps, prepared, leased, stands)
      landed.set(one, workspaceId)
      return one
    } catch (error) {
      keeper.drop(leased)
      deps.log.warn({ err: error, workspaceId }, 'a mail could not be sent')
      return undefined
    }
  }
  return {
    launch(workspaceId, prepared, leased, askedAt) {
      const landing = fly(workspaceId, prepared, leased, keeper.keep(workspaceId, leased, askedAt))
      flying.add(landing)
      void landing.then(() => flying.delete(landing))
      return { prepared, landing }
    },
    unrecorded: (workspaceId) => [...landed].flatMap(([one, owner]) => (owner === workspaceId ? [one] : [])),
    recorded(done) {
      for (const one of done) {
        landed.delete(one)
        keeper.drop(one.result.leased)
      }
    },
    owing: () => [...new Set(landed.values())],
    async ended() {
      while (flying.size > 0) await Promise.all(flying)
    },
    [Symbol.dispose]: () => keeper[Symbol.dispose](),
  }
}
