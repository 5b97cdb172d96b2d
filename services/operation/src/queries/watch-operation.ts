import type { Scope } from '@umbel/messaging'
import type { Acting } from '../commands/acting.ts'
import { isOver, type Operation } from '../domain/operation.ts'
import { getOperation, type ReadDeps } from './get-operation.ts'

const AT_ONCE = 100
const POLL_MS = 250
// nothing leaves on rights older than this
const FRESH_MS = 1_000

export interface WatchDeps extends ReadDeps {
  /** Milliseconds that only rise. */
  readonly clock: () => number
  readonly rest: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface WatchOperation {
  readonly acting: Acting
  readonly operationId: string
  readonly afterVersion: number
  readonly signal: AbortSignal
}

/**
 * Every change above a version, each once and in order, then those that come; ends after an operation's last one. The
 * rights are looked at again all the while: what the actor may not see any more throws as it does for `getOperation`.
 */
export const watchOperation = (deps: WatchDeps) =>
  async function* (scope: Scope, query: WatchOperation): AsyncGenerator<Operation> {
    const { acting, operationId, signal } = query
    const look = rightsOf(deps, scope, acting, operationId)
    let seen = await look()
    let at = query.afterVersion
    while (!signal.aborted) {
      const changes = await deps.transact(scope, (session) => session.changes.after(operationId, at, AT_ONCE))
      for (const change of changes) {
        await look()
        yield change
        at = change.progressVersion
        seen = change
      }
      if (changes.length > 0) continue
      if (isOver(seen)) return
      await deps.rest(POLL_MS, signal)
      seen = await look()
    }
  }

/** The operation as this actor may see it, asked for anew where the last answer is not fresh. */
function rightsOf(deps: WatchDeps, scope: Scope, acting: Acting, operationId: string): () => Promise<Operation> {
  let kept: { readonly operation: Operation; readonly until: number } | undefined
  return async () => {
    if (kept === undefined || deps.clock() > kept.until) {
      const operation = await getOperation(deps)(scope, acting, operationId)
      kept = { operation, until: deps.clock() + FRESH_MS }
    }
    return kept.operation
  }
}
