import { idFrom } from '@umbel/kernel/ids'
import type { WebhookType } from './webhook.ts'

/** A fact that endpoints may want to hear. */
export interface WebhookFact {
  readonly type: WebhookType
  /** The ticket that it is about; of an operation its master. */
  readonly ticketId: string
  /** Null outside operations. */
  readonly operationId: string | null
  /** The stream that told it, and the place in it: together they are one cause and step. */
  readonly stream: string
  readonly version: number
  readonly occurredAt: Date
  /** Of this one ticket or operation alone. */
  readonly data: object
}

/** A fact as it is owed to one endpoint. */
export interface WebhookMessage {
  /** `webhook-id`, the same at every attempt. */
  readonly id: string
  readonly webhookId: string
  readonly ticketId: string
  readonly operationId: string | null
  readonly type: WebhookType
  readonly payload: string
}

export interface Listener {
  readonly id: string
  /** Empty: all. */
  readonly types: readonly WebhookType[]
}

/**
 * What each endpoint is owed for these facts. One cause and step make one version of a ticket, so that type, ticket,
 * version and endpoint always name the same message, however often the event comes.
 */
export function owedTo(workspaceId: string, listeners: readonly Listener[], facts: readonly WebhookFact[]) {
  return facts.flatMap((fact): WebhookMessage[] => {
    const wanting = listeners.filter(({ types }) => types.length === 0 || types.includes(fact.type))
    if (wanting.length === 0) return []
    const payload = payloadOf(fact)
    const { type, ticketId, operationId } = fact
    return wanting.map(({ id: webhookId }) => ({
      id: idFrom('notification', workspaceId, fact.stream, String(fact.version), type, webhookId, 'webhook'),
      webhookId,
      ticketId,
      operationId,
      type,
      payload,
    }))
  })
}

const payloadOf = ({ type, occurredAt, data }: WebhookFact): string =>
  JSON.stringify({ type, timestamp: occurredAt.toISOString(), data })
