/** An answer as bytes, to be stored and given again; times are marked, so that they come back as times. */
export const packed = (answer: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(marked(answer)))

export const unpacked = <T>(bytes: Uint8Array): T =>
  JSON.parse(new TextDecoder().decode(bytes), (_, value: unknown) => (isMark(value) ? new Date(value.$at) : value)) as T

const isMark = (value: unknown): value is { readonly $at: string } =>
  typeof value === 'object' && value !== null && '$at' in value && typeof value.$at === 'string'

function marked(value: unknown): unknown {
  if (value instanceof Date) return { $at: value.toISOString() }
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, marked(inner)]))
}
