import { signBy } from './webhook-key.ts'

/**
 * The value of `webhook-signature` (Standard Webhooks): `id.timestamp.body` signed with each secret, the newest first;
 * `timestamp` in whole seconds since 1970. Secrets are `whsec_` (HMAC-SHA256) or `whsk_` (ed25519) and base64.
 */
export const signatureOf = (id: string, timestamp: number, body: string, secrets: readonly string[]): string =>
  secrets.map((secret) => signBy(secret, `${id}.${timestamp}.${body}`)).join(' ')
