export const openStatuses = ['new', 'open', 'pending', 'on_hold'] as const
export type OpenStatus = (typeof openStatuses)[number]
export type Status = OpenStatus | 'solved' | 'closed'
export type Priority = 'low' | 'normal' | 'high' | 'urgent'
export type LinkKind = 'child' | 'duplicate' | 'related'

/** A label given by a source; never our key. */
export interface ExternalId {
  readonly source: string
  readonly id: string
}

export type ActorKind = 'agent' | 'requester' | 'source' | 'system'

/** Who did it: an agent's or requester's id, or the name of a source or service. */
export interface ActorRef {
  readonly kind: ActorKind
  readonly id: string
}

export type CauseKind = 'user' | 'upstream' | 'operation' | 'sync' | 'mirror' | 'system'

/** Why a change happened. Through any chain the root stays what it was. */
export interface Cause {
  readonly kind: CauseKind
  readonly id: string
  readonly rootKind: CauseKind
  readonly rootId: string
  readonly actor: ActorRef
  readonly operationId?: string
  readonly decisionId?: string
  readonly step?: number
}

/** A cause that nothing else caused. */
export const rootCause = (kind: CauseKind, id: string, actor: ActorRef): Cause => ({
  kind,
  id,
  rootKind: kind,
  rootId: id,
  actor,
})
