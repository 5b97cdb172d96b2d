import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { Reply } from './reply.ts'
import { openWire, type Place, type Wire } from './wire.ts'

/** A connection to a server that has let us in. */
export interface Session {
  readonly wire: Wire
  /** Whether the server may still be in the middle of a mail. */
  soiled: boolean
  /** Whether commands may be sent before the replies to those in front of them (RFC 2920). */
  readonly pipelining: boolean
}

export interface Server extends Place {
  readonly credentials: { readonly user: string; readonly password: string } | undefined
}

const STEP_MS = 5_000

/** `smtp://user:password@host:port`; `smtps:` for TLS from the first byte. */
export function serverOf(url: string): Server {
  const { protocol, hostname: name, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  return {
    host: name.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (secure ? 465 : 25) : Number(port),
    secure,
    credentials:
      username === '' ? undefined : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
  }
}

/** Connects, greets, goes over to TLS where that is offered, and signs in. Throws when the server will not have us. */
export async function greet(server: Server): Promise<Session> {
  const wire = await openWire(server, STEP_MS)
  try {
    await expectReply(wire, '', 220)
    const offers = await enter(wire, server)
    return { wire, soiled: false, pipelining: offers.has('PIPELINING') }
  } catch (error) {
    wire.destroy()
    throw error
  }
}

async function enter(wire: Wire, { host, secure, credentials }: Server): Promise<ReadonlyMap<string, string>> {
  let offers = await hello(wire)
  let safe = secure || isLoopback(host)
  if (!secure && offers.has('STARTTLS')) {
    await expectReply(wire, 'STARTTLS\r\n', 220)
    await wire.secure(host, STEP_MS)
    offers = await hello(wire) // what was offered in the clear counts for nothing
    safe = true
  }
  if (credentials === undefined) return offers
  if (!safe) throw new Error('the mail server offers no TLS, and no password travels without it')
  await signIn(wire, offers.get('AUTH') ?? '', credentials)
  return offers
}

/** What the server offers: the words of its answer to EHLO, each with what follows it. */
async function hello(wire: Wire): Promise<ReadonlyMap<string, string>> {
  const [reply] = await wire.ask(`EHLO ${ourName()}\r\n`, 1, STEP_MS)
  if (reply?.code !== 250) {
    await expectReply(wire, `HELO ${ourName()}\r\n`, 250)
    return new Map()
  }
  return new Map(
    reply.lines.slice(1).map((line) => {
      const [word = '', ...rest] = line.trim().toUpperCase().split(' ')
      return [word, rest.join(' ')]
    }),
  )
}

async function signIn(wire: Wire, ways: string, { user, password }: NonNullable<Server['credentials']>): Promise<void> {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const offered = ways.split(' ')
  if (offered.includes('PLAIN')) {
    await expectReply(wire, `AUTH PLAIN ${base64(`\0${user}\0${password}`)}\r\n`, 235)
  } else if (offered.includes('LOGIN')) {
    await expectReply(wire, 'AUTH LOGIN\r\n', 334)
    await expectReply(wire, `${base64(user)}\r\n`, 334)
    await expectReply(wire, `${base64(password)}\r\n`, 235)
  } else throw new Error('the mail server offers no way to sign in that we know')
}

async function expectReply(wire: Wire, command: string, code: number): Promise<Reply> {
  const [reply] = await wire.ask(command, 1, STEP_MS)
  if (reply?.code !== code) throw new Error(`the mail server answered ${reply?.code}`)
  return reply
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** A name with a dot, or an address literal (RFC 5321 §4.1.4). */
const ourName = (): string => (/^[\w-]+(\.[\w-]+)+$/.test(hostname()) ? hostname() : '[127.0.0.1]')
