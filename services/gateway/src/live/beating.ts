import { setTimeout as pause } from 'node:timers/promises'

/**
 * What the source gives, and `undefined` whenever it has given nothing for so long. Asks for the next thing only when
 * the last one was taken. Whoever leaves ends the source by its signal.
 */
export async function* beating<T>(
  open: (signal: AbortSignal) => AsyncIterable<T>,
  everyMs: number,
): AsyncGenerator<T | undefined> {
  const left = new AbortController()
  const things = open(left.signal)[Symbol.asyncIterator]()
  let next: Promise<IteratorResult<T>> | undefined
  try {
    for (;;) {
      next ??= things.next()
      const come = await within(next, everyMs)
      if (come?.done === true) return
      if (come !== undefined) next = undefined
      yield come?.value
    }
  } finally {
    left.abort()
    next?.catch(() => {}) // whoever left early does not hear how the rest went
    await things.return?.()
  }
}

async function within<T>(wanted: Promise<T>, ms: number): Promise<T | undefined> {
  const come = new AbortController()
  const beat = pause(ms, undefined, { signal: come.signal }).catch(() => undefined)
  try {
    return await Promise.race([wanted, beat])
  } finally {
    come.abort()
  }
}
