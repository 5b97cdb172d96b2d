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

/** Up to so many rows behind a place; null: from the first on. */
type ReadBehind<Item, Place> = (place: Place | null, limit: number) => Promise<readonly Item[]>

/** Rows may be large: what one message has no room for is hardly read. */
const SLICE = 200

/**
 * A page, read slice by slice: until it has the size that was asked for, or a slice alone is more than one message holds.
 * One row more says whether there is a next page.
 */
export async function readPage<Item, Place extends readonly (string | number)[]>(
  size: number,
  first: Place | null,
  placeOf: (last: Item) => Place,
  read: ReadBehind<Item, Place>,
): Promise<Page<Item>> {
  const found: Item[] = []
  for (let place = first, more = true; more; ) {
    const limit = Math.min(SLICE, size + 1 - found.length)
    const slice = await read(place, limit)
    found.push(...slice)
    more = slice.length === limit && found.length <= size && fitting(slice).length === slice.length
    const last = found.at(-1)
    if (last !== undefined) place = placeOf(last)
  }
  return toPage(found, size, placeOf)
}

/** One more than asked was read: whether there is a next page. It ends early where one message holds no more. */
export function toPage<Item>(
  read: readonly Item[],
  size: number,
  placeOf: (last: Item) => readonly (string | number)[],
): Page<Item> {
  const items = fitting(read.slice(0, size))
  const last = items.at(-1)
  return { items, next: read.length > items.length && last !== undefined ? toCursor(placeOf(last)) : '' }
}
