/** Whoever waits for work, and for who brings some. */
export interface Bell {
  readonly ring: () => void
  readonly wait: (ms: number) => Promise<void>
}

/** Somebody waits for a while, or until the bell rings; a ring before the wait counts. */
export function createBell(): Bell {
  let rung = false
  let wake = () => {}
  return {
    ring: () => {
      rung = true
      wake()
    },
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer)
          rung = false
          wake = () => {}
          resolve()
        }
        const timer = setTimeout(done, ms)
        wake = done
        if (rung) done()
      }),
  }
}
