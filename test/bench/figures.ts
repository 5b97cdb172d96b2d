/** A figure over several runs. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (index: number) => sorted[index] ?? 0
  const middle = Math.floor((sorted.length - 1) / 2)
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle) + at(middle + 1)) / 2
  return { median: rounded(median), low: rounded(at(0)), high: rounded(at(sorted.length - 1)) }
}

export const rounded = (value: number): number => Math.round(value * 1000) / 1000

export const seconds = (ms: number): number => Math.round(ms) / 1000
