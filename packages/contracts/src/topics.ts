import type { DescMessage } from '@bufbuild/protobuf'
import {
  TicketCommentedSchema,
  TicketLinkedSchema,
  TicketUnlinkedSchema,
  TicketUpsertedSchema,
} from './gen/umbel/inbound/v1/ticket_pb.ts'
import {
  LinkChangedSchema,
  RoleChangedSchema,
  RollupChangedSchema,
} from './gen/umbel/linking/events/v1/linking_events_pb.ts'
import { CauseTrippedSchema } from './gen/umbel/notification/events/v1/cause_tripped_pb.ts'
import { NotificationChangedSchema } from './gen/umbel/notification/events/v1/notification_changed_pb.ts'
import { OperationNotificationsChangedSchema } from './gen/umbel/notification/events/v1/operation_notifications_changed_pb.ts'
import { OperationChangedSchema } from './gen/umbel/operation/events/v1/operation_changed_pb.ts'
import { ClockChangedSchema } from './gen/umbel/sla/events/v1/clock_changed_pb.ts'
import { DirectoryChangedSchema } from './gen/umbel/ticket/events/v1/directory_changed_pb.ts'
import { TicketChangedSchema } from './gen/umbel/ticket/events/v1/ticket_changed_pb.ts'

/** A Kafka topic and the CloudEvents types it carries, by `ce_type`. */
export interface Topic<Types extends Readonly<Record<string, DescMessage>> = Readonly<Record<string, DescMessage>>> {
  readonly name: string
  /** Fixed for good: growing means a `.v2`. */
  readonly partitions: number
  readonly types: Types
}

const PARTITIONS = 12

const topic = <const Types extends Readonly<Record<string, DescMessage>>>(
  name: string,
  types: Types,
): Topic<Types> => ({
  name,
  partitions: PARTITIONS,
  types,
})

/** The catalogue: every topic there is. `deploy/kafka/topics.yaml` says the same and a test compares them. */
export const topics = {
  inbound: {
    tickets: topic('umbel.inbound.tickets.v1', {
      'umbel.ticket.upserted.v1': TicketUpsertedSchema,
      'umbel.ticket.commented.v1': TicketCommentedSchema,
      'umbel.ticket.linked.v1': TicketLinkedSchema,
      'umbel.ticket.unlinked.v1': TicketUnlinkedSchema,
    }),
  },
  ticket: {
    events: topic('umbel.ticket.events.v1', { 'umbel.ticket.events.v1.TicketChanged': TicketChangedSchema }),
    directory: topic('umbel.ticket.directory.v1', {
      'umbel.ticket.events.v1.DirectoryChanged': DirectoryChangedSchema,
    }),
    dlq: topic('umbel.ticket.dlq.v1', {}),
  },
  linking: {
    events: topic('umbel.linking.events.v1', {
      'umbel.linking.events.v1.LinkChanged': LinkChangedSchema,
      'umbel.linking.events.v1.RoleChanged': RoleChangedSchema,
      'umbel.linking.events.v1.RollupChanged': RollupChangedSchema,
    }),
    dlq: topic('umbel.linking.dlq.v1', {}),
  },
  notification: {
    events: topic('umbel.notification.events.v1', {
      'umbel.notification.events.v1.NotificationChanged': NotificationChangedSchema,
      'umbel.notification.events.v1.OperationNotificationsChanged': OperationNotificationsChangedSchema,
      'umbel.notification.events.v1.CauseTripped': CauseTrippedSchema,
    }),
    dlq: topic('umbel.notification.dlq.v1', {}),
  },
  sla: {
    events: topic('umbel.sla.events.v1', { 'umbel.sla.events.v1.ClockChanged': ClockChangedSchema }),
  },
  operation: {
    events: topic('umbel.operation.events.v1', {
      'umbel.operation.events.v1.OperationChanged': OperationChangedSchema,
    }),
    dlq: topic('umbel.operation.dlq.v1', {}),
  },
} as const

/** All of them, flat, for whoever creates or lists topics. */
export const allTopics: readonly Topic[] = Object.values(topics).flatMap((owned): Topic[] => Object.values(owned))
