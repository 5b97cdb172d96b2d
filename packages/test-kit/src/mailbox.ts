import { once } from 'node:events'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import type { SMTPServerSession } from 'smtp-server'
import { type Mail, readMail } from './mail.ts'

export type { Mail } from './mail.ts'

export interface Refusal {
  /** 4xx: not now; 5xx: never. */
  readonly code: number
  readonly message?: string
  /** How many times; for ever unless told. */
  readonly times?: number
}

export interface MailboxOptions {
  /** How long each mail waits before it is accepted. */
  readonly delayMs?: number
  /** 0, a free one, unless told: a mailbox that comes back must be found where it was. */
  readonly port?: number
  /** Told of each mail as it is accepted. */
  readonly onMail?: (mail: Mail) => void
}

/** An SMTP server that keeps every mail it accepts, and misbehaves on request. */
export interface Mailbox extends AsyncDisposable {
  readonly url: string
  readonly host: string
  readonly port: number
  /** In the order of acceptance; a mail that came twice is there twice. */
  messages(): readonly Mail[]
  /** Every address that got a mail, once for each mail, sorted. */
  recipients(): string[]
  wasAccepted(messageId: string): boolean
  /** Forgets the mails and every misbehaviour asked for. */
  reset(): void
  /** Refuses this recipient. */
  refuse(recipient: string, refusal: Refusal): void
  /** Accepts the next mails to this recipient but cuts the connection before saying so. */
  loseAnswers(recipient: string, times: number): void
  delay(ms: number): void
}

interface State {
  mails: Mail[]
  readonly refusals: Map<string, Required<Refusal>>
  readonly losses: Map<string, number>
  delayMs: number
}

export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const { SMTPServer } = await import('smtp-server')
  const state: State = { mails: [], refusals: new Map(), losses: new Map(), delayMs: options.delayMs ?? 0 }
  const sockets = new Map<number, Socket>()

  async function take(raw: Buffer, session: SMTPServerSession): Promise<'answer' | 'silence'> {
    const mail = await readMail(raw, envelopeOf(session))
    if (state.delayMs > 0) await pause(state.delayMs)
    state.mails.push(mail)
    options.onMail?.(mail)
    return mail.envelope.to.some((to) => spend(state.losses, to)) ? 'silence' : 'answer'
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 100,
    onRcptTo: ({ address }, _session, done) => done(refusalOf(state, address)),
    onData: (stream, session, done) => {
      const answer = (said: 'answer' | 'silence') =>
        said === 'answer' ? done() : sockets.get(session.remotePort)?.destroy()
      buffer(stream)
        .then((raw) => take(raw, session))
        .then(answer, done)
    },
  })
  server.on('error', () => {}) // a client that hangs up; the test sees it in what was accepted
  server.server.on('connection', (socket: Socket) => {
    const { remotePort = 0 } = socket
    sockets.set(remotePort, socket)
    socket.once('close', () => sockets.delete(remotePort))
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server.server, 'listening')
  const bound = server.server.address()
  const port = typeof bound === 'object' && bound ? bound.port : 0
  const close = () => new Promise<void>((resolve) => server.close(resolve))
  return {
    ...readers(state),
    ...tricks(state),
    url: `smtp://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    [Symbol.asyncDispose]: close,
  }
}

function readers(state: State) {
  return {
    messages: () => state.mails,
    recipients: () => state.mails.flatMap((mail) => mail.envelope.to).sort(),
    wasAccepted: (messageId: string) => state.mails.some((mail) => mail.messageId === messageId),
  }
}

function tricks(state: State) {
  return {
    reset() {
      state.mails = []
      state.refusals.clear()
      state.losses.clear()
      state.delayMs = 0
    },
    refuse(recipient: string, { code, message = 'refused on request', times = Number.POSITIVE_INFINITY }: Refusal) {
      state.refusals.set(recipient, { code, message, times })
    },
    loseAnswers(recipient: string, times: number) {
      state.losses.set(recipient, times)
    },
    delay(ms: number) {
      state.delayMs = ms
    },
  }
}

function refusalOf(state: State, address: string): Error | null {
  const refusal = state.refusals.get(address)
  if (!refusal || refusal.times < 1) return null
  state.refusals.set(address, { ...refusal, times: refusal.times - 1 })
  return Object.assign(new Error(refusal.message), { responseCode: refusal.code })
}

function spend(left: Map<string, number>, address: string): boolean {
  const times = left.get(address) ?? 0
  if (times > 0) left.set(address, times - 1)
  return times > 0
}

function envelopeOf({ envelope }: SMTPServerSession): Mail['envelope'] {
  return { from: envelope.mailFrom ? envelope.mailFrom.address : '', to: envelope.rcptTo.map(({ address }) => address) }
}
