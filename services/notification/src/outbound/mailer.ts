import { SLOTS } from '../commands/air.ts'
import type { Mailer } from '../commands/send-one.ts'
import type { SendResult } from '../domain/attempt.ts'
import type { Mail } from '../domain/mail.ts'
import { createMimeWriter } from './mime.ts'
import { greet, type Session, serverOf } from './smtp/greet.ts'
import { sendOver } from './smtp/transaction.ts'

export interface MailerOptions {
  /** `smtp://user:password@host:port`; `smtps:` for TLS from the first byte. */
  readonly url: string
  readonly now: () => Date
  /** Asks the transport whether it has a mail; left out where it cannot tell. */
  readonly wasAccepted?: (messageId: string) => Promise<boolean | undefined>
}

/** Sends over kept connections, one for each mail that may be in flight: with fewer, each window would greet the server anew. */
export function createMailer(options: MailerOptions): Mailer & AsyncDisposable {
  const { url, now, wasAccepted = () => Promise.resolve(undefined) } = options
  const server = serverOf(url)
  const idle: Session[] = []
  const write = createMimeWriter()

  const sendOn = async (session: Session, { envelope }: Mail, text: string, mayStart: () => boolean) => {
    const result = await sendOver(session, envelope, text, mayStart)
    if (session.wire.open && idle.length < SLOTS) idle.push(session)
    else session.wire.destroy()
    return result
  }
  return {
    wasAccepted,
    async send(mail, body, mayStart): Promise<SendResult> {
      const text = write(mail, body, now())
      for (let kept = takeOpen(idle); kept !== undefined; kept = takeOpen(idle)) {
        const result = await sendOn(kept, mail, text, mayStart)
        if (result.kind !== 'away') return result // else it had been let go meanwhile, as kept connections are
      }
      let fresh: Session
      try {
        fresh = await greet(server)
      } catch {
        return { kind: 'away' } // whatever the reason, nothing was said about this mail
      }
      return sendOn(fresh, mail, text, mayStart)
    },
    async [Symbol.asyncDispose]() {
      for (const { wire } of idle.splice(0)) wire.destroy()
    },
  }
}

function takeOpen(idle: Session[]): Session | undefined {
  for (;;) {
    const session = idle.pop()
    if (session === undefined || session.wire.open) return session
  }
}
