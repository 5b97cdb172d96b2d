import type { TransactionSource } from '../transaction-source.ts'
import type { AnyHandler } from './handler.ts'
import type { ConsumeLog, ConsumeMetrics } from './metrics.ts'

/** One consumer: its name, which is its group's too, what it does with events, and what it needs for that. */
export interface ConsumerOptions {
  readonly name: string
  readonly handler: AnyHandler
  readonly database: TransactionSource
  readonly log: ConsumeLog
  readonly metrics: ConsumeMetrics
}
