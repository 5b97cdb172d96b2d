/** Why a change happened, as it stands in every event and stored change. Through any chain the root stays what it was. */
export interface Cause {
  readonly kind: 'user' | 'upstream' | 'operation' | 'sync' | 'mirror' | 'system'
  readonly id: string
  readonly rootKind: Cause['kind']
  readonly rootId: string
  readonly actor: { readonly kind: 'agent' | 'requester' | 'source' | 'system'; readonly id: string }
  readonly operationId: string
  readonly decisionId: string
  readonly step: number
}

const outside = { operationId: '', decisionId: '', step: 0 } as const

/** An agent's command; its id is the idempotency key or a fresh one. */
export const causedByAgent = (id: string, agentId: string): Cause => ({
  kind: 'user',
  id,
  rootKind: 'user',
  rootId: id,
  actor: { kind: 'agent', id: agentId },
  ...outside,
})

/** Linking's own work, such as a repair. */
export const causedBySystem = (id: string): Cause => ({
  kind: 'system',
  id,
  rootKind: 'system',
  rootId: id,
  actor: { kind: 'system', id: 'linking' },
  ...outside,
})
