import { type Client, credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js'
import { service as healthService } from 'grpc-health-check'
import { expect, it } from 'vitest'
import { openDesk } from './desk.ts'

const definition = loadPackageDefinition({ Health: healthService }).Health as ServiceClientConstructor

function check(channel: Client, service: string): Promise<string> {
  const ask = (channel as Client & { check: Ask }).check.bind(channel)
  return new Promise((resolve, reject) =>
    ask({ service }, (error, answer) => (error ? reject(error) : resolve(answer.status))),
  )
}
type Ask = (request: object, done: (error: Error | null, answer: { status: string }) => void) => void

it('answers health without a token, and says when it no longer serves', async () => {
  await using desk = await openDesk({})
  const channel = new definition(`127.0.0.1:${desk.server.port}`, credentials.createInsecure())
  expect(await check(channel, '')).toBe('SERVING')
  expect(await check(channel, 'umbel.ticket.v1.TicketService')).toBe('SERVING')
  desk.server.setServing(false)
  expect(await check(channel, 'umbel.ticket.v1.TicketService')).toBe('NOT_SERVING')
  channel.close()
})
