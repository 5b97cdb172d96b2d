import { createHmac, createPrivateKey, generateKeyPairSync, type JsonWebKey, randomBytes, sign } from 'node:crypto'
import type { SigningKey } from '../commands/secret-box.ts'
import type { SignatureScheme } from '../domain/webhook.ts'

const SHARED = 'whsec_'
const PRIVATE = 'whsk_'
const PUBLIC = 'whpk_'
/** The specification asks for 24 to 64. */
const SECRET_BYTES = 32
/** RFC 8032; a private key is kept as its seed and the public key after it, as in NaCl. */
const SEED_BYTES = 32

/** A new secret, or pair of keys, in the forms of Standard Webhooks. */
export function makeKey(scheme: SignatureScheme): SigningKey {
  if (scheme === 'hmac') return { scheme, secret: SHARED + randomBytes(SECRET_BYTES).toString('base64'), publicKey: '' }
  const { d = '', x = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const [seed, point] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')]
  return {
    scheme,
    secret: PRIVATE + Buffer.concat([seed, point]).toString('base64'),
    publicKey: PUBLIC + point.toString('base64'),
  }
}

/** One signature with its version: `v1,` by a shared secret, `v1a,` by a private key; which it is says its prefix. */
export function signBy(secret: string, content: string): string {
  if (!secret.startsWith(PRIVATE)) return `v1,${createHmac('sha256', bytesOf(secret)).update(content).digest('base64')}`
  const key = createPrivateKey({ format: 'jwk', key: jwkOf(bytesOf(secret)) })
  return `v1a,${sign(null, Buffer.from(content), key).toString('base64')}`
}

const bytesOf = (secret: string): Buffer => Buffer.from(secret.replace(/^wh(sec|sk)_/, ''), 'base64')

const jwkOf = (pair: Buffer): JsonWebKey => ({
  kty: 'OKP',
  crv: 'Ed25519',
  d: pair.subarray(0, SEED_BYTES).toString('base64url'),
  x: pair.subarray(SEED_BYTES).toString('base64url'),
})
