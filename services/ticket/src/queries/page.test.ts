import { expect, it } from 'vitest'
import { fromCursor, type Page, readPage } from './page.ts'

const isPlace = (parsed: unknown): parsed is [number] => Array.isArray(parsed) && typeof parsed[0] === 'number'
const placeOf = ({ id }: { readonly id: number }): [number] => [id]

/** Rows 1 to `count` of so many characters each; which slices were read. */
function table(count: number, characters: number) {
  const slices: number[] = []
  const read = async (place: [number] | null, limit: number) => {
    const first = (place?.[0] ?? 0) + 1
    const length = Math.max(0, Math.min(limit, count - first + 1))
    slices.push(length)
    return Array.from({ length }, (_, at) => ({ id: first + at, text: 'x'.repeat(characters) }))
  }
  return { slices, read }
}

it.each([
  [0, 1_000, [0]],
  [3, 1_000, [3]],
  [5, 5, [5]],
  [6, 5, [6]],
  [1_001, 1_000, [200, 200, 200, 200, 200, 1]],
])('reads %i rows for a page of %i in slices', async (count, size, expected) => {
  const { slices, read } = table(count, 10)
  const { items, next } = await readPage(size, null, placeOf, read)
  expect(items.map(({ id }) => id)).toEqual(Array.from({ length: Math.min(count, size) }, (_, at) => at + 1))
  expect(slices).toEqual(expected)
  expect(fromCursor(next, isPlace)).toEqual(count > size ? [size] : null)
})

it('reads no more of large rows than one slice, and loses none', async () => {
  const { slices, read } = table(450, 100_000)
  const found: number[] = []
  for (let place: [number] | null = null, more = true; more; ) {
    const { items, next }: Page<{ readonly id: number }> = await readPage(1_000, place, placeOf, read)
    found.push(...items.map(({ id }) => id))
    place = fromCursor(next, isPlace)
    more = place !== null
  }
  expect(found).toEqual(Array.from({ length: 450 }, (_, at) => at + 1))
  expect(Math.max(...slices)).toBe(200)
})
