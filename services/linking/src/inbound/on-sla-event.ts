import { ClockChangedSchema } from '@umbel/contracts'
import { type CloudEvent, dataOf, type StreamHandler } from '@umbel/messaging'
import type { TicketSla } from '../domain/ticket-sla.ts'
import { assertWorkspace } from '../wire.ts'

/** How the clocks of tickets stand. An event tells all of it, so one that went missing is made up for by the next. */
export const onSlaEvent = (handle: StreamHandler<TicketSla>['handle']): StreamHandler<TicketSla> => ({
  decode: (event) => (event.type === ClockChangedSchema.typeName ? toTicketSla(event) : undefined),
  streamKey: ({ ticketId }) => `sla:${ticketId}`,
  version: ({ version }) => version,
  handle,
})

function toTicketSla(event: CloudEvent): TicketSla {
  const changed = dataOf(ClockChangedSchema, event)
  assertWorkspace(event, changed)
  const { ticketId, streamVersion, slaState } = changed
  return { ticketId, version: Number(streamVersion), state: slaState }
}
