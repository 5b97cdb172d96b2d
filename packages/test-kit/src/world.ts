import { randomBytes } from 'node:crypto'

/** A short random word that keeps one test world's names apart from every other's. */
export const worldName = (): string => randomBytes(5).toString('hex')

/** The server that a variable names; the global setup of the test run sets it. */
export function serverFrom(variable: 'DATABASE_URL' | 'KAFKA_BROKERS' | 'TEMPORAL_ADDRESS'): string {
  const address = process.env[variable]
  if (address) return address
  throw new Error(`${variable} is not set: run this test in the project "int" or "flow", whose global setup sets it.`)
}

/** The same for all test files of one run, another for the next run. */
export const runName = (): string => process.env.UMBEL_TEST_RUN ?? 'alone'
