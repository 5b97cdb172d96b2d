import { TicketService, topics } from '@umbel/contracts'
import { describe, expect, it } from 'vitest'
import { type Flow, on, rowsOf, says, serves } from './flow.ts'

const handler = { decode: () => undefined, source: () => '', eventId: () => '', handle: async () => {} }
const flow: Flow = [
  serves(TicketService, {}),
  on(topics.inbound.tickets, 'ticket.on-upstream-event', handler),
  says(topics.ticket.events),
  says(topics.ticket.directory),
]

describe('a flow', () => {
  it('gives its rows by kind', () => {
    expect(rowsOf(flow, 'serves').map(({ service }) => service.typeName)).toEqual(['umbel.ticket.v1.TicketService'])
    expect(rowsOf(flow, 'on').map(({ name, topic }) => [name, topic.name])).toEqual([
      ['ticket.on-upstream-event', 'umbel.inbound.tickets.v1'],
    ])
    expect(rowsOf(flow, 'says')).toHaveLength(2)
  })

  it('refuses to say, hear or serve the same twice', () => {
    const twice = [
      serves(TicketService, {}),
      on(topics.ticket.events, 'ticket.on-upstream-event', handler),
      says(topics.ticket.events),
    ]
    for (const row of twice) expect(() => rowsOf([...flow, row], 'on')).toThrow(/twice/)
  })
})
