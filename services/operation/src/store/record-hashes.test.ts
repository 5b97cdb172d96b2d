import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CHAIN_START, EMPTY_ROOT, entryHash, leafHash, merkleProof, merkleRoot } from './record-hashes.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const node = (left: Uint8Array, right: Uint8Array) =>
  createHash('sha256').update(Buffer.of(1)).update(left).update(right).digest()
const leavesOf = (count: number) => Array.from({ length: count }, (_, at) => leafHash(Buffer.alloc(16), String(at)))

/** Follows a proof upwards, by the sizes of the subtrees alone. */
function rootFrom(leaf: Uint8Array, index: number, count: number, proof: readonly Uint8Array[]): Uint8Array {
  if (count === 1) return leaf
  let half = 1
  while (half * 2 < count) half *= 2
  const [last, rest] = [proof.at(-1) ?? EMPTY_ROOT, proof.slice(0, -1)]
  return index < half
    ? node(rootFrom(leaf, index, half, rest), last)
    : node(last, rootFrom(leaf, index - half, count - half, rest))
}

describe('the record of an operation', () => {
  it('has the root of RFC 6962 over its leaves', () => {
    const [a, b, c] = leavesOf(3) as [Uint8Array, Uint8Array, Uint8Array]
    expect(hex(merkleRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(hex(merkleRoot([a]))).toBe(hex(a))
    expect(hex(merkleRoot([a, b, c]))).toBe(hex(node(node(a, b), c)))
  })

  it('proves each leaf, and none in the place of another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(39), fc.nat(39), (count, at, other) => {
        const leaves = leavesOf(count)
        const [index, wrong] = [at % count, other % count]
        const proof = merkleProof(leaves, index)
        const root = hex(merkleRoot(leaves))
        expect(hex(rootFrom(leaves[index] as Uint8Array, index, count, proof))).toBe(root)
        if (wrong !== index) expect(hex(rootFrom(leaves[wrong] as Uint8Array, index, count, proof))).not.toBe(root)
      }),
    )
  })

  it('gives nothing away without the salt, and changes with what it says', () => {
    const [salt, other] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)]
    expect(hex(leafHash(salt, '{}'))).not.toBe(hex(leafHash(other, '{}')))
    const first = entryHash(CHAIN_START, '{"seq":1}')
    expect(hex(entryHash(first, '{"seq":2}'))).not.toBe(hex(entryHash(CHAIN_START, '{"seq":2}')))
  })
})
