/** A write whose repeat must change nothing; an empty key makes it an ordinary one. */
export interface KeyedWrite {
  readonly workspaceId: string
  readonly actorId: string
  readonly rpc: string
  readonly key: string
  /** Of what was asked for; another digest under the same key is refused. */
  readonly digest: Uint8Array
}
