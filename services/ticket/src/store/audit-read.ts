import type { Transaction } from '@umbel/messaging'
import type { FieldChange } from '../domain/audit.ts'
import type { Cause } from '../domain/words.ts'
import { microsToText, rows } from './sql.ts'

export interface AuditEntry {
  readonly id: string
  readonly ticketId: string
  /** 0 where the entry changed nothing. */
  readonly version: number
  readonly cause: Cause
  readonly changes: readonly FieldChange[]
  readonly note: string
  readonly occurredAt: Date
  /** Microseconds since 1970. */
  readonly recordedAt: number
}

export interface AuditPlace {
  readonly recordedAt: number
  readonly id: string
}

export interface AuditRead {
  /** Oldest first. */
  list(ticketId: string, after: AuditPlace | null, limit: number): Promise<readonly AuditEntry[]>
}

interface AuditRow {
  readonly entry_id: string
  readonly ticket_id: string
  readonly version: string | null
  readonly cause: Cause
  readonly changes: readonly FieldChange[]
  readonly note: string
  readonly occurred_at: Date
  readonly recorded: string
}

export function auditRead(trx: Transaction, workspaceId: string): AuditRead {
  return {
    // primary key
    async list(ticketId, after, limit) {
      const place = after ? 'and (recorded_at, entry_id) > (?::timestamptz, ?::uuid)' : ''
      const found = await rows<AuditRow>(
        trx,
        `select entry_id, ticket_id, version, cause, changes, note, occurred_at,
           (extract(epoch from recorded_at) * 1000000)::bigint as recorded
         from audit_entry where workspace_id = ? and ticket_id = ? ${place}
         order by recorded_at, entry_id limit ?`,
        [workspaceId, ticketId, ...(after ? [microsToText(after.recordedAt), after.id] : []), limit],
      )
      return found.map(toEntry)
    },
  }
}

const toEntry = (found: AuditRow): AuditEntry => ({
  id: found.entry_id,
  ticketId: found.ticket_id,
  version: Number(found.version ?? 0),
  cause: found.cause,
  changes: found.changes,
  note: found.note,
  occurredAt: found.occurred_at,
  recordedAt: Number(found.recorded),
})
