import { fromWireNotification, type NotificationService } from '@umbel/contracts'
import type { RpcClient } from '@umbel/rpc'
import type { TicketNotifications } from '../commands/ports.ts'

const PAGE = 1_000

/** What became of every mail that one ticket was owed by operations (NotificationService/ListNotifications). */
export const ticketNotifications =
  (notification: RpcClient<typeof NotificationService>): TicketNotifications =>
  async ({ workspaceId, actorId }, ticketId) => {
    const found: Awaited<ReturnType<TicketNotifications>>[number][] = []
    let pageToken = ''
    do {
      const asked = { workspaceId, ticketId, pageSize: PAGE, pageToken }
      const page = await notification.listNotifications(asked, { actorId })
      for (const { operationId, outcome, reason, channel } of page.notifications) {
        const state = fromWireNotification(outcome)
        if (channel !== 'webhook' && operationId !== '' && state !== undefined)
          found.push({ operationId, ticketId, state, reason })
      }
      pageToken = page.nextPageToken
    } while (pageToken !== '')
    return found
  }
