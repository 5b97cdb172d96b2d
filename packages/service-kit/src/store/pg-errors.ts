import { conflict, isUmbelError, unavailable } from '@umbel/kernel'

// Class 08: connection; 57P0x: shutting down; 53xxx: out of something; 0A000: the connection knows a statement as it
// was before a migration, and the next one knows better.
const AWAY = /^(08...|57P0.|53...|25P03|57014|0A000)$/
// Serialization failure and deadlock: the same again succeeds, since whoever won is through by then.
const CONTENDED = /^40(001|P01)$/
const LOCKED = '55P03'
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'])

/** The error that the rest of the house understands, where Postgres says that it is away or that somebody else won. */
export function fromPostgres(error: unknown): unknown {
  if (isUmbelError(error) || !(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code === LOCKED) return conflict('row-locked', 'somebody else holds the row', { cause: error })
  if (CONTENDED.test(code))
    return unavailable('database-contended', 'another transaction was in the way', { cause: error })
  const lost = /Connection terminated|pool is draining|Timeout acquiring a connection/.test(error.message)
  if (AWAY.test(code) || NETWORK.has(code) || lost)
    return unavailable('database-away', 'the database does not answer', { cause: error })
  return error
}
