/**
 * Arrays of many rows as Postgres takes them in binary: the driver would write each as text, with every quote and every
 * byte escaped, and Postgres would read that back. A `?` that stands for one needs its cast: `?::bytea[]`.
 */

/** An element's bytes, written into the array at `at`. */
interface Element {
  readonly length: number
  write(array: Buffer, at: number): void
}

const OID = { bytea: 17, text: 25, uuid: 2950, jsonb: 3802 } as const
const HEADER = 20
const LENGTH = 4

export const byteaArray = (values: readonly Uint8Array[]): Buffer =>
  arrayOf(
    OID.bytea,
    values.map((value) => ({ length: value.length, write: (array, at) => array.set(value, at) })),
  )

export const textArray = (values: readonly string[]): Buffer => arrayOf(OID.text, values.map(textElement))

export const uuidArray = (values: readonly string[]): Buffer =>
  arrayOf(
    OID.uuid,
    values.map((value) => ({
      length: 16,
      write(array, at) {
        if (array.write(value.replaceAll('-', ''), at, 'hex') !== 16) throw new TypeError(`${value} is no uuid`)
      },
    })),
  )

/** Of values that are JSON already; a 1 in front says that text follows. */
export const jsonbArray = (values: readonly string[]): Buffer =>
  arrayOf(
    OID.jsonb,
    values.map((value) => {
      const text = textElement(value)
      return {
        length: 1 + text.length,
        write(array, at) {
          array[at] = 1
          text.write(array, at + 1)
        },
      }
    }),
  )

const textElement = (value: string): Element => {
  const length = Buffer.byteLength(value)
  return { length, write: (array, at) => void array.write(value, at, length) }
}

/** One dimension, no nulls, counted from 1; each element after its length. */
function arrayOf(elementType: number, elements: readonly Element[]): Buffer {
  const size = elements.reduce((sum, { length }) => sum + LENGTH + length, HEADER)
  const array = Buffer.allocUnsafe(size)
  const header = [1, 0, elementType, elements.length, 1]
  for (const [at, value] of header.entries()) array.writeInt32BE(value, at * LENGTH)
  let at = HEADER
  for (const element of elements) {
    array.writeInt32BE(element.length, at)
    element.write(array, at + LENGTH)
    at += LENGTH + element.length
  }
  return array
}
