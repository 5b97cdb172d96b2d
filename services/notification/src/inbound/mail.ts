import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { isUmbelError, unavailable } from '@umbel/kernel'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { BouncedMail } from '../commands/receive-bounce.ts'
import type { ReceivedReply } from '../commands/receive-mail.ts'
import type { MailReport } from '../domain/bounce.ts'
import { readAddress } from '../domain/incoming.ts'
import { boundSession, isCrowding, MAX_CLIENTS } from './crowd.ts'
import { createMailRoom, MAX_BYTES } from './mail-room.ts'
import { readMail } from './read-mail.ts'
import { readReport } from './read-report.ts'
import { SmtpError, smtpError } from './smtp-error.ts'

export interface MailListenerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly ownerOfToken: (token: string) => Promise<ReceivedReply['owner'] | undefined>
  readonly receive: (reply: ReceivedReply) => Promise<void>
  readonly findBounced: (token: string) => Promise<BouncedMail | undefined>
  readonly receiveBounce: (mail: BouncedMail, report: MailReport) => Promise<void>
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
}

export interface MailListener extends AsyncDisposable {
  readonly port: number
}

const MAX_RECIPIENTS = 10
const IDLE_MS = 60_000

/**
 * Listens for customers' answers and for what came back: mail to a reply token → `receiveMail`, a report to a bounce
 * address → `receiveBounce`. 250 is said once that is committed.
 */
export async function startMailListener(options: MailListenerOptions): Promise<MailListener> {
  const { host, port, log } = options
  const room = createMailRoom()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: MAX_BYTES,
    maxClients: MAX_CLIENTS,
    socketTimeout: IDLE_MS,
    closeTimeout: 1_000,
    onConnect: ({ remoteAddress }, done) => {
      const open = [...server.connections].map((connection) => connection.remoteAddress)
      done(isCrowding(remoteAddress, open) ? smtpError(421, 'too many connections of yours, come again') : null)
    },
    onRcptTo: ({ address }, session, done) => {
      const full = session.envelope.rcptTo.length >= MAX_RECIPIENTS
      const known = full ? Promise.reject(smtpError(452, 'too many recipients')) : admit(options, address)
      known.then(
        () => done(),
        (error: unknown) => done(toSmtp(error, log)),
      )
    },
    onData: (stream, session, done) => {
      room
        .read(stream, (raw) => take(options, raw, session))
        .then(
          () => done(),
          (error: unknown) => done(toSmtp(error, log)),
        )
    },
  })
  server.on('error', (error: Error) => log.warn({ err: error }, 'a mail connection broke'))
  server.server.on('connection', boundSession)
  server.listen(port, host)
  await once(server.server, 'listening').catch((cause: unknown) => {
    throw unavailable('port-taken', `NOTIFICATION_SMTP_PORT ${port} is taken: set another`, { cause })
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  }
}

/** Throws a 550 for whatever is no address that we gave out. */
async function admit({ ownerOfToken, findBounced }: MailListenerOptions, address: string): Promise<void> {
  const found = readAddress(address)
  const find = found?.kind === 'bounce' ? findBounced : ownerOfToken
  if (found === undefined || (await find(found.token)) === undefined) throw smtpError(550, 'no such mailbox')
}

async function take(options: MailListenerOptions, raw: Buffer, session: SMTPServerSession): Promise<void> {
  const { mailFrom, rcptTo } = session.envelope
  const senderAddress = mailFrom ? mailFrom.address : ''
  for (const { address } of rcptTo) {
    const to = readAddress(address)
    if (to?.kind === 'bounce') await takeReport(options, raw, to.token)
    const owner = to?.kind === 'reply' ? await options.ownerOfToken(to.token) : undefined
    if (to === undefined || owner === undefined) continue
    const mail = await readMail(raw, senderAddress, to.domain).catch(unreadable)
    await options.receive({ owner, senderAddress, ...mail })
  }
}

/** Whatever else comes to a bounce address, such as a notice of absence, is taken and read by nobody. */
async function takeReport({ findBounced, receiveBounce }: MailListenerOptions, raw: Buffer, token: string) {
  const report = await readReport(raw).catch(unreadable)
  const mail = report && (await findBounced(token))
  if (report && mail) await receiveBounce(mail, report)
}

const unreadable = (cause: unknown): never => {
  throw smtpError(554, 'this is no mail that can be read', cause)
}

/** What the sending server is told. */
function toSmtp(error: unknown, log: MailListenerOptions['log']): Error {
  if (error instanceof SmtpError) return error
  // the sender left within its mail: nobody hears the answer
  if (error instanceof Error && 'code' in error && error.code === 'ECONNECTION') return error
  if (!isUmbelError(error)) {
    log.error({ err: error }, 'a mail failed in a way nobody foresaw')
    return smtpError(451, 'try again later', error)
  }
  // forbidden is about this service, whose token may be out of date for a moment, never about the customer
  const again = error.kind === 'unavailable' || error.kind === 'conflict' || error.kind === 'forbidden'
  return again ? smtpError(451, 'try again later', error) : smtpError(550, error.slug, error)
}
