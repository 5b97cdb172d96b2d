import { describe, expect, it } from 'vitest'
import { leafHash } from './record-hashes.ts'
import { newPersonKey, openLeaf, sealLeaf } from './sealed-leaf.ts'

const content = '{"ticketId":"t","values":{"requester.first_name":"Ada"}}'

describe('a leaf of the record', () => {
  it('opens under its key, and hashes to what was told', () => {
    const key = newPersonKey()
    const { hash, sealed } = sealLeaf(content, key)
    const opened = openLeaf(sealed, key)
    expect(opened?.content).toBe(content)
    expect(leafHash(opened?.salt ?? Buffer.of(), content)).toEqual(hash)
  })

  it('is lost with its key: neither content nor salt can be read', () => {
    const { sealed } = sealLeaf(content, newPersonKey())
    expect(openLeaf(sealed, undefined)).toBeUndefined()
    expect(Buffer.from(sealed).includes('Ada')).toBe(false)
    expect(() => openLeaf(sealed, newPersonKey())).toThrow()
  })

  it('stays open where there is nobody to be erased', () => {
    const { sealed } = sealLeaf(content, undefined)
    expect(openLeaf(sealed, undefined)?.content).toBe(content)
  })

  it('is another one each time', () => {
    const key = newPersonKey()
    expect(sealLeaf(content, key).hash).not.toEqual(sealLeaf(content, key).hash)
  })
})
