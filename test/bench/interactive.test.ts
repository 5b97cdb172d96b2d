import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import { apiAs } from '../support/api.ts'
import { startInteractive } from './interactive.ts'

const ticket = {
  id: 'ticket-1',
  number: 1,
  version: 1,
  status: 'open',
  requesterId: '',
  subject: 'A question',
  externalIds: [],
}

async function serving(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

it('an update that fails is counted as an error, and is no latency', async () => {
  let asked = 0
  await using server = await serving((_request, response) => {
    asked += 1
    response.writeHead(asked % 2 === 0 ? 503 : 200, { 'content-type': 'application/json' }).end('{}')
  })
  const load = startInteractive(apiAs(server.url, 'token'), [ticket])
  await until(() => asked >= 4, { what: 'four updates' })
  const { count, errors } = await load.end()
  expect(count + errors).toBe(asked)
  expect(errors).toBe(Math.floor(asked / 2))
})
