import { ItemOutcome, TicketService } from '@umbel/contracts'
import { newId } from '@umbel/kernel/ids'
import { type Handlers, rpcClient, serveRpc } from '@umbel/rpc'
import { expect, it } from 'vitest'
import { applyPage } from './ticket-pages.ts'

const nothing = Object.fromEntries(
  TicketService.methods.map(({ localName }) => [localName, async () => ({})]),
) as unknown as Handlers<typeof TicketService>
const page = {
  workspaceId: newId(),
  operationId: newId(),
  step: 1,
  epoch: 1,
  actorId: newId(),
  effect: { kind: 'broadcast' },
  masterVersion: 0,
  cause: null,
} as const

it('sends a page in halves where one answer cannot hold it, each with the texts of its own children', async () => {
  const sent: { items: number; texts: string[] }[] = []
  const handlers: Handlers<typeof TicketService> = {
    ...nothing,
    applyOperationPage: async ({ items, bodies }) => {
      sent.push({ items: items.length, texts: bodies.map(({ text }) => text) })
      const said = { outcome: ItemOutcome.APPLIED, before: 'x'.repeat(50_000) }
      return { halted: false, outcomes: items.map(({ ticketId }) => ({ ticketId, ...said })) }
    },
  }
  const verify = () => Promise.resolve({ kind: 'service', id: 'o', workspaceId: null, actorId: null } as const)
  const services = [{ service: TicketService, handlers }]
  await using server = await serveRpc({ host: '127.0.0.1', port: 0, services, verify, log: { error: () => {} } })
  const address = `127.0.0.1:${server.port}`
  using client = rpcClient(TicketService, { address, token: () => Promise.resolve('token'), deadlineMs: 5_000 })
  const items = Array.from({ length: 100 }, (_, at) => ({
    ticketId: newId(),
    linkId: newId(),
    body: at < 50 ? 1 : 2,
    plannedVersion: 1,
  }))
  const bodies = [
    { index: 1, text: 'one' },
    { index: 2, text: 'two' },
  ]
  const { halted, outcomes } = await applyPage(client)({ ...page, items, bodies })
  expect(halted).toBe(false)
  expect(outcomes.map(({ ticketId }) => ticketId)).toEqual(items.map(({ ticketId }) => ticketId))
  expect(sent).toEqual([
    { items: 100, texts: ['one', 'two'] },
    { items: 50, texts: ['one'] },
    { items: 50, texts: ['two'] },
  ])
})
