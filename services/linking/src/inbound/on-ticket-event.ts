import {
  fromWireLinkKind,
  fromWirePriority,
  fromWireStatus,
  type TicketChanged,
  TicketChangedSchema,
  type TicketFact,
  type TicketState as WireState,
} from '@umbel/contracts'
import { invalid } from '@umbel/kernel'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { Declaration, Reply, TicketEvent, TicketState } from '../domain/ticket.ts'
import { assertWorkspace, fromWireCause, fromWireTime, idOrNull, isRequester } from '../wire.ts'

export interface TicketEventDeps {
  readonly apply: StreamHandler<TicketEvent>['handle']
  readonly refresh: (workspaceId: string, ticketIds: readonly string[]) => Promise<void>
}

const STREAM = 'ticket:'

/** Ticket events as linking understands them, handed to the command in batches. */
export const onTicketEvent = ({ apply, refresh }: TicketEventDeps): StreamHandler<TicketEvent> => ({
  decode: (event) => (event.type === TicketChangedSchema.typeName ? toTicketEvent(event) : undefined),
  streamKey: ({ state }) => `${STREAM}${state.ticketId}`,
  version: ({ state }) => state.version,
  handle: apply,
  refetch: (workspaceId, streamKey) => refresh(workspaceId, [streamKey.slice(STREAM.length)]),
})

function toTicketEvent(event: CloudEvent): TicketEvent {
  const changed = dataOf(TicketChangedSchema, event)
  assertWorkspace(event, changed)
  const { workspaceId, state, cause, occurredAt } = changed
  if (!state || !cause || !occurredAt) throw invalid('event-incomplete', 'the event lacks state, cause or time')
  const at = fromWireTime(occurredAt)
  return {
    workspaceId,
    state: toState(changed, state),
    externalIds: state.externalIds.map(({ source, id }) => ({ source, id })),
    reply: changed.facts.reduce<Reply | undefined>((latest, fact) => replyOf(fact, at) ?? latest, undefined),
    declarations: changed.facts.flatMap((fact) => declarationOf(fact) ?? []),
    cause: fromWireCause(cause),
    occurredAt: at,
  }
}

function toState({ ticketId, version }: TicketChanged, state: WireState): TicketState {
  const status = fromWireStatus(state.status)
  const priority = fromWirePriority(state.priority)
  if (!status || !priority) throw invalid('word-unknown', 'the status or priority is of a newer contract')
  return {
    ticketId,
    version: Number(version),
    status,
    priority,
    groupId: idOrNull(state.groupId),
    customerId: idOrNull(state.customerId),
    projectId: idOrNull(state.projectId),
    hasRequester: state.requesterId !== '',
    detail: {
      number: Number(state.number),
      requesterId: idOrNull(state.requesterId),
      labels: state.labels,
    },
  }
}

function replyOf({ fact }: TicketFact, at: Date): Reply | undefined {
  if (fact.case !== 'commentAdded' || !fact.value.public || !isRequester(fact.value.author)) return undefined
  return { commentId: fact.value.commentId, at }
}

function declarationOf({ fact }: TicketFact): Declaration | undefined {
  if (fact.case === 'masterDeclared') return { type: 'master' }
  if (fact.case !== 'linkDeclared' && fact.case !== 'linkWithdrawn') return undefined
  const kind = fromWireLinkKind(fact.value.kind)
  if (!kind || !fact.value.target) return undefined // a kind of a newer contract says nothing to this version
  const { source, id } = fact.value.target
  const type = fact.case === 'linkDeclared' ? 'linked' : 'unlinked'
  return { type, kind, target: { source, id }, primary: fact.value.primary }
}
