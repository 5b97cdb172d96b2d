import { isId } from '@umbel/kernel/ids'
import { type Cause, causedBySystem } from '../domain/cause.ts'
import { createTally } from '../domain/tally.ts'
import type { TicketState } from '../domain/ticket.ts'
import { findTickets, lockTickets, mergeTickets } from '../store/known-tickets.ts'
import { followTickets } from '../store/move-contributions.ts'
import { applyTally } from '../store/rollups.ts'
import type { Say } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import type { Deps } from './deps.ts'

/** Asks ticket about tickets that no event has told of yet: what was created a moment ago can be linked at once. */
export const learnTickets =
  (deps: Deps) =>
  async (workspaceId: string, ticketIds: readonly string[]): Promise<void> => {
    const ids = [...new Set(ticketIds.filter(isId))]
    const known = await deps.transact(workspaceId, (unit) => findTickets(unit, ids))
    const seen = new Set(known.map(({ ticketId }) => ticketId))
    const missing = ids.filter((id) => !seen.has(id))
    if (missing.length > 0) await refreshTickets(deps)(workspaceId, missing)
  }

/** Asks ticket how these tickets stand and follows that; for gaps in the events and for the checker. */
export const refreshTickets =
  (deps: Deps) =>
  async (workspaceId: string, ticketIds: readonly string[]): Promise<void> => {
    const states = await deps.tickets.states(workspaceId, ticketIds)
    await deps.transact(workspaceId, (unit) => absorbStates(unit, states, causedBySystem(deps.newId()), deps.say))
  }

/** Merges states by version and moves the rollups they contribute to. */
export async function absorbStates(unit: Unit, states: readonly TicketState[], cause: Cause, say: Say): Promise<void> {
  if (states.length === 0) return
  await mergeTickets(
    unit,
    states.map((state) => ({ state, reply: undefined })),
  )
  const tally = createTally()
  const ids = states.map(({ ticketId }) => ticketId)
  await followTickets(unit, ids, { causeOf: () => cause, ticketsOf: (some) => lockTickets(unit, some), tally })
  await say(unit, await applyTally(unit, tally))
}
