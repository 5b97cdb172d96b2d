import { createHmac, createPublicKey, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as an endpoint gets it. */
export interface Heard {
  readonly id: string
  readonly timestamp: number
  readonly signatures: readonly string[]
  readonly body: string
  readonly path: string
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

export interface WebhookSink extends AsyncDisposable {
  readonly url: string
  readonly heard: Heard[]
  /** Decides what is answered; 204 until set. */
  answer: (heard: Heard) => Answer | Promise<Answer>
  /** Connections that were opened. */
  connections(): number
}

/** An endpoint on a free port of this machine. */
export async function startWebhookSink(): Promise<WebhookSink> {
  let opened = 0
  const server = createServer((request, response) => void take(request, response))
  server.on('connection', () => {
    opened += 1
  })
  const sink: WebhookSink = {
    url: '',
    heard: [],
    answer: () => ({ status: 204 }),
    connections: () => opened,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const header = (name: string) => String(request.headers[name] ?? '')
    const heard = {
      id: header('webhook-id'),
      timestamp: Number(header('webhook-timestamp')),
      signatures: header('webhook-signature').split(' '),
      body: Buffer.concat(chunks).toString(),
      path: request.url ?? '',
    }
    sink.heard.push(heard)
    const { status, headers = {} } = await sink.answer(heard)
    response.writeHead(status, { ...headers }).end()
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(sink, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in` })
}

/**
 * Whether a message was signed under this secret (`whsec_`) or the private key of this public one (`whpk_`); written
 * from the specification, apart from what signs.
 */
export function isSigned({ id, timestamp, body, signatures }: Heard, by: string): boolean {
  const content = `${id}.${timestamp}.${body}`
  const key = Buffer.from(by.slice(by.indexOf('_') + 1), 'base64')
  if (by.startsWith('whsec_'))
    return signatures.includes(`v1,${createHmac('sha256', key).update(content).digest('base64')}`)
  const point = createPublicKey({ format: 'der', type: 'spki', key: Buffer.concat([ED25519_DER, key]) })
  return signatures
    .filter((signature) => signature.startsWith('v1a,'))
    .some((signature) => verify(null, Buffer.from(content), point, Buffer.from(signature.slice(4), 'base64')))
}

/** What stands before the 32 bytes of a public key (RFC 8410 §4). */
const ED25519_DER = Buffer.from('302a300506032b6570032100', 'hex')
