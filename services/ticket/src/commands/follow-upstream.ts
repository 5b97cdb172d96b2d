import { forbidden } from '@umbel/kernel'
import { idFrom, newId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Change, step } from '../domain/change.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import type { Ticket } from '../domain/ticket.ts'
import { decideUpstream, type UpstreamSaid } from '../domain/upstream.ts'
import { rootCause } from '../domain/words.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import type { Subject, UpstreamRow } from '../store/upstream-store.ts'
import { type NamedRef, type Resolve, resolveRefs } from './resolve-refs.ts'

/** One event of a source of record. */
export interface UpstreamEvent extends Subject {
  readonly eventId: string
  /** uint64; one sequence per subject over all types. */
  readonly sequence: bigint
  readonly occurredAt: Date
  readonly said: UpstreamSaid
  readonly refs: readonly NamedRef[]
}

/** What is worth counting while following a source. */
export interface UpstreamCounts {
  dropped(count: number): void
  unmappedStatus(count: number): void
}

export interface FollowUpstream {
  readonly transact: Transact
  readonly counts: UpstreamCounts
}

/**
 * A batch of events in order, in a few statements. Sequences not above the last are dropped without a trace; every
 * other event leaves its audit entry, and a version and an event where it changed something.
 */
export const followUpstream =
  ({ transact, counts }: FollowUpstream) =>
  (scope: Scope, events: readonly UpstreamEvent[]): Promise<void> =>
    transact(scope, async (session) => {
      const notifies = await registered(session, events)
      const rows = await session.upstream.lock(distinct(events))
      const fresh = unseen(rows, events)
      counts.dropped(events.length - fresh.length)
      if (fresh.length === 0) return
      const resolve = await directory(session, fresh)
      const states = await currentStates(session, rows, fresh)
      const changes = fresh.map((event) => follow(stateOf(states, event), event, resolve, notifies))
      await session.tickets.save(changes)
      await session.upstream.save([...states.values()].map(({ row }) => row))
      counts.unmappedStatus(changes.filter(({ note }) => note === 'unmapped-status').length)
    })

/** A source speaks for one workspace only: here it is registered, or it is nobody's. */
async function registered(session: Session, events: readonly UpstreamEvent[]): Promise<ReadonlyMap<string, boolean>> {
  const names = [...new Set(events.map(({ source }) => source))]
  const known = await session.upstream.sources(names)
  for (const name of names)
    if (!known.has(name)) throw forbidden('source-unknown', `${name} is not registered to this workspace`)
  return known
}

const nameOf = ({ source, subject }: Subject): string => `${source}\u0000${subject}`

/** In order, so that two consumers cannot deadlock. */
function distinct(events: readonly Subject[]): readonly Subject[] {
  const byName = new Map(events.map((event) => [nameOf(event), event]))
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject)
}

function unseen(rows: readonly UpstreamRow[], events: readonly UpstreamEvent[]): UpstreamEvent[] {
  const last = new Map(rows.map((row) => [nameOf(row), row.sequence]))
  return events.filter((event) => {
    const seen = last.get(nameOf(event)) ?? -1n
    if (event.sequence <= seen) return false
    last.set(nameOf(event), event.sequence)
    return true
  })
}

async function directory(session: Session, events: readonly UpstreamEvent[]): Promise<Resolve> {
  const [{ source, eventId }] = events as readonly [UpstreamEvent, ...UpstreamEvent[]]
  const cause = rootCause('upstream', `${source}#${eventId}`, { kind: 'source', id: source })
  const refs = events.flatMap((event) => event.refs)
  const resolve = await resolveRefs(session, refs, cause)
  await session.directory.join(members(events, resolve))
  return resolve
}

/** An agent named together with a group works in it. */
function members(events: readonly UpstreamEvent[], resolve: Resolve) {
  const pairs = new Map<string, { agentId: string; groupId: string }>()
  for (const { source, refs } of events) {
    const agent = refs.find(({ kind }) => kind === 'assignee')
    const group = refs.find(({ kind }) => kind === 'group')
    if (!agent || !group) continue
    const agentId = resolve(source, 'assignee', agent.externalId)
    const groupId = resolve(source, 'group', group.externalId)
    pairs.set(`${groupId}${agentId}`, { agentId, groupId })
  }
  return [...pairs.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair)
}

/** One subject while its events are folded; `row` is what will be kept of the source. */
interface SubjectState {
  ticket: Ticket | undefined
  recordedAt: number
  row: UpstreamRow
  readonly number: number
}

async function currentStates(
  session: Session,
  rows: readonly UpstreamRow[],
  fresh: readonly UpstreamEvent[],
): Promise<Map<string, SubjectState>> {
  const known = new Map(rows.map((row) => [nameOf(row), row]))
  const subjects = distinct(fresh)
  const ids = subjects.flatMap((subject) => known.get(nameOf(subject))?.ticketId ?? [])
  const locked = await session.tickets.lockMany(ids)
  const unknown = subjects.length - ids.length
  let number = unknown === 0 ? 0 : await session.tickets.takeNumbers(unknown)
  const clock = await session.tickets.clock()
  return new Map(
    subjects.map(({ source, subject }) => {
      const row = known.get(nameOf({ source, subject }))
      if (!row) {
        const begun = { source, subject, ticketId: newId(), sequence: -1n, snapshot: {} as Snapshot }
        return [nameOf(begun), { ticket: undefined, recordedAt: clock, row: begun, number: number++ }]
      }
      const { ticket, recordedAt } = locked.get(row.ticketId) ?? { ticket: undefined, recordedAt: clock }
      return [nameOf(row), { ticket, recordedAt, row, number: 0 }]
    }),
  )
}

function stateOf(states: ReadonlyMap<string, SubjectState>, event: UpstreamEvent): SubjectState {
  const state = states.get(nameOf(event))
  if (!state) throw new TypeError(`${event.subject} was not loaded`)
  return state
}

/** Decides one event and moves the subject's state on. */
function follow(
  state: SubjectState,
  event: UpstreamEvent,
  resolve: Resolve,
  notifies: ReadonlyMap<string, boolean>,
): Change {
  const { source, subject, sequence, occurredAt, eventId } = event
  const { row, number, recordedAt, ticket } = state
  const decision = decideUpstream({ ticket, snapshot: row.snapshot }, event.said, {
    source,
    subject,
    at: occurredAt,
    newTicket: { id: row.ticketId, number },
    commentIds: () => ({
      commentId: idFrom('upstream-comment', row.ticketId, sequence.toString()),
      bodyId: idFrom('upstream-body', row.ticketId, sequence.toString()),
    }),
    resolve: (kind, externalId) => resolve(source, kind, externalId),
  })
  const cause = rootCause('upstream', `${source}#${eventId}`, { kind: 'source', id: source })
  const quiet = notifies.get(source) !== true
  const change = step(ticket, decision.facts, { cause, occurredAt, recordedAt, quiet, note: decision.note })
  state.ticket = change.ticket
  state.recordedAt = recordedAt + 1
  state.row = { ...row, sequence, snapshot: decision.snapshot }
  return change
}
