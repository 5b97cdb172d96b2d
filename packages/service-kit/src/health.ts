import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { unavailable } from '@umbel/kernel'
import type { Metrics } from './metrics.ts'

export interface HealthOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Whether the service can work now; throwing means no. */
  readonly ready: () => boolean | Promise<boolean>
  readonly metrics: Metrics
}

export interface Health extends AsyncDisposable {
  readonly port: number
}

/** Answers `/livez` (the process runs), `/readyz` (it can work) and `/metrics` (Prometheus). */
export async function serveHealth({ host, port, ready, metrics }: HealthOptions): Promise<Health> {
  const server = createServer((request, response) => {
    answer(request.url ?? '', ready, metrics, response).catch(() => say(response, 503, 'not ready\n'))
  })
  server.listen(port, host)
  await once(server, 'listening').catch((cause: unknown) => {
    throw unavailable('port-taken', `the health port ${port} is taken: stop what listens there, or set another`, {
      cause,
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function answer(
  url: string,
  ready: HealthOptions['ready'],
  metrics: Metrics,
  response: ServerResponse,
): Promise<void> {
  if (url === '/livez') return say(response, 200, 'alive\n')
  if (url === '/readyz') return (await ready()) ? say(response, 200, 'ready\n') : say(response, 503, 'not ready\n')
  if (url === '/metrics') return say(response, 200, await metrics.text())
  return say(response, 404, 'not found\n')
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}
