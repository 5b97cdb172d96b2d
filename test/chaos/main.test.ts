import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { ROOT } from './options.ts'

/** The command as `npm run chaos` starts it; what it refuses it refuses before it starts a server. */
const chaos = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['--conditions=source', 'test/chaos/main.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 20_000,
  })

it.each([
  [['--sort'], "Unknown option '--sort'"],
  [['--json', '--short', '--only', 'typo'], 'no fault has typo in its name'],
  [['--runs', '0'], '--runs takes a whole number'],
])('refuses %j before it starts anything', (args, why) => {
  const { status, stdout, stderr } = chaos(...args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(why)
})
