import { authorize, notFound, pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import type { Caller } from '../store/actor-store.ts'
import type { AuditEntry } from '../store/audit-read.ts'
import type { Comment } from '../store/comment-read.ts'
import type { Read, ReadSession } from '../store/read-side.ts'
import { fromCursor, type Page, readPage } from './page.ts'

export interface ListThread {
  readonly ticketId: string
  readonly pageSize: number
  readonly pageToken: string
}

const isPlace = (parsed: unknown): parsed is [number, string] =>
  Array.isArray(parsed) && Number.isSafeInteger(parsed[0]) && typeof parsed[1] === 'string' && isId(parsed[1])

/** The comments, oldest first. */
export const listComments =
  (read: Read) =>
  (scope: Scope, caller: Caller, query: ListThread): Promise<Page<Comment>> =>
    read(scope, async (session) => {
      await see(session, caller, query.ticketId)
      const size = pageSize(query.pageSize)
      const placeOf = ({ version, id }: Comment): [number, string] => [version, id]
      return readPage(size, fromCursor(query.pageToken, isPlace), placeOf, (place, limit) =>
        session.comments.list(query.ticketId, place && { version: place[0], id: place[1] }, limit),
      )
    })

const isAuditPlace = (parsed: unknown): parsed is [string, number, string] =>
  Array.isArray(parsed) && typeof parsed[0] === 'string' && isId(parsed[0]) && isPlace(parsed.slice(1))

/** Who changed what and why: of one ticket, oldest first, or ticket by ticket of all that the actor may see. */
export const listAudit =
  (read: Read) =>
  (scope: Scope, caller: Caller, query: ListThread): Promise<Page<AuditEntry>> =>
    read(scope, async (session) => {
      const of = query.ticketId === '' ? await seeAll(session, caller) : { ticketId: query.ticketId }
      if ('ticketId' in of) await see(session, caller, of.ticketId)
      const size = pageSize(query.pageSize)
      const placeOf = ({ ticketId, recordedAt, id }: AuditEntry): [string, number, string] => [ticketId, recordedAt, id]
      return readPage(size, fromCursor(query.pageToken, isAuditPlace), placeOf, (place, limit) =>
        session.audit.list(of, place && { ticketId: place[0], recordedAt: place[1], id: place[2] }, limit),
      )
    })

async function seeAll(session: ReadSession, caller: Caller): Promise<{ readonly hiddenGroupIds: ReadonlySet<string> }> {
  const actor = await session.actor(caller)
  authorize(actor, 'read-ticket')
  return actor
}

async function see(session: ReadSession, caller: Caller, ticketId: string): Promise<void> {
  const actor = await session.actor(caller)
  const ticket = isId(ticketId) ? (await session.tickets.byIds([ticketId])).get(ticketId) : undefined
  if (!ticket) throw notFound('not-found', 'no such ticket in this workspace')
  authorize(actor, 'read-ticket', ticket)
}
