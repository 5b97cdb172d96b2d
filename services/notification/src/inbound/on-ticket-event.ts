import { toBinary } from '@bufbuild/protobuf'
import { ActorKind, CauseSchema, type CommentAdded, type TicketChanged, TicketChangedSchema } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { dataOf, type Scope, type StreamHandler } from '@umbel/messaging'
import type { Owed } from '../domain/notification.ts'
import type { WebhookFact } from '../domain/webhook-fact.ts'
import { ticketFacts } from './webhook-facts.ts'

export interface RaiseFacts {
  readonly mails: (scope: Scope, owed: readonly Owed[]) => Promise<unknown>
  /** Facts are made only where an endpoint listens. */
  readonly webhooks: (scope: Scope, facts: () => readonly WebhookFact[]) => Promise<unknown>
}

/**
 * Public comments by agents and sources → what their requesters are owed; facts → what endpoints are. `committed` wakes
 * the senders.
 */
export const onTicketEvent = (raise: RaiseFacts, committed: () => void): StreamHandler<TicketChanged> => ({
  decode: (event) => {
    if (event.type !== TicketChangedSchema.typeName) return undefined
    const changed = dataOf(TicketChangedSchema, event)
    if (changed.version < 1n || changed.ticketId === '') throw invalid('malformed-event', 'the event names no version')
    return changed
  },
  streamKey: ({ ticketId }) => `ticket:${ticketId}`,
  version: ({ version }) => Number(version),
  handle: async (scope, events) => {
    const owed = events.flatMap(owedBy)
    if (owed.length > 0) await raise.mails(scope, owed)
    await raise.webhooks(scope, () => events.flatMap(ticketFacts))
  },
  committed,
})

const authors: ReadonlySet<ActorKind> = new Set([ActorKind.AGENT, ActorKind.SOURCE])

function owedBy({ ticketId, facts, state, cause, quiet }: TicketChanged): Owed[] {
  const recipientId = state?.requesterId ?? ''
  if (recipientId === '' || cause === undefined) return []
  const comments = facts.flatMap(({ fact }): CommentAdded[] => (fact.case === 'commentAdded' ? [fact.value] : []))
  return comments
    .filter((comment) => comment.public && comment.author !== undefined && authors.has(comment.author.kind))
    .map(({ commentId }) => ({
      ticketId,
      commentId,
      recipientId,
      operationId: cause.operationId === '' ? null : cause.operationId,
      step: cause.step,
      quiet,
      cause: toBinary(CauseSchema, cause),
    }))
}
