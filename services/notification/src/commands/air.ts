import type { Prepared } from './prepare-page.ts'

/** What is in flight in a process: who may start, and in which order. */
export interface Air {
  /** Mails that may start now, out of those that wait; they count as in flight at once. */
  take(waiting: Prepared[]): Prepared[]
  land(prepared: Prepared): void
  /** Whether mails to there take long. */
  isSlow(destination: string): boolean
  free(): number
  empty(): boolean
  /** Resolves when the next mail lands. */
  nextLanding(): Promise<void>
}

/** At most so many mails are in flight in a process: what a kill can leave undecided. */
export const SLOTS = 16
/** A destination that takes longer over one mail is slow: it has one in flight at a time until it is quick again. */
export const SLOW_MS = 1_000
/** What slow destinations may have in flight together. */
const SLOW_SLOTS = SLOTS / 2
const MOST_SLOW = 10_000

interface Flight {
  readonly destination: string
  readonly since: number
}

export function createAir(now: () => number = () => performance.now()): Air {
  const flights = new Map<string, Flight>()
  const slow = new Set<string>()
  let landing = Promise.withResolvers<void>()

  const isSlow = (name: string): boolean =>
    slow.has(name) ||
    [...flights.values()].some(({ destination, since }) => destination === name && now() - since > SLOW_MS)

  const mayStart = ({ due, destination }: Prepared): boolean => {
    if (flights.has(due.ticketId)) return false // a ticket's mails leave one after the other
    if (!isSlow(destination)) return true
    const flying = [...flights.values()]
    return (
      flying.every((flight) => flight.destination !== destination) &&
      flying.filter((flight) => isSlow(flight.destination)).length < SLOW_SLOTS
    )
  }
  return {
    take(waiting) {
      const taken: Prepared[] = []
      for (let at = 0; at < waiting.length && flights.size < SLOTS; ) {
        const next = waiting[at]
        if (next === undefined || !mayStart(next)) {
          at += 1
          continue
        }
        flights.set(next.due.ticketId, { destination: next.destination, since: now() })
        taken.push(next)
        waiting.splice(at, 1)
      }
      return taken
    },
    land({ due, destination }) {
      const flight = flights.get(due.ticketId)
      if (flight === undefined) return
      flights.delete(due.ticketId)
      if (now() - flight.since <= SLOW_MS) slow.delete(destination)
      else if (slow.size < MOST_SLOW) slow.add(destination)
      landing.resolve()
      landing = Promise.withResolvers()
    },
    isSlow,
    free: () => SLOTS - flights.size,
    empty: () => flights.size === 0,
    nextLanding: () => landing.promise,
  }
}

/** Resolves with the promise, or when the time is up. */
export async function orAfter(promise: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([promise, late])
  clearTimeout(timer)
}

/** One destination after the other, so that none waits behind another's many. */
export function interleave(page: readonly Prepared[]): Prepared[] {
  const queues = [...Map.groupBy(page, ({ destination }) => destination).values()]
  if (queues.length < 2) return [...page]
  const longest = Math.max(...queues.map((queue) => queue.length))
  return Array.from({ length: longest }, (_, at) => queues.flatMap((queue) => queue[at] ?? [])).flat()
}
