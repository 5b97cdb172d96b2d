import type { FailpointName } from '@umbel/kernel/failpoint'
import type { ScenarioName } from './scenarios.ts'

/** Which process is killed at a failpoint, on which visit, and what people do meanwhile. */
export interface Kill {
  readonly victim: string
  readonly at: number
  readonly during: ScenarioName
}

const kill = (victim: string, during: ScenarioName, at = 1): Kill => ({ victim, during, at })

/** Every failpoint with its kills: one that is left out does not compile. */
export const killPlan: Readonly<Record<FailpointName, readonly [Kill, ...Kill[]]>> = {
  'store.commit.before': [
    kill('ticket-background', 'close', 4),
    kill('operation-worker', 'broadcast', 4),
    kill('operation', 'unlink', 6),
    kill('notification-background', 'broadcast', 12),
    kill('linking', 'unlink', 8),
  ],
  'store.commit.after': [
    kill('ticket-background', 'broadcast', 4),
    kill('operation-worker', 'close', 5),
    kill('operation', 'cancel', 6),
    kill('notification-background', 'close', 12),
    kill('linking', 'unlink', 8),
  ],
  'relay.publish.before': [kill('ticket-background', 'broadcast', 2), kill('notification-background', 'pause', 2)],
  'relay.publish.after': [
    kill('ticket-background', 'close', 2),
    kill('operation', 'broadcast'),
    kill('linking', 'unlink'),
  ],
  'relay.clear.after': [kill('ticket-background', 'unlink', 2)],
  'consumer.commit.before': [kill('notification-background', 'broadcast', 2), kill('linking', 'close', 2)],
  'consumer.commit.after': [kill('notification-background', 'close', 2), kill('operation', 'broadcast', 2)],
  'consumer.offset.after': [kill('linking', 'close', 2), kill('notification-background', 'cancel', 2)],
  'rpc.answer.before': [
    kill('operation', 'pause', 2),
    kill('ticket-rpc', 'unlink', 9),
    kill('linking', 'unlink', 3),
    kill('notification-rpc', 'pause'),
  ],
  'ticket.page.commit.before': [kill('ticket-background', 'broadcast', 2), kill('ticket-background', 'undo', 2)],
  'ticket.page.commit.after': [kill('ticket-background', 'close', 2), kill('ticket-background', 'broadcast', 3)],
  'ticket.fence.commit.before': [kill('ticket-rpc', 'pause'), kill('ticket-rpc', 'cancel')],
  'ticket.fence.commit.after': [kill('ticket-rpc', 'pause'), kill('ticket-rpc', 'cancel')],
  'operation.plan.seal.before': [kill('operation', 'broadcast')],
  'operation.plan.seal.after': [kill('operation', 'close')],
  'operation.start.accepted': [kill('operation', 'broadcast')],
  'operation.launch.started': [kill('operation', 'close')],
  'operation.page.answered': [kill('operation-worker', 'broadcast', 2), kill('operation-worker', 'close')],
  'operation.page.recorded': [kill('operation-worker', 'close', 2), kill('operation-worker', 'pause')],
  'operation.slice.ended': [kill('operation-worker', 'broadcast')],
  'operation.control.wanted': [kill('operation', 'pause'), kill('operation', 'cancel')],
  'operation.control.halted': [kill('operation', 'pause'), kill('operation', 'cancel')],
  'operation.control.held': [kill('operation', 'pause'), kill('operation', 'cancel')],
  'notification.lease.after': [kill('notification-background', 'broadcast', 2)],
  'notification.send.before-data': [kill('notification-background', 'broadcast', 5)],
  'notification.send.after-accepted': [
    kill('notification-background', 'broadcast', 2),
    kill('notification-background', 'pause'),
    kill('notification-background', 'retry', 3),
  ],
  'notification.record.after': [kill('notification-background', 'close', 2)],
  'notification.hold.set': [kill('notification-rpc', 'pause'), kill('notification-rpc', 'cancel')],
  'notification.webhook.before': [kill('notification-background', 'broadcast')],
  'notification.webhook.after': [kill('notification-background', 'close')],
}
