import { SLOTS } from '../commands/air.ts'
import type { Mailer } from '../commands/send-one.ts'
import type { SendResult } from '../domain/attempt.ts'
import type { Mail } from '../domain/mail.ts'
import { createMimeWriter } from './mime.ts'
import { serverOf } from './smtp/greet.ts'
import { createSessions } from './smtp/sessions.ts'
import { sendOver } from './smtp/transaction.ts'

export interface MailerOptions {
  /** `smtp://user:password@host:port`; `smtps:` for TLS from the first byte. */
  readonly url: string
  readonly now: () => Date
  /** Asks the transport whether it has a mail; left out where it cannot tell. */
  readonly wasAccepted?: (messageId: string) => Promise<boolean | undefined>
}

/**
 * Sends over kept connections, one for each mail that may be in flight, or as many as the server takes of us: with fewer,
 * each window would greet it anew.
 */
export function createMailer(options: MailerOptions): Mailer & AsyncDisposable {
  const { url, now, wasAccepted = () => Promise.resolve(undefined) } = options
  const sessions = createSessions(serverOf(url), SLOTS)
  const write = createMimeWriter()
  return {
    wasAccepted,
    async send(mail: Mail, body, mayStart): Promise<SendResult> {
      const text = write(mail, body, now())
      for (let lent = await sessions.take(); lent !== undefined; lent = await sessions.take()) {
        const result = await sendOver(lent.session, mail.envelope, text, mayStart)
        sessions.giveBack(lent)
        if (!lent.kept || result.kind !== 'away') return result // else it had been let go meanwhile
      }
      return { kind: 'away' } // nothing was said about this mail
    },
    async [Symbol.asyncDispose]() {
      sessions[Symbol.dispose]()
    },
  }
}
