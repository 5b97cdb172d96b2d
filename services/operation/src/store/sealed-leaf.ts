import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto'
import { leafHash } from './record-hashes.ts'

/** One child's part of a page's record, as it is kept: salt and content under the key of its requester. */
export interface SealedLeaf {
  readonly hash: Uint8Array
  readonly sealed: Uint8Array
}
/** The same, opened. */
export interface OpenLeaf {
  readonly salt: Uint8Array
  readonly content: string
}

const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'
/** The first byte of what is kept. */
const OPEN = 0
const SEALED = 1

export const newPersonKey = (): Uint8Array => randomBytes(32)

/**
 * Hashes a leaf under a fresh salt and seals both with the requester's key (AES-256-GCM); a child without a requester
 * has nobody to be erased, and its leaf stays open. Once the key is gone so is the salt, and the hash says nothing.
 */
export function sealLeaf(content: string, key: Uint8Array | undefined): SealedLeaf {
  const random = randomBytes(SALT_BYTES + NONCE_BYTES)
  const [salt, nonce] = [random.subarray(0, SALT_BYTES), random.subarray(SALT_BYTES)]
  const plain = Buffer.concat([salt, Buffer.from(content)])
  return {
    hash: leafHash(salt, content),
    sealed: key === undefined ? marked(OPEN, plain) : encrypted(plain, key, nonce),
  }
}

/** Opens a leaf; undefined where its key was destroyed. */
export function openLeaf(sealed: Uint8Array, key: Uint8Array | undefined): OpenLeaf | undefined {
  const [mark] = sealed
  if (mark === SEALED && key === undefined) return undefined
  const plain = mark === SEALED && key !== undefined ? decrypted(sealed, key) : Buffer.from(sealed.subarray(1))
  return { salt: plain.subarray(0, SALT_BYTES), content: plain.subarray(SALT_BYTES).toString('utf8') }
}

const marked = (mark: number, ...parts: readonly Uint8Array[]) => Buffer.concat([Buffer.of(mark), ...parts])

function encrypted(plain: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, createSecretKey(key), nonce) // a bare key takes Node twice as long to look at
  const text = Buffer.concat([cipher.update(plain), cipher.final()])
  return marked(SEALED, nonce, cipher.getAuthTag(), text)
}

function decrypted(sealed: Uint8Array, key: Uint8Array): Buffer {
  const rest = sealed.subarray(1)
  const decipher = createDecipheriv(CIPHER, key, rest.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(rest.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  return Buffer.concat([decipher.update(rest.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
}
