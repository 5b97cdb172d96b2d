import type { Logger } from '@umbel/service-kit'

/** Does the work again and again, never two at once, with a pause between. Disposing waits for the one that runs. */
export function repeat(name: string, pauseMs: number, work: () => Promise<unknown>, log: Logger): AsyncDisposable {
  let stopped = false
  let timer: NodeJS.Timeout
  let running: Promise<void> = Promise.resolve()
  const plan = () => {
    timer = setTimeout(() => {
      running = work()
        .catch((err: unknown) => log.warn({ err, sweep: name }, 'a sweep failed and is tried again'))
        .then(() => (stopped ? undefined : plan()))
    }, pauseMs)
  }
  plan()
  return {
    async [Symbol.asyncDispose]() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
