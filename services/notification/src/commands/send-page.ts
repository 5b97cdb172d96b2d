import { failpoint } from '@umbel/kernel/failpoint'
import { decideOutcome, type SendResult } from '../domain/attempt.ts'
import type { Mail } from '../domain/mail.ts'
import type { Leased, Result } from '../store/queue-row.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { operationsOf, type Prepared } from './prepare-page.ts'

/** The way out of the house. */
export interface Mailer {
  /** Sends one mail. `mayStart` is asked when the server waits for the text, right before its first byte leaves. */
  send(mail: Mail, body: string, mayStart: () => boolean): Promise<SendResult>
  /** Whether a mail has arrived; undefined: this transport cannot tell. */
  wasAccepted(messageId: string): Promise<boolean | undefined>
}

export interface SendDeps {
  readonly transact: Transact
  readonly mailer: Mailer
  /** Who leases: a place that is the same after a restart. */
  readonly owner: string
  /** In [0, 1). */
  readonly jitter: () => number
}

/** At most so many mails are in flight in a process: what a kill can leave undecided. */
const WINDOW = 8
const LEASE_MS = 3_000
const RENEW_MS = 1_000
/** The lease by our clock ends before it does by the database's. */
const MARGIN_MS = 500

interface Flight {
  readonly prepared: Prepared
  readonly leased: Leased
}

/**
 * Sends a page, a window at a time: one transaction records what became of a window and leases the next. True when a
 * mail server was away, and the rest is better left for later.
 */
export const sendPage =
  (deps: SendDeps) =>
  async (workspaceId: string, page: readonly Prepared[], stopped: () => boolean): Promise<boolean> => {
    const waiting = [...page]
    let results: Result[] = []
    for (;;) {
      const away = results.some(({ outcome }) => outcome.delivery === null)
      const window = away || stopped() ? [] : takeWindow(waiting)
      if (window.length === 0 && results.length === 0) return away
      const until = performance.now() + LEASE_MS - MARGIN_MS
      const flights = await deps.transact({ workspaceId }, (session) => turn(session, deps.owner, results, window))
      await failpoint('notification.record.after')
      if (away) return true
      await failpoint('notification.lease.after')
      results = await fly(deps, workspaceId, flights, until)
      await failpoint('notification.send.after-accepted')
    }
  }

/** The next mails, one of each ticket at most, so that a ticket's mails leave one after the other. */
function takeWindow(waiting: Prepared[]): Prepared[] {
  const window: Prepared[] = []
  const later: Prepared[] = []
  while (window.length < WINDOW && waiting.length > 0) {
    const next = waiting.shift()
    if (next === undefined) break
    const taken = window.some(({ due }) => due.ticketId === next.due.ticketId)
    ;(taken ? later : window).push(next)
  }
  waiting.unshift(...later)
  return window
}

async function turn({ holds, queue }: Session, owner: string, results: readonly Result[], window: readonly Prepared[]) {
  // before any row is touched: whoever holds takes the same lock first
  const modes = await holds.share(operationsOf([...results, ...window].map(({ due }) => due)))
  await queue.record(results, owner)
  if (window.length === 0) return []
  const blocked = [...modes].flatMap(([id, mode]) => (mode === 'open' ? [] : [id]))
  const asked = window.map(({ due, mail }) => ({ id: due.id, messageId: mail.messageId }))
  const leased = await queue.lease(asked, owner, LEASE_MS, blocked)
  return leased.flatMap((lease): Flight[] => {
    const prepared = window.find(({ due }) => due.id === lease.id)
    return prepared === undefined ? [] : [{ prepared, leased: lease }]
  })
}

/** Sends a window while its lease is kept alive; a process that is frozen keeps nothing alive. */
async function fly(deps: SendDeps, workspaceId: string, flights: readonly Flight[], until: number): Promise<Result[]> {
  let deadline = until
  let renewal: Promise<void> = Promise.resolve()
  const renew = async () => {
    const asked = performance.now() + LEASE_MS - MARGIN_MS
    const leased = flights.map((flight) => flight.leased)
    const kept = await deps.transact({ workspaceId }, ({ queue }) => queue.renew(leased, deps.owner, LEASE_MS))
    // one that ran out, in a process that was frozen, may be another's by now, or held: nothing more may start
    if (kept === leased.length) deadline = asked
  }
  const timer = setInterval(() => {
    renewal = renew().catch(() => undefined) // the deadline stays where it was, and later sends do not start
  }, RENEW_MS)
  try {
    return await Promise.all(flights.map((flight) => send(deps, flight, () => performance.now() < deadline)))
  } finally {
    clearInterval(timer)
    await renewal
  }
}

async function send(deps: SendDeps, { prepared, leased }: Flight, mayStart: () => boolean): Promise<Result> {
  const { mailer, jitter } = deps
  await failpoint('notification.send.before-data')
  const { due, mail, body } = prepared
  const result = (attempt: { doubt: Leased['doubt'] }, sent: SendResult): Result => ({
    due,
    leased,
    outcome: decideOutcome({ number: leased.attempt - due.earlierAttempts, doubt: attempt.doubt }, sent, jitter()),
  })
  if (leased.doubt === null) return result(leased, await mailer.send(mail, body, mayStart))
  const arrived = await mailer.wasAccepted(mail.messageId)
  if (arrived === true) return result({ doubt: null }, { kind: 'accepted' })
  const doubt = arrived === undefined ? leased.doubt : null
  return result({ doubt }, await mailer.send(mail, body, mayStart))
}
