import type { AuditEntry, Cause } from '@umbel/contracts'
import { z } from 'zod'
import { count, id, instant, iso, orNull } from './common.ts'
import { toActor } from './ticket.ts'

const causeKinds = [null, 'user', 'upstream', 'operation', 'sync', 'mirror', 'system'] as const
const causeKind = z.enum(['user', 'upstream', 'operation', 'sync', 'mirror', 'system']).nullable()

const causeShape = z.object({
  kind: causeKind,
  id: z.string(),
  rootKind: causeKind,
  rootId: z.string(),
  actor: z.object({ kind: z.enum(['agent', 'requester', 'source', 'system']).nullable(), id: z.string() }).nullable(),
  operationId: id.nullable(),
  step: count,
})

export const auditShape = z.object({
  id: z.string(),
  ticketId: id,
  version: count.describe('0 where the entry changed nothing'),
  cause: causeShape.nullable(),
  changes: z.array(z.object({ field: z.string(), from: z.string(), to: z.string() })),
  note: z.string(),
  occurredAt: instant.nullable(),
  recordedAt: instant.nullable(),
})

const toCause = (cause: Cause): z.output<typeof causeShape> => ({
  kind: causeKinds[cause.kind] ?? null,
  id: cause.id,
  rootKind: causeKinds[cause.rootKind] ?? null,
  rootId: cause.rootId,
  actor: cause.actor ? toActor(cause.actor) : null,
  operationId: orNull(cause.operationId),
  step: cause.step,
})

export const toAuditEntry = (entry: AuditEntry): z.output<typeof auditShape> => ({
  id: entry.id,
  ticketId: entry.ticketId,
  version: Number(entry.version),
  cause: entry.cause ? toCause(entry.cause) : null,
  changes: entry.changes.map(({ field, from, to }) => ({ field, from, to })),
  note: entry.note,
  occurredAt: iso(entry.occurredAt),
  recordedAt: iso(entry.recordedAt),
})
