import { ActorKind, TicketChangedSchema } from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import type { Scope, StreamHandler } from '@umbel/messaging'
import type { Owed } from '../domain/notification.ts'
import type { WebhookFact } from '../domain/webhook-fact.ts'
import { hearTicket, type TicketHeard } from './ticket-heard.ts'
import { ticketFacts } from './webhook-facts.ts'

export interface RaiseFacts {
  /** Returns how many are new. */
  readonly mails: (scope: Scope, owed: readonly Owed[]) => Promise<number>
  /** The same; facts are made only where an endpoint listens. */
  readonly webhooks: (scope: Scope, facts: () => readonly WebhookFact[]) => Promise<number>
}

/**
 * Public comments by agents and sources → what their requesters are owed; facts → what endpoints are. `wake` calls the
 * senders, once something for them has committed.
 */
export function onTicketEvent(raise: RaiseFacts, wake: () => void): StreamHandler<TicketHeard> {
  let raised = 0
  return {
    decode: (event) => {
      if (event.type !== TicketChangedSchema.typeName) return undefined
      const heard = hearTicket(event)
      if (heard.version < 1 || heard.ticketId === '') throw invalid('malformed-event', 'the event names no version')
      return heard
    },
    streamKey: ({ ticketId }) => `ticket:${ticketId}`,
    version: ({ version }) => version,
    handle: async (scope, events) => {
      const owed = events.flatMap(owedBy)
      if (owed.length > 0) raised += await raise.mails(scope, owed)
      raised += await raise.webhooks(scope, () => events.flatMap((heard) => ticketFacts(heard.whole())))
    },
    committed() {
      if (raised > 0) wake()
      raised = 0
    },
  }
}

const authors: ReadonlySet<ActorKind> = new Set([ActorKind.AGENT, ActorKind.SOURCE])

function owedBy({ ticketId, requesterId: recipientId, comments, cause, quiet }: TicketHeard): Owed[] {
  if (recipientId === '' || cause === undefined) return []
  return comments
    .filter((comment) => comment.public && comment.author !== undefined && authors.has(comment.author.kind))
    .map(({ commentId }) => ({
      ticketId,
      commentId,
      recipientId,
      operationId: cause.operationId === '' ? null : cause.operationId,
      step: cause.step,
      quiet,
      cause: cause.bytes,
    }))
}
