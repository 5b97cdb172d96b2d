import { timestampDate } from '@bufbuild/protobuf/wkt'
import {
  ActorKind,
  CauseKind,
  type OperationChanged,
  type TicketChanged,
  type TicketFact,
  TicketPriority,
  TicketStatus,
} from '@umbel/contracts'
import type { WebhookType } from '../domain/webhook.ts'
import type { WebhookFact } from '../domain/webhook-fact.ts'

/**
 * What endpoints can hear of a ticket's change: ids and states of this one ticket, no words that a person wrote and
 * nothing of its master. Quiet changes are told by their source.
 */
export function ticketFacts(changed: TicketChanged): WebhookFact[] {
  const { ticketId, version, cause, facts, quiet } = changed
  if (quiet) return []
  const told = facts.flatMap(factOf)
  if (told.length === 0) return []
  const ticket = ticketOf(changed)
  return told.map(({ type, data }) => ({
    type,
    ticketId,
    operationId: cause?.operationId || null,
    stream: `ticket:${ticketId}`,
    version: Number(version),
    occurredAt: changed.occurredAt ? timestampDate(changed.occurredAt) : new Date(0),
    data: { ticket, cause: { kind: causeWord(cause?.kind) }, ...data },
  }))
}

/** That an operation has finished, once, and with its last mail: it is `finished` before, with the last child. */
export function operationFacts({ operationId, masterId, state, running, ...told }: OperationChanged) {
  if (state !== 'finished' || running) return []
  const { kind, recordedAt, ...counts } = told
  const { total, applied, skipped, failed, sent, sendFailed } = counts
  const children = { total: Number(total), applied: Number(applied), skipped: Number(skipped), failed: Number(failed) }
  const mails = { sent: Number(sent), failed: Number(sendFailed) }
  const fact: WebhookFact = {
    type: 'operation.finished',
    ticketId: masterId,
    operationId,
    stream: `operation:${operationId}`,
    version: 0,
    occurredAt: recordedAt ? timestampDate(recordedAt) : new Date(0),
    data: { operation: { id: operationId, kind, masterId, children, mails } },
  }
  return [fact]
}

interface Told {
  readonly type: WebhookType
  readonly data: object
}

function factOf({ fact }: TicketFact): Told[] {
  if (fact.case === 'opened') return [{ type: 'ticket.opened', data: {} }]
  if (fact.case === 'statusChanged') {
    const change = { from: statusWord(fact.value.from), to: statusWord(fact.value.to) }
    return [{ type: 'ticket.status.changed', data: { change } }]
  }
  if (fact.case !== 'commentAdded' || !fact.value.public) return []
  const { commentId: id, author } = fact.value
  const by = { kind: actorWord(author?.kind), id: author?.id ?? '' }
  return [{ type: 'ticket.comment.added', data: { comment: { id, author: by } } }]
}

function ticketOf({ ticketId, version, state }: TicketChanged) {
  return {
    id: ticketId,
    number: Number(state?.number ?? 0),
    version: Number(version),
    status: statusWord(state?.status),
    priority: priorityWord(state?.priority),
    externalIds: (state?.externalIds ?? []).map(({ source, id }) => ({ source, id })),
  }
}

/** `ON_HOLD` → `on_hold`. */
function wordsIn(names: Readonly<Record<string, number>>): (value: number | undefined) => string {
  const words = new Map(Object.entries(names).map(([name, value]) => [value, name.toLowerCase()]))
  return (value = 0) => words.get(value) ?? 'unspecified'
}

const statusWord = wordsIn(TicketStatus)
const priorityWord = wordsIn(TicketPriority)
const causeWord = wordsIn(CauseKind)
const actorWord = wordsIn(ActorKind)
