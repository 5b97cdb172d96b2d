import { request } from 'node:http'

/** One event as it came over the wire. */
export interface Told {
  readonly id: string | undefined
  readonly event: string
  readonly data: unknown
}

export interface EventSource extends Disposable {
  readonly status: number
  readonly type: string
  /** Everything so far; comments are counted. */
  readonly events: readonly Told[]
  readonly comments: number
  /** The whole answer, where it is no stream. */
  readonly text: string
  /** Resolves when the connection has closed, whoever closed it. */
  readonly closed: Promise<void>
  /** Takes nothing any more. */
  stall(): void
}

/** Reads server-sent events as the WHATWG standard says. */
export async function openEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  token = 'agent',
): Promise<EventSource> {
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>()
  const asked = request(url, { headers: { authorization: `Bearer ${token}`, ...headers }, agent: false })
  asked.once('response', resolve).once('error', reject).end()
  const response = await promise
  const events: Told[] = []
  let [text, comments] = ['', 0]
  let waiting = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const blocks = (waiting + chunk).split('\n\n')
    waiting = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith(':')) comments += 1
      const told = readBlock(block)
      if (told !== undefined) events.push(told)
    }
  })
  const closed = new Promise<void>((done) => response.once('close', done))
  response.on('error', () => {}) // a cut connection is told by `closed`
  return {
    status: response.statusCode ?? 0,
    type: response.headers['content-type'] ?? '',
    events,
    closed,
    get text() {
      return text
    },
    get comments() {
      return comments
    },
    stall: () => void response.pause(),
    [Symbol.dispose]: () => void asked.destroy(),
  }
}

function readBlock(block: string): Told | undefined {
  const fields = new Map(
    block.split('\n').map((line) => [line.split(': ')[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
  )
  const data = fields.get('data')
  if (data === undefined) return undefined
  return { id: fields.get('id'), event: fields.get('event') ?? 'message', data: JSON.parse(data) }
}
