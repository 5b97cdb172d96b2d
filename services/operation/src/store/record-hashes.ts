import { createHash } from 'node:crypto'

/** Hashes are SHA-256; what is hashed starts with a byte that says what it is, so that no kind passes for another. */
const LEAF = Buffer.of(0)
const NODE = Buffer.of(1)
const ENTRY = Buffer.of(2)

/** What stands before the first entry of a chain. */
export const CHAIN_START: Uint8Array = Buffer.alloc(32)
/** The root of no leaf at all. */
export const EMPTY_ROOT: Uint8Array = createHash('sha256').digest()

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** Stands for a text in the record: whoever has the text can tell that it was this one. */
export const textDigest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A leaf's hash gives nothing away about its content without the salt. */
export const leafHash = (salt: Uint8Array, content: string): Uint8Array => sha256(LEAF, salt, Buffer.from(content))

/** An entry is bound to everything before it. */
export const entryHash = (previous: Uint8Array, content: string): Uint8Array =>
  sha256(ENTRY, previous, Buffer.from(content))

/** The Merkle tree hash of RFC 6962 §2.1 over leaf hashes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves
  if (only === undefined) return EMPTY_ROOT
  if (leaves.length === 1) return only
  const half = splitAt(leaves.length)
  return sha256(NODE, merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)))
}

/** What proves that the leaf at `index` is in the root, from the leaf upwards (RFC 6962 §2.1.1). */
export function merkleProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (leaves.length <= 1) return []
  const half = splitAt(leaves.length)
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)]
  return index < half
    ? [...merkleProof(left, index), merkleRoot(right)]
    : [...merkleProof(right, index - half), merkleRoot(left)]
}

/** The largest power of two below the number of leaves. */
const splitAt = (count: number): number => 2 ** Math.floor(Math.log2(count - 1))
