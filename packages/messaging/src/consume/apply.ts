import { takeInbox } from '../seen/inbox.ts'
import { moveSeen, type Seen } from '../seen/versions.ts'
import type { Transaction } from '../transaction.ts'
import type { AnyHandler } from './handler.ts'
import type { Tally } from './tally.ts'

/** Moves what was seen, then hands the handler what is new; all in this transaction and workspace. */
export async function apply(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  handler: AnyHandler,
  events: readonly unknown[],
): Promise<Tally> {
  if (events.length === 0) return { counts: {}, gaps: [] }
  const seen = await see(trx, workspaceId, consumer, handler, events)
  const fresh = events.filter((_, at) => seen[at] !== 'repeat')
  if (fresh.length > 0) await handler.handle({ workspaceId, trx }, fresh)
  return {
    counts: { handled: fresh.length, repeat: events.length - fresh.length },
    gaps: 'streamKey' in handler ? gapsIn(workspaceId, handler, events, seen) : [],
  }
}

const gapsIn = (
  workspaceId: string,
  { streamKey }: Extract<AnyHandler, { streamKey: unknown }>,
  events: readonly unknown[],
  seen: readonly Seen[],
) => events.filter((_, at) => seen[at] === 'gap').map((event) => ({ workspaceId, streamKey: streamKey(event) }))

/** Notes an event that will not be handled as seen: a repeat is a repeat, and the next event of its key shows no gap. */
export async function moveOn(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  handler: AnyHandler,
  event: unknown,
): Promise<void> {
  await see(trx, workspaceId, consumer, handler, [event])
}

async function see(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  handler: AnyHandler,
  events: readonly unknown[],
): Promise<Seen[]> {
  if ('streamKey' in handler) {
    const versions = events.map((event) => ({ streamKey: handler.streamKey(event), version: handler.version(event) }))
    return moveSeen(trx, workspaceId, consumer, versions)
  }
  const named = events.map((event) => ({ source: handler.source(event), eventId: handler.eventId(event) }))
  const fresh = await takeInbox(trx, workspaceId, consumer, named)
  return fresh.map((isFresh) => (isFresh ? 'fresh' : 'repeat'))
}
