import { badPageToken } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'

/** A page and where the next begins; one more row than the page holds was read. */
export function pageOf<Row>(found: readonly Row[], size: number, placeOf: (row: Row) => string) {
  const items = found.slice(0, size)
  const last = items.at(-1)
  const more = found.length > size && last !== undefined
  return { items, next: more ? Buffer.from(placeOf(last)).toString('base64url') : '' }
}

/** The words of a token; undefined for the first page. Throws `invalid` (`bad-page-token`). */
function wordsOf(token: string): string | undefined {
  if (token === '') return undefined
  const words = Buffer.from(token, 'base64url').toString()
  if (Buffer.from(words).toString('base64url') !== token) throw badPageToken()
  return words
}

/** A place in time and an id. */
export function placeOf(token: string): { readonly place: string; readonly id: string } | null {
  const words = wordsOf(token)
  if (words === undefined) return null
  const [place = '', id = ''] = words.split(' ')
  if (!/^\d{1,18}$/.test(place) || !isId(id)) throw badPageToken()
  return { place, id }
}

/** An id; null for the first page. */
export function idPlaceOf(token: string): string | null {
  const words = wordsOf(token)
  if (words === undefined) return null
  if (!isId(words)) throw badPageToken()
  return words
}

/** An address; empty for the first page. */
export function addressPlaceOf(token: string): string {
  const words = wordsOf(token)
  if (words !== undefined && !words.includes('@')) throw badPageToken()
  return words ?? ''
}
