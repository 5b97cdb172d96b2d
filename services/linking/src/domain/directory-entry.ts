/** A requester or customer as the directory has it. */
export interface DirectoryEntry {
  readonly workspaceId: string
  readonly kind: 'requester' | 'customer'
  readonly id: string
  readonly version: number
  readonly name: string
  /** Empty for customers and for requesters without one. */
  readonly email: string
}
