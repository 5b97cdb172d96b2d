import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMail } from '@umbel/local/infra'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { umbelIn } from '../support/cli.ts'
import { startWorld, type World } from '../support/world.ts'

const stack = new AsyncDisposableStack()
let world: World
let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'umbel-demo-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  const mail = stack.use(await startMail({ port: 0, webPort: 0, dataFolder: home, logFolder: home }))
  world = stack.use(await startWorld({ smtpUrl: mail.address }))
  await world.workspace('demo')
  // what `npm start` leaves behind for the command line
  const told = { mail: mail.webUrl, smtp: mail.address, replies: world.replies }
  await writeFile(join(home, 'stack.json'), JSON.stringify(told))
})
afterAll(() => stack.disposeAsync())

async function play(...more: readonly string[]) {
  const { code, stdout, stderr } = await umbelIn(world, { UMBEL_HOME: home }, 'demo', '--json', '--hold', '0', ...more)
  expect(stdout, stderr).toMatch(/^\{.*\}\n$/)
  return { code, observed: JSON.parse(stdout) as Record<string, unknown> }
}

describe('the demo', () => {
  it('reaches all eight customers, twice, and hears one of them', async () => {
    const { code, observed } = await play()
    expect(observed).toMatchObject({
      children: 8,
      broadcast: { applied: 8, mails: 8 },
      close: { applied: 8, mails: 8 },
      replies: 1,
      foreignTokens: 0,
      rollupDifferences: 0,
    })
    expect(code).toBe(0)
  })

  it.each([
    ['leak', ({ foreignTokens }: Record<string, unknown>) => Number(foreignTokens) > 0],
    ['lose-mail', ({ broadcast }: Record<string, unknown>) => (broadcast as { mails: number }).mails === 7],
    ['double-mail', ({ broadcast }: Record<string, unknown>) => (broadcast as { mails: number }).mails === 9],
    ['stale-rollup', ({ rollupDifferences }: Record<string, unknown>) => Number(rollupDifferences) > 0],
  ] as const)('notices a %s', async (sabotage, shows) => {
    const { code, observed } = await play('--sabotage', sabotage)
    expect(shows(observed), JSON.stringify(observed)).toBe(true)
    expect(code).toBe(1)
  })
})
