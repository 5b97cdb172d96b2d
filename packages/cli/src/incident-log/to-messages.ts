import { Buffer } from 'node:buffer'
import { create, toBinary, toJson } from '@bufbuild/protobuf'
import { TicketStatus, TicketUpsertedSchema, topics } from '@umbel/contracts'
import type { Message } from '@umbel/messaging'
import { masterOf, stateRule, timeOf, toMasterUpsert, toUpsert, type Upsert } from './mapping.ts'
import type { Row } from './read-rows.ts'

/** What was seen so far of one incident. */
interface Incident {
  ordinal: number
  ended: boolean
  stopped: boolean
  master: string
}

export interface Counts {
  rows: number
  tickets: number
  masters: number
  events: number
  /** Rows with the broken state `-100`: everything but their status applies. */
  unmapped: number
  /** Rows whose state nobody knows: they become dead letters, with their reason. */
  unknown: number
}

export interface Translator {
  /** The events of one row, in order; none once its incident has passed the end. */
  messages(row: Row): Message[]
  readonly counts: Readonly<Counts>
  /** How many children each master ends with, to know when its rollup is readable. */
  children(): ReadonlyMap<string, number>
}

interface Options {
  readonly slug: string
  readonly workspaceId: string
  readonly until: Date | undefined
}

export const sourceOf = (slug: string): string => `/incident-log/${slug}`

/** Turns rows, in file order, into upstream events. It remembers one small record per incident. */
export function createTranslator({ slug, workspaceId, until }: Options): Translator {
  const source = sourceOf(slug)
  const incidents = new Map<string, Incident>()
  const masters = new Set<string>()
  const counts: Counts = { rows: 0, tickets: 0, masters: 0, events: 0, unmapped: 0, unknown: 0 }
  const envelope = (subject: string, ordinal: number, at: Date | undefined): Envelope => ({
    source,
    workspaceId,
    subject,
    ordinal,
    at,
  })

  function masterFirst(row: Row, at: Date | undefined): Message[] {
    const master = masterOf(row)
    if (master === '' || masters.has(master)) return []
    masters.add(master)
    counts.masters += 1
    return [upserted(envelope(master, 1, at), toMasterUpsert(row.problem_id ?? '', workspaceId))]
  }

  function messages(row: Row): Message[] {
    const number = row.number ?? ''
    const incident = incidents.get(number) ?? { ordinal: 0, ended: false, stopped: false, master: '' }
    const at = timeOf(row.sys_updated_at ?? '')
    incidents.set(number, incident)
    incident.stopped ||= until !== undefined && at !== undefined && at > until
    if (incident.stopped) return []
    if (incident.ordinal === 0) counts.tickets += 1
    incident.ordinal += 1
    counts.rows += 1
    const out = translate(row, incident, envelope(number, incident.ordinal, at))
    counts.events += out.length
    return out
  }

  function translate(row: Row, incident: Incident, about: Envelope): Message[] {
    const rule = stateRule(row.incident_state ?? '')
    if (rule.kind === 'unknown') {
      counts.unknown += 1
      return [unreadable(about, toUpsert(row, workspaceId, incident.ended), row.incident_state ?? '')]
    }
    if (rule.kind === 'stays') counts.unmapped += 1
    else incident.ended ||= rule.status === TicketStatus.SOLVED || rule.status === TicketStatus.CLOSED
    incident.master = masterOf(row)
    return [...masterFirst(row, about.at), upserted(about, toUpsert(row, workspaceId, incident.ended))]
  }

  function children(): Map<string, number> {
    const found = new Map<string, number>()
    for (const { master } of incidents.values()) if (master !== '') found.set(master, (found.get(master) ?? 0) + 1)
    return found
  }

  return { messages, counts, children }
}

interface Envelope {
  readonly source: string
  readonly workspaceId: string
  readonly subject: string
  readonly ordinal: number
  readonly at: Date | undefined
}

const TYPE = 'umbel.ticket.upserted.v1'

function enveloped(about: Envelope, contentType: string, value: Uint8Array): Message {
  return {
    topic: topics.inbound.tickets.name,
    key: `${about.workspaceId}:${about.source}:${about.subject}`,
    value,
    headers: {
      'content-type': contentType,
      ce_specversion: '1.0',
      ce_id: `${about.subject}:${about.ordinal}`,
      ce_source: about.source,
      ce_type: TYPE,
      ce_subject: about.subject,
      ce_sequence: String(about.ordinal),
      ce_workspace: about.workspaceId,
      ...(about.at === undefined ? {} : { ce_time: about.at.toISOString() }),
    },
  }
}

const upserted = (about: Envelope, upsert: Upsert): Message =>
  enveloped(about, 'application/protobuf', toBinary(TicketUpsertedSchema, create(TicketUpsertedSchema, upsert)))

/**
 * The row with its state in its own words, which no contract has: the receiver keeps it as a dead letter. The words go
 * in an object, because a bare word in an enum's place may be passed over as one of a newer contract.
 */
function unreadable(about: Envelope, upsert: Upsert, state: string): Message {
  const known = toJson(TicketUpsertedSchema, create(TicketUpsertedSchema, upsert))
  const data = { ...(known as object), status: { unknown: state } }
  return enveloped(about, 'application/json', Buffer.from(JSON.stringify(data)))
}
