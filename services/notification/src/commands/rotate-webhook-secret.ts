import { type Actor, authorize, type KeyedWrite, notFound } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import { knownScheme, type SignatureScheme } from '../domain/webhook.ts'
import type { Session } from '../store/unit-of-work.ts'
import type { WebhookDeps } from './put-webhook.ts'
import { type SecretBox, secretPlace, toldSecret } from './secret-box.ts'

export interface RotateSecret {
  readonly actor: Actor
  readonly write: KeyedWrite
  readonly webhookId: string
  /** Empty: as before. */
  readonly signature: string
}

export interface RotatedSecret {
  /** Empty for ed25519. */
  readonly secret: string
  /** Empty for hmac. */
  readonly publicKey: string
  readonly oldEndsAt: Date
}

/**
 * Gives an endpoint a new secret or pair of keys, of the other scheme where that is asked for; the one it had signs
 * beside it for 24 hours, an older one no longer.
 */
export const rotateWebhookSecret =
  ({ transact, box }: Pick<WebhookDeps, 'transact' | 'box'>) =>
  async ({ actor, write, webhookId, signature }: RotateSecret): Promise<RotatedSecret> => {
    authorize(actor, 'manage-deliveries')
    const scheme = knownScheme(signature)
    const { workspaceId } = write
    const place = `answer ${workspaceId} ${write.key}`
    const answer = await transact({ workspaceId }, (session) =>
      session.once(write, async () => {
        const rotated = isId(webhookId) ? await rotate(session, box, webhookId, scheme) : undefined
        if (rotated === undefined) throw notFound('not-found', 'no such webhook in this workspace')
        return box.seal(JSON.stringify(rotated), place)
      }),
    )
    const { oldEndsAt, ...told } = JSON.parse(box.open(answer, place)) as RotatedSecret
    return { ...told, oldEndsAt: new Date(oldEndsAt) }
  }

async function rotate(
  { workspaceId, webhooks }: Session,
  box: SecretBox,
  id: string,
  wanted: SignatureScheme | undefined,
): Promise<RotatedSecret | undefined> {
  const scheme = wanted ?? (await webhooks.scheme(id))
  if (scheme === undefined) return undefined
  const key = box.make(scheme)
  const oldEndsAt = await webhooks.rotate(id, key, box.seal(key.secret, secretPlace(workspaceId, id)))
  return oldEndsAt && { secret: toldSecret(key), publicKey: key.publicKey, oldEndsAt }
}
