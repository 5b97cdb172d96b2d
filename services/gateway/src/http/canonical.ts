import { createHash } from 'node:crypto'
import { canonicalJson } from '@umbel/kernel'

/** SHA-256 over what a write asks for, so that the same key with another wish is told apart. */
export function digestOf(method: string, path: string, body: unknown): Uint8Array {
  return createHash('sha256')
    .update(`${method.toUpperCase()} ${path}\n${canonicalJson(body)}`)
    .digest()
}
