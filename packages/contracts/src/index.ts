export * from './gen/umbel/common/v1/cause_pb.ts'
export * from './gen/umbel/common/v1/dead_letter_service_pb.ts'
export * from './gen/umbel/common/v1/words_pb.ts'
export * from './gen/umbel/inbound/v1/ticket_pb.ts'
export * from './gen/umbel/linking/events/v1/linking_events_pb.ts'
export * from './gen/umbel/linking/v1/linking_service_pb.ts'
export * from './gen/umbel/notification/events/v1/cause_tripped_pb.ts'
export * from './gen/umbel/notification/events/v1/notification_changed_pb.ts'
export * from './gen/umbel/notification/events/v1/operation_notifications_changed_pb.ts'
export * from './gen/umbel/notification/v1/notification_service_pb.ts'
export * from './gen/umbel/operation/events/v1/operation_changed_pb.ts'
export * from './gen/umbel/operation/v1/operation_service_pb.ts'
// Ticket has messages of the same name for its fence; who needs those reaches them through TicketService's types.
export {
  type ResumeOperationRequest,
  ResumeOperationRequestSchema,
  type ResumeOperationResponse,
  ResumeOperationResponseSchema,
} from './gen/umbel/operation/v1/operation_service_pb.ts'
export * from './gen/umbel/sla/events/v1/clock_changed_pb.ts'
export * from './gen/umbel/ticket/events/v1/directory_changed_pb.ts'
export * from './gen/umbel/ticket/events/v1/ticket_changed_pb.ts'
export * from './gen/umbel/ticket/v1/directory_service_pb.ts'
export * from './gen/umbel/ticket/v1/ticket_service_pb.ts'
export * from './topics.ts'
export * from './words.ts'
