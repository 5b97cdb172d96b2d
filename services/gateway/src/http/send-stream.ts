import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Response } from 'express'
import type { Route, Streamed } from './route.ts'

/**
 * Writes chunks as they come, no faster than the other side reads: what waits is one chunk and the socket's buffer.
 * Nothing is written before the first chunk, so that a refusal is still a problem with its own status. A caller who
 * takes nothing for `stallMs` is cut off.
 */
export async function sendStream(
  row: Route,
  { chunks, headers = {} }: Streamed,
  stallMs: number,
  response: Response,
): Promise<void> {
  const coming = chunks[Symbol.asyncIterator]()
  const first = await coming.next()
  response
    .status(row.status)
    .setHeaders(new Map(Object.entries({ ...headers, 'content-type': `${row.says}; charset=utf-8` })))
  response.flushHeaders()
  response.setTimeout(stallMs, () => response.destroy())
  try {
    await pipeline(Readable.from(joined(first, coming), { highWaterMark: 1 }), response)
  } catch (thrown) {
    if (!response.destroyed || !isGone(thrown)) throw thrown
  }
}

async function* joined(first: IteratorResult<string>, coming: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await coming.next()) yield next.value
  } finally {
    await coming.return?.()
  }
}

const isGone = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_STREAM_PREMATURE_CLOSE'
