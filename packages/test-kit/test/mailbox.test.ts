import { createTransport } from 'nodemailer'
import { expect, it } from 'vitest'
import { type Mailbox, startMailbox } from '../src/mailbox.ts'

const mail = { from: 'desk@acme.example', to: 'ada@example.com', subject: 'Grüße', text: 'plain', html: '<b>rich</b>' }
const send = (mailbox: Mailbox, extra: object = {}) =>
  createTransport({ url: mailbox.url, connectionTimeout: 2_000, socketTimeout: 2_000 }).sendMail({ ...mail, ...extra })

it('keeps every mail decoded', async () => {
  await using mailbox = await startMailbox()
  const attachments = [{ filename: 'größe.txt', content: 'inside' }]
  const { messageId } = await send(mailbox, { headers: { 'X-Umbel': 'yes' }, attachments })
  const [kept] = mailbox.messages()
  expect(kept).toMatchObject({ messageId, subject: 'Grüße', from: 'desk@acme.example', to: ['ada@example.com'] })
  expect(kept?.text).toContain('plain')
  expect(kept?.html).toContain('<b>rich</b>')
  expect(kept?.header('x-umbel')).toEqual(['yes'])
  expect(kept?.attachments[0]?.name).toBe('größe.txt')
  expect(kept?.attachments[0]?.content.toString()).toBe('inside')
  expect(mailbox.recipients()).toEqual(['ada@example.com'])
  expect(mailbox.wasAccepted(messageId)).toBe(true)
})

it('refuses a recipient as often as it was told', async () => {
  await using mailbox = await startMailbox()
  mailbox.refuse('ada@example.com', { code: 450, times: 1 })
  await expect(send(mailbox)).rejects.toMatchObject({ responseCode: 450 })
  await send(mailbox)
  expect(mailbox.messages()).toHaveLength(1)
})

it('accepts a mail and loses the answer', async () => {
  await using mailbox = await startMailbox()
  mailbox.loseAnswers('ada@example.com', 1)
  await expect(send(mailbox)).rejects.toThrow()
  expect(mailbox.recipients()).toEqual(['ada@example.com'])
})
