import { connect } from 'node:net'
import { refused, unavailable } from '@umbel/kernel'
import { newId } from '@umbel/kernel/ids'
import { until } from '@umbel/test-kit'
import nodemailer, { type SendMailOptions } from 'nodemailer'
import { expect, it } from 'vitest'
import { type NotificationWorld, startNotificationWorld } from './world.ts'

async function told(world: NotificationWorld) {
  const child = world.child()
  await world.tell(child)
  await world.settled()
  const mail = world.mailbox.messages().find(({ to }) => to.includes(child.address))
  if (mail === undefined) throw new Error('the child got no mail')
  return { child, mail, replyTo: /reply\+[a-z2-7]+@acme\.example/.exec(mail.header('reply-to').join())?.[0] ?? '' }
}

/** Sends to the listener; the answer's code, 250 when it was taken. */
async function send(world: NotificationWorld, mail: SendMailOptions): Promise<number> {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: world.server.mailPort, secure: false })
  try {
    await transport.sendMail(mail)
    return 250
  } catch (error) {
    return (error as { responseCode?: number }).responseCode ?? 0
  } finally {
    transport.close()
  }
}

it('takes an answer by its token, without what it quotes, once', async () => {
  await using world = await startNotificationWorld()
  const { child, mail, replyTo } = await told(world)
  const text = `It still fails.\n\nOn Tue, Nov 24, 2026 at 5:00 PM Acme <support@acme.example> wrote:\n> ${mail.text}`
  const answer = { from: child.address, to: replyTo, messageId: '<a1@customer.example>', text }
  expect(await send(world, answer)).toBe(250)
  expect(await send(world, answer)).toBe(250)
  expect(world.desk.replies).toEqual([
    {
      ticketId: child.ticketId,
      messageId: '<a1@customer.example>',
      text: 'It still fails.',
      senderAddress: child.address,
    },
  ])
  const next = { ...child, commentId: world.child().commentId, version: 2 }
  world.desk.outgoing.set(next.commentId, {
    ticketId: child.ticketId,
    address: child.address,
    subject: 'x',
    text: 'y',
    cc: [],
  })
  await world.tell(next)
  await world.settled()
  const reply = world.mailbox.messages().at(-1)
  expect(reply?.header('in-reply-to')).toEqual(['<a1@customer.example>'])
  expect(reply?.header('references').join()).toContain(mail.messageId)
})

it('begins a new thread with whoever a ticket is handed to, and goes on with the old one should it come back', async () => {
  await using world = await startNotificationWorld()
  const { child, mail, replyTo } = await told(world)
  expect(await send(world, { from: child.address, to: replyTo, messageId: '<a1@old.example>', text: 'x' })).toBe(250)
  const mailTo = async (version: number, requesterId: string | undefined, address: string) => {
    const next = { ...child, ...(requesterId ? { requesterId } : {}), commentId: newId(), version }
    const said = { ticketId: child.ticketId, address, subject: 'x', text: 'y', cc: [] }
    world.desk.outgoing.set(next.commentId, { ...said, ...(requesterId ? { requesterId } : {}) })
    await world.tell(next)
    await world.settled()
    return world.mailbox.messages().at(-1)
  }
  const other = newId()
  const first = await mailTo(2, other, 'other@new.example')
  expect([first?.header('in-reply-to'), first?.header('references')]).toEqual([[], []])
  const second = await mailTo(3, other, 'other@new.example')
  expect(second?.header('in-reply-to')).toEqual([first?.messageId])
  expect(second?.header('references')).toEqual([first?.messageId])
  const back = await mailTo(4, undefined, child.address)
  expect(back?.header('in-reply-to')).toEqual(['<a1@old.example>'])
  const [root] = mail.header('references')
  expect(back?.header('references').join().split(/\s+/)).toEqual([root, mail.messageId, '<a1@old.example>'])
})

it('knows an answer without a Message-ID by its bytes, and reads HTML as text', async () => {
  await using world = await startNotificationWorld()
  const { child, replyTo } = await told(world)
  const raw = `From: ${child.address}\r\nContent-Type: text/html\r\n\r\n<p>Thanks &amp; bye</p><blockquote>old</blockquote>\r\n`
  const envelope = { from: child.address, to: replyTo }
  expect(await send(world, { envelope, raw })).toBe(250)
  expect(await send(world, { envelope, raw })).toBe(250)
  expect(world.desk.replies.map(({ text }) => text)).toEqual(['Thanks & bye'])
})

it('refuses forged tokens and other addresses', async () => {
  await using world = await startNotificationWorld()
  const { child, replyTo } = await told(world)
  const forged = replyTo.replace(/[a-z2-7]@/, (last) => (last === 'a@' ? 'b@' : 'a@'))
  const mail = { from: child.address, text: 'hello' }
  expect(await send(world, { ...mail, to: forged })).toBe(550)
  expect(await send(world, { ...mail, to: 'support@acme.example' })).toBe(550)
  expect(world.desk.replies).toEqual([])
})

it('accepts and does not pass on what no person wrote, and says why', async () => {
  await using world = await startNotificationWorld()
  const { child, mail, replyTo } = await told(world)
  const base: SendMailOptions = { from: child.address, to: replyTo, text: 'I am away' }
  const automatic: SendMailOptions[] = [
    { ...base, messageId: '<1@x.example>', headers: { 'Auto-Submitted': 'auto-replied' } },
    { ...base, messageId: '<2@x.example>', headers: { Precedence: 'bulk' } },
    { ...base, messageId: '<3@x.example>', list: { unsubscribe: 'https://x.example' } },
    { ...base, messageId: '<4@x.example>', envelope: { from: '', to: replyTo } },
    { ...base, messageId: '<5@x.example>', text: '> only a quote' },
    { ...base, messageId: mail.messageId },
  ]
  for (const one of automatic) expect(await send(world, one)).toBe(250)
  expect(world.desk.replies).toEqual([])
  const reasons = await world.sql<{ reason: string }>('select reason from received_mail order by reason')
  expect(reasons.map(({ reason }) => reason)).toEqual([
    'auto-submitted',
    'empty',
    'mailing-list',
    'null-sender',
    'own-mail',
    'precedence',
  ])
})

it('asks the sending server to come again when the ticket service is away, and refuses what it refuses', async () => {
  await using world = await startNotificationWorld()
  const { child, replyTo } = await told(world)
  const mail = { from: child.address, to: replyTo, messageId: '<r@x.example>', text: 'hello' }
  world.desk.refusal = unavailable('peer-away', 'ticket is away')
  expect(await send(world, mail)).toBe(451)
  world.desk.refusal = refused('sender-unknown', 'not of this ticket')
  expect(await send(world, mail)).toBe(550)
  world.desk.refusal = undefined
  expect(await send(world, mail)).toBe(250)
})

it('survives mails that are too large, cut off or noise', async () => {
  await using world = await startNotificationWorld()
  const { child, replyTo } = await told(world)
  const envelope = { from: child.address, to: replyTo }
  expect(await send(world, { envelope, raw: Buffer.alloc(11 * 1024 * 1024, 'a\r\n') })).toBe(552)
  expect([250, 554]).toContain(await send(world, { envelope, raw: Buffer.from([0, 255, 13, 10, 1, 2, 3]) }))
  const socket = connect(world.server.mailPort, '127.0.0.1')
  socket.end(`EHLO x\r\nMAIL FROM:<${child.address}>\r\nRCPT TO:<${replyTo}>\r\nDATA\r\nSubject: half`)
  await until(() => socket.destroyed || socket.readableEnded || socket.resume().closed, { what: 'the cut connection' })
  expect(await send(world, { ...envelope, messageId: '<ok@x.example>', text: 'still here' })).toBe(250)
})
