export { type Bell, createBell } from './bell.ts'
export {
  bigintArray,
  booleanArray,
  byteaArray,
  jsonbArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from './binary-arrays.ts'
export type { Batch, Broker, SubscribeOptions, Subscription, TopicSpec } from './broker.ts'
export {
  type CloudEvent,
  dataFrom,
  dataOf,
  decodeEvent,
  encodeEvent,
  eventHeaders,
  type OutgoingEvent,
} from './cloud-event.ts'
export { createDeadLetters, type DeadLetter, type DeadLetterPage, type DeadLetters } from './consume/dead-letters.ts'
export { type Disposition, dispositionOf } from './consume/disposition.ts'
export {
  type Flow,
  type FlowRow,
  type OnRow,
  on,
  rowsOf,
  type SaysRow,
  type ServesRow,
  says,
  serves,
} from './consume/flow.ts'
export type { Handler, InputHandler, StreamHandler } from './consume/handler.ts'
export type { ConsumeLog, ConsumeMetrics, Outcome } from './consume/metrics.ts'
export { type Consumers, type ConsumersOptions, startConsumers } from './consume/start-consumers.ts'
export { enterWorkspace, isolation, NOBODYS_WORKSPACE } from './isolation.ts'
export { createKafkaBroker, type KafkaBrokerOptions } from './kafka/kafka-broker.ts'
export { createMemoryBroker } from './memory/memory-broker.ts'
export type { Message, Received } from './message.ts'
export { appendToOutbox, type OutboxMessage, outgoing } from './outbox/append.ts'
export { type ListenOptions, listen } from './outbox/listen.ts'
export { createRelay, type Relay, type RelayLog, type RelayOptions } from './outbox/relay.ts'
export { sweepInbox, takeInbox } from './seen/inbox.ts'
export { moveSeen, type Seen, type Versioned } from './seen/versions.ts'
export { messagingTables, unwalledTables } from './tables.ts'
export type { Scope, Statements, Transaction } from './transaction.ts'
export type { TransactionSource } from './transaction-source.ts'
