/**
 * Every place where a process may be made to die, wait or fail on purpose: before and after each commit, send and
 * acknowledgement. The chaos suite kills at each; a name without a place, or a place without a name, fails its test.
 */
export const failpointNames = [
  'store.commit.before',
  'store.commit.after',
  'relay.publish.before',
  'relay.publish.after',
  'relay.clear.after',
  'consumer.commit.before',
  'consumer.commit.after',
  'consumer.offset.after',
  'rpc.answer.before',
  'ticket.page.commit.before',
  'ticket.page.commit.after',
  'ticket.fence.commit.before',
  'ticket.fence.commit.after',
  'operation.plan.seal.before',
  'operation.plan.seal.after',
  'operation.start.accepted',
  'operation.launch.started',
  'operation.page.answered',
  'operation.page.recorded',
  'operation.slice.ended',
  'operation.control.wanted',
  'operation.control.halted',
  'operation.control.held',
  'notification.lease.after',
  'notification.send.before-data',
  'notification.send.after-accepted',
  'notification.record.after',
  'notification.hold.set',
  'notification.webhook.before',
  'notification.webhook.after',
] as const

export type FailpointName = (typeof failpointNames)[number]
