import type { Ticket } from './ticket.ts'
import type { ActorRef, ExternalId, LinkKind, Priority, Status } from './words.ts'

interface Moved {
  readonly from: string | null
  readonly to: string | null
}

export interface CommentAdded {
  readonly type: 'comment-added'
  readonly commentId: string
  readonly bodyId: string
  /** Absent where the body is stored already, as for the second child of a broadcast. */
  readonly text?: string
  readonly public: boolean
  readonly author: ActorRef
  readonly broadcast: boolean
  /** What the variables of the text have for this ticket; absent: the text is no template. */
  readonly values?: Readonly<Record<string, string>>
  /** The Message-ID of the mail it came by. */
  readonly messageId?: string
  /** Why it was said although it names somebody else. */
  readonly overrideReason?: string
}

/** What happened to a ticket. One command may be several facts. */
export type Fact =
  | { readonly type: 'opened'; readonly ticket: Ticket }
  | { readonly type: 'status-changed'; readonly from: Status; readonly to: Status; readonly at: Date }
  | { readonly type: 'subject-changed'; readonly from: string; readonly to: string }
  | { readonly type: 'priority-changed'; readonly from: Priority; readonly to: Priority }
  | {
      readonly type: 'assigned'
      readonly fromAgentId: string | null
      readonly toAgentId: string | null
      readonly fromGroupId: string | null
      readonly toGroupId: string | null
    }
  | ({ readonly type: 'requester-changed' } & Moved)
  | ({ readonly type: 'customer-changed' } & Moved)
  | ({ readonly type: 'project-changed' } & Moved)
  | { readonly type: 'labels-changed'; readonly added: readonly string[]; readonly removed: readonly string[] }
  | {
      readonly type: 'fields-changed'
      readonly changes: readonly { readonly name: string; readonly from: string; readonly to: string }[]
    }
  | CommentAdded
  | {
      readonly type: 'link-declared' | 'link-withdrawn'
      readonly kind: LinkKind
      readonly target: ExternalId
      readonly primary: boolean
    }
  | { readonly type: 'master-declared' }
