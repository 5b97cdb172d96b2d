import { newId } from '@umbel/kernel/ids'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { byteaArray, jsonbArray, textArray, uuidArray } from '../src/index.ts'

describe('an array in binary', () => {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
  const backFrom = async (type: string, array: Buffer): Promise<unknown> =>
    (await client.query(`select $1::${type}[] as array`, [array])).rows[0].array

  beforeAll(() => client.connect())
  afterAll(() => client.end())

  it('comes back from Postgres as it was', async () => {
    const texts = ['', 'plain', 'a "quoted", {braced} \\ one', 'null', 'NULL', 'ünï 🙂 code']
    expect(await backFrom('text', textArray(texts))).toEqual(texts)
    const objects = [{}, { 'with "quotes"': ['\\', 1, null] }, { name: '🙂' }]
    expect(await backFrom('jsonb', jsonbArray(objects.map((each) => JSON.stringify(each))))).toEqual(objects)
    const bytes = [new Uint8Array(), Uint8Array.of(0, 92, 255), Buffer.from('text')]
    expect(await backFrom('bytea', byteaArray(bytes))).toEqual(bytes.map((each) => Buffer.from(each)))
    const ids = [newId(), newId()]
    expect(await backFrom('uuid', uuidArray(ids))).toEqual(ids)
  })

  it('may be empty', async () => {
    expect(await backFrom('text', textArray([]))).toEqual([])
  })

  it('refuses what is no uuid', () => {
    expect(() => uuidArray(['no-uuid'])).toThrow(TypeError)
  })
})
