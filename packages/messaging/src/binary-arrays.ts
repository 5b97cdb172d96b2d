/**
 * Arrays of many rows as Postgres takes them in binary: the driver would write each as text, with every quote and every
 * byte escaped, and Postgres would read that back. A `?` that stands for one needs its cast: `?::bytea[]`.
 */

/** An element's bytes, written into the array at `at`. */
interface Element {
  readonly length: number
  write(array: Buffer, at: number): void
}

const OID = { boolean: 16, bytea: 17, bigint: 20, text: 25, timestamptz: 1184, uuid: 2950, jsonb: 3802 } as const
const HEADER = 20
const LENGTH = 4

export const byteaArray = (values: readonly Uint8Array[]): Buffer =>
  arrayOf(
    OID.bytea,
    values.map((value) => ({ length: value.length, write: (array, at) => array.set(value, at) })),
  )

export const textArray = (values: readonly (string | null)[]): Buffer =>
  arrayOf(
    OID.text,
    values.map((value) => (value === null ? null : textElement(value))),
  )

export const uuidArray = (values: readonly (string | null)[]): Buffer =>
  arrayOf(
    OID.uuid,
    values.map((value) =>
      value === null
        ? null
        : {
            length: 16,
            write(array, at) {
              if (array.write(value.replaceAll('-', ''), at, 'hex') !== 16) throw new TypeError(`${value} is no uuid`)
            },
          },
    ),
  )

export const booleanArray = (values: readonly boolean[]): Buffer =>
  arrayOf(
    OID.boolean,
    values.map((value) => ({ length: 1, write: (array, at) => void array.writeUInt8(value ? 1 : 0, at) })),
  )

/** Whole numbers as `bigint`. */
export const bigintArray = (values: readonly number[]): Buffer =>
  arrayOf(
    OID.bigint,
    values.map((value) => ({ length: 8, write: (array, at) => writeWhole(array, value, at) })),
  )

/** Of microseconds since 1970; `null` is null. */
export const timestamptzArray = (values: readonly (number | null)[]): Buffer =>
  arrayOf(
    OID.timestamptz,
    values.map((value) =>
      value === null ? null : { length: 8, write: (array, at) => writeWhole(array, value - YEAR_2000, at) },
    ),
  )

// Postgres counts from there
const YEAR_2000 = Date.UTC(2000, 0, 1) * 1_000

/** 64 bits in two halves, without a BigInt for each value. */
function writeWhole(array: Buffer, value: number, at: number): void {
  array.writeInt32BE(Math.floor(value / 2 ** 32), at)
  array.writeUInt32BE(((value % 2 ** 32) + 2 ** 32) % 2 ** 32, at + 4)
}

/** Of values that are JSON already; a 1 in front says that text follows. */
export const jsonbArray = (values: readonly (string | null)[]): Buffer =>
  arrayOf(
    OID.jsonb,
    values.map((value) => {
      if (value === null) return null
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

/** One dimension, counted from 1; each element after its length, -1 for a null. */
function arrayOf(elementType: number, elements: readonly (Element | null)[]): Buffer {
  const size = elements.reduce((sum, element) => sum + LENGTH + (element?.length ?? 0), HEADER)
  const array = Buffer.allocUnsafe(size)
  const header = [1, elements.includes(null) ? 1 : 0, elementType, elements.length, 1]
  for (const [at, value] of header.entries()) array.writeInt32BE(value, at * LENGTH)
  let at = HEADER
  for (const element of elements) {
    array.writeInt32BE(element?.length ?? -1, at)
    element?.write(array, at + LENGTH)
    at += LENGTH + (element?.length ?? 0)
  }
  return array
}
