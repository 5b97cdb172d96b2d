/** What became of a message. */
export type Outcome = 'handled' | 'repeat' | 'ignored' | 'parked' | 'skipped' | 'dead'

/** What is worth counting about consumers. */
export interface ConsumeMetrics {
  messages(consumer: string, outcome: Outcome, count: number): void
  /** Events that showed that earlier ones were missing; 0 in every test. */
  gaps(consumer: string, count: number): void
  /** The consumer waits because something it needs is away. */
  pauses(consumer: string): void
}

export interface ConsumeLog {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const unmeasured: ConsumeMetrics = { messages: () => {}, gaps: () => {}, pauses: () => {} }
