import { parseTemplate, renderTemplate, type TemplateValues } from '@umbel/kernel/template'
import type { Transaction } from '@umbel/messaging'
import { row, rows } from '@umbel/service-kit/store'
import type { ActorKind, ActorRef } from '../domain/words.ts'

export interface Comment {
  readonly id: string
  readonly ticketId: string
  readonly version: number
  readonly public: boolean
  readonly broadcast: boolean
  readonly author: ActorRef
  readonly authorName: string
  /** As the ticket's people read it. */
  readonly text: string
  readonly occurredAt: Date
}

/** The place after a comment in its thread. */
export interface CommentPlace {
  readonly version: number
  readonly id: string
}

export interface CommentRead {
  /** Oldest first. */
  list(ticketId: string, after: CommentPlace | null, limit: number): Promise<readonly Comment[]>
  get(ticketId: string, commentId: string): Promise<Comment | undefined>
}

interface CommentRow {
  readonly comment_id: string
  readonly ticket_id: string
  readonly version: string
  readonly public: boolean
  readonly broadcast: boolean
  readonly author_kind: ActorKind
  readonly author_id: string
  readonly author_name: string | null
  readonly text: string
  readonly values: TemplateValues | null
  readonly occurred_at: Date
}

const comments = `select c.comment_id, c.ticket_id, c.version, c.public, c.broadcast, c.author_kind, c.author_id,
    b.text, c.values, c.occurred_at, case c.author_kind
      when 'agent' then (select name from agent a where a.workspace_id = c.workspace_id
        and a.agent_id = c.author_id::uuid)
      when 'requester' then (select name from requester r where r.workspace_id = c.workspace_id
        and r.requester_id = c.author_id::uuid) end as author_name
  from comment c join body b on b.workspace_id = c.workspace_id and b.body_id = c.body_id
  where c.workspace_id = ? and c.ticket_id = ?`

export function commentRead(trx: Transaction, workspaceId: string): CommentRead {
  return {
    // comment_by_version
    async list(ticketId, after, limit) {
      const place = after ? 'and (c.version, c.comment_id) > (?::bigint, ?::uuid)' : ''
      const found = await rows<CommentRow>(trx, `${comments} ${place} order by c.version, c.comment_id limit ?`, [
        workspaceId,
        ticketId,
        ...(after ? [after.version, after.id] : []),
        limit,
      ])
      return found.map(toComment)
    },
    // primary key
    async get(ticketId, commentId) {
      const found = await row<CommentRow>(trx, `${comments} and c.comment_id = ?`, [workspaceId, ticketId, commentId])
      return found && toComment(found)
    },
  }
}

const toComment = (found: CommentRow): Comment => ({
  id: found.comment_id,
  ticketId: found.ticket_id,
  version: Number(found.version),
  public: found.public,
  broadcast: found.broadcast,
  author: { kind: found.author_kind, id: found.author_id },
  authorName: found.author_name ?? found.author_id,
  text: found.values ? renderTemplate(parseTemplate(found.text), found.values) : found.text,
  occurredAt: found.occurred_at,
})
