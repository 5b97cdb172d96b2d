import { takeInbox } from '../seen/inbox.ts'
import { moveSeen, type Seen } from '../seen/versions.ts'
import type { Transaction } from '../transaction.ts'
import type { AnyHandler } from './handler.ts'

/** How a group of events went. */
export interface Applied {
  readonly handled: number
  readonly repeats: number
  /** Streams whose earlier events were missing. */
  readonly gaps: readonly string[]
}

/** Moves what was seen, then hands the handler what is new; all in this transaction and workspace. */
export async function apply(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  handler: AnyHandler,
  events: readonly unknown[],
): Promise<Applied> {
  const seen = await look(trx, workspaceId, consumer, handler, events)
  const fresh = events.filter((_, at) => seen[at] !== 'repeat')
  if (fresh.length > 0) await handler.handle({ workspaceId, trx }, fresh)
  const gaps =
    'streamKey' in handler ? events.flatMap((event, at) => (seen[at] === 'gap' ? [handler.streamKey(event)] : [])) : []
  return { handled: fresh.length, repeats: events.length - fresh.length, gaps }
}

async function look(
  trx: Transaction,
  workspaceId: string,
  consumer: string,
  handler: AnyHandler,
  events: readonly unknown[],
): Promise<Seen[]> {
  if (events.length === 0) return []
  if ('streamKey' in handler) {
    const versions = events.map((event) => ({ streamKey: handler.streamKey(event), version: handler.version(event) }))
    return moveSeen(trx, workspaceId, consumer, versions)
  }
  const named = events.map((event) => ({ source: handler.source(event), eventId: handler.eventId(event) }))
  const fresh = await takeInbox(trx, workspaceId, consumer, named)
  return fresh.map((isFresh) => (isFresh ? 'fresh' : 'repeat'))
}
