import type { Cause } from './cause.ts'
import type { ActiveLink } from './link.ts'

/** What linking tells the others; each kind has its own gap-free stream. */
export type LinkingEvent =
  | {
      readonly type: 'link-changed'
      readonly streamVersion: number
      readonly cause: Cause
      readonly occurredAt: Date
      readonly link: ActiveLink
      readonly ended: boolean
      readonly linkSeq: number
    }
  | {
      readonly type: 'role-changed'
      readonly streamVersion: number
      readonly cause: Cause
      readonly ticketId: string
      readonly master: boolean
    }
  | {
      readonly type: 'rollup-changed'
      readonly streamVersion: number
      readonly cause: Cause
      readonly masterId: string
      readonly children: number
      readonly open: number
      readonly closed: number
    }
