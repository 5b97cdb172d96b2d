import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { until } from '@umbel/test-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { spawnServer } from '../src/infra/spawn-server.ts'

const OWNER = fileURLToPath(new URL('fixtures/owner.ts', import.meta.url))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'umbel-spawn-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

it('ends a server in order, and a second time does nothing', async () => {
  const child = await spawnServer({ name: 'sleeper', command: 'sleep', args: ['3600'], logFolder: folder })
  expect(lives(child.pid)).toBe(true)
  await child.stop()
  await child.stop()
  expect(lives(child.pid)).toBe(false)
})

it('leaves no server behind when its owner is killed', async () => {
  const owner = spawn(process.execPath, ['--conditions=source', OWNER, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [said] = await once(owner.stdout, 'data')
  const pid = Number(String(said))
  expect(lives(pid)).toBe(true)
  owner.kill('SIGKILL')
  await until(() => !lives(pid), { what: 'the end of the server' })
})

it('says so when there is no such command', async () => {
  const start = spawnServer({ name: 'ghost', command: join(folder, 'ghost'), args: [], logFolder: folder })
  await expect(start).rejects.toThrow('ENOENT')
})

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
