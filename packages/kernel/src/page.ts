import { invalid, type UmbelError } from './errors.ts'

const USUAL = 50
const LARGEST = 1_000
/** What one message between services holds. */
export const MESSAGE_BYTES = 4 * 1024 * 1024
/** What the wire adds to the texts of a page has room above. */
const MOST_BYTES = (MESSAGE_BYTES / 4) * 3
/** A number, a time, and what stands around a value. */
const BYTES_OF_A_VALUE = 8

/** How many a page holds: 1 to 1,000; 0 means 50. */
export function pageSize(asked: number): number {
  if (asked < 0 || asked > LARGEST)
    throw invalid('page-too-large', `a page holds 1 to ${LARGEST}`, { field: 'page_size' })
  return asked === 0 ? USUAL : asked
}

/** As many of the first as one message holds, about 3 MB; at least one, so that who reads page by page gets on. */
export function fitting<Item>(items: readonly Item[]): readonly Item[] {
  let bytes = 0
  for (const [at, item] of items.entries()) {
    bytes += bytesOf(item)
    if (bytes > MOST_BYTES && at > 0) return items.slice(0, at)
  }
  return items
}

/** Texts and names as long as they are in UTF-8: rather too much than too little, and nothing is encoded for it. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return BYTES_OF_A_VALUE + Buffer.byteLength(value)
  if (value instanceof Uint8Array) return BYTES_OF_A_VALUE + value.byteLength
  let bytes = BYTES_OF_A_VALUE
  if (Array.isArray(value)) for (const each of value) bytes += bytesOf(each)
  else if (typeof value === 'object' && value !== null)
    for (const [name, each] of Object.entries(value)) bytes += Buffer.byteLength(name) + bytesOf(each)
  return bytes
}

/** A page token that we never gave. */
export const badPageToken = (cause?: unknown): UmbelError =>
  invalid('bad-page-token', 'this page token is not one of ours', { field: 'page_token', cause })
