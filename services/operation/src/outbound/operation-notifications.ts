import { fromWireNotification, type NotificationService } from '@umbel/contracts'
import type { RpcClient } from '@umbel/rpc'
import type { OperationNotifications } from '../commands/ports.ts'

const PAGE = 1_000

/** What became of every mail that children of one operation were owed (NotificationService/ListNotifications). */
export const operationNotifications = (notification: RpcClient<typeof NotificationService>): OperationNotifications =>
  async function* ({ workspaceId, actorId }, operationId) {
    let pageToken = ''
    do {
      const asked = { workspaceId, operationId, pageSize: PAGE, pageToken }
      const page = await notification.listNotifications(asked, { actorId })
      yield page.notifications.flatMap(({ ticketId, outcome, reason, channel }) => {
        const state = fromWireNotification(outcome)
        // what an endpoint was told is not what a customer was
        return channel === 'webhook' || state === undefined ? [] : [{ operationId, ticketId, state, reason }]
      })
      pageToken = page.nextPageToken
    } while (pageToken !== '')
  }
