export type Shared<T> = (key: string, ask: () => Promise<T>) => Promise<T>

/**
 * One answer for everybody who asks by the same key within so many milliseconds of the question. A failure goes to those
 * who wait for it, and the next one asks anew.
 */
export function sharedFor<T>(ms: number, clock: () => number): Shared<T> {
  const held = new Map<string, { readonly answer: Promise<T>; readonly until: number }>()
  // all are held for the same time, so that the oldest come first
  const forgetOld = (now: number) => {
    for (const [key, { until }] of held) {
      if (until > now) return
      held.delete(key)
    }
  }
  return (key, ask) => {
    const now = clock()
    forgetOld(now)
    const known = held.get(key)
    if (known !== undefined) return known.answer
    const answer = ask()
    held.set(key, { answer, until: now + ms })
    answer.catch(() => {
      if (held.get(key)?.answer === answer) held.delete(key)
    })
    return answer
  }
}
