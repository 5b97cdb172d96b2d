/** A write whose repeat must change nothing. */
export interface KeyedWrite {
  readonly workspaceId: string
  readonly actorId: string
  readonly rpc: string
  /** The caller's key; empty: the write has none and is simply done. */
  readonly key: string
  /** Of what was asked for; another digest under the same key is refused. */
  readonly digest: Uint8Array
}
