import type { HistoryEvent, HistoryLine } from '../history.ts'

/** The parts of a small history in which everything went well; each test spoils one. */
export const OPERATION = 'operation-1'
export const CHILDREN = ['child-1', 'child-2'] as const
export const TEXT = 'We are on it.'
export const TOKENS = { 'child-1': `cnry${'1'.repeat(20)}`, 'child-2': `cnry${'2'.repeat(20)}` } as const

const email = (child: string) => `${child}@customer.example`

const ofChild = (ticketId: (typeof CHILDREN)[number], at: number): Forged[] => [
  { type: 'child', ticketId, email: email(ticketId), tokens: [TOKENS[ticketId]] },
  { type: 'fact', ticketId, version: 1, partition: 0, offset: at * 10 },
  { type: 'fact', ticketId, version: 2, partition: 0, offset: at * 10 + 1 },
  {
    type: 'mail',
    messageId: `<${ticketId}>`,
    to: email(ticketId),
    text: TEXT,
    raw: `Subject: ${TOKENS[ticketId]}\r\n\r\n${TEXT}`,
    at: 20,
  },
  {
    type: 'item',
    operationId: OPERATION,
    ticketId,
    state: 'applied',
    reason: null,
    version: 2,
    notification: 'sent',
  },
  { type: 'ticket', ticketId, version: 2, status: 'open', linked: true },
  { type: 'comment', ticketId, commentId: `comment-${ticketId}`, version: 2, text: TEXT },
  audit(ticketId, 1, null),
  audit(ticketId, 2, OPERATION),
]

/** An event, with its time where that matters. */
export type Forged = HistoryEvent & { readonly at?: number }

export const audit = (ticketId: string, version: number, operationId: string | null, recordedAt = 15): Forged => ({
  type: 'audit',
  ticketId,
  entryId: `${ticketId}-${version}`,
  version,
  operationId,
  step: operationId === null ? 0 : 1,
  recordedAt,
  changes: version === 1 ? [{ field: 'status', to: 'open' }] : [],
})

export const good: readonly Forged[] = [
  { type: 'run', run: 1, fault: 'none', scenario: 'broadcast', seed: 1, masterId: 'master-1' },
  { type: 'call', call: 1, phase: 'invoke', verb: 'start', operationId: OPERATION, at: 10 },
  { type: 'call', call: 1, phase: 'ok', verb: 'start', operationId: OPERATION, at: 11 },
  { type: 'operation', operationId: OPERATION, kind: 'broadcast', state: 'finished', text: TEXT, total: 2 },
  ...CHILDREN.flatMap(ofChild),
  { type: 'endpoint', url: 'http://endpoint.example' },
  ...CHILDREN.map(
    (ticketId): Forged => ({
      type: 'hook',
      webhookId: `hook-${ticketId}`,
      ticketId,
      commentId: `comment-${ticketId}`,
    }),
  ),
  { type: 'rollup', total: 2, open: 2, closed: 0 },
]

/** A history as it would have been written down. */
export const forged = (events: readonly Forged[]): HistoryLine[] =>
  events.map((event, at) => ({ ...event, at: event.at ?? 100, line: at + 1 }))
