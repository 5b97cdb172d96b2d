import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { until } from '@umbel/test-kit'
import nodemailer from 'nodemailer'
import { afterEach, expect, it, vi } from 'vitest'
import { base32 } from '../outbound/mail-names.ts'
import { type MailListenerOptions, startMailListener } from './mail.ts'

afterEach(() => void vi.useRealTimers())

type OwnerOfToken = MailListenerOptions['ownerOfToken']

const listen = (ownerOfToken: OwnerOfToken = () => Promise.resolve(undefined)) =>
  startMailListener({
    host: '127.0.0.1',
    port: 0,
    ownerOfToken,
    receive: () => Promise.resolve(),
    findBounced: () => Promise.resolve(undefined),
    receiveBounce: () => Promise.resolve(),
    log: { warn: () => {}, error: () => {} },
  })

/** A connection, and what is said on it, line by line; an end where it is closed. */
function open(port: number): { readonly socket: Socket; say(line: string): Promise<string> } & Disposable {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  return {
    socket,
    async say(line) {
      if (line !== '') socket.write(`${line}\r\n`)
      const { value, done } = await lines.next()
      return done ? 'closed' : value.slice(0, 3)
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}

/** Sends a mail of this size to an address of its own; the answer's code, 250 when it was taken. */
async function send(port: number, bytes: number): Promise<number> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port, secure: false })
  try {
    const to = `reply+${newToken()}@acme.example`
    await transport.sendMail({ envelope: { from: 'c@x.example', to }, raw: `${'a'.repeat(70)}\r\n`.repeat(bytes / 72) })
    return 250
  } catch (error) {
    return (error as { responseCode?: number }).responseCode ?? 0
  } finally {
    transport.close()
  }
}

const newToken = () => base32(randomBytes(16))

it('lets one address have twenty connections and no more, until it ends one', async () => {
  await using listener = await listen()
  using stack = new DisposableStack()
  const one = () => stack.use(open(listener.port))
  const first = Array.from({ length: 20 }, one)
  expect(new Set(await Promise.all(first.map(({ say }) => say(''))))).toEqual(new Set(['220']))
  const late = one()
  expect([await late.say(''), await late.say('')]).toEqual(['421', 'closed'])
  first[0]?.socket.destroy()
  await until(async () => (await one().say('')) === '220', { what: 'a place' })
})

it('ends a session after five minutes, also one that is never idle', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  await using listener = await listen()
  using busy = open(listener.port)
  expect(await busy.say('')).toBe('220')
  for (let minute = 0; minute < 4; minute += 1) {
    vi.advanceTimersByTime(60_000)
    expect(await busy.say('NOOP')).toBe('250')
  }
  const end = busy.say('')
  vi.advanceTimersByTime(60_000)
  expect(await end).toBe('421')
  expect(await busy.say('')).toBe('closed')
})

it('asks large mails to come again where too many are held, and takes small ones meanwhile', async () => {
  const gate = Promise.withResolvers<undefined>()
  const named = new Set<string>()
  let held = 0
  await using listener = await listen((token) => {
    if (!named.has(token)) return Promise.resolve({ workspaceId: String(named.add(token).size), ticketId: 't' })
    held += 1 // asked once more, when the mail is there
    return gate.promise
  })
  const large = 9 * 1024 * 1024
  const taken = [1, 2, 3].map(() => send(listener.port, large))
  await until(() => held === 3, { what: 'three large mails held' })
  expect(await send(listener.port, large)).toBe(452)
  taken.push(send(listener.port, 200_000))
  await until(() => held === 4, { what: 'a small one beside them' })
  gate.resolve(undefined)
  expect(await Promise.all(taken)).toEqual([250, 250, 250, 250])
  expect(await send(listener.port, large)).toBe(250)
}, 30_000)
