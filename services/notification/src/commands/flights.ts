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
  /** What has landed of the workspace and is not recorded, without what was refused. */
  unrecorded(workspaceId: string): Landed[]
  /** What was refused and has had its rest. */
  rested(workspaceId: string): Landed[]
  recorded(landed: readonly Landed[]): void
  /** How many of the workspace were refused and are not recorded. */
  refused(workspaceId: string): number
  /** It was refused and rests for a while. Its lease is renewed all the same. */
  rest(landed: Landed): void
  /** Workspaces of which something is not recorded, without what rests. */
  owing(): string[]
  /** Workspaces of which something is not recorded, with what rests. */
  unsettled(): string[]
  /** Resolves when nothing is in flight. */
  ended(): Promise<void>
}

export interface FlightDeps extends LeaseKeeperDeps {
  readonly mailer: Mailer
  /** In [0, 1). */
  readonly jitter: () => number
}

const REST_MS = 10_000

interface Kept {
  readonly workspaceId: string
  /** The end of its rest, by the monotonic clock, where it was refused. */
  restsUntil: number | undefined
}

export function createFlights(deps: FlightDeps): Flights {
  const keeper = startLeaseKeeper(deps)
  const flying = new Set<Promise<unknown>>()
  const landed = new Map<Landed, Kept>()
  const landedOf = (workspaceId: string, fits: (kept: Kept) => boolean) =>
    [...landed].flatMap(([one, kept]) => (kept.workspaceId === workspaceId && fits(kept) ? [one] : []))

  const fly = async (workspaceId: string, prepared: Prepared, leased: Leased, stands: () => boolean) => {
    try {
      const one = await sendOne(deps, prepared, leased, stands)
      landed.set(one, { workspaceId, restsUntil: undefined })
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
    unrecorded: (workspaceId) => landedOf(workspaceId, ({ restsUntil }) => restsUntil === undefined),
    rested: (workspaceId) => landedOf(workspaceId, (kept) => kept.restsUntil !== undefined && !rests(kept)),
    refused: (workspaceId) => landedOf(workspaceId, ({ restsUntil }) => restsUntil !== undefined).length,
    recorded(done) {
      for (const one of done) {
        landed.delete(one)
        keeper.drop(one.result.leased)
      }
    },
    rest(one) {
      const kept = landed.get(one)
      if (kept !== undefined) kept.restsUntil = performance.now() + REST_MS
    },
    owing: () => workspacesOf([...landed.values()].filter((kept) => !rests(kept))),
    unsettled: () => workspacesOf([...landed.values()]),
    async ended() {
      while (flying.size > 0) await Promise.all(flying)
    },
    [Symbol.dispose]: () => keeper[Symbol.dispose](),
  }
}

const rests = ({ restsUntil }: Kept): boolean => restsUntil !== undefined && performance.now() < restsUntil

const workspacesOf = (kept: readonly Kept[]): string[] => [...new Set(kept.map(({ workspaceId }) => workspaceId))]
