import { failpoint } from '@umbel/kernel/failpoint'
import { decideOutcome, type SendResult } from '../domain/attempt.ts'
import type { Mail } from '../domain/mail.ts'
import type { Leased, Result } from '../store/queue-row.ts'
import type { Prepared } from './prepare-page.ts'

/** The way out of the house. */
export interface Mailer {
  /** Sends one mail. `mayStart` is asked when the server waits for the text, right before its first byte leaves. */
  send(mail: Mail, body: string, mayStart: () => boolean): Promise<SendResult>
  /** Whether a mail has arrived; undefined: this transport cannot tell. */
  wasAccepted(messageId: string): Promise<boolean | undefined>
}

/** What became of a mail, and what was said about it. */
export interface Landed {
  readonly prepared: Prepared
  readonly result: Result
  readonly said: SendResult
}

/** One attempt. A mail in doubt is asked for first, where the transport can tell. `jitter` is in [0, 1). */
export async function sendOne(
  { mailer, jitter }: { readonly mailer: Mailer; readonly jitter: () => number },
  prepared: Prepared,
  leased: Leased,
  mayStart: () => boolean,
): Promise<Landed> {
  await failpoint('notification.send.before-data')
  const { due, mail, body } = prepared
  const landed = (doubt: Leased['doubt'], said: SendResult): Landed => ({
    prepared,
    said,
    result: {
      due,
      leased,
      outcome: decideOutcome({ number: leased.attempt - due.earlierAttempts, doubt }, said, jitter()),
    },
  })
  if (leased.doubt === null) return landed(null, await mailer.send(mail, body, mayStart))
  const arrived = await mailer.wasAccepted(mail.messageId)
  if (arrived === true) return landed(null, { kind: 'accepted' })
  return landed(arrived === undefined ? leased.doubt : null, await mailer.send(mail, body, mayStart))
}
