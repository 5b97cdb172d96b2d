import { type Actor, authorize, invalid, type KeyedWrite, notFound, refused } from '@umbel/kernel'
import { isId, newId } from '@umbel/kernel/ids'
import {
  type DecidedWebhook,
  decideWebhook,
  MOST_WEBHOOKS,
  type WantedWebhook,
  type Webhook,
} from '../domain/webhook.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { type SecretBox, secretPlace, toldSecret } from './secret-box.ts'

export interface PutWebhook {
  readonly actor: Actor
  readonly write: KeyedWrite
  /** Empty: a new one. */
  readonly id: string
  readonly wanted: WantedWebhook
}

export interface PutWebhookAnswer {
  readonly webhook: Webhook
  /** Of a new one that is signed by hmac; else empty. */
  readonly secret: string
}

export interface WebhookDeps {
  readonly transact: Transact
  readonly box: SecretBox
  /** Whether addresses of this house and plain http are taken. */
  readonly allowPrivate: boolean
  /** Whether an address is one that no webhook may have. */
  readonly isRefused: (url: string) => boolean
}

/**
 * Makes or changes an endpoint. The answer to a new one holds its secret, so it is kept sealed for the repeat: a lost
 * answer costs no second endpoint.
 */
export const putWebhook =
  ({ transact, box, allowPrivate, isRefused }: WebhookDeps) =>
  async ({ actor, write, id, wanted }: PutWebhook): Promise<PutWebhookAnswer> => {
    authorize(actor, 'manage-deliveries')
    const decided = decideWebhook(wanted, allowPrivate)
    if (!allowPrivate && isRefused(decided.url))
      throw invalid('webhook-url-refused', 'the address is inside a house, not on the internet', { field: 'url' })
    const place = `answer ${write.workspaceId} ${write.key}`
    const answer = await transact({ workspaceId: write.workspaceId }, (session) =>
      session.once(write, async () => {
        const put = id === '' ? await make(session, box, decided) : await change(session, id, decided)
        return box.seal(JSON.stringify(put), place)
      }),
    )
    const { webhook, secret } = JSON.parse(box.open(answer, place)) as PutWebhookAnswer
    return { webhook: { ...webhook, createdAt: new Date(webhook.createdAt) }, secret }
  }

async function make(
  { workspaceId, webhooks }: Session,
  box: SecretBox,
  { signature = 'hmac', ...decided }: DecidedWebhook,
): Promise<PutWebhookAnswer> {
  if ((await webhooks.count()) >= MOST_WEBHOOKS)
    throw refused('too-many-webhooks', `a workspace has at most ${MOST_WEBHOOKS} webhooks`)
  const id = newId()
  const key = box.make(signature)
  const made = { id, ...decided, signature, publicKey: key.publicKey }
  const createdAt = await webhooks.add({ ...made, secret: box.seal(key.secret, secretPlace(workspaceId, id)) })
  return { webhook: { ...made, createdAt }, secret: toldSecret(key) }
}

async function change(
  { webhooks }: Session,
  id: string,
  { signature, ...decided }: DecidedWebhook,
): Promise<PutWebhookAnswer> {
  const webhook = isId(id) ? await webhooks.change({ id, ...decided }) : undefined
  if (webhook === undefined) throw notFound('not-found', 'no such webhook in this workspace')
  if (signature !== undefined && signature !== webhook.signature)
    throw refused('webhook-signature-stands', 'how a webhook signs changes when its secret is rotated', {
      field: 'signature',
    })
  if (webhook.state !== 'enabled') await webhooks.dropWaiting(id, 'webhook-disabled')
  return { webhook, secret: '' }
}
