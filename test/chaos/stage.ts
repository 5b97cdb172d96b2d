import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import { outageOf } from '../support/outage.ts'
import type { Operation, Ticket } from '../support/shapes.ts'
import type { Workspace } from '../support/workspace.ts'
import { type Client, createClient } from './client.ts'
import type { Desk } from './desk.ts'
import type { Recorder } from './history.ts'

/** One run's own workspace with a master and its children, and the people who work on it. */
export interface Stage {
  readonly desk: Desk
  readonly workspace: Workspace
  readonly masterId: string
  readonly childIds: readonly string[]
  readonly emails: readonly string[]
  /** Tickets of nobody's operation, on which people go on working. */
  readonly bystanders: readonly string[]
  readonly client: Client
  readonly recorder: Recorder
  /** In [0, 1), the same for the same seed. */
  readonly random: () => number
}

const BYSTANDERS = 3

export async function setStage(
  desk: Desk,
  recorder: Recorder,
  { slug, children, random }: { readonly slug: string; readonly children: number; readonly random: () => number },
): Promise<Stage> {
  const workspace = await desk.world.workspace(slug)
  const outage = await outageOf(desk.world, workspace, children)
  const linked = await workspace.agent.all<{ ticket: Ticket | null }>(`/v1/masters/${outage.masterId}/children`)
  const bySubject = new Map(outage.children.map((child) => [child.subject, child]))
  const childIds: string[] = []
  for (const { ticket } of linked) {
    const known = ticket?.externalIds.map(({ id }) => bySubject.get(id)).find((child) => child !== undefined)
    if (ticket === null || known === undefined) throw new Error('a child is nobody of the outage')
    childIds.push(ticket.id)
    recorder.record({ type: 'child', ticketId: ticket.id, email: known.email, tokens: known.tokens })
  }
  const opened = Array.from({ length: BYSTANDERS }, () =>
    workspace.agent.post<Ticket>('/v1/tickets', { subject: 'Something else' }),
  )
  return {
    desk,
    workspace,
    masterId: outage.masterId,
    childIds,
    emails: outage.children.map(({ email }) => email),
    bystanders: (await Promise.all(opened)).map(({ id }) => id),
    client: createClient(recorder),
    recorder,
    random,
  }
}

/** Lets an endpoint of the test hear of every comment of the workspace. */
export async function hook({ desk, workspace, recorder }: Stage): Promise<void> {
  const { url } = desk.endpoint
  await workspace.admin.post('/v1/webhooks', { url, types: ['ticket.comment.added'] })
  recorder.record({ type: 'endpoint', url })
}

/** A text that no other operation has, short enough to stand on one line of a mail. */
export const ownText = (): string => `We are on it (${newId().slice(-12)}).`

/** How many children of the operation ticket has changed, by its database: a dead service cannot answer. */
export async function effectsOf({ desk }: Stage, operationId: string): Promise<number> {
  const [row] = await desk.world.sql<{ count: number }>(
    'ticket',
    "select count(*)::int as count from operation_effect where operation_id = $1 and outcome = 'applied'",
    [operationId],
  )
  return row?.count ?? 0
}

export async function probe(stage: Stage, operationId: string): Promise<void> {
  const effects = await until(async () => ({ count: await effectsOf(stage, operationId) }), { what: 'a probe' })
  stage.recorder.record({ type: 'probe', operationId, effects: effects.count })
}

const CLOSED = new Set(['finished', 'cancelled'])

/** Waits until so many children have changed, or the operation has nothing left to change. */
export const reached = (stage: Stage, operationId: string, effects: number): Promise<unknown> =>
  until(async () => (await effectsOf(stage, operationId)) >= effects || (await isOver(stage, operationId)), {
    deadlineMs: 60_000,
    what: `${effects} changed children`,
  })

async function isOver({ workspace }: Stage, operationId: string): Promise<boolean> {
  const operation = await workspace.agent.get<Operation>(`/v1/operations/${operationId}`)
  return operation.closedAt !== null || CLOSED.has(operation.state)
}
