import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { TicketUpsertedSchema, topics } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Broker, createKafkaBroker, type Message } from '@umbel/messaging'
import type { Workspace } from './workspace.ts'
import type { World } from './world.ts'

/** One upstream event about one ticket of the source. */
export interface Upsert {
  readonly subject: string
  readonly sequence: number
  readonly ticket: Omit<MessageInitShape<typeof TicketUpsertedSchema>, 'workspaceId'>
  readonly id?: string
  readonly time?: Date
}

/** The wire form, as any sender would make it. */
export function upsertMessage(workspace: Workspace, { subject, sequence, ticket, id, time }: Upsert): Message {
  const value = create(TicketUpsertedSchema, { ...ticket, workspaceId: workspace.id } as MessageInitShape<
    typeof TicketUpsertedSchema
  >)
  return {
    topic: topics.inbound.tickets.name,
    key: `${workspace.id}:${workspace.source}:${subject}`,
    value: toBinary(TicketUpsertedSchema, value),
    headers: {
      ce_specversion: '1.0',
      ce_id: id ?? newId(),
      ce_source: workspace.source,
      ce_type: 'umbel.ticket.upserted.v1',
      ce_subject: subject,
      ce_time: (time ?? new Date()).toISOString(),
      ce_workspace: workspace.id,
      ce_sequence: String(sequence),
      'content-type': 'application/protobuf',
    },
  }
}

/** A broker that speaks to this world's topics, as an upstream system would. */
export const upstreamBroker = (world: World): Broker =>
  createKafkaBroker({
    brokers: world.kafka.brokers.split(','),
    clientId: 'upstream',
    topicPrefix: world.kafka.topicPrefix,
  })
