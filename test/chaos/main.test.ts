import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

const chaos = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=source', MAIN, ...args], (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    )
  })

it.each([
  ['--only typo', 'no fault has typo in its name'],
  ['--runs none', '--runs takes a whole number'],
  ['--nonsense', "Unknown option '--nonsense'"],
])('ends with 2, which no broken promise does, where it cannot run: %s', async (args, why) => {
  const { code, out, err } = await chaos(...args.split(' '))
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(why)
})
