import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { lowerGroup } from '../src/lower-group.ts'

const groupOf = (pid: number) => readFile(`/proc/${pid}/autogroup`, 'utf8').catch(() => undefined)

it('lowers the group of a process that leads its own session, where there are groups', async () => {
  const child = spawn('sleep', ['30'], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  try {
    await lowerGroup(pid, 7)
    const group = await groupOf(pid)
    expect(group ?? 'nice 7').toContain('nice 7')
  } finally {
    child.kill()
  }
})

it('leaves alone what has ended', async () => {
  const child = spawn('true', { stdio: 'ignore' })
  await once(child, 'exit')
  await lowerGroup(child.pid ?? 0, 7)
})
