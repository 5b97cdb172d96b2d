import { failpoint } from '@umbel/kernel/failpoint'
import type { Transact } from '../store/unit-of-work.ts'
import { type Air, createAir, interleave, orAfter, SLOW_MS } from './air.ts'
import type { Flight } from './flights.ts'
import type { Prepared } from './prepare-page.ts'
import type { Landed } from './send-one.ts'
import { createTurns, type Turns, type TurnsDeps } from './turns.ts'

export interface SendDeps extends TurnsDeps {
  /** One mail was let through to try each of these destinations, and has not left. */
  readonly giveBack: (workspaceId: string, destinations: readonly string[]) => Promise<void>
}

/** Disposing of it waits until what is in flight has landed and is recorded. */
export interface PageSender extends AsyncDisposable {
  /** Sends a page. True when the mail server was away, and the rest is better left for later. */
  send(workspaceId: string, page: readonly Prepared[], stopped: () => boolean): Promise<boolean>
  /** Workspaces with results, or leases of mails that were not begun, that a turn failed over. */
  owing(): string[]
  /** Records them and gives those back. Before a page is read, which takes over what has a lease that ran out. */
  record(workspaceId: string): Promise<void>
  /** Whether nothing is in flight, and everything is recorded. */
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
  const house: House = { deps, air: createAir(), turns: createTurns(deps) }
  const { air, turns } = house
  return {
    async send(workspaceId, prepared, stopped) {
      const page = openPage(workspaceId, prepared, stopped)
      try {
        while (await flyOn(house, page));
      } finally {
        page.through = true
        freeSlots(air, page) // landed while a turn failed: the next records them
        await giveBack(deps, page)
      }
      if (goesOn(page) && air.free() > 0) await putOff(deps.transact, page)
      return page.away
    },
    owing: turns.owing,
    record: async (workspaceId) => void (await turns.take(workspaceId, [])),
    idle: () => air.empty() && turns.settled(),
    [Symbol.asyncDispose]: () => turns[Symbol.asyncDispose](),
  }
}

interface House {
  readonly deps: SendDeps
  readonly air: Air
  readonly turns: Turns
}

/** A page while it is being sent. */
interface Page {
  readonly workspaceId: string
  readonly stopped: () => boolean
  readonly waiting: Prepared[]
  /** Let through to try how their destinations are, and not in flight yet. */
  readonly probes: Set<Prepared>
  readonly flying: Set<Promise<void>>
  /** Whose slots are not free yet. */
  readonly landed: Landed[]
  /** Nobody waits for what lands any more. */
  through: boolean
  away: boolean
}

const openPage = (workspaceId: string, prepared: readonly Prepared[], stopped: () => boolean): Page => ({
  workspaceId,
  stopped,
  waiting: interleave(prepared),
  probes: new Set(prepared.filter(({ probe }) => probe)),
  flying: new Set(),
  landed: [],
  through: false,
  away: false,
})

const goesOn = (page: Page) => !page.away && !page.stopped()

/** Sends the next window, or waits until something lands; false when there is nothing to send or to wait for. */
async function flyOn(house: House, page: Page): Promise<boolean> {
  const { air } = house
  const freed = freeSlots(air, page) // the turn records whose they were and leases the next at once
  const window = goesOn(page) ? air.take(page.waiting) : []
  if (freed + window.length > 0) {
    await flyWindow(house, page, window)
    return true
  }
  const full = air.free() === 0 && page.waiting.length > 0 && goesOn(page)
  if (page.flying.size > 0 || full) await orAfter(Promise.race([...page.flying, air.nextLanding()]), SLOW_MS)
  return page.landed.length > 0 || (full && air.free() > 0)
}

function freeSlots(air: Air, page: Page): number {
  const landed = page.landed.splice(0)
  for (const { prepared } of landed) air.land(prepared)
  page.away ||= landed.some(({ result }) => result.outcome.delivery === null)
  return landed.length
}

async function flyWindow({ deps, air, turns }: House, page: Page, window: readonly Prepared[]): Promise<void> {
  let flights: Flight[] = []
  try {
    flights = await turns.take(page.workspaceId, window)
  } finally {
    // another's by now, or held; after a turn that failed all of them: the next gives back what they may have got
    const begun = new Set(flights.map(({ prepared }) => prepared))
    for (const prepared of window) if (!begun.has(prepared)) air.land(prepared)
  }
  await failpoint('notification.lease.after')
  const followed = flights.map((flight) => follow({ deps, air, turns }, page, flight))
  await orAfter(Promise.all(followed), PATIENCE_MS)
  if (page.landed.length > 0) await failpoint('notification.send.after-accepted')
}

/** Resolves when the mail has landed; at once where that is known to take long. */
function follow(house: House, page: Page, { prepared, landing }: Flight): Promise<void> {
  page.probes.delete(prepared)
  const followed = landing.then((landed) => {
    page.flying.delete(followed)
    if (landed === undefined) house.air.land(prepared)
    else if (page.through) void recordLate(house, page.workspaceId, prepared)
    else page.landed.push(landed)
  })
  page.flying.add(followed)
  return house.air.isSlow(prepared.destination) ? Promise.resolve() : followed
}

async function recordLate({ deps, air, turns }: House, workspaceId: string, prepared: Prepared): Promise<void> {
  try {
    await turns.take(workspaceId, [])
  } catch (error) {
    deps.log.warn({ err: error, workspaceId }, 'a mail could not be recorded and is kept for the next turn')
  }
  air.land(prepared)
}

async function giveBack({ giveBack, log }: SendDeps, { workspaceId, probes }: Page): Promise<void> {
  if (probes.size === 0) return
  try {
    await giveBack(
      workspaceId,
      [...probes].map(({ destination }) => destination),
    )
  } catch (error) {
    log.warn({ err: error, workspaceId }, 'destinations are tried again only when their probes have run out')
  }
}

/** What may not start yet is left alone, so that the next page is of others. */
async function putOff(transact: Transact, { workspaceId, waiting }: Page): Promise<void> {
  if (waiting.length === 0) return
  const put = waiting.map(({ due }, at) => ({ id: due.id, ms: Math.min((at + 1) * SPREAD_MS, LONGEST_SPREAD_MS) }))
  await transact({ workspaceId }, ({ queue }) => queue.putOff(put))
}
