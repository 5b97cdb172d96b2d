import { invalid } from '@umbel/kernel'

/** What endpoints can be told, by the names that stand in `type`. */
export const webhookTypes = [
  'ticket.opened',
  'ticket.status.changed',
  'ticket.comment.added',
  'operation.finished',
] as const
export type WebhookType = (typeof webhookTypes)[number]

/** `disabled` by an admin; `gone` said the endpoint itself (410). */
export type WebhookState = 'enabled' | 'disabled' | 'gone'

/** How messages are signed (Standard Webhooks): `v1`, by a secret that both sides know; `v1a`, by a key that is ours. */
export const signatureSchemes = ['hmac', 'ed25519'] as const
export type SignatureScheme = (typeof signatureSchemes)[number]

/** An endpoint as admins see it; its secret is told once and never here. */
export interface Webhook {
  readonly id: string
  readonly url: string
  /** Empty: all. */
  readonly types: readonly WebhookType[]
  readonly state: WebhookState
  readonly description: string
  readonly signature: SignatureScheme
  /** `whpk_` and base64; empty for hmac. */
  readonly publicKey: string
  readonly createdAt: Date
}

/** An endpoint as an admin wants it. */
export interface WantedWebhook {
  readonly url: string
  readonly types: readonly string[]
  /** Empty: enabled. */
  readonly state: string
  readonly description: string
  /** Empty: hmac for a new one, else the one that it has. */
  readonly signature: string
}

/** What was decided of it. */
export type DecidedWebhook = Pick<Webhook, 'url' | 'types' | 'state' | 'description'> & {
  readonly signature: SignatureScheme | undefined
}

const LONGEST_URL = 2_000
const LONGEST_DESCRIPTION = 500
/** So many endpoints a workspace may have: each fact is a message for each of them. */
export const MOST_WEBHOOKS = 50

/** Checks what is wanted. Without `plain` only https is taken. Throws `invalid`. */
export function decideWebhook(
  { url, types, state, description, signature }: WantedWebhook,
  plain: boolean,
): DecidedWebhook {
  if (description.length > LONGEST_DESCRIPTION)
    throw invalid('text-too-long', `a description has at most ${LONGEST_DESCRIPTION} characters`, {
      field: 'description',
    })
  if (state !== '' && state !== 'enabled' && state !== 'disabled')
    throw invalid('webhook-state-unknown', 'a webhook is enabled or disabled', { field: 'state' })
  return {
    url: checkUrl(url, plain),
    types: types.map(knownType),
    state: state || 'enabled',
    description,
    signature: knownScheme(signature),
  }
}

/** The scheme of this name; undefined where none is named. Throws `invalid`. */
export function knownScheme(name: string): SignatureScheme | undefined {
  const known = signatureSchemes.find((one) => one === name)
  if (known === undefined && name !== '')
    throw invalid('webhook-signature-unknown', `signatures are ${signatureSchemes.join(' or ')}`, {
      field: 'signature',
    })
  return known
}

function knownType(type: string): WebhookType {
  const known = webhookTypes.find((one) => one === type)
  if (known === undefined)
    throw invalid('webhook-type-unknown', `types are ${webhookTypes.join(', ')}`, { field: 'types' })
  return known
}

function checkUrl(text: string, plain: boolean): string {
  const url = text.length <= LONGEST_URL && URL.canParse(text) ? new URL(text) : undefined
  const schemes = plain ? ['https:', 'http:'] : ['https:']
  if (url === undefined || !schemes.includes(url.protocol))
    throw invalid('webhook-url-refused', `the address must begin with ${plain ? 'http' : 'https'}://`, { field: 'url' })
  if (url.username !== '' || url.password !== '' || url.hash !== '')
    throw invalid('webhook-url-refused', 'the address has a login or a fragment', { field: 'url' })
  return url.href
}
