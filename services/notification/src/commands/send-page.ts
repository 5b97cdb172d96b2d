import { failpoint } from '@umbel/kernel/failpoint'
import type { Leased } from '../store/queue-row.ts'
import type { TakeTurn } from '../store/take-turn.ts'
import type { Transact } from '../store/unit-of-work.ts'
import { createAir, interleave, orAfter, SLOW_MS } from './air.ts'
import { LEASE_MS, startLeaseKeeper } from './lease-keeper.ts'
import type { Prepared } from './prepare-page.ts'
import { type Landed, type Mailer, sendOne } from './send-one.ts'

export interface SendDeps {
  readonly transact: Transact
  readonly takeTurn: TakeTurn
  readonly mailer: Mailer
  /** Who leases: a place that is the same after a restart. */
  readonly owner: string
  /** In [0, 1). */
  readonly jitter: () => number
  /** Too many of the operation's mails fail. */
  readonly trip: (workspaceId: string, operationId: string) => Promise<unknown>
  /** What results say about where the mails went. */
  readonly note: (workspaceId: string, landed: readonly Landed[]) => Promise<void>
  readonly log: { warn(fields: object, message: string): void }
}

/** Disposing of it waits until what is in flight has landed and is recorded. */
export interface PageSender extends AsyncDisposable {
  /** Sends a page. True when the mail server was away, and the rest is better left for later. */
  send(workspaceId: string, page: readonly Prepared[], stopped: () => boolean): Promise<boolean>
  /** Whether nothing is in flight. */
  idle(): boolean
}

/** How long a window waits for the last of its mails; the next starts without those that take longer. */
const PATIENCE_MS = 100
/** What waits for a slow destination comes back one by one, within a minute. */
const SPREAD_MS = 1_000
const LONGEST_SPREAD_MS = 60_000

/**
 * Sends pages, a window at a time: one turn records what became of a window and leases the next. Mails that take long
 * stay in flight when their page is through, and are recorded by themselves when they land.
 */
export function createPageSender(deps: SendDeps): PageSender {
  const air = createAir()
  const keeper = startLeaseKeeper(deps)
  const late = new Set<Promise<void>>()

  const launch = async (workspaceId: string, prepared: Prepared, leased: Leased, askedAt: number): Promise<Landed> => {
    const lease = keeper.keep(workspaceId, leased, askedAt)
    try {
      return await sendOne(deps, prepared, leased, lease.stands)
    } finally {
      lease.drop()
    }
  }
  const takeTurn = async (workspaceId: string, done: readonly Landed[], window: readonly Prepared[]) => {
    const askedAt = performance.now()
    const { leased, failing } = await deps.takeTurn({
      workspaceId,
      owner: deps.owner,
      leaseMs: LEASE_MS,
      results: done.map(({ result }) => result),
      asked: window.map(({ due, mail }) => ({ ...due, messageId: mail.messageId })),
    })
    if (done.length > 0) await failpoint('notification.record.after')
    for (const operationId of failing) await deps.trip(workspaceId, operationId)
    await deps.note(workspaceId, done)
    const leases = new Map(leased.map((lease) => [lease.id, lease]))
    return window.flatMap((prepared) => {
      const lease = leases.get(prepared.due.id)
      if (lease !== undefined) return [{ prepared, landing: launch(workspaceId, prepared, lease, askedAt) }]
      air.land(prepared) // another's by now, or held
      return []
    })
  }
  const recordLate = (workspaceId: string, landed: Landed): void => {
    const recorded = takeTurn(workspaceId, [landed], [])
      .catch((error: unknown) => deps.log.warn({ err: error, workspaceId }, 'a mail could not be recorded'))
      .then(() => {
        air.land(landed.prepared)
        late.delete(recorded)
      })
    late.add(recorded)
  }

  const send = async (workspaceId: string, page: readonly Prepared[], stopped: () => boolean): Promise<boolean> => {
    const waiting = interleave(page)
    const flying = new Set<Promise<void>>()
    let landed: Landed[] = []
    let through = false
    let away = false
    /** Resolves when the mail has landed; at once where that is known to take long. */
    const follow = (prepared: Prepared, landing: Promise<Landed>): Promise<void> => {
      const followed = landing
        .then(
          (one) => (through ? recordLate(workspaceId, one) : void landed.push(one)),
          (error: unknown) => {
            air.land(prepared) // its lease runs out, and then it is in doubt
            deps.log.warn({ err: error, workspaceId }, 'a mail could not be sent')
          },
        )
        .finally(() => flying.delete(followed))
      flying.add(followed)
      return air.isSlow(prepared.destination) ? Promise.resolve() : followed
    }
    const goOn = () => !away && !stopped()
    /** A turn that fails has begun no flight: whoever was to fly holds no slot, and a lease it may have got runs out. */
    const turnOf = (done: readonly Landed[], window: readonly Prepared[]) =>
      takeTurn(workspaceId, done, window).catch((error: unknown) => {
        for (const prepared of window) air.land(prepared)
        throw error
      })
    const fly = async (): Promise<void> => {
      for (;;) {
        const done = landed
        landed = []
        for (const { prepared } of done) air.land(prepared) // the turn records them and leases the next at once
        away ||= done.some(({ result }) => result.outcome.delivery === null)
        const window = goOn() ? air.take(waiting) : []
        if (done.length + window.length > 0) {
          const flights = await turnOf(done, window)
          await failpoint('notification.lease.after')
          const followed = flights.map(({ prepared, landing }) => follow(prepared, landing))
          await orAfter(Promise.all(followed), PATIENCE_MS)
          if (landed.length > 0) await failpoint('notification.send.after-accepted')
        } else {
          const full = air.free() === 0 && waiting.length > 0 && goOn()
          if (flying.size > 0 || full) await orAfter(Promise.race([...flying, air.nextLanding()]), SLOW_MS)
          if (landed.length === 0 && !(full && air.free() > 0)) return
        }
      }
    }
    try {
      await fly()
    } finally {
      through = true
      for (const one of landed.splice(0)) recordLate(workspaceId, one) // landed while a turn failed
    }
    if (goOn() && air.free() > 0) await putOff(deps.transact, workspaceId, waiting)
    return away
  }
  return {
    send,
    idle: () => air.empty(),
    async [Symbol.asyncDispose]() {
      while (!air.empty() || late.size > 0) await Promise.race([air.nextLanding(), ...late])
      keeper[Symbol.dispose]()
    },
  }
}

/** What may not start yet is left alone, so that the next page is of others. */
async function putOff(transact: Transact, workspaceId: string, waiting: readonly Prepared[]): Promise<void> {
  if (waiting.length === 0) return
  const put = waiting.map(({ due }, at) => ({ id: due.id, ms: Math.min((at + 1) * SPREAD_MS, LONGEST_SPREAD_MS) }))
  await transact({ workspaceId }, ({ queue }) => queue.putOff(put))
}
