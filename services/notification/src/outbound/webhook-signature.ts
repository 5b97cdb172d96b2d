import { createHmac } from 'node:crypto'

/**
 * The value of `webhook-signature` (Standard Webhooks, symmetric): HMAC-SHA256 over `id.timestamp.body` under each
 * secret, the newest first; `timestamp` in whole seconds since 1970. Secrets are `whsec_` and base64.
 */
export function signatureOf(id: string, timestamp: number, body: string, secrets: readonly string[]): string {
  const signed = `${id}.${timestamp}.${body}`
  return secrets.map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(signed).digest('base64')}`).join(' ')
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
