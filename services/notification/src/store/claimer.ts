import { type Database, rows } from '@umbel/service-kit/store'

/** Whose token this is. */
export interface TokenOwner {
  readonly workspaceId: string
  readonly ticketId: string
}

/** What is found across workspaces, by the claimer's few columns; the work itself runs inside the workspace. */
export interface DueCause {
  readonly workspaceId: string
  readonly operationId: string
}

export interface DueWebhook {
  readonly workspaceId: string
  readonly webhookId: string
}

export interface Claimer {
  /** Workspaces with something due, each once. */
  dueWorkspaces(): Promise<string[]>
  /** Operations whose rows do not follow their mode yet. */
  unsweptCauses(): Promise<DueCause[]>
  /** Endpoints with something due that may be sent to now, in no order. */
  dueWebhooks(): Promise<DueWebhook[]>
  ownerOfToken(token: string): Promise<TokenOwner | undefined>
}

const WAITS = `n.due_at <= statement_timestamp() and not exists (
  select from lease l
   where l.workspace_id = n.workspace_id and l.notification_id = n.id and l.until > statement_timestamp())`

// one probe of notification_due for each workspace, behind what is in flight: the rows in between are never read; a
// lease that ran out is due as well
const DUE = `
  with recursive due as (
    (select n.workspace_id from notification n where ${WAITS} order by n.workspace_id, n.due_at limit 1)
    union all
    select (select n.workspace_id from notification n
             where n.workspace_id > due.workspace_id and ${WAITS} order by n.workspace_id, n.due_at limit 1)
      from due where due.workspace_id is not null)
  select workspace_id from due where workspace_id is not null`

// one probe of webhook_message_due for each endpoint
const DUE_WEBHOOKS = `
  select w.workspace_id as "workspaceId", w.id as "webhookId" from webhook w
   cross join lateral (
     select 1 from webhook_message m
      where m.workspace_id = w.workspace_id and m.webhook_id = w.id and m.due_at <= statement_timestamp()
      order by m.due_at limit 1) due
   where w.state = 'enabled' and (w.rests_until is null or w.rests_until <= statement_timestamp())
   order by random()`

export function createClaimer(database: Database): Claimer {
  return {
    async dueWorkspaces() {
      const found = await database.alone((trx) => rows<{ workspace_id: string }>(trx, DUE))
      return found.map(({ workspace_id }) => workspace_id)
    },
    async unsweptCauses() {
      const found = await database.alone((trx) =>
        rows<{ workspace_id: string; operation_id: string }>(
          trx,
          // in no order, so that causes that cannot be swept do not hide the others
          'select workspace_id, operation_id from cause_hold where not swept order by random() limit 100',
        ),
      )
      return found.map(({ workspace_id, operation_id }) => ({ workspaceId: workspace_id, operationId: operation_id }))
    },
    dueWebhooks: () => database.alone((trx) => rows<DueWebhook>(trx, DUE_WEBHOOKS)),
    async ownerOfToken(token) {
      const [found] = await database.alone((trx) =>
        rows<{ workspace_id: string; ticket_id: string }>(
          trx,
          'select workspace_id, ticket_id from thread where reply_token = ?',
          [token],
        ),
      )
      return found && { workspaceId: found.workspace_id, ticketId: found.ticket_id }
    },
  }
}
