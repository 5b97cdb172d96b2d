import type { DescService } from '@bufbuild/protobuf'
import {
  DeadLetterService,
  DirectoryService,
  LinkingService,
  NotificationService,
  OperationService,
  TicketService,
} from '@umbel/contracts'
import { forbidden } from '@umbel/kernel'
import { rpcClient } from '@umbel/rpc'
import type { GatewayConfig } from '../config.ts'
import type { Peers } from '../peers.ts'

// 10,000 children in one call are the longest that people wait for
const DEADLINE_MS = 60_000

export type RpcPeers = Omit<Peers, 'publish'> & Disposable

/** The services behind, by gRPC. Every call carries its caller's own token; the gateway has none to fall back on. */
export function rpcPeers(addresses: GatewayConfig['peers']): RpcPeers {
  const owned = new DisposableStack()
  const client = <S extends DescService>(service: S, address: string) =>
    owned.use(rpcClient(service, { address, token: noToken, deadlineMs: DEADLINE_MS }))
  const letters = (address: string) => client(DeadLetterService, address)
  return {
    ticket: client(TicketService, addresses.ticket),
    directory: client(DirectoryService, addresses.ticket),
    linking: client(LinkingService, addresses.linking),
    notification: client(NotificationService, addresses.notification),
    operation: client(OperationService, addresses.operation),
    deadLetters: {
      ticket: letters(addresses.ticket),
      linking: letters(addresses.linking),
      notification: letters(addresses.notification),
      operation: letters(addresses.operation),
    },
    [Symbol.dispose]: () => owned.dispose(),
  }
}

const noToken = () => Promise.reject(forbidden('token-invalid', 'nobody asks here without a token'))
