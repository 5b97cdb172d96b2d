import type { Readable } from 'node:stream'
import { smtpError } from './smtp-error.ts'

type DataStream = Readable & { readonly sizeExceeded?: boolean }

export interface MailRoom {
  /** Reads a mail to its end and hands it over; what it holds of the room is given back when the work is done. */
  read(stream: DataStream, work: (raw: Buffer) => Promise<void>): Promise<void>
}

export const MAX_BYTES = 10 * 1024 * 1024
/** What an answer needs: there for every connection, however many large mails there are. */
const SMALL_BYTES = 256 * 1024
/** What all mails together may hold above that. Taking a mail apart needs several times its size. */
const ROOM_BYTES = 32 * 1024 * 1024

/** The memory that mails may hold between their first byte and the commit; what does not fit is asked to come again. */
export function createMailRoom(): MailRoom {
  let left = ROOM_BYTES
  return {
    async read(stream, work) {
      let held = 0
      const grow = (bytes: number): boolean => {
        const more = Math.max(0, bytes - SMALL_BYTES) - held
        if (more > left) return false
        left -= more
        held += more
        return true
      }
      try {
        await work(await readAll(stream, grow))
      } finally {
        left += held
      }
    },
  }
}

/** The whole mail; one that does not fit is read to its end and thrown away: SMTP has no way to interrupt. */
async function readAll(stream: DataStream, grow: (bytes: number) => boolean): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  let fits = true
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    fits &&= bytes <= MAX_BYTES && grow(bytes)
    if (fits) chunks.push(chunk)
    else chunks.length = 0
  }
  if (bytes > MAX_BYTES || stream.sizeExceeded) throw smtpError(552, 'the mail is too large')
  if (!fits) throw smtpError(452, 'there are too many large mails at once, come again')
  return Buffer.concat(chunks)
}
