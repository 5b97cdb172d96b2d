import { type OperationChanged, OperationChangedSchema } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { dataOf, type Scope, type StreamHandler } from '@umbel/messaging'
import type { OperationStanding } from '../domain/notice.ts'
import type { WebhookFact } from '../domain/webhook-fact.ts'
import { operationFacts } from './webhook-facts.ts'

export type TellAgents = (scope: Scope, told: readonly OperationStanding[]) => Promise<unknown>

export interface OnOperationEventDeps {
  readonly tellAgents: TellAgents
  readonly raiseWebhooks: (scope: Scope, facts: () => readonly WebhookFact[]) => Promise<unknown>
  readonly committed: () => void
}

/** How operations stand → a line for who started them, and what endpoints are owed. `committed` wakes the senders. */
export const onOperationEvent = (deps: OnOperationEventDeps): StreamHandler<OperationChanged> => ({
  decode: (event) => {
    if (event.type !== OperationChangedSchema.typeName) return undefined
    const changed = dataOf(OperationChangedSchema, event)
    if (changed.operationId === '' || changed.masterId === '') throw invalid('malformed-event', 'no operation is named')
    return changed
  },
  streamKey: ({ operationId }) => `operation:${operationId}`,
  version: ({ streamVersion }) => Number(streamVersion),
  handle: async (scope, events) => {
    await deps.tellAgents(scope, events.map(toStanding))
    if (events.some(({ state }) => state === 'finished'))
      await deps.raiseWebhooks(scope, () => events.flatMap(operationFacts))
  },
  committed: deps.committed,
})

const toStanding = (changed: OperationChanged): OperationStanding => ({
  operationId: changed.operationId,
  masterId: changed.masterId,
  kind: changed.kind,
  state: changed.state,
  startedBy: changed.startedBy,
  pauseReason: changed.pauseReason,
  counts: {
    applied: Number(changed.applied),
    skipped: Number(changed.skipped),
    failed: Number(changed.failed),
    sent: Number(changed.sent),
    sendFailed: Number(changed.sendFailed),
  },
})
