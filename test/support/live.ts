import type { World } from './world.ts'

export interface LiveEvent {
  readonly id: string
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The events of a stream as somebody gets them, after the one named, until it ends or is left. */
export async function* eventsOf(world: World, token: string, path: string, after = ''): AsyncGenerator<LiveEvent> {
  const headers = { authorization: `Bearer ${token}`, ...(after === '' ? {} : { 'last-event-id': after }) }
  const left = new AbortController()
  const response = await fetch(world.api + path, { headers, signal: left.signal })
  if (!response.ok || response.body === null) throw new Error(`${path} answered ${response.status}`)
  let text = ''
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      yield* blocks.flatMap(read)
    }
  } finally {
    left.abort()
  }
}

function read(block: string): LiveEvent[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
  const data = field('data')
  return data === '' ? [] : [{ id: field('id'), event: field('event'), data: JSON.parse(data) }]
}
