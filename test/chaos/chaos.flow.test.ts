import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { check } from './check/check.ts'
import { type Desk, startDesk } from './desk.ts'
import { shortFaults } from './faults.ts'
import { readHistory } from './history.ts'
import { findingsOf } from './report.ts'
import { runOnce } from './run.ts'

describe('the short form of chaos', () => {
  let desk: Desk
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'umbel-chaos-short-'))
    desk = await startDesk(undefined) // the servers are the test run's, and are not hurt
  })
  afterAll(async () => {
    await desk?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it.each(shortFaults.map((fault, at) => ({ fault, run: at + 1, name: fault.name, during: fault.during })))(
    '$name during $during breaks no promise',
    async ({ fault, run }) => {
      const result = await runOnce(desk, fault, { run, seed: run, children: 40, folder })
      expect(findingsOf(result)).toEqual([])
      expect(result.struck).toBe(true)
      expect(check(await readHistory(join(folder, result.history)))).toEqual(result.verdict)
    },
  )
})
