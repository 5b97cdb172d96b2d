import type { MessageShape } from '@bufbuild/protobuf'
import {
  fromWireLinkKind,
  type TicketCommented,
  type TicketLinked,
  type TicketUpserted,
  topics,
} from '@umbel/contracts'
import { invalid, type Now, withoutOverrides } from '@umbel/kernel'
import { type CloudEvent, dataOf, type InputHandler } from '@umbel/messaging'
import type { App } from '../app.ts'
import type { UpstreamEvent } from '../commands/follow-upstream.ts'
import { priorityWord, statusWord } from './from-wire.ts'

const types = topics.inbound.tickets.types
const MAX_SEQUENCE = 2n ** 64n - 1n

/** umbel.inbound.tickets.v1 → follow-upstream; protobuf and JSON, binary and structured. */
export const onUpstreamEvent = (app: Pick<App, 'followUpstream'>, now: Now): InputHandler<UpstreamEvent> => ({
  decode: (event) => toUpstreamEvent(event, now),
  source: ({ source }) => source,
  eventId: ({ eventId }) => eventId,
  handle: (scope, events) => app.followUpstream(scope, events),
})

/** The workspace that the data names goes along: where it is not the envelope's, neither may see the message. */
function toUpstreamEvent(event: CloudEvent, now: Now): UpstreamEvent & { readonly workspaceId: string } {
  const { source, subject, id: eventId, time } = event
  const occurredAt = time === undefined ? now() : new Date(time)
  return { source, subject, eventId, sequence: sequenceOf(event), occurredAt, ...contentOf(event) }
}

function sequenceOf({ sequence }: CloudEvent): bigint {
  const found = sequence === undefined ? -1n : BigInt(sequence)
  if (found < 0n || found > MAX_SEQUENCE)
    throw invalid('sequence-missing', 'an upstream event needs a sequence (uint64)', { field: 'ce_sequence' })
  return found
}

type Content = Pick<UpstreamEvent, 'said' | 'refs'>

function contentOf(event: CloudEvent): Content & { readonly workspaceId: string } {
  const schema = Object.hasOwn(types, event.type) ? types[event.type as keyof typeof types] : undefined
  if (!schema) throw invalid('event-type-unknown', `no such event: ${event.type}`, { field: 'ce_type' })
  const data = dataOf(schema, event)
  return { ...saidBy(data, event.source), workspaceId: data.workspaceId || event.workspace }
}

function saidBy(data: MessageShape<(typeof types)[keyof typeof types]>, source: string): Content {
  switch (data.$typeName) {
    case 'umbel.inbound.v1.TicketUpserted':
      return upserted(data, source)
    case 'umbel.inbound.v1.TicketCommented':
      return commented(data, source)
    case 'umbel.inbound.v1.TicketLinked':
      return linked('linked', data)
    case 'umbel.inbound.v1.TicketUnlinked':
      return linked('unlinked', data)
  }
}

const refNames = ['requester', 'customer', 'project', 'group', 'assignee'] as const

function upserted(data: TicketUpserted, source: string): Content {
  const named = refNames.flatMap((kind) => {
    const ref = data[kind]
    return ref ? [{ source, kind, externalId: ref.externalId, name: ref.name, email: ref.email }] : []
  })
  return {
    refs: named.filter(({ externalId }) => externalId !== ''),
    said: {
      kind: 'upserted',
      master: data.master,
      unmappedStatus: data.unmappedStatus,
      ...(data.description ? { description: withoutOverrides(data.description) } : {}),
      said: {
        ...present('subject', data.subject === undefined ? undefined : withoutOverrides(data.subject)),
        ...present('status', statusWord(data.status)),
        ...present('priority', priorityWord(data.priority)),
        ...present('labels', data.labels?.labels),
        ...present('primaryMaster', data.primaryMaster),
        refs: Object.fromEntries(named.map(({ kind, externalId }) => [kind, externalId])),
        fields: Object.fromEntries(Object.entries(data.fields).map(([name, value]) => [name, withoutOverrides(value)])),
      },
    },
  }
}

const present = <K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { readonly [P in K]?: V })

function commented(data: TicketCommented, source: string): Content {
  const { author, text } = data
  const kind = author.case === 'agent' ? 'assignee' : author.case === 'requester' ? 'requester' : 'source'
  const ref = author.value
  const externalId = ref?.externalId ?? ''
  return {
    refs:
      ref && kind !== 'source' && externalId !== ''
        ? [{ source, kind, externalId, name: ref.name, email: ref.email }]
        : [],
    said: { kind: 'commented', author: { kind, externalId }, public: data.public, text: withoutOverrides(text) },
  }
}

function linked(kind: 'linked' | 'unlinked', { kind: wire, target }: Pick<TicketLinked, 'kind' | 'target'>): Content {
  const link = fromWireLinkKind(wire)
  if (!link) throw invalid('unknown-link-kind', `no such kind of link: ${wire}`, { field: 'kind' })
  if (target === '') throw invalid('target-missing', 'a link needs a target', { field: 'target' })
  return { refs: [], said: { kind, link, target } }
}
