import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { NewNotice, Notice } from '../domain/notice.ts'

/** The place of a notice in its agent's list. */
export interface NoticePlace {
  /** Microseconds since 1970. */
  readonly place: string
  readonly id: string
}

export interface NoticeStore {
  /** Adds notices; one that is known gets its newer words, and stays read. */
  put(notices: readonly NewNotice[]): Promise<void>
  /** False: this agent has no such notice. */
  markRead(agentId: string, id: string): Promise<boolean>
  /** The latest first. */
  list(agentId: string, after: NoticePlace | null, limit: number): Promise<(Notice & NoticePlace)[]>
}

const MICROS = '(extract(epoch from at) * 1000000)::bigint'

export function noticeStore(trx: Transaction, workspaceId: string): NoticeStore {
  return {
    async put(notices) {
      if (notices.length === 0) return
      const column = (name: keyof NewNotice) => notices.map((notice) => notice[name])
      await touched(
        trx,
        `insert into notice (workspace_id, id, agent_id, kind, operation_id, ticket_id, text)
         select ?::uuid, * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::uuid[], ?::uuid[], ?::text[])
             on conflict (workspace_id, id) do update set text = excluded.text`,
        [
          workspaceId,
          column('id'),
          column('agentId'),
          column('kind'),
          column('operationId'),
          column('ticketId'),
          column('text'),
        ],
      )
    },
    async markRead(agentId, id) {
      const found = await touched(
        trx,
        `update notice set read_at = coalesce(read_at, clock_timestamp())
          where workspace_id = ? and id = ? and agent_id = ?`,
        [workspaceId, id, agentId],
      )
      return found > 0
    },
    list: (agentId, after, limit) =>
      rows<Notice & NoticePlace>(
        trx,
        // served by notice_of_agent
        `select id, agent_id as "agentId", kind, operation_id as "operationId", ticket_id as "ticketId", text, at,
           read_at as "readAt", ${MICROS}::text as place
           from notice where workspace_id = ? and agent_id = ?
            and (?::bigint is null or (${MICROS}, id) < (?::bigint, ?::uuid))
          order by at desc, id desc limit ?`,
        [workspaceId, agentId, after?.place ?? null, after?.place ?? null, after?.id ?? null, limit],
      ),
  }
}
