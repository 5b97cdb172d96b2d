import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { isUmbelError, unavailable } from '@umbel/kernel'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { ReceivedReply } from '../commands/receive-mail.ts'
import { readAddress } from '../domain/incoming.ts'
import { readMail } from './read-mail.ts'

export interface MailListenerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly ownerOfToken: (token: string) => Promise<ReceivedReply['owner'] | undefined>
  readonly receive: (reply: ReceivedReply) => Promise<void>
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
}

export interface MailListener extends AsyncDisposable {
  readonly port: number
}

const MAX_BYTES = 10 * 1024 * 1024
const MAX_CLIENTS = 50
const MAX_RECIPIENTS = 10
const IDLE_MS = 60_000

/** Listens for customers' answers: mail to a reply token → `receiveMail`. 250 is said once the reply is committed. */
export async function startMailListener(options: MailListenerOptions): Promise<MailListener> {
  const { host, port, log } = options
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: 1_000,
    onRcptTo: ({ address }, session, done) => {
      const full = session.envelope.rcptTo.length >= MAX_RECIPIENTS
      const known = full ? Promise.reject(smtpError(452, 'too many recipients')) : admit(options, address)
      known.then(
        () => done(),
        (error: unknown) => done(toSmtp(error, log)),
      )
    },
    onData: (stream, session, done) => {
      take(options, stream, session).then(
        () => done(),
        (error: unknown) => done(toSmtp(error, log)),
      )
    },
  })
  server.on('error', (error: Error) => log.warn({ err: error }, 'a mail connection broke'))
  server.listen(port, host)
  await once(server.server, 'listening').catch((cause: unknown) => {
    throw unavailable('port-taken', `NOTIFICATION_SMTP_PORT ${port} is taken: set another`, { cause })
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** Throws a 550 for whatever is no address of ours. */
async function admit({ ownerOfToken }: MailListenerOptions, address: string): Promise<void> {
  const found = readAddress(address)
  const known = found?.kind === 'bounce' || (found !== undefined && (await ownerOfToken(found.token)) !== undefined)
  if (!known) throw smtpError(550, 'no such mailbox')
}

type DataStream = Readable & { readonly sizeExceeded?: boolean }

async function take(options: MailListenerOptions, stream: DataStream, session: SMTPServerSession): Promise<void> {
  const { mailFrom, rcptTo } = session.envelope
  const wanted = rcptTo.some(({ address }) => readAddress(address)?.kind === 'reply')
  const raw = await readAll(stream, wanted)
  const senderAddress = mailFrom ? mailFrom.address : ''
  for (const { address } of rcptTo) {
    const to = readAddress(address)
    const owner = to?.kind === 'reply' ? await options.ownerOfToken(to.token) : undefined
    if (to === undefined || owner === undefined) continue // a bounce, known by its envelope: nobody reads it
    const mail = await readMail(raw, senderAddress, to.domain).catch((cause: unknown) => {
      throw smtpError(554, 'this is no mail that can be read', cause)
    })
    await options.receive({ owner, senderAddress, ...mail })
  }
}

/**
 * The whole mail; what is too large, or wanted by nobody, is read to its end and thrown away: SMTP has no way to
 * interrupt, and whoever knows a bounce address, which anybody can make up, must not fill our memory.
 */
async function readAll(stream: DataStream, wanted: boolean): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (wanted && bytes <= MAX_BYTES) chunks.push(chunk)
  }
  if (bytes > MAX_BYTES || stream.sizeExceeded) throw smtpError(552, 'the mail is too large')
  return Buffer.concat(chunks)
}

class SmtpError extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string, cause?: unknown) {
    super(message, { cause })
    this.responseCode = responseCode
  }
}
const smtpError = (code: number, message: string, cause?: unknown): SmtpError => new SmtpError(code, message, cause)

/** What the sending server is told: 4xx to come again, 5xx to give up. */
function toSmtp(error: unknown, log: MailListenerOptions['log']): Error {
  if (error instanceof SmtpError) return error
  if (!isUmbelError(error)) {
    log.error({ err: error }, 'a mail failed in a way nobody foresaw')
    return smtpError(451, 'try again later', error)
  }
  // forbidden is about this service, whose token may be out of date for a moment, never about the customer
  const again = error.kind === 'unavailable' || error.kind === 'conflict' || error.kind === 'forbidden'
  return again ? smtpError(451, 'try again later', error) : smtpError(550, error.slug, error)
}
