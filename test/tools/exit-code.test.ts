import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const RUNNER = fileURLToPath(new URL('../../tools/test.ts', import.meta.url))
const FIXTURES = fileURLToPath(new URL('../support/fixtures', import.meta.url))

it('ends with an error and the count when a test fails', { timeout: 60_000 }, () => {
  const run = runFixture('failing')
  expect(run.status).toBe(1)
  expect(run.lastLine).toBe('1 passed, 1 failed, 0 skipped')
})

it('ends with an error and says so when the setup throws', { timeout: 60_000 }, () => {
  const run = runFixture('broken-setup')
  expect(run.status).toBe(1)
  expect(run.complaint).toMatch(/The (tests could not run|run broke outside of its tests)/)
  expect(run.lastLine).toBe('0 passed, 0 failed, 0 skipped')
})

function runFixture(name: string) {
  const root = `${FIXTURES}/${name}`
  const run = spawnSync(process.execPath, [RUNNER, '--root', root, '--config', `${root}/vitest.config.ts`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  const lines = run.stdout.trimEnd().split('\n')
  return { status: run.status, complaint: run.stderr, lastLine: lines.at(-1) }
}
