import { refused } from '@umbel/kernel'

export interface LiveOptions {
  /** How often a quiet stream says that it is alive. */
  readonly heartbeatMs?: number
  /** How often a rollup is looked at. */
  readonly pollMs?: number
  readonly streamsPerActor?: number
}

/** What streams share: their pace, their number, and their end when the gateway ends. */
export interface Live extends Disposable {
  readonly heartbeatMs: number
  readonly pollMs: number
  /** How long a caller may take nothing. */
  readonly stallMs: number
  readonly stopping: AbortSignal
  /** A place among this actor's streams, until it is disposed of. Throws `too-many-streams`. */
  admit(actor: string): Disposable
}

/** Disposing of it ends every stream. */
export function createLive({ heartbeatMs = 15_000, pollMs = 500, streamsPerActor = 20 }: LiveOptions = {}): Live {
  const stop = new AbortController()
  const open = new Map<string, number>()
  const move = (actor: string, by: number) => {
    const now = (open.get(actor) ?? 0) + by
    if (now === 0) open.delete(actor)
    else open.set(actor, now)
  }
  return {
    heartbeatMs,
    pollMs,
    stallMs: heartbeatMs * 4,
    stopping: stop.signal,
    admit(actor) {
      if ((open.get(actor) ?? 0) >= streamsPerActor)
        throw refused('too-many-streams', `${streamsPerActor} streams are open; close one first`)
      move(actor, 1)
      return { [Symbol.dispose]: () => move(actor, -1) }
    },
    [Symbol.dispose]: () => stop.abort(),
  }
}
