import { setTimeout as pause } from 'node:timers/promises'
import { refused, unavailable } from '@umbel/kernel'

/** One server-sent event, as far as anybody here reads it. */
export interface ServerEvent {
  readonly id: string
  readonly event: string
  readonly data: string
}

/** Opens the stream after this event; throws what the server refuses. */
export type OpenStream = (lastEventId: string) => Promise<AsyncIterable<Uint8Array>>

const AGAIN_MS = 1_000
const GIVE_UP_MS = 60_000
// the server says that it is alive every 15 s
const SILENCE_MS = 45_000

/**
 * Events until the server says `end`. A connection that is cut is opened again after the last event that came, for up
 * to a minute; a token that has ended is asked for anew with it.
 */
export async function* follow(open: OpenStream, againMs = AGAIN_MS): AsyncGenerator<ServerEvent> {
  let last = ''
  let lostAt: number | undefined
  for (;;) {
    try {
      for await (const told of readEvents(awake(await open(last)))) {
        lostAt = undefined
        if (told.event === 'end') {
          if (hasEnded(told)) return
          break
        }
        if (told.id !== '') last = told.id
        yield told
      }
    } catch (thrown) {
      if (!isCut(thrown)) throw thrown
    }
    lostAt ??= performance.now()
    if (performance.now() - lostAt > GIVE_UP_MS) throw unavailable('stream-lost', 'the stream is not to be had again')
    await pause(againMs)
  }
}

/** True: there is no more. False: only the token ended. Throws where the right to it was lost. */
function hasEnded({ data }: ServerEvent): boolean {
  const { reason } = JSON.parse(data) as { reason: string }
  if (reason === 'finished') return true
  if (reason === 'token-invalid') return false
  throw refused(reason, 'the stream has ended')
}

// what fetch throws for a lost connection is a TypeError
const isCut = (thrown: unknown): boolean =>
  thrown instanceof TypeError || (thrown instanceof Error && 'kind' in thrown && thrown.kind === 'unavailable')

/** The same bytes; a connection over which not even a heartbeat comes is lost. */
async function* awake(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const coming = bytes[Symbol.asyncIterator]()
  try {
    for (;;) {
      const heard = new AbortController()
      const silence = pause(SILENCE_MS, undefined, { signal: heard.signal }).catch(() => undefined)
      const come = await Promise.race([coming.next(), silence]).finally(() => heard.abort())
      if (come === undefined) throw unavailable('stream-silent', 'nothing comes any more')
      if (come.done === true) return
      yield come.value
    }
  } finally {
    // not waited for: a connection that gives nothing does not end either
    coming.return?.()?.catch(() => {})
  }
}

/** Blocks of a text/event-stream (WHATWG) with data; comments and what is cut off are passed over. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of bytes) {
    text += decoder.decode(chunk, { stream: true })
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const told = readBlock(block)
      if (told !== undefined) yield told
    }
  }
}

function readBlock(block: string): ServerEvent | undefined {
  const fields = { id: '', event: 'message', data: '' }
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^(id|event|data): ?(.*)$/.exec(line) ?? []
    if (name === 'id' || name === 'event' || name === 'data') fields[name] = value
  }
  return fields.data === '' ? undefined : fields
}
