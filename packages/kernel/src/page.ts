import { invalid, type UmbelError } from './errors.ts'

const USUAL = 50
const LARGEST = 1_000

/** How many a page holds: 1 to 1,000; 0 means 50. */
export function pageSize(asked: number): number {
  if (asked < 0 || asked > LARGEST)
    throw invalid('page-too-large', `a page holds 1 to ${LARGEST}`, { field: 'page_size' })
  return asked === 0 ? USUAL : asked
}

/** A page token that we never gave. */
export const badPageToken = (cause?: unknown): UmbelError =>
  invalid('bad-page-token', 'this page token is not one of ours', { field: 'page_token', cause })
