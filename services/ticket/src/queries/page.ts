import { badPageToken, fitting } from '@umbel/kernel'

/** Callers keep it as it is: what is in it is ours alone. */
export const toCursor = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

/** The place in a cursor of ours, or null for the first page. */
export function fromCursor<Place>(token: string, isPlace: (parsed: unknown) => parsed is Place): Place | null {
  if (token === '') return null
  const parsed = parse(token)
  if (!isPlace(parsed)) throw badPageToken()
  return parsed
}

function parse(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString())
  } catch {
    return undefined // no cursor of ours: the caller of parse says so
  }
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** Empty after the last page. */
  readonly next: string
}

/** One more than asked was read: whether there is a next page. It ends early where one message holds no more. */
export function toPage<Item>(
  read: readonly Item[],
  size: number,
  place: (last: Item) => readonly (string | number)[],
): Page<Item> {
  const items = fitting(read.slice(0, size))
  const last = items.at(-1)
  return { items, next: read.length > items.length && last !== undefined ? toCursor(place(last)) : '' }
}
