import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { SignatureScheme, Webhook, WebhookType } from '../domain/webhook.ts'

type Changeable = Pick<Webhook, 'id' | 'url' | 'types' | 'state' | 'description'>

type Signed = Pick<Webhook, 'signature' | 'publicKey'>

export interface WebhookStore {
  count(): Promise<number>
  /** When it was made, by the database's clock. */
  add(webhook: Changeable & Signed & { readonly secret: Uint8Array }): Promise<Date>
  /** Undefined: there is none. One that is enabled again begins without its old failures. */
  change(webhook: Changeable): Promise<Webhook | undefined>
  /** How it signs, until the transaction ends; undefined: there is no such webhook. */
  scheme(id: string): Promise<SignatureScheme | undefined>
  /** The secret is sealed. When the old one ends; undefined: there is no such webhook. */
  rotate(
    id: string,
    key: { readonly scheme: SignatureScheme; readonly publicKey: string },
    secret: Uint8Array,
  ): Promise<Date | undefined>
  remove(id: string): Promise<boolean>
  /** Skips what waits for an endpoint; what is in flight ends as it ends. */
  dropWaiting(id: string, reason: string): Promise<void>
  list(after: string | null, limit: number): Promise<Webhook[]>
  /** Enabled endpoints and what they want; empty types: all. */
  enabled(): Promise<{ readonly id: string; readonly types: readonly WebhookType[] }[]>
}

const COLUMNS = 'id, url, types, state, description, signature, public_key as "publicKey", created_at as "createdAt"'

export function webhookStore(trx: Transaction, workspaceId: string): WebhookStore {
  return {
    async count() {
      const [found] = await rows<{ n: number }>(trx, 'select count(*)::int as n from webhook where workspace_id = ?', [
        workspaceId,
      ])
      return found?.n ?? 0
    },
    async add({ id, url, types, state, description, signature, publicKey, secret }) {
      const [made] = await rows<{ created_at: Date }>(
        trx,
        `insert into webhook (workspace_id, id, url, types, state, description, signature, public_key, secret)
         values (?, ?, ?, ?::text[], ?, ?, ?, ?, ?) returning created_at`,
        [workspaceId, id, url, types, state, description, signature, publicKey, Buffer.from(secret)],
      )
      if (made === undefined) throw new Error('an endpoint was not added')
      return made.created_at
    },
    async change({ id, url, types, state, description }) {
      const [changed] = await rows<Webhook>(
        trx,
        `update webhook set url = ?, types = ?::text[], state = ?, description = ?, failures = 0, rests_until = null
          where workspace_id = ? and id = ? returning ${COLUMNS}`,
        [url, types, state, description, workspaceId, id],
      )
      return changed
    },
    async scheme(id) {
      const [found] = await rows<{ signature: SignatureScheme }>(
        trx,
        'select signature from webhook where workspace_id = ? and id = ? for update',
        [workspaceId, id],
      )
      return found?.signature
    },
    async rotate(id, { scheme, publicKey }, secret) {
      const [rotated] = await rows<{ ends: Date }>(
        trx,
        `update webhook
            set old_secret = secret, old_secret_ends_at = clock_timestamp() + interval '24 hours',
                secret = ?, signature = ?, public_key = ?
          where workspace_id = ? and id = ? returning old_secret_ends_at as ends`,
        [Buffer.from(secret), scheme, publicKey, workspaceId, id],
      )
      return rotated?.ends
    },
    async remove(id) {
      return (await touched(trx, 'delete from webhook where workspace_id = ? and id = ?', [workspaceId, id])) > 0
    },
    dropWaiting: (id, reason) => dropWaiting(trx, workspaceId, id, reason),
    list: (after, limit) =>
      rows<Webhook>(
        trx,
        `select ${COLUMNS} from webhook where workspace_id = ? and (?::uuid is null or id > ?::uuid) order by id limit ?`,
        [workspaceId, after, after, limit],
      ),
    enabled: () =>
      rows<{ id: string; types: WebhookType[] }>(
        trx,
        "select id, types from webhook where workspace_id = ? and state = 'enabled' order by id",
        [workspaceId],
      ),
  }
}

/** Served by webhook_message_due. */
export async function dropWaiting(trx: Transaction, workspaceId: string, webhookId: string, reason: string) {
  await touched(
    trx,
    `update webhook_message set state = 'skipped', reason = ?, due_at = null
      where workspace_id = ? and webhook_id = ? and due_at is not null and state in ('pending', 'retry')`,
    [reason, workspaceId, webhookId],
  )
}
