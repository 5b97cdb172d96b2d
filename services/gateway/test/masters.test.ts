import { create } from '@bufbuild/protobuf'
import {
  AddChildrenResponseSchema,
  GetTicketIdsResponseSchema,
  ListMastersResponseSchema,
  ListTicketsResponseSchema,
  TicketStatus,
} from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { describe, expect, it } from 'vitest'
import type { MasterJson } from '../src/shapes/master.ts'
import { peer, startDesk } from './world.ts'

describe('masters over REST', () => {
  it('joins role, rollup and what people call them with one call to ticket per page', async () => {
    const [seen, hidden] = [newId(), newId()]
    let calls = 0
    await using desk = await startDesk({
      linking: peer('linking', {
        listMasters: async () =>
          create(ListMastersResponseSchema, {
            masters: [
              {
                ticketId: seen,
                rollup: {
                  children: 3n,
                  open: 2n,
                  closed: 1n,
                  byStatus: [{ status: TicketStatus.OPEN, count: 2n }],
                  customers: 3n,
                },
              },
              { ticketId: hidden, empty: true },
            ],
            nextPageToken: 'more',
          }),
      }),
      ticket: peer('ticket', {
        listTickets: async ({ ids }) => {
          calls += 1
          expect(ids).toEqual([seen, hidden])
          return create(ListTicketsResponseSchema, {
            tickets: [
              { id: seen, number: 5n, subject: 'Outage', externalIds: [{ source: '/crm', id: 'P-1' }], status: 2 },
            ],
          })
        },
      }),
    })
    const { json } = await desk.ask<{ items: MasterJson[]; nextCursor: string }>('GET', '/v1/masters?limit=2')
    expect(calls).toBe(1)
    expect(json.nextCursor).toBe('more')
    expect(json.items[0]).toMatchObject({
      id: seen,
      number: 5,
      subject: 'Outage',
      external: { source: '/crm', id: 'P-1' },
      rollup: { children: { total: 3, open: 2, closed: 1 }, customers: 3, sla: { atRisk: null, breached: null } },
    })
    expect(json.items[0]?.rollup.children.byStatus).toEqual({
      new: 0,
      open: 2,
      pending: 0,
      on_hold: 0,
      solved: 0,
      closed: 0,
    })
    expect(json.items[1]).toMatchObject({ id: hidden, number: null, external: null, empty: true })
  })

  it('asks for the rest of the tickets where one answer could not hold them all', async () => {
    const [first, second] = [newId(), newId()]
    await using desk = await startDesk({
      linking: peer('linking', {
        listMasters: async () =>
          create(ListMastersResponseSchema, { masters: [{ ticketId: first }, { ticketId: second }] }),
      }),
      ticket: peer('ticket', {
        listTickets: async ({ ids, pageToken }) => {
          expect(ids).toEqual([first, second])
          return pageToken === ''
            ? create(ListTicketsResponseSchema, { tickets: [{ id: first, number: 1n }], nextPageToken: 'rest' })
            : create(ListTicketsResponseSchema, { tickets: [{ id: second, number: 2n }] })
        },
      }),
    })
    const { json } = await desk.ask<{ items: MasterJson[] }>('GET', '/v1/masters')
    expect(json.items.map(({ number }) => number)).toEqual([1, 2])
  })

  it('adds children by id and number; a number that nothing answers to is an outcome, not a failure', async () => {
    const [master, child, numbered] = [newId(), newId(), newId()]
    await using desk = await startDesk({
      ticket: peer('ticket', {
        getTicketIds: async ({ numbers }) => {
          expect(numbers).toEqual([7n, 99n])
          return create(GetTicketIdsResponseSchema, { tickets: [{ number: 7n, id: numbered }] })
        },
      }),
      linking: peer('linking', {
        addChildren: async ({ ticketIds }) =>
          create(AddChildrenResponseSchema, {
            outcomes: (ticketIds ?? []).map((ticketId) => ({ ticketId, outcome: 'linked', linkId: newId() })),
          }),
      }),
    })
    const { json } = await desk.ask('POST', `/v1/masters/${master}/children`, { body: { ids: [child, '#7', '99'] } })
    expect(json.outcomes).toMatchObject([
      { ticketId: child, outcome: 'linked' },
      { ticketId: numbered, outcome: 'linked' },
      { ticketId: '99', outcome: 'not-found', linkId: null },
    ])
  })
})
