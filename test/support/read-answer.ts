import { setTimeout as pause } from 'node:timers/promises'

const QUIET_MS = 1_500

/** The whole answer; of one that never ends by itself, what comes until it is quiet. */
export async function textOf(response: Response): Promise<string> {
  const live = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false
  return live && response.body !== null ? untilQuiet(response.body) : response.text()
}

async function untilQuiet(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const come = await Promise.race([reader.read(), pause(QUIET_MS, undefined)])
    if (come === undefined || come.done) break
    text += come.value
  }
  await reader.cancel()
  return text
}
