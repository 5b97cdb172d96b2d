import type { CloudEvent } from '../cloud-event.ts'
import type { Scope } from '../transaction.ts'

interface Decodes<E> {
  /** The event as the handler understands it; undefined: not for this handler. Throws `invalid` for what is broken. */
  readonly decode: (event: CloudEvent) => E | undefined
  /**
   * Applies the events, in order, in the batch's transaction. All are of the scope's workspace. A replayed dead letter
   * is older than what its key has seen since: an effect that keeps a version keeps the newer one.
   */
  readonly handle: (scope: Required<Scope>, events: readonly E[]) => Promise<void>
  /** Runs once the batch has committed. */
  readonly committed?: () => void
}

/** Hears one of our own streams: each key's events carry a gap-free version, and what was seen stops at the version. */
export interface StreamHandler<E> extends Decodes<E> {
  readonly streamKey: (event: E) => string
  readonly version: (event: E) => number
  /**
   * Fetches the key's state anew after earlier events were missing. The event that showed the gap is applied all the
   * same, and seen: where it does not carry the whole state, a refetch that fails leaves what was missing unknown.
   */
  readonly refetch?: (workspaceId: string, streamKey: string) => Promise<void>
}

/** Hears a sender without versions: what was seen is known by the sender's event id. */
export interface InputHandler<E> extends Decodes<E> {
  readonly source: (event: E) => string
  readonly eventId: (event: E) => string
}

export type Handler<E> = StreamHandler<E> | InputHandler<E>

/** A handler whose events nobody outside needs to know the type of. */
export type AnyHandler = Handler<unknown>
