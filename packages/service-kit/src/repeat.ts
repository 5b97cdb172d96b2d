import type { Logger } from './logger.ts'

export interface Repeated extends AsyncDisposable {
  /** Does not wait for the pause to end; asked while it works, it works once more. */
  now(): void
}

/**
 * Does the work again and again, never two at once, with a pause between; what fails is told and tried again. Disposing
 * waits for the one that runs.
 */
export function repeat(
  name: string,
  pauseMs: number,
  work: () => Promise<unknown>,
  log: Pick<Logger, 'warn'>,
): Repeated {
  let stopped = false
  let asked = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined
  const plan = () => {
    if (!stopped) timer = setTimeout(start, asked ? 0 : pauseMs)
  }
  const start = () => {
    asked = false
    running = work()
      .catch((err: unknown) => log.warn({ err, sweep: name }, 'a sweep failed and is tried again'))
      .then(() => {
        running = undefined
        plan()
      })
  }
  plan()
  return {
    now() {
      asked = true
      if (running || stopped) return
      clearTimeout(timer)
      start()
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
