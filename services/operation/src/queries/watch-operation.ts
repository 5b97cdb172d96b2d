import type { Scope } from '@umbel/messaging'
import type { Acting } from '../commands/acting.ts'
import { isOver, type Operation } from '../domain/operation.ts'
import { getOperation, type ReadDeps } from './get-operation.ts'
import { sharedFor } from './shared-for.ts'

const AT_ONCE = 100
const POLL_MS = 250
// what nothing changes about is looked at more and more rarely, down to this
const QUIET_POLL_MS = 1_000
// less than a poll: whoever watches alone always sees what is there
const SHARED_MS = 200
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
 * Those who have come equally far share what they read, and one actor's streams of an operation share its rights.
 */
export function watchOperation(deps: WatchDeps) {
  const read = sharedFor<readonly Operation[]>(SHARED_MS, deps.clock)
  const rights = sharedFor<Operation>(FRESH_MS, deps.clock)
  return async function* (scope: Scope, query: WatchOperation): AsyncGenerator<Operation> {
    const { workspaceId } = scope
    const { acting, operationId, signal } = query
    const viewer = JSON.stringify([workspaceId, operationId, acting.actorId, acting.callerId])
    const look = () => rights(viewer, () => getOperation(deps)(scope, acting, operationId))
    const changesAfter = (version: number) =>
      read(JSON.stringify([workspaceId, operationId, version]), () =>
        deps.transact(scope, (session) => session.changes.after(operationId, version, AT_ONCE)),
      )
    let latest = await look()
    let at = query.afterVersion
    let pause = POLL_MS
    while (!signal.aborted) {
      const changes = await changesAfter(at)
      for (const change of changes) {
        await look()
        yield change
        at = change.progressVersion
        latest = later(latest, change)
        pause = POLL_MS
      }
      if (changes.length > 0) continue
      // what was read together may be older than what the rights were looked up with
      if (isOver(latest) && latest.progressVersion <= at) return
      await deps.rest(pause, signal)
      pause = Math.min(pause * 2, QUIET_POLL_MS)
      latest = later(latest, await look())
    }
  }
}

const later = (one: Operation, other: Operation): Operation =>
  other.progressVersion >= one.progressVersion ? other : one
