import type { Logger, Metrics } from '@umbel/service-kit'
import type { LaunchDeps } from './commands/launch-operation.ts'
import type { SliceDeps } from './commands/run-slice.ts'
import type { Tell, Telling } from './store/operation-store.ts'

/** One line and one count per page, never per child. */
export function measurePages(metrics: Metrics, log: Logger): SliceDeps['measured'] {
  const items = metrics.counter('page_items', 'Items by what became of them', ['outcome'])
  const seconds = metrics.counter('page_seconds', 'Seconds spent on pages')
  return ({ ms, outcomes }) => {
    for (const { state } of outcomes) items.inc({ outcome: state })
    seconds.inc(ms / 1000)
    log.debug({ ms: Math.round(ms), items: outcomes.length }, 'a page was recorded')
  }
}

/** Launches and control changes that the sweep has to carry on. */
export function watchLeftBehind(metrics: Metrics, log: Logger): LaunchDeps['leftBehind'] {
  const left = metrics.counter('sweep_left_behind', 'What could not be done at once', ['what'])
  return (what, operationId, error) => {
    left.inc({ what })
    log.warn({ err: error, operationId, what }, 'this could not be done now and is left to the sweep')
  }
}

/** One line for each state that an operation comes to, once that is committed: ids and words of ours, no text or name. */
export const logStates =
  (log: Logger, tell: Tell): Tell =>
  async (trx, telling) => {
    await tell(trx, telling)
    const from = telling.streamVersion === 1 ? null : telling.before.state
    if (from === telling.operation.state) return
    trx.executionPromise.then(
      () => log.info({ ...stateFields(telling), from }, 'an operation came to another state'),
      () => undefined, // rolled back: it came to no state
    )
  }

const stateFields = ({ workspaceId, operation, actorId }: Telling) => ({
  workspaceId,
  operationId: operation.id,
  kind: operation.kind,
  to: operation.state,
  // nobody pressed a button
  actorId: actorId === '' ? null : actorId,
  ...(operation.pauseReason !== '' && { pauseReason: operation.pauseReason }),
})
