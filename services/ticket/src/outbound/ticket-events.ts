import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  TicketChangedSchema,
  type TicketFactSchema,
  type TicketStateSchema,
  topics,
  toWireLinkKind,
  toWirePriority,
  toWireStatus,
} from '@umbel/contracts'
import { outgoing } from '@umbel/messaging'
import type { Change } from '../domain/change.ts'
import type { CommentAdded, Fact } from '../domain/fact.ts'
import { closedAt, solvedAt, type Ticket } from '../domain/ticket.ts'
import type { Cause } from '../domain/words.ts'
import type { TellChange } from '../store/save-changes.ts'
import { microsToWire, toWireActor, toWireCause, toWireTime, toWireTimeOrNone } from '../wire.ts'

/** The `ce_source` of everything that ticket says. */
export const SOURCE = '/umbel/ticket'
const TYPE = TicketChangedSchema.typeName

/** A change as its one event, ready for the outbox. */
export const tellTicketChanged: TellChange = (workspaceId, change) => {
  const { ticket, occurredAt } = change
  return outgoing(topics.ticket.events.name, `${workspaceId}:${ticket.id}`, {
    // the same event has the same id, however often it is said
    id: `${ticket.id}:${ticket.version}`,
    source: SOURCE,
    type: TYPE,
    subject: ticket.id,
    time: occurredAt.toISOString(),
    workspace: workspaceId,
    sequence: String(ticket.version),
    data: Buffer.concat([sharedOf(workspaceId, change), encode(own(change))]),
  })
}

type EventPart = MessageInitShape<typeof TicketChangedSchema>
const encode = (part: EventPart): Uint8Array => toBinary(TicketChangedSchema, create(TicketChangedSchema, part))

/** What is the ticket's own. Encoded parts that follow each other are one message, by protobuf's rules. */
const own = (change: Change): EventPart => ({
  ticketId: change.ticket.id,
  version: BigInt(change.ticket.version),
  occurredAt: toWireTime(change.occurredAt),
  recordedAt: microsToWire(change.recordedAt),
  state: toState(change.ticket),
  facts: change.facts.map((fact) => ({ fact: wireFact(fact) })),
  quiet: change.quiet,
})

const shared = new WeakMap<Cause, Uint8Array>()

/** What all children of a page have in common, encoded once: a cause belongs to one workspace. */
function sharedOf(workspaceId: string, { cause }: Change): Uint8Array {
  const known = shared.get(cause)
  if (known) return known
  const encoded = encode({ workspaceId, cause: toWireCause(cause) })
  shared.set(cause, encoded)
  return encoded
}

const toState = (ticket: Ticket): MessageInitShape<typeof TicketStateSchema> => ({
  number: BigInt(ticket.number),
  subject: ticket.subject,
  status: toWireStatus(ticket.status),
  priority: toWirePriority(ticket.priority),
  requesterId: ticket.requesterId ?? '',
  assigneeId: ticket.assigneeId ?? '',
  groupId: ticket.groupId ?? '',
  customerId: ticket.customerId ?? '',
  projectId: ticket.projectId ?? '',
  labels: [...ticket.labels],
  externalIds: [...ticket.externalIds],
  createdAt: toWireTime(ticket.createdAt),
  solvedAt: toWireTimeOrNone(solvedAt(ticket)),
  closedAt: toWireTimeOrNone(closedAt(ticket)),
  primaryMasterId: ticket.primaryMasterId ?? '',
})

type WireFact = NonNullable<MessageInitShape<typeof TicketFactSchema>['fact']>

const moved = ({ from, to }: { readonly from: string | null; readonly to: string | null }) => ({
  from: from ?? '',
  to: to ?? '',
})

function wireFact(fact: Fact): WireFact {
  switch (fact.type) {
    case 'opened':
      return { case: 'opened', value: {} }
    case 'status-changed':
      return { case: 'statusChanged', value: { from: toWireStatus(fact.from), to: toWireStatus(fact.to) } }
    case 'priority-changed':
      return { case: 'priorityChanged', value: { from: toWirePriority(fact.from), to: toWirePriority(fact.to) } }
    case 'subject-changed':
      return { case: 'subjectChanged', value: {} }
    case 'assigned':
      return { case: 'assigned', value: assigned(fact) }
    case 'requester-changed':
      return { case: 'requesterChanged', value: moved(fact) }
    case 'customer-changed':
      return { case: 'customerChanged', value: moved(fact) }
    case 'project-changed':
      return { case: 'projectChanged', value: moved(fact) }
    case 'labels-changed':
      return { case: 'labelsChanged', value: { added: [...fact.added], removed: [...fact.removed] } }
    case 'fields-changed':
      return { case: 'fieldsChanged', value: { names: fact.changes.map(({ name }) => name) } }
    case 'comment-added':
      return { case: 'commentAdded', value: commentAdded(fact) }
    case 'link-declared':
      return { case: 'linkDeclared', value: linkOf(fact) }
    case 'link-withdrawn':
      return { case: 'linkWithdrawn', value: linkOf(fact) }
    case 'master-declared':
      return { case: 'masterDeclared', value: {} }
  }
}

const assigned = (fact: Extract<Fact, { type: 'assigned' }>) => ({
  fromAgentId: fact.fromAgentId ?? '',
  toAgentId: fact.toAgentId ?? '',
  fromGroupId: fact.fromGroupId ?? '',
  toGroupId: fact.toGroupId ?? '',
})

const commentAdded = (fact: CommentAdded) => ({
  commentId: fact.commentId,
  bodyId: fact.bodyId,
  public: fact.public,
  author: toWireActor(fact.author),
  broadcast: fact.broadcast,
})

const linkOf = ({ kind, target, primary }: Extract<Fact, { type: 'link-declared' | 'link-withdrawn' }>) => ({
  kind: toWireLinkKind(kind),
  target,
  primary,
})
