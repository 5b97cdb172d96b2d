import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { beating } from './beating.ts'

async function* numbers(count: number, everyMs: number, signal: AbortSignal): AsyncGenerator<number> {
  for (let at = 1; at <= count && !signal.aborted; at += 1) {
    await pause(everyMs, undefined, { signal })
    yield at
  }
}

it('gives what comes, and a beat whenever nothing does', async () => {
  const got: (number | undefined)[] = []
  for await (const each of beating((signal) => numbers(3, 60, signal), 20)) got.push(each)
  expect(got.filter((each) => each !== undefined)).toEqual([1, 2, 3])
  expect(got.filter((each) => each === undefined).length).toBeGreaterThanOrEqual(3)
})

it('ends the source when it is left in the middle of a wait', async () => {
  let ended = false
  async function* endless(signal: AbortSignal): AsyncGenerator<number> {
    try {
      yield 1
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    } finally {
      ended = true
    }
  }
  for await (const each of beating(endless, 10)) if (each === undefined) break
  expect(ended).toBe(true)
})

it('asks for the next thing only when the last one was taken', async () => {
  let made = 0
  async function* source(): AsyncGenerator<number> {
    for (;;) {
      made += 1
      yield made
    }
  }
  const beats = beating(source, 1_000)
  await beats.next()
  await new Promise(setImmediate)
  expect(made).toBe(1)
  await beats.return(undefined)
})

it('passes on what the source throws', async () => {
  async function* broken(): AsyncGenerator<number> {
    yield 1
    throw new Error('lost')
  }
  const beats = beating(broken, 1_000)
  await beats.next()
  await expect(beats.next()).rejects.toThrow('lost')
})
