import type { ScenarioName } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** What a fault knows while it strikes. */
export interface Strike {
  readonly stage: Stage
  /** The first operation, once it is planned. */
  readonly begun: Promise<string>
  /** Ends when people have nothing left to do and the operations have ended, or will not. */
  readonly over: AbortSignal
}

/** Something that breaks while people work, and is whole again when `strike` has resolved. */
export interface Fault {
  readonly name: string
  readonly during: ScenarioName
  /** Hurts Postgres, Kafka or Temporal: only where they are the suite's own. */
  readonly servers?: boolean
  /** Before anybody asks for anything. */
  arm?(stage: Stage): Promise<void>
  /** False where the harm could not be done. */
  strike(strike: Strike): Promise<boolean>
}
