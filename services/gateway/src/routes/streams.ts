import { z } from 'zod'
import { parseBy } from '../http/read-request.ts'
import { type Context, type Route, type Streamed, streamRoute } from '../http/route.ts'
import { followOperation } from '../live/follow-operation.ts'
import { followRollup } from '../live/follow-rollup.ts'
import { type LiveEvent, serverSent } from '../live/sse.ts'
import { id, ticketRef } from '../shapes/common.ts'
import { ticketId } from './refs.ts'

const version = z
  .string()
  .regex(/^\d{1,18}$/, 'an event id is a whole number')
  .transform(BigInt)
const query = z.strictObject({
  lastEventId: version.optional().describe('what the header Last-Event-ID says, for clients that cannot set it'),
})
const header = z.object({ 'last-event-id': version.optional() })

interface Asked {
  readonly query: z.output<typeof query>
  readonly headers: Readonly<Record<string, string>>
}

/** After which event to go on: the header, as browsers repeat it, before the query that was there from the start. */
function lastEventId({ query: { lastEventId: given }, headers }: Asked): bigint | undefined {
  const named = headers['last-event-id']
  return named === undefined || named === '' ? given : parseBy(header, { 'last-event-id': named })['last-event-id']
}

const HEADERS = { 'x-accel-buffering': 'no' }

/** Looks once before the first byte, so that what is refused has a status; then tells. */
function streamed(context: Context, look: () => Promise<(signal: AbortSignal) => AsyncIterable<LiveEvent>>): Streamed {
  async function* chunks() {
    yield* serverSent(context, await look())
  }
  return { headers: HEADERS, chunks: chunks() }
}

const operation = streamRoute({
  path: '/v1/operations/{id}/stream',
  summary:
    'Server-sent events: the operation after each of its changes (`operation`, its id the progress version), none lost and none twice; `end` when there are no more',
  tag: 'operations',
  params: z.object({ id }),
  query,
  says: 'text/event-stream',
  handle: (asked, context) =>
    streamed(context, async () => {
      const { workspaceId, peers, call } = context
      const after = lastEventId(asked) ?? 0n
      await peers.operation.getOperation({ workspaceId, operationId: asked.params.id }, call)
      return (signal) => followOperation(context, asked.params.id, after, signal)
    }),
})

const master = streamRoute({
  path: '/v1/masters/{id}/stream',
  summary: 'Server-sent events: the rollup whenever it has changed (`rollup`), the latest state always',
  tag: 'masters',
  params: z.object({ id: ticketRef }),
  query,
  says: 'text/event-stream',
  handle: (asked, context) =>
    streamed(context, async () => {
      const { workspaceId, peers, call } = context
      const after = lastEventId(asked)
      const masterId = await ticketId(context, asked.params.id)
      await peers.linking.getRollup({ workspaceId, masterId }, call)
      return (signal) => followRollup(context, masterId, after, signal)
    }),
})

export const streamRoutes: readonly Route[] = [operation, master]
