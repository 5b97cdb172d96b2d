import { badPageToken, fitting } from '@umbel/kernel'

export interface Page<T> {
  readonly rows: readonly T[]
  /** Empty: that was the last page. */
  readonly next: string
}

/** Of what was found up to the limit, in the order of `seq`. It ends early where one message holds no more. */
export function toPage<T extends { readonly seq: number }>(found: readonly T[], limit: number): Page<T> {
  const rows = fitting(found)
  const more = found.length === limit || rows.length < found.length
  return { rows, next: more ? String(rows.at(-1)?.seq ?? '') : '' }
}

/** The place of a row in its operation, as a token says it; 0: before the first. Throws `bad-page-token`. */
export function seqOf(token: string): number {
  if (token === '') return 0
  if (!/^\d{1,9}$/.test(token)) throw badPageToken()
  return Number(token)
}
