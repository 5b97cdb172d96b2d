import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeLog } from '@umbel/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkLog } from '../src/incident-log/read-rows.ts'
import { gateway, plan, run } from './stage.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'umbel-files-'))
  await writeFile(join(folder, 'text.txt'), 'Zu spät')
  await writeFile(join(folder, 'latin1.txt'), Buffer.from('Zu spät', 'latin1'))
  await writeFile(join(folder, 'broken.csv.gz'), 'no gzip')
  await writeFile(join(folder, 'other.csv'), 'a,b\n1,2\n')
})
afterAll(() => rm(folder, { recursive: true }))

describe('a file', () => {
  it('is sought where the user is', async () => {
    await using rest = await gateway({ 'POST /v1/masters/9/operations': [201, plan] })
    const line = 'master 9 broadcast --file text.txt --variants de=text.txt'
    expect((await run(line, rest.url, { UMBEL_CWD: folder })).code).toBe(0)
    expect(rest.bodies).toMatchObject([{ text: 'Zu spät', variants: [{ locale: 'de', text: 'Zu spät' }] }])
  })

  it('that is not UTF-8 reaches nobody', async () => {
    await using rest = await gateway({})
    const { code, err } = await run('master 9 broadcast --file latin1.txt', rest.url, { UMBEL_CWD: folder })
    expect([code, rest.asked]).toEqual([2, []])
    expect(err).toContain('latin1.txt is not UTF-8')
  })

  it.each(['nope.csv', 'nope.csv.gz', 'broken.csv.gz', 'other.csv', '.'])(
    'that is no log is not imported and makes no workspace: %s',
    async (file) => {
      await using rest = await gateway({})
      const env = { UMBEL_CWD: folder, KAFKA_BROKERS: '127.0.0.1:1' }
      const { code, err } = await run(`import incident-log ${file}`, rest.url, env)
      expect([code, rest.asked]).toEqual([2, []])
      expect(err).toMatch(/cannot be read|is no incident log/)
    },
  )

  it.each(['nope.csv', 'nope.csv.gz', 'broken.csv.gz', '.'])(
    'that cannot be read is not verified: %s',
    async (file) => {
      const { code, err } = await run(`verify incident-log ${file}`, 'http://127.0.0.1:1', { UMBEL_CWD: folder })
      expect(code).toBe(2)
      expect(err).toMatch(/^umbel: .* cannot be read: .*\n$/)
    },
  )

  it.each([true, false])('that is a log is left alone after its first row, zipped %s', async (gzip) => {
    await using log = await writeLog(
      Array.from({ length: 50_000 }, (_, at) => ({ number: String(at) })),
      { gzip },
    )
    await expect(checkLog(log.path)).resolves.toBeUndefined()
  })
})
