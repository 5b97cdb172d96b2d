import type { Leased } from '../store/queue-row.ts'
import type { Transact } from '../store/unit-of-work.ts'

export const LEASE_MS = 3_000
const RENEW_MS = 1_000
/** The lease by our clock ends before it does by the database's. */
const MARGIN_MS = 500

export interface LeaseKeeper extends Disposable {
  /**
   * Renews it until it is dropped. `askedAt`: when it was asked for, by the monotonic clock. What comes back says
   * whether it still stands, by that clock.
   */
  keep(workspaceId: string, leased: Leased, askedAt: number): () => boolean
  /** No longer renewed. */
  drop(leased: Leased): void
}

export interface LeaseKeeperDeps {
  readonly transact: Transact
  readonly owner: string
  readonly log: { warn(fields: object, message: string): void }
}

interface Held {
  readonly workspaceId: string
  readonly leased: Leased
  until: number
}

/** Keeps the leases of what is in flight or not recorded alive; a process that is frozen keeps nothing alive. */
export function startLeaseKeeper({ transact, owner, log }: LeaseKeeperDeps): LeaseKeeper {
  const held = new Map<Leased, Held>()
  let renewing = false

  const renew = async (workspaceId: string, leases: readonly Held[]): Promise<void> => {
    const until = performance.now() + LEASE_MS - MARGIN_MS
    const leased = leases.map((one) => one.leased)
    // one that ran out, in a process that was frozen, may be another's by now, or held: its mail must not start
    const kept = new Set(await transact({ workspaceId }, ({ queue }) => queue.renew(leased, owner, LEASE_MS)))
    for (const lease of leases) if (kept.has(lease.leased.id)) lease.until = until
  }
  const renewAll = async (): Promise<void> => {
    if (renewing || held.size === 0) return
    renewing = true
    for (const [workspaceId, leases] of Map.groupBy(held.values(), (lease) => lease.workspaceId)) {
      try {
        await renew(workspaceId, leases)
      } catch (error) {
        // they end when they were to, and what has not started by then does not start
        log.warn({ err: error, workspaceId, leases: leases.length }, 'leases of mails in flight could not be renewed')
      }
    }
    renewing = false
  }
  const timer = setInterval(() => void renewAll(), RENEW_MS)
  return {
    keep(workspaceId, leased, askedAt) {
      const lease = { workspaceId, leased, until: askedAt + LEASE_MS - MARGIN_MS }
      held.set(leased, lease)
      return () => performance.now() < lease.until
    },
    drop: (leased) => void held.delete(leased),
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
