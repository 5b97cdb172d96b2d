import type { DescMethod, DescService, MessageInitShape, MessageShape } from '@bufbuild/protobuf'
import type {
  DeadLetterService,
  DirectoryService,
  LinkingService,
  NotificationService,
  OperationService,
  TicketService,
} from '@umbel/contracts'
import type { Message } from '@umbel/messaging'

/** What goes along with a call to a peer. */
export interface PeerCall {
  /** The caller's own bearer token. */
  readonly token: string
  readonly traceparent?: string
  /** Ends the call before its answer is complete. */
  readonly signal?: AbortSignal
  /** Milliseconds, where a call may last longer or shorter than others. */
  readonly deadlineMs?: number
}

type Answer<M extends DescMethod> = M extends { methodKind: 'server_streaming' }
  ? AsyncIterable<MessageShape<M['output']>>
  : Promise<MessageShape<M['output']>>

/** The methods of a service, as the gateway calls them. */
export type Peer<S extends DescService> = {
  readonly [M in keyof S['method']]: (
    request: MessageInitShape<S['method'][M]['input']>,
    call: PeerCall,
  ) => Answer<S['method'][M]>
}

/** The services that keep dead letters. */
export const deadLetterOwners = ['ticket', 'linking', 'notification', 'operation'] as const
export type DeadLetterOwner = (typeof deadLetterOwners)[number]

/** Everything behind the gateway. */
export interface Peers {
  readonly ticket: Peer<typeof TicketService>
  readonly directory: Peer<typeof DirectoryService>
  readonly linking: Peer<typeof LinkingService>
  readonly notification: Peer<typeof NotificationService>
  readonly operation: Peer<typeof OperationService>
  readonly deadLetters: Readonly<Record<DeadLetterOwner, Peer<typeof DeadLetterService>>>
  readonly publish: (messages: readonly Message[]) => Promise<void>
}
