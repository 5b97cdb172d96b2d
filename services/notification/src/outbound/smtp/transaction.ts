import type { SendResult } from '../../domain/attempt.ts'
import type { Session } from './greet.ts'
import type { Reply } from './reply.ts'
import { Stalled } from './wire.ts'

export interface Envelope {
  readonly from: string
  /** The first is whom the mail is for; the others are told as well, and only when the first is. */
  readonly to: readonly string[]
}

/** How long a server may think about an envelope, and about a text. */
const ENVELOPE_MS = 10_000
const TEXT_MS = 30_000
const CLOSING = 421

/**
 * One mail over a connection. With pipelining the whole envelope leaves in one write, as does the text: two round trips.
 * `mayStart` is asked when the server waits for the text, right before its first byte leaves. A connection that is no
 * longer where it should be is destroyed: no reply is ever taken for that to another mail.
 */
export async function sendOver(
  session: Session,
  envelope: Envelope,
  text: string,
  mayStart: () => boolean,
): Promise<SendResult> {
  const { wire } = session
  let begun = false
  try {
    const offered = await (session.pipelining ? offerAtOnce : offerInTurn)(session, envelope)
    session.soiled = true
    const refusal = refusalOf(offered)
    if (refusal !== undefined) {
      if (offered.data?.code === GO_ON) wire.destroy() // it waits for a text to the others, and nothing takes that back
      return refusal
    }
    if (offered.data?.code !== GO_ON) return refused(offered.data) ?? poison()
    if (!mayStart()) {
      wire.destroy() // it waits for a text, and nothing else takes that back
      return { kind: 'late' }
    }
    begun = true
    const [answer] = await wire.ask(`${stuffed(text)}.\r\n`, 1, TEXT_MS)
    if (!isYes(answer)) return refused(answer) ?? poison()
    session.soiled = false
    return { kind: 'accepted' }
  } catch (error) {
    wire.destroy()
    if (begun) return { kind: 'lost' }
    return { kind: error instanceof Stalled ? 'stalled' : 'away' }
  }
}

interface Offered {
  readonly sender: Reply | undefined
  readonly recipients: readonly (Reply | undefined)[]
  readonly data: Reply | undefined
}

const GO_ON = 354
// what an earlier mail left half done is forgotten
const RESET = 'RSET\r\n'
const isYes = (reply: Reply | undefined): boolean => reply !== undefined && reply.code >= 200 && reply.code < 300

const commandsOf = ({ from, to }: Envelope) => [`MAIL FROM:<${from}>\r\n`, ...to.map((one) => `RCPT TO:<${one}>\r\n`)]

async function offerAtOnce({ wire, soiled }: Session, envelope: Envelope): Promise<Offered> {
  const commands = [...commandsOf(envelope), 'DATA\r\n']
  if (soiled) commands.unshift(RESET)
  const replies = await wire.ask(commands.join(''), commands.length, ENVELOPE_MS)
  const [sender, ...rest] = soiled ? replies.slice(1) : replies
  return { sender, recipients: rest.slice(0, -1), data: rest.at(-1) }
}

async function offerInTurn({ wire, soiled }: Session, envelope: Envelope): Promise<Offered> {
  const say = async (command: string) => (await wire.ask(command, 1, ENVELOPE_MS))[0]
  if (soiled) await say(RESET)
  const [mailFrom = '', ...recipientsTo] = commandsOf(envelope)
  const sender = await say(mailFrom)
  if (!isYes(sender)) return { sender, recipients: [], data: undefined }
  const recipients: (Reply | undefined)[] = []
  for (const command of recipientsTo) {
    recipients.push(await say(command))
    if (!isYes(recipients[0])) return { sender, recipients, data: undefined }
  }
  return { sender, recipients, data: await say('DATA\r\n') }
}

/** What the server has against the sender, or against the one whom the mail is for. */
function refusalOf({ sender, recipients }: Offered): SendResult | undefined {
  for (const reply of [sender, recipients[0]]) if (!isYes(reply)) return refused(reply) ?? poison()
  return undefined
}

/** Undefined where the reply is no refusal; a server that is closing says nothing about this mail. */
function refused(reply: Reply | undefined): SendResult | undefined {
  if (reply === undefined || reply.code < 400 || reply.code === CLOSING) return undefined
  return { kind: 'refused', code: reply.code }
}

function poison(): never {
  throw new Error('the mail server is closing, or answers out of turn')
}

/** RFC 5321 §4.5.2. Ends with a line end. */
function stuffed(text: string): string {
  const ended = text.endsWith('\r\n') ? text : `${text}\r\n`
  if (!ended.startsWith('.') && !ended.includes('\n.')) return ended
  return ended.replaceAll(/^\./gm, '..')
}
