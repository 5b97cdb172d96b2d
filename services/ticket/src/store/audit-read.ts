import type { Transaction } from '@umbel/messaging'
import { type Binding, rows } from '@umbel/service-kit/store'
import type { FieldChange } from '../domain/audit.ts'
import type { Cause } from '../domain/words.ts'
import { microsToText } from './micros.ts'

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
  readonly ticketId: string
  readonly recordedAt: number
  readonly id: string
}

/** The entries of one ticket, or of every ticket outside these groups. */
export type AuditOf = { readonly ticketId: string } | { readonly hiddenGroupIds: ReadonlySet<string> }

export interface AuditRead {
  /** Ticket by ticket, oldest first. */
  list(of: AuditOf, after: AuditPlace | null, limit: number): Promise<readonly AuditEntry[]>
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
    async list(of, after, limit) {
      const [whose, named] = whichTickets(of)
      const place = after ? 'and (ticket_id, recorded_at, entry_id) > (?::uuid, ?::timestamptz, ?::uuid)' : ''
      const found = await rows<AuditRow>(
        trx,
        `select entry_id, ticket_id, version, cause, changes, note, occurred_at,
           (extract(epoch from recorded_at) * 1000000)::bigint as recorded
         from audit_entry where workspace_id = ? ${whose} ${place}
         order by ticket_id, recorded_at, entry_id limit ?`,
        [workspaceId, ...named, ...(after ? [after.ticketId, microsToText(after.recordedAt), after.id] : []), limit],
      )
      return found.map(toEntry)
    },
  }
}

/** Hidden groups are few and rarely any: who has none pays for no look at the tickets. */
function whichTickets(of: AuditOf): [string, readonly Binding[]] {
  if ('ticketId' in of) return ['and ticket_id = ?', [of.ticketId]]
  if (of.hiddenGroupIds.size === 0) return ['', []]
  const hidden = `and not exists (select from ticket t where t.workspace_id = audit_entry.workspace_id
    and t.ticket_id = audit_entry.ticket_id and t.group_id = any (?::uuid[]))`
  return [hidden, [[...of.hiddenGroupIds]]]
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
