import type { SignatureScheme } from '../domain/webhook.ts'

/** What an endpoint's messages are signed with. */
export interface SigningKey {
  readonly scheme: SignatureScheme
  /** `whsec_` (hmac) or `whsk_` (ed25519), and base64. */
  readonly secret: string
  /** `whpk_` and base64; empty for hmac. */
  readonly publicKey: string
}

/** Makes, seals and opens the secrets of endpoints; what is sealed for one place opens nowhere else. */
export interface SecretBox {
  make(scheme: SignatureScheme): SigningKey
  seal(text: string, place: string): Uint8Array
  /** Throws on what was sealed with another key, for another place, or tampered with. */
  open(sealed: Uint8Array, place: string): string
}

/** Where a webhook's secret is kept. */
export const secretPlace = (workspaceId: string, webhookId: string): string => `webhook ${workspaceId} ${webhookId}`

/** What an endpoint has to know of its key: the secret that both sides share, or nothing of one that stays here. */
export const toldSecret = ({ scheme, secret }: SigningKey): string => (scheme === 'hmac' ? secret : '')
