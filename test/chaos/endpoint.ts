import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { HistoryEvent } from './history.ts'

/** Somebody else's server that webhooks are sent to. */
export interface Endpoint extends AsyncDisposable {
  readonly url: string
  /** Whether it cuts every connection instead of answering. */
  refuse(away: boolean): void
}

interface Payload {
  readonly data?: { readonly ticket?: { readonly id: string }; readonly comment?: { readonly id: string } }
}

export async function startEndpoint(heard: (event: HistoryEvent) => void): Promise<Endpoint> {
  let away = false
  const take = async (request: IncomingMessage): Promise<void> => {
    const { data } = JSON.parse(await text(request)) as Payload
    const webhookId = String(request.headers['webhook-id'])
    heard({ type: 'hook', webhookId, ticketId: data?.ticket?.id ?? '', commentId: data?.comment?.id ?? '' })
  }
  const server = createServer((request, response) => {
    if (away) return void request.destroy()
    take(request).then(
      () => response.writeHead(204).end(),
      () => response.writeHead(400).end(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    refuse(now) {
      away = now
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
