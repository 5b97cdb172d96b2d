import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, it } from 'vitest'
import { buildMail, cannotSend, type Outgoing } from '../domain/mail.ts'
import { createMailNames } from './mail-names.ts'
import { createMimeWriter } from './mime.ts'

const names = createMailNames('a-key-of-this-test')
const at = new Date('2026-01-02T03:04:05Z')
const nasty = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'x\r\nBcc: evil@x.example',
    'x\n\nbody',
    '=?UTF-8?Q?=0D=0ABcc:?=',
    '"quoted" \\ end',
    'Grüße 漢字 🙂'.repeat(9),
  ),
)
const outgoing: fc.Arbitrary<Outgoing> = fc.record({
  ticketId: fc.uuid(),
  commentId: fc.uuid(),
  subject: nasty,
  bodyId: fc.uuid(),
  recipientId: fc.uuid(),
  recipientName: nasty,
  recipientAddress: fc.oneof(nasty, fc.emailAddress()),
  ccAddresses: fc.array(fc.oneof(nasty, fc.emailAddress()), { maxLength: 3 }),
  authorName: nasty,
  inReplyTo: fc.oneof(nasty, fc.constant('<a@b.example>')),
})

const known = ['From', 'To', 'Cc', 'Reply-To', 'Subject', 'Date', 'Message-ID', 'In-Reply-To', 'References']
const allowed = new Set([...known, 'MIME-Version', 'Content-Type'])

it('lets nothing that anybody wrote become a header, a line of one, or an address', () => {
  const write = createMimeWriter()
  fc.assert(
    fc.property(outgoing, nasty, nasty, (said, workspace, body) => {
      fc.pre(cannotSend(said, said.recipientId) === undefined)
      const thread = { sentIds: [] }
      const mail = buildMail(said, workspace, names.names('w', said.ticketId, said.commentId, workspace), thread)
      const raw = write(mail, body, at)
      const lines = raw.split('\r\n\r\n')[0]?.split('\r\n') ?? []
      const headers = lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(':')[0] ?? '')
      expect(headers.filter((name) => !allowed.has(name))).toEqual([])
      expect(new Set(headers).size).toBe(headers.length)
      expect(lines.every((line) => /^[ -~]{1,998}$/.test(line))).toBe(true)
      expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
      expect(mail.envelope.to.every((address) => /^[!-~]+@[a-z0-9.-]+$/i.test(address))).toBe(true)
    }),
    { numRuns: 500 },
  )
})

it('never lets the Message-IDs of two children meet', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), fc.uuid(), fc.uuid(), (one, other, first, second) => {
      fc.pre(one !== other && first !== second)
      const graph = (ticketId: string, notificationId: string) => {
        const found = names.names('w', ticketId, notificationId, 'acme.example')
        return [found.messageId, found.rootId, found.replyTo, found.envelopeFrom]
      }
      expect(graph(one, first).filter((id) => graph(other, second).includes(id))).toEqual([])
    }),
  )
})

it('reads back as what was meant', async () => {
  const said: Outgoing = {
    ticketId: 't',
    commentId: 'c',
    subject: 'Grüße — kann mich nicht anmelden',
    bodyId: 'b',
    recipientId: 'r',
    recipientName: 'Zoë "Z" Müller',
    recipientAddress: 'zoe@customer.example',
    ccAddresses: ['boss@customer.example', 'bad\r\n@x'],
    authorName: 'Ada',
    inReplyTo: '<q@customer.example>',
  }
  const sent = Array.from({ length: 12 }, (_, n) => `<n.${n}@acme.example>`)
  const sentIds = sent.map((messageId) => ({ messageId, recipientId: 'r' }))
  const mail = buildMail(said, 'Acme', names.names('w', 't', 'n', 'acme.example'), { sentIds, begunWith: 'r' })
  const read = await PostalMime.parse(createMimeWriter()(mail, 'One <b>\n\nTwo 🙂', at))
  expect(read.subject).toBe('Re: Grüße — kann mich nicht anmelden')
  expect(read.from).toMatchObject({ name: 'Ada (Acme)', address: 'support@acme.example' })
  expect(read.to?.[0]).toMatchObject({ name: 'Zoë "Z" Müller', address: 'zoe@customer.example' })
  expect(read.cc?.map(({ address }) => address)).toEqual(['boss@customer.example'])
  expect(read.text?.trim()).toBe('One <b>\n\nTwo 🙂')
  expect(read.html).toContain('<p>One &lt;b&gt;</p><p>Two 🙂</p>')
  expect(read.inReplyTo).toBe('<q@customer.example>')
  expect(mail.references).toEqual([mail.references[0], ...sent.slice(-10), '<q@customer.example>'])
  expect(mail.replyTo.split('@')[0]?.length).toBeLessThanOrEqual(64)
})
