import { badPageToken } from '@umbel/kernel'

export interface Page<T> {
  readonly rows: readonly T[]
  /** Empty: that was the last page. */
  readonly next: string
}

/** The place of a row in its operation, as a token says it; 0: before the first. Throws `bad-page-token`. */
export function seqOf(token: string): number {
  if (token === '') return 0
  if (!/^\d{1,9}$/.test(token)) throw badPageToken()
  return Number(token)
}
