import { invalid } from '@umbel/kernel'

const USUAL = 50
const LARGEST = 1_000

/** 1 to 1,000; 0 means 50. */
export function pageSize(asked: number): number {
  if (asked === 0) return USUAL
  if (asked < 0 || asked > LARGEST)
    throw invalid('page-size-out-of-range', `a page holds 1 to ${LARGEST}`, { field: 'page_size' })
  return asked
}

export interface Page<T> {
  readonly rows: readonly T[]
  /** Empty: that was the last page. */
  readonly next: string
}
