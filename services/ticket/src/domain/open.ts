import type { CommentAdded, Fact } from './fact.ts'
import { checkFields, checkLabels, checkSubject, checkText, refuseLargeFields } from './text.ts'
import { inStatus } from './ticket.ts'
import type { ActorRef, ExternalId, Priority, Status } from './words.ts'

/** What a new ticket starts with. References are known to exist; number and ids are given by the caller. */
export interface OpenTicket {
  readonly id: string
  readonly number: number
  readonly subject: string
  readonly status?: Status
  readonly priority?: Priority
  readonly requesterId?: string | null
  readonly assigneeId?: string | null
  readonly groupId?: string | null
  readonly customerId?: string | null
  readonly projectId?: string | null
  readonly labels?: readonly string[]
  readonly fields?: Readonly<Record<string, string>>
  readonly externalIds?: readonly ExternalId[]
  readonly master?: boolean
  /** The first comment, with the ids it gets. */
  readonly description?: FirstComment
}

export interface FirstComment {
  readonly text: string
  readonly commentId: string
  readonly bodyId: string
}

/** Opened, and the description: the requester's own words where there is a requester, internal otherwise. */
export function decideOpen(command: OpenTicket, by: ActorRef, at: Date): Fact[] {
  const { status = 'new', description, ...rest } = command
  const ticket = inStatus(
    {
      id: rest.id,
      number: rest.number,
      version: 0,
      subject: checkSubject(rest.subject),
      priority: rest.priority ?? 'normal',
      requesterId: rest.requesterId ?? null,
      requesterVersion: 0,
      houseNotes: 0,
      assigneeId: rest.assigneeId ?? null,
      groupId: rest.groupId ?? null,
      customerId: rest.customerId ?? null,
      projectId: rest.projectId ?? null,
      labels: checkLabels(rest.labels ?? []),
      fields: checkedFields(rest.fields),
      externalIds: rest.externalIds ?? [],
      master: rest.master ?? false,
      primaryMasterId: null,
      linkId: null,
      customerWaits: false,
      synced: {},
      createdAt: at,
      updatedAt: at,
    },
    status,
    at,
    null,
  )
  return [{ type: 'opened', ticket }, ...(description ? [firstComment(ticket, description, by)] : [])]
}

function firstComment(
  ticket: { readonly requesterId: string | null; readonly master: boolean },
  { text, commentId, bodyId }: FirstComment,
  by: ActorRef,
): CommentAdded {
  const asked = ticket.requesterId !== null && !ticket.master
  return {
    type: 'comment-added',
    commentId,
    bodyId,
    text: checkText(text, 'description'),
    public: asked,
    author: asked && ticket.requesterId ? { kind: 'requester', id: ticket.requesterId } : by,
    broadcast: false,
  }
}

function checkedFields(named: OpenTicket['fields'] = {}): Record<string, string> {
  const fields = Object.fromEntries(Object.entries(checkFields(named)).filter(([, value]) => value !== ''))
  refuseLargeFields(fields)
  return fields
}
