import { create, toBinary } from '@bufbuild/protobuf'
import { TicketStatus, TicketUpsertedSchema, topics } from '@umbel/contracts'
import { workspaceIdOf } from '@umbel/kernel/ids'
import { createKafkaBroker, type Message } from '@umbel/messaging'
import { type Api, collect } from '../api.ts'
import type { OperationJson, PlanJson } from '../shapes.ts'
import type { Customer } from './cast.ts'
import { waitFor } from './wait-for.ts'

interface TicketJson {
  readonly id: string
  readonly number: number
}

/** Tells upstream's part: every customer's ticket as an event on Kafka, as a help desk would send it. */
export async function complain(
  brokers: string,
  topicPrefix: string | undefined,
  slug: string,
  cast: readonly Customer[],
): Promise<void> {
  await using broker = createKafkaBroker({
    brokers: brokers.split(','),
    clientId: 'umbel-demo',
    ...(topicPrefix === undefined ? {} : { topicPrefix }),
  })
  await broker.publish(cast.map((customer) => complaint(slug, customer)))
}

function complaint(slug: string, { subjectId, name, email, company, subject, description }: Customer): Message {
  const workspaceId = workspaceIdOf(slug)
  const source = sourceOf(slug)
  const upsert = create(TicketUpsertedSchema, {
    workspaceId,
    subject,
    description,
    status: TicketStatus.OPEN,
    requester: { externalId: `person:${email}`, name, email },
    customer: { externalId: `company:${company}`, name: company },
    project: { externalId: 'app', name: 'Customer portal' },
  })
  return {
    topic: topics.inbound.tickets.name,
    key: `${workspaceId}:${source}:${subjectId}`,
    value: toBinary(TicketUpsertedSchema, upsert),
    headers: {
      'content-type': 'application/protobuf',
      ce_specversion: '1.0',
      ce_id: `${subjectId}:1`,
      ce_source: source,
      ce_type: 'umbel.ticket.upserted.v1',
      ce_subject: subjectId,
      ce_time: new Date().toISOString(),
      ce_sequence: '1',
      ce_workspace: workspaceId,
    },
  }
}

/** The demo's upstream source in a workspace. */
export const sourceOf = (slug: string): string => `/helpdesk/${slug}`

/** Waits until each customer's ticket is there; in the order of the cast. */
export const ticketsOf = (api: Api, slug: string, cast: readonly Customer[]): Promise<TicketJson[]> =>
  waitFor('the eight tickets', async () => {
    const found = await Promise.all(
      cast.map(({ subjectId }) =>
        collect(api.all<TicketJson>('/v1/tickets', { externalSource: sourceOf(slug), externalId: subjectId })),
      ),
    )
    const tickets = found.flat()
    return tickets.length === cast.length ? tickets : undefined
  })

/** Creates the master and links the children; throws when one would not be linked. */
export async function gather(api: Api, subject: string, children: readonly TicketJson[]): Promise<TicketJson> {
  const master = await api.send<TicketJson>('POST', '/v1/tickets', {
    subject,
    master: true,
    priority: 'urgent',
  })
  const { outcomes } = await api.send<{ outcomes: { outcome: string }[] }>(
    'POST',
    `/v1/masters/${master.id}/children`,
    {
      ids: children.map(({ id }) => id),
    },
  )
  const refused = outcomes.find(({ outcome }) => outcome !== 'linked')
  if (refused !== undefined) throw new Error(`a child was not linked: ${refused.outcome}`)
  return master
}

export const comment = (api: Api, ticketId: string, text: string): Promise<unknown> =>
  api.send('POST', `/v1/tickets/${ticketId}/comments`, { text, public: false })

/** Plans an operation, starts it by its hash, waits for its end; with the milliseconds from accepted start to settled, hold excluded. */
export async function operate(
  api: Api,
  masterId: string,
  asked: {
    readonly kind: string
    readonly text: string
    readonly holdSeconds: number
    readonly overrideReason?: string
    readonly includeReplied?: boolean
  },
): Promise<{ readonly operation: OperationJson; readonly settledMs: number }> {
  const plan = await api.send<PlanJson>('POST', `/v1/masters/${masterId}/operations`, asked)
  const { id, planHash } = plan.operation
  await api.send('POST', `/v1/operations/${id}/start`, { planHash, confirm: plan.applying })
  const operation = await waitFor(`the ${asked.kind} to end`, async () => {
    const found = await api.get<OperationJson>(`/v1/operations/${id}`)
    return found.finishedAt === null ? undefined : found
  })
  const accepted = Date.parse(operation.acceptedAt ?? '')
  return { operation, settledMs: Date.parse(operation.finishedAt ?? '') - accepted - asked.holdSeconds * 1000 }
}
