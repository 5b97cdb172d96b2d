import { refused } from '@umbel/kernel'
import type { Caller } from '@umbel/rpc'

export interface LiveOptions {
  /** How often a quiet stream says that it is alive. */
  readonly heartbeatMs?: number
  /** How soon a rollup is looked at again; later while nothing changes. */
  readonly pollMs?: number
  readonly streamsPerActor?: number
  readonly streamsPerWorkspace?: number
}

/** What streams share: their pace, their number, and their end when the gateway ends. */
export interface Live extends Disposable {
  readonly heartbeatMs: number
  readonly pollMs: number
  /** How long a caller may take nothing. */
  readonly stallMs: number
  readonly stopping: AbortSignal
  /** A place among the streams of this actor and of its workspace, until it is disposed of. Throws `too-many-streams`. */
  admit(caller: Pick<Caller, 'workspaceId' | 'id'>): Disposable
}

/** Disposing of it ends every stream. */
export function createLive({
  heartbeatMs = 15_000,
  pollMs = 500,
  streamsPerActor = 20,
  streamsPerWorkspace = 200,
}: LiveOptions = {}): Live {
  const stop = new AbortController()
  const ofActor = places(streamsPerActor)
  const ofWorkspace = places(streamsPerWorkspace)
  return {
    heartbeatMs,
    pollMs,
    stallMs: heartbeatMs * 4,
    stopping: stop.signal,
    admit({ workspaceId, id }) {
      using taken = new DisposableStack()
      taken.use(ofActor(`${workspaceId}:${id}`, 'streams of yours are open; close one first'))
      taken.use(ofWorkspace(workspaceId ?? '', 'streams of this workspace are open'))
      return taken.move()
    },
    [Symbol.dispose]: () => stop.abort(),
  }
}

/** So many places for each key. */
function places(most: number) {
  const taken = new Map<string, number>()
  const move = (key: string, by: number) => {
    const now = (taken.get(key) ?? 0) + by
    if (now === 0) taken.delete(key)
    else taken.set(key, now)
  }
  return (key: string, full: string): Disposable => {
    if ((taken.get(key) ?? 0) >= most) throw refused('too-many-streams', `${most} ${full}`)
    move(key, 1)
    return { [Symbol.dispose]: () => move(key, -1) }
  }
}
