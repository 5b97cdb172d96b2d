import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'

const fixture = fileURLToPath(new URL('./fixtures/process.ts', import.meta.url))

/** Runs a process that behaves like this to its end; a signal is sent once it is ready. */
async function run(behaviour: string, signal?: NodeJS.Signals): Promise<{ code: unknown; said: string[] }> {
  const child = spawn(process.execPath, ['--conditions=source', fixture, behaviour], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'exit')
  if (signal !== undefined) {
    await until(() => output.includes('"ready"'), { what: 'the process to be ready' })
    child.kill(signal)
  }
  const [code] = await ended
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return { code, said: lines.map(({ msg }) => msg) }
}

it.each(['SIGTERM', 'SIGINT'] as const)('starts, works and ends cleanly on %s', async (signal) => {
  expect(await run('well-behaved', signal)).toEqual({ code: 0, said: ['ready', 'stopping', 'disposed'] })
})

it('exits with 1, and says why, when it cannot start', async () => {
  expect(await run('no-start')).toEqual({ code: 1, said: ['the service could not start or stop'] })
})

it('exits with 1 when it cannot stop', async () => {
  expect(await run('bad-end', 'SIGTERM')).toMatchObject({ code: 1 })
})

it('does not go on after an error that nobody caught', async () => {
  const { code, said } = await run('unwatched')
  expect(code).toBe(1)
  expect(said).toContain('the process ends because of a promise nobody watched')
})
