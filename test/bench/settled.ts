import { topics } from '@umbel/contracts'
import type { Broker } from '@umbel/messaging'
import { until } from '@umbel/test-kit'
import type { Operation as RestOperation, Rollup } from '../support/shapes.ts'
import type { World } from '../support/world.ts'
import type { Population } from './population.ts'

/** The longest that anything of an operation is waited for. */
export const PATIENT_MS = 600_000

export interface Closed {
  readonly operation: RestOperation
  readonly kind: string
}

/** When the slowest consumer had the last page, in epoch milliseconds. */
export async function settledAt(
  world: World,
  broker: Broker,
  { workspace, masterId }: Population,
  { operation, kind }: Closed,
): Promise<number> {
  const ends = await Promise.all([
    followedAt(() => isUnsaid(world, workspace.id), broker),
    recordedAt(world, operation),
    kind === 'close' ? rolledUpAt(workspace, masterId, operation) : 0,
  ])
  return Math.max(Date.parse(operation.closedAt ?? ''), ...ends)
}

/**
 * When linking had handled all that a closed operation said: nothing of it waits in ticket's outbox, and linking's
 * consumer has nothing before it. Looked at every 0.1 s, so that it is late by as much; and by some more where people's
 * updates, which come by the same topic, are before the consumer at the moment of a look.
 */
export async function followedAt(unsaid: () => Promise<boolean>, broker: Broker): Promise<number> {
  await until(async () => !(await unsaid()), { deadlineMs: PATIENT_MS, what: 'the last event to be said' })
  const behind = () => broker.lag('linking.on-ticket-event', [topics.ticket.events.name])
  await until(async () => (await behind()) === 0, { deadlineMs: PATIENT_MS, what: 'linking to have heard everything' })
  return Date.now()
}

async function isUnsaid(world: World, workspaceId: string): Promise<boolean> {
  const text = 'select exists (select from outbox where workspace_id = $1) as waiting'
  const [row] = await world.sql<{ waiting: boolean }>('ticket', text, [workspaceId])
  return row?.waiting === true
}

/** When the last notification that is owed was recorded, by the clock of its row; 0 where none is owed. */
async function recordedAt(world: World, { id, progress }: RestOperation): Promise<number> {
  const { at } = await until(
    async () => {
      const [row] = await world.sql<{ n: string; at: Date | null }>(
        'notification',
        "select count(*) as n, max(created_at) as at from notification where operation_id = $1 and channel = 'mail'",
        [id],
      )
      return Number(row?.n) >= progress.notificationsOwed ? { at: row?.at?.getTime() ?? 0 } : undefined
    },
    { deadlineMs: PATIENT_MS, what: 'every notification recorded' },
  )
  return at
}

/** When the rollup of the master counted every child as closed. */
const rolledUpAt = ({ agent }: Population['workspace'], masterId: string, { progress }: RestOperation) =>
  until(
    async () => {
      const { children } = await agent.get<Rollup>(`/v1/masters/${masterId}/rollup`)
      return children.closed >= progress.applied ? Date.now() : undefined
    },
    { deadlineMs: PATIENT_MS, what: 'the rollup' },
  )
