import { type Actor, authorize, forbidden } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { causedBySystem } from '../domain/cause.ts'
import type { Drift } from '../domain/rollup.ts'
import type { TicketState } from '../domain/ticket.ts'
import { findTickets, lockTickets } from '../store/known-tickets.ts'
import { childrenOf } from '../store/lock-around.ts'
import { masterIds } from '../store/master-reads.ts'
import { checkCounters } from './check-counters.ts'
import type { Deps } from './deps.ts'
import { absorbStates } from './learn-tickets.ts'

export interface CheckDeps extends Deps {
  /** How long an event may be on its way before what it says counts as lost, in milliseconds. */
  readonly graceMs: number
  readonly pause: (ms: number) => Promise<void>
  readonly onDrift: (drifts: readonly Drift[]) => void
}

export interface Checked {
  readonly checked: number
  readonly drifts: readonly Drift[]
}

const PAGE = 1_000
const ASK_EVERY_MS = 100

/**
 * Compares masters' rollups with the truth and repairs them. First the children with ticket: one that linking is behind
 * on is one drift, `child:<id>.version`, however many figures it moved. Then the counters with a recount of links and
 * tickets: one drift for each figure that differs. Throws `forbidden` for whoever may not see every group.
 */
export const checkRollups =
  (deps: CheckDeps) =>
  async (workspaceId: string, actor: Actor, asked: readonly string[]): Promise<Checked> => {
    authorize(actor, 'coordinate-master')
    if (actor.hiddenGroupIds.size > 0)
      throw forbidden('not-permitted', 'a recount tells of every group: it is for those who see every group')
    const ids = await deps.transact(workspaceId, async (unit) => {
      const all = asked.length === 0 ? await masterIds(unit) : asked.filter(isId)
      return (await findTickets(unit, all)).map(({ ticketId }) => ticketId).sort()
    })
    const drifts: Drift[] = []
    for (const masterId of ids) {
      drifts.push(...(await catchUp(deps, workspaceId, masterId)))
      drifts.push(...(await checkCounters(deps, workspaceId, masterId)))
    }
    if (drifts.length > 0) deps.onDrift(drifts)
    return { checked: ids.length, drifts }
  }

/** Finds the children whose events were lost and follows what ticket says of them. */
async function catchUp(deps: CheckDeps, workspaceId: string, masterId: string): Promise<Drift[]> {
  const children = await deps.transact(workspaceId, (unit) => childrenOf(unit, masterId))
  const drifts: Drift[] = []
  for (let at = 0; at < children.length; at += PAGE) {
    const states = await deps.tickets.states(workspaceId, children.slice(at, at + PAGE))
    const behind = await stillBehind(deps, workspaceId, states)
    if (behind.length === 0) continue
    const found = await deps.transact(workspaceId, async (unit) => {
      const known = versionsOf(await lockTickets(unit, idsOf(behind)))
      await absorbStates(unit, behind, causedBySystem(deps.newId()), deps.say)
      return behind.flatMap(({ ticketId, version }) => {
        const stored = known.get(ticketId) ?? 0
        return stored < version ? [{ masterId, figure: `child:${ticketId}.version`, stored, counted: version }] : []
      })
    })
    drifts.push(...found)
  }
  return drifts
}

/** What linking has not followed after the grace: an event that is merely on its way is no drift. */
async function stillBehind(
  deps: CheckDeps,
  workspaceId: string,
  states: readonly TicketState[],
): Promise<readonly TicketState[]> {
  let behind = states
  for (let waited = 0; ; waited += ASK_EVERY_MS) {
    const asked = behind
    const known = await deps.transact(workspaceId, async (unit) => versionsOf(await findTickets(unit, idsOf(asked))))
    behind = behind.filter(({ ticketId, version }) => (known.get(ticketId) ?? 0) < version)
    if (behind.length === 0 || waited >= deps.graceMs) return behind
    await deps.pause(ASK_EVERY_MS)
  }
}

const idsOf = (states: readonly TicketState[]): string[] => states.map(({ ticketId }) => ticketId)
const versionsOf = (states: readonly TicketState[]): Map<string, number> =>
  new Map(states.map(({ ticketId, version }) => [ticketId, version]))
