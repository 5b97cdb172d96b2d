import { Readable } from 'node:stream'
import SMTPConnection, { type SMTPError } from 'nodemailer/lib/smtp-connection'
import type { Mailer } from '../commands/send-page.ts'
import type { SendResult } from '../domain/attempt.ts'
import type { Mail } from '../domain/mail.ts'
import { createMimeWriter } from './mime.ts'

export interface MailerOptions {
  /** `smtp://user:password@host:port`; `smtps:` for TLS from the first byte. */
  readonly url: string
  readonly now: () => Date
  /** Asks the transport whether it has a mail; left out where it cannot tell. */
  readonly wasAccepted?: (messageId: string) => Promise<boolean | undefined>
}

/** At most as many as the sender has in flight. */
const CONNECTIONS = 8
const CONNECT_MS = 5_000
// a server that thinks about a text for longer is taken for lost
const SOCKET_MS = 30_000

/** Sends over kept connections, at most eight. */
export function createMailer(options: MailerOptions): Mailer & AsyncDisposable {
  const { url, now, wasAccepted = () => Promise.resolve(undefined) } = options
  const idle: SMTPConnection[] = []
  const write = createMimeWriter()
  return {
    wasAccepted,
    async send(mail, body, mayStart) {
      let connection: SMTPConnection
      try {
        connection = takeIdle(idle) ?? (await connect(url))
      } catch {
        return { kind: 'away' } // whatever the reason, nothing was said about this mail
      }
      const result = await sendOver(connection, mail, write(mail, body, now()), mayStart)
      if (result.kind === 'accepted' && idle.length < CONNECTIONS) idle.push(connection)
      else connection.close()
      return result
    },
    async [Symbol.asyncDispose]() {
      for (const connection of idle.splice(0)) connection.quit()
    },
  }
}

function takeIdle(idle: SMTPConnection[]): SMTPConnection | undefined {
  for (;;) {
    const connection = idle.pop()
    if (connection === undefined || !connection.destroyed) return connection
  }
}

function connect(url: string): Promise<SMTPConnection> {
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const connection = new SMTPConnection({
    host: hostname,
    port: port === '' ? (secure ? 465 : 25) : Number(port),
    secure,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SOCKET_MS,
  })
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      connection.close()
      reject(error)
    }
    // stays for good: a kept connection may break while nobody sends
    connection.on('error', fail)
    connection.on('end', () => fail(new Error('the server hung up')))
    connection.connect(() => {
      if (username === '') return resolve(connection)
      const credentials = { user: decodeURIComponent(username), pass: decodeURIComponent(password) }
      connection.login({ credentials }, (error) => (error ? fail(error) : resolve(connection)))
    })
  })
}

/** The lease ran out before the text began to leave. */
class TooLate extends Error {}

function sendOver(
  connection: SMTPConnection,
  { envelope }: Mail,
  text: string,
  mayStart: () => boolean,
): Promise<SendResult> {
  let begun = false
  // read for the first time when the server has answered DATA: whoever may no longer send sends no byte and no end
  const source = new Readable({
    read() {
      if (!mayStart()) return void this.destroy(new TooLate('the lease ran out'))
      begun = true
      this.push(text)
      this.push(null)
    },
  })
  const to = [...envelope.to]
  return new Promise((resolve) => {
    connection.send({ from: envelope.from, to }, source, (error, info) => {
      if (error) return resolve(toResult(error, begun))
      const refused = info.rejectedErrors?.find(({ recipient }) => recipient === to[0])
      resolve(refused ? toResult(refused, begun) : { kind: 'accepted' })
    })
  })
}

const SHUTTING_DOWN = 421
const REFUSES_US = new Set(['EAUTH', 'ENOAUTH', 'ETLS'])

function toResult(error: SMTPError, begun: boolean): SendResult {
  const { responseCode, code } = error
  if (
    responseCode !== undefined &&
    responseCode >= 400 &&
    responseCode !== SHUTTING_DOWN &&
    !REFUSES_US.has(code ?? '')
  )
    return { kind: 'refused', code: responseCode }
  if (begun) return { kind: 'lost' }
  return { kind: code === 'ESTREAM' ? 'late' : 'away' }
}
