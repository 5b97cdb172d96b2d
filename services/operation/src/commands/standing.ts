import type { Standing } from '../domain/control.ts'
import { isAsking } from '../domain/effect.ts'
import type { Operation } from '../domain/operation.ts'

/** What control looks at, judged by the database's clock. */
export const standingOf = (operation: Operation, at: Date): Standing => ({
  state: operation.state,
  epoch: operation.epoch,
  closed: operation.closedAt !== null,
  finished: operation.finishedAt !== null,
  holdOver: operation.holdEndsAt === null || operation.holdEndsAt <= at,
  placeless: operation.lane === 'sync',
  queued: operation.queuedAt !== null,
  asks: isAsking(operation),
  asked: isAsking(operation) && operation.waitingUntil !== null,
})
