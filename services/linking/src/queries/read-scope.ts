import { type Actor, invalid } from '@umbel/kernel'
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

const USUAL = 50
const MOST = 1_000

/** 1 to 1,000; 0 means 50. */
export function pageSizeOf(asked: number): number {
  if (asked > MOST) throw invalid('page-too-large', `a page holds at most ${MOST}`, { field: 'page_size' })
  return asked === 0 ? USUAL : asked
}

export const badToken = () =>
  invalid('page-token-unreadable', 'the page token is not one of ours', { field: 'page_token' })
