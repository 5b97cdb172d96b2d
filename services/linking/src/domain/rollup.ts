import type { Reply } from './ticket.ts'
import type { Priority, Status } from './words.ts'

/** What a master shows about those of its children that the viewer may see. */
export interface Rollup {
  readonly children: number
  readonly open: number
  readonly closed: number
  readonly byStatus: Readonly<Record<Status, number>>
  readonly byPriority: Readonly<Record<Priority, number>>
  readonly latestReply: (Reply & { readonly ticketId: string }) | undefined
  readonly customers: number
  readonly projects: number
  /** Up to 100, those with most children first. */
  readonly customerIds: readonly string[]
  readonly projectIds: readonly string[]
  /** Children the viewer may not see; counted nowhere else. */
  readonly hidden: number
  readonly contributing: number
  readonly version: number
}

/** One figure of a master that was not what a recount gives, or one child that linking was behind on. */
export interface Drift {
  readonly masterId: string
  readonly figure: string
  readonly stored: number
  readonly counted: number
}
