import { setTimeout as pause } from 'node:timers/promises'
import { topics } from '@umbel/contracts'
import { unavailable } from '@umbel/kernel'
import type { Broker } from '@umbel/messaging'
import type { Api } from '../api.ts'
import type { Progress } from '../output.ts'
import type { MasterJson } from '../shapes.ts'

const POLL_MS = 100
// how long everything must have been read without the rollups getting where they should be
const QUIET_MS = 5000
const STUCK_MS = 60_000

interface Waiting {
  readonly broker: Pick<Broker, 'lag'>
  readonly api: Api
  readonly source: string
  readonly expected: ReadonlyMap<string, number>
  readonly progress: Progress
  readonly total: number
}

/**
 * Waits until the events have been taken in and the rollups show them. Answers false where everything was read and the
 * rollups still differ, as after links that agents changed by hand.
 */
export async function settled(waiting: Waiting): Promise<boolean> {
  let quietSince: number | undefined
  let moved = { lag: Number.POSITIVE_INFINITY, at: performance.now() }
  for (;;) {
    const lag = await totalLag(waiting)
    if (lag !== moved.lag) moved = { lag, at: performance.now() }
    if (lag > 0 && performance.now() - moved.at > STUCK_MS)
      throw unavailable('not-taken-in', `${lag} events wait and nobody takes them in: umbel doctor says what is down`)
    if (lag === 0 && (await rollupsShow(waiting))) return true
    quietSince = lag === 0 ? (quietSince ?? performance.now()) : undefined
    if (quietSince !== undefined && performance.now() - quietSince > QUIET_MS) return false
    await pause(POLL_MS)
  }
}

async function totalLag({ broker, progress, total }: Waiting): Promise<number> {
  const upstream = await broker.lag('ticket.on-upstream-event', [topics.inbound.tickets.name])
  progress.update(Math.max(0, total - upstream), total)
  return upstream + (await broker.lag('linking.on-ticket-event', [topics.ticket.events.name]))
}

async function rollupsShow({ api, source, expected }: Waiting): Promise<boolean> {
  const found = new Map<string, number>()
  for await (const { external, rollup } of api.all<MasterJson>('/v1/masters'))
    if (external?.source === source) found.set(external.id, rollup.children.total)
  return [...expected].every(([master, children]) => found.get(master) === children)
}
