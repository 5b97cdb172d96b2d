import type { Actor } from '@umbel/kernel'
import type { Transact } from '../store/unit-of-work.ts'

/** Who reads what where. */
export interface Reading {
  readonly workspaceId: string
  readonly actor: Actor
}

export interface QueryDeps {
  readonly transact: Transact
}

export interface LearningDeps extends QueryDeps {
  /** Asks ticket about tickets that no event has told of yet. */
  readonly learn: (workspaceId: string, ticketIds: readonly string[]) => Promise<void>
}
