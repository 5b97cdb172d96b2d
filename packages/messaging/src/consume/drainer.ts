import type { ConsumeLog } from './metrics.ts'

const EVERY_MS = 1_000

export interface Drainer extends AsyncDisposable {
  /** Drains at once; waits for a drain under way first. */
  now(): Promise<number>
}

/** Runs the drain again and again, never two at once. */
export function startDrainer(
  drain: (everything: boolean, signal: AbortSignal) => Promise<number>,
  log: ConsumeLog,
): Drainer {
  const stop = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const pass = (everything: boolean): Promise<number> => {
    const drained = running.then(() => drain(everything, stop.signal))
    running = drained.catch(() => undefined) // told to whoever asked for this pass
    return drained
  }
  const schedule = (): void => {
    if (!stop.signal.aborted) timer = setTimeout(tick, EVERY_MS)
  }
  const tick = (): void => {
    void pass(false)
      .catch((error: unknown) => {
        if (stop.signal.aborted) return
        log.warn({ err: error }, 'parked messages could not be drained and are tried again')
      })
      .then(schedule)
  }
  schedule()
  return {
    now: () => pass(true),
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the drainer stops'))
      clearTimeout(timer)
      await running
    },
  }
}
