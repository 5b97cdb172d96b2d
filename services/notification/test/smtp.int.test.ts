import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo, Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { startMailbox, until } from '@umbel/test-kit'
import { expect, it } from 'vitest'
import type { Mail } from '../src/domain/mail.ts'
import { createMailer } from '../src/outbound/mailer.ts'
import { serverOf } from '../src/outbound/smtp/greet.ts'
import { createSessions } from '../src/outbound/smtp/sessions.ts'
import { polite, scripted } from './scripted-server.ts'

const TEXT = 'One.\n\n.two\n..three'
const now = () => new Date('2026-01-02T03:04:05Z')
const always = () => true

const mailTo = (...to: readonly string[]): Mail => ({
  envelope: { from: 'b+x@acme.example', to },
  from: { name: 'Ada', address: 'support@acme.example' },
  to: { name: 'Chris', address: to[0] ?? '' },
  cc: to.slice(1),
  replyTo: 'reply+x@acme.example',
  subject: 'Re: Cannot log in',
  messageId: `<${to[0]}.${Math.random()}@acme.example>`,
  inReplyTo: '<t.x@acme.example>',
  references: ['<t.x@acme.example>'],
})

/** A certificate for localhost that is good for a hundred years, and for nothing but this test. */
const fixture = (what: 'key' | 'cert') => readFile(new URL(`fixtures/localhost.${what}.pem`, import.meta.url), 'utf8')

it('sends one after the other over one connection and mixes up nothing, whoever is refused in between', async () => {
  await using mailbox = await startMailbox()
  await using mailer = createMailer({ url: mailbox.url, now })
  mailbox.refuse('no@x.example', { code: 550 })
  mailbox.refuse('busy@x.example', { code: 451 })
  const send = (...to: string[]) => mailer.send(mailTo(...to), TEXT, always)
  expect(await send('a@x.example')).toEqual({ kind: 'accepted' })
  expect(await send('no@x.example')).toEqual({ kind: 'refused', code: 550 })
  expect(await send('b@x.example', 'no@x.example')).toEqual({ kind: 'accepted' })
  expect(await send('busy@x.example', 'cc@x.example')).toEqual({ kind: 'refused', code: 451 })
  expect(await send('c@x.example')).toEqual({ kind: 'accepted' })
  expect(mailbox.messages().map(({ envelope }) => envelope.to)).toEqual([
    ['a@x.example'],
    ['b@x.example'],
    ['c@x.example'],
  ])
  expect(mailbox.messages().map(({ text }) => text?.replaceAll('\r', '').trim())).toEqual([TEXT, TEXT, TEXT])
})

it('asks right before the text leaves, and a text that may not leave does not', async () => {
  await using mailbox = await startMailbox()
  await using mailer = createMailer({ url: mailbox.url, now })
  expect(await mailer.send(mailTo('a@x.example'), TEXT, () => false)).toEqual({ kind: 'late' })
  expect(await mailer.send(mailTo('b@x.example'), TEXT, always)).toEqual({ kind: 'accepted' })
  expect(mailbox.recipients()).toEqual(['b@x.example'])
})

it('gives each of many at once its own result, over as many connections', async () => {
  const wanted = new WeakSet<Socket>()
  await using server = await scripted((line, socket) => {
    const no = /^RCPT TO:<\d*[05]@/.test(line)
    if (line.startsWith('RCPT') && !no) wanted.add(socket)
    if (line.startsWith('MAIL')) wanted.delete(socket)
    return no || (line === 'DATA' && !wanted.has(socket)) ? '550 no\r\n' : polite(line)
  })
  await using mailer = createMailer({ url: server.url, now })
  const kinds: string[] = []
  for (let first = 0; first < 80; first += 16) {
    const window = Array.from({ length: 16 }, (_, at) => mailer.send(mailTo(`${first + at}@x.example`), TEXT, always))
    kinds.push(...(await Promise.all(window)).map(({ kind }) => kind))
  }
  expect(kinds).toEqual(Array.from({ length: 80 }, (_, at) => (at % 5 === 0 ? 'refused' : 'accepted')))
  expect(server.connections()).toBe(16)
})

it('makes do with as many connections as the server takes', async () => {
  const most = 3
  await using server = await scripted(polite, most)
  await using mailer = createMailer({ url: server.url, now })
  const sixteen = () =>
    Promise.all(Array.from({ length: 16 }, (_, at) => mailer.send(mailTo(`${at}@x.example`), TEXT, always)))
  const accepted = Array.from({ length: 16 }, () => ({ kind: 'accepted' }))
  expect(await sixteen()).toEqual(accepted)
  const tried = server.connections()
  expect(await sixteen()).toEqual(accepted)
  expect(server.connections()).toBe(tried) // and does not ask for more each time
})

it('asks a server that would take no more for more after a minute', async () => {
  let time = 0
  await using server = await scripted(polite, 1)
  using sessions = createSessions(serverOf(server.url), 16, () => time)
  const first = await sessions.take()
  if (first === undefined) throw new Error('no session')
  const second = sessions.take()
  await until(() => server.connections() === 2 && server.here() === 1, { what: 'the refusal' })
  const third = sessions.take()
  time = 60_000
  const fourth = sessions.take()
  await until(() => server.connections() === 3 && server.here() === 1, { what: 'another refusal' })
  for (const waits of [second, third, fourth]) {
    sessions.giveBack(first)
    expect(await waits).toEqual({ session: first.session, kept: true })
  }
})

it('calls a server away that takes nobody, for each who waits', async () => {
  await using server = await scripted(polite, 0)
  await using mailer = createMailer({ url: server.url, now })
  const sent = Array.from({ length: 16 }, (_, at) => mailer.send(mailTo(`${at}@x.example`), TEXT, always))
  expect(await Promise.all(sent)).toEqual(sent.map(() => ({ kind: 'away' })))
})

it('calls a server away that lets go of all it had while others wait for theirs', async () => {
  const lines: string[] = []
  await using server = await scripted((line, socket) => {
    lines.push(line)
    if (line === 'DATA') socket.destroy()
    return polite(line)
  }, 2)
  await using mailer = createMailer({ url: server.url, now })
  const sent = Array.from({ length: 5 }, (_, at) => mailer.send(mailTo(`${at}@x.example`), TEXT, always))
  expect(await Promise.all(sent)).toEqual(sent.map(() => ({ kind: 'away' })))
  expect(lines).toContain('DATA')
})

it.each<[string, (line: string) => string, object]>([
  [
    'a server without pipelining',
    (line) => (line.startsWith('EHLO') ? '250 here\r\n' : polite(line)),
    { kind: 'accepted' },
  ],
  [
    'a server that knows no EHLO',
    (line) => (line.startsWith('EHLO') ? '502 what\r\n' : polite(line)),
    { kind: 'accepted' },
  ],
  [
    'a sender it does not like',
    (line) => (line.startsWith('MAIL') ? '553 no\r\n' : polite(line)),
    { kind: 'refused', code: 553 },
  ],
  ['no data now', (line) => (line === 'DATA' ? '451 later\r\n' : polite(line)), { kind: 'refused', code: 451 }],
  ['a text it does not like', (line) => (line === '.' ? '554 spam\r\n' : polite(line)), { kind: 'refused', code: 554 }],
  [
    'a server that closes before the text',
    (line) => (line.startsWith('MAIL') ? '421 bye\r\n' : polite(line)),
    { kind: 'away' },
  ],
  ['a server that closes after the text', (line) => (line === '.' ? '421 bye\r\n' : polite(line)), { kind: 'lost' }],
  ['noise before the text', (line) => (line.startsWith('RCPT') ? 'noise\r\n' : polite(line)), { kind: 'away' }],
  ['noise after the text', (line) => (line === '.' ? 'noise\r\n' : polite(line)), { kind: 'lost' }],
  [
    'more replies than were asked for',
    (line) => (line === '.' ? '250 ok\r\n250 and\r\n' : polite(line)),
    { kind: 'accepted' },
  ],
  [
    'a text to nobody',
    (line) => (line.startsWith('RCPT') ? '550 no\r\n' : polite(line)),
    { kind: 'refused', code: 550 },
  ],
])('meets %s', async (_what, answer, result) => {
  await using server = await scripted(answer)
  await using mailer = createMailer({ url: server.url, now })
  expect(await mailer.send(mailTo('a@x.example'), TEXT, always)).toEqual(result)
})

it.each(['250-here\r\n250 PIPELINING\r\n', '250 here\r\n'])(
  'tells nobody else where the one whom the mail is for is refused, of a server that says %j',
  async (greeting) => {
    const texts: string[] = []
    await using server = await scripted((line) => {
      if (line.startsWith('EHLO')) return greeting
      if (line === '.') texts.push(line)
      return line === 'RCPT TO:<busy@x.example>' ? '451 later\r\n' : polite(line)
    })
    await using mailer = createMailer({ url: server.url, now })
    const send = (...to: string[]) => mailer.send(mailTo(...to), TEXT, always)
    expect(await send('busy@x.example', 'cc@x.example')).toEqual({ kind: 'refused', code: 451 })
    expect(texts).toEqual([])
    expect(await send('a@x.example', 'cc@x.example', 'busy@x.example')).toEqual({ kind: 'accepted' })
    expect(texts).toHaveLength(1)
  },
)

it('takes a kept connection that was let go meanwhile for what it is, and sends over a new one', async () => {
  let mails = 0
  await using server = await scripted((line, socket) => {
    if (line === '.') mails += 1
    if (mails === 1 && line.startsWith('MAIL')) {
      mails += 1
      socket.destroy()
      return ''
    }
    return polite(line)
  })
  await using mailer = createMailer({ url: server.url, now })
  expect(await mailer.send(mailTo('a@x.example'), TEXT, always)).toEqual({ kind: 'accepted' })
  expect(await mailer.send(mailTo('b@x.example'), TEXT, always)).toEqual({ kind: 'accepted' })
  expect(server.connections()).toBe(2)
})

it('signs in where it has a name, by what the server offers, and to nobody far away without TLS', async () => {
  const { SMTPServer } = await import('smtp-server')
  for (const method of ['PLAIN', 'LOGIN'] as const) {
    const users: string[] = []
    const server = new SMTPServer({
      authMethods: [method],
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) => {
        users.push(`${username} ${password}`)
        done(null, { user: username })
      },
      onData: (stream, _session, done) => {
        stream.on('end', done).resume()
      },
    })
    server.listen(0, '127.0.0.1')
    await once(server.server, 'listening')
    const { port } = server.server.address() as AddressInfo
    {
      await using mailer = createMailer({ url: `smtp://desk%40x:p%3Aw@127.0.0.1:${port}`, now })
      expect(await mailer.send(mailTo('a@x.example'), TEXT, always)).toEqual({ kind: 'accepted' })
    }
    expect(users).toEqual(['desk@x p:w'])
    await new Promise<void>((resolve) => server.close(resolve))
  }
})

it('goes over to TLS where it is offered, and trusts nobody whose certificate is not good', async () => {
  const { SMTPServer } = await import('smtp-server')
  const secured: boolean[] = []
  const [key, cert] = await Promise.all([fixture('key'), fixture('cert')])
  const server = new SMTPServer({
    key,
    cert,
    closeTimeout: 100,
    authOptional: true,
    onMailFrom: (_address, { secure }, done) => {
      secured.push(secure)
      done()
    },
    onData: (stream, _session, done) => {
      stream.on('end', done).resume()
    },
  })
  server.on('error', () => {}) // a client that hangs up: that is the test
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const send = async () => {
    await using mailer = createMailer({ url: `smtp://localhost:${port}`, now })
    return mailer.send(mailTo('a@x.example'), TEXT, always)
  }
  expect(await send()).toEqual({ kind: 'away' })
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, cert])
  expect(await send()).toEqual({ kind: 'accepted' })
  setDefaultCACertificates(trusted)
  expect(secured).toEqual([true])
  await new Promise<void>((resolve) => server.close(resolve))
})
