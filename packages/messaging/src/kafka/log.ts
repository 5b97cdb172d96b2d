import { type LogEntry, logLevel } from 'kafkajs'

/** The part of a logger that the adapter needs. */
export interface BrokerLog {
  warn(fields: object, message: string): void
  debug(fields: object, message: string): void
}

export const silent: BrokerLog = { warn() {}, debug() {} }

/**
 * What kafkajs calls errors although it is daily life: brokers that start, groups that rebalance, topics that exist
 * already (real failures are thrown), and limited retries, which our publisher answers by dropping the producer.
 */
const DAILY_LIFE =
  /coordinator is (loading|not available)|does not host|rebalancing|restarting the consumer|topic creation errors|limiting retries for the idempotent producer/i

/** Hands kafkajs' lines to our log: daily life at debug, the rest of its warnings and errors at warn. */
export const logCreator = (log: BrokerLog) => () => (entry: LogEntry) => {
  const { message, timestamp: _, logger: __, ...fields } = entry.log
  const text = `${message} ${String(fields.error ?? '')}`
  const loud = entry.level <= logLevel.WARN && !DAILY_LIFE.test(text)
  const line = { ...fields, namespace: entry.namespace }
  if (loud) log.warn(line, message)
  else log.debug(line, message)
}
