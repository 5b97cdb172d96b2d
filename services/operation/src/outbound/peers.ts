import { DirectoryService, LinkingService, NotificationService, TicketService } from '@umbel/contracts'
import { rpcClient, serviceToken } from '@umbel/rpc'
import type { Peers } from '../commands/ports.ts'
import type { OperationConfig } from '../config.ts'
import { directoryNames } from './directory-names.ts'
import { findLeaks, linkedChildren } from './linked-children.ts'
import { mailHold } from './mail-hold.ts'
import { operationNotifications } from './operation-notifications.ts'
import { applyPage, fence } from './ticket-pages.ts'
import { resolveActor, ticketRequester, ticketStates } from './tickets.ts'

const ASK_MS = 5_000
// under the heartbeat's timeout of 3 s: a page that hangs is given up before the slice is taken for dead
const PAGE_MS = 2_500

/** Over gRPC, with a service token of our own. */
export function openPeers({ issuer, clientSecret, peers }: OperationConfig): Peers & Disposable {
  const token = serviceToken({ issuer, clientId: 'operation', clientSecret })
  const ticket = rpcClient(TicketService, { address: peers.ticket, token, deadlineMs: ASK_MS })
  const directory = rpcClient(DirectoryService, { address: peers.ticket, token, deadlineMs: ASK_MS })
  const pages = rpcClient(TicketService, { address: peers.ticketPages, token, deadlineMs: PAGE_MS })
  const linking = rpcClient(LinkingService, { address: peers.linking, token, deadlineMs: ASK_MS })
  const notification = rpcClient(NotificationService, { address: peers.notification, token, deadlineMs: ASK_MS })
  return {
    resolveActor: resolveActor(ticket),
    ticketStates: ticketStates(ticket),
    ticketRequester: ticketRequester(ticket),
    listChildren: linkedChildren(linking),
    findLeaks: findLeaks(linking),
    directoryNames: directoryNames(directory),
    applyPage: applyPage(pages),
    fence: fence(ticket, pages),
    mailHold: mailHold(notification),
    operationNotifications: operationNotifications(notification),
    [Symbol.dispose]() {
      for (const client of [ticket, directory, pages, linking, notification]) client[Symbol.dispose]()
    },
  }
}
