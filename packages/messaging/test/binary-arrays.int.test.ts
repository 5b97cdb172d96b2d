import { newId } from '@umbel/kernel/ids'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  bigintArray,
  booleanArray,
  byteaArray,
  jsonbArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from '../src/index.ts'

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
    expect(await backFrom('boolean', booleanArray([true, false]))).toEqual([true, false])
    const wholes = [0, 1, -1, 2 ** 32, -(2 ** 32) - 7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]
    expect(await backFrom('bigint', bigintArray(wholes))).toEqual(wholes.map(String))
  })

  it('keeps instants to the microsecond', async () => {
    const micros = [0, 946_684_800_000_000, 1_767_225_600_123_457, 915_148_800_000_001]
    const { rows } = await client.query(
      'select (extract(epoch from at) * 1000000)::bigint::text as at from unnest($1::timestamptz[]) as t(at)',
      [timestamptzArray(micros)],
    )
    expect(rows.map(({ at }) => Number(at))).toEqual(micros)
  })

  it('keeps what is null', async () => {
    const id = newId()
    expect(await backFrom('uuid', uuidArray([null, id]))).toEqual([null, id])
    expect(await backFrom('text', textArray(['', null]))).toEqual(['', null])
    expect(await backFrom('jsonb', jsonbArray([null, '1']))).toEqual([null, 1])
    expect(await backFrom('timestamptz', timestamptzArray([null]))).toEqual([null])
  })

  it('may be empty', async () => {
    expect(await backFrom('text', textArray([]))).toEqual([])
  })

  it('refuses what is no uuid', () => {
    expect(() => uuidArray(['no-uuid'])).toThrow(TypeError)
  })
})
