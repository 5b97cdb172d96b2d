import { expect, it } from 'vitest'
import { inHalves } from '../src/in-halves.ts'
import { openDesk, workspaceId } from './desk.ts'

it('asks for half as much where one answer cannot hold it, and keeps the order', async () => {
  const asked: number[] = []
  await using desk = await openDesk({
    getTicketStates: async ({ ticketIds }) => {
      asked.push(ticketIds.length)
      return { states: ticketIds.map((ticketId) => ({ ticketId, subject: 'x'.repeat(900_000) })) }
    },
  })
  const client = desk.agent()
  const ids = Array.from({ length: 10 }, (_, at) => String(at))
  const answers = await inHalves(ids, (ticketIds) => client.getTicketStates({ workspaceId, ticketIds: [...ticketIds] }))
  expect(answers.flatMap(({ states }) => states.map(({ ticketId }) => ticketId))).toEqual(ids)
  expect(asked).toEqual([10, 5, 3, 2, 5, 3, 2])
})

it('gives up where one alone is too large, and at once where something else is wrong', async () => {
  await using desk = await openDesk({
    getTicketStates: async () => ({ states: [{ subject: 'x'.repeat(5_000_000) }] }),
  })
  const client = desk.agent()
  const ask = (ticketIds: readonly string[]) => client.getTicketStates({ workspaceId, ticketIds: [...ticketIds] })
  await expect(inHalves(['1', '2'], ask)).rejects.toThrow(/RESOURCE_EXHAUSTED/)
  await expect(inHalves([1, 2], () => Promise.reject(new Error('away')))).rejects.toThrow('away')
})
