export const toMicros = (date: Date): number => date.getTime() * 1_000

/** Microseconds since 1970 as Postgres reads them, without the rounding of a float. */
export function microsToText(micros: number): string {
  const ms = Math.floor(micros / 1000)
  const rest = String(micros - ms * 1000).padStart(3, '0')
  return new Date(ms).toISOString().replace('Z', `${rest}Z`)
}

/** SQL for the database's clock in microseconds. */
export const CLOCK = '(extract(epoch from clock_timestamp()) * 1000000)::bigint'
