import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readReport } from './read-report.ts'

const report = (type: string, ...fields: string[]): Buffer =>
  Buffer.from(
    [
      'From: MAILER-DAEMON@mx.customer.example',
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=x; boundary="B"',
      '',
      '--B',
      'Content-Type: text/plain',
      '',
      'Final-Recipient: rfc822; somebody@else.example',
      '',
      '--B',
      `Content-Type: message/${type}`,
      '',
      ...fields,
      '--B',
      'Content-Type: message/rfc822',
      '',
      'Subject: what came back',
      '',
      '--B--',
      '',
    ].join('\r\n'),
  )

it('reads what a mail server says of each recipient', async () => {
  const read = await readReport(
    report(
      'delivery-status',
      'Reporting-MTA: dns; mx.customer.example',
      '',
      'Original-Recipient: rfc822;Chris@Customer.example',
      'Final-Recipient: RFC822; <chris@inner.example>',
      'Action: Failed',
      'Status: 5.1.1 (no such user)',
      'Diagnostic-Code: smtp; 550 5.1.1',
      ' no such user',
      '',
      'Final-Recipient: rfc822; boss@customer.example',
      'Action: delayed',
      'Status: 4.4.1',
      '',
    ),
  )
  expect(read).toEqual({
    kind: 'delivery',
    recipients: [
      { addresses: ['chris@inner.example', 'chris@customer.example'], action: 'failed', status: '5.1.1' },
      { addresses: ['boss@customer.example'], action: 'delayed', status: '4.4.1' },
    ],
  })
})

it('reads a complaint, with and without the address', async () => {
  const fields = ['Feedback-Type: abuse', 'User-Agent: x/1', 'Version: 1']
  expect(await readReport(report('feedback-report', ...fields, 'Original-Rcpt-To: <C@customer.example>', ''))).toEqual({
    kind: 'complaint',
    addresses: ['c@customer.example'],
  })
  expect(await readReport(report('feedback-report', ...fields, ''))).toEqual({ kind: 'complaint', addresses: [] })
  expect(await readReport(report('feedback-report', 'Feedback-Type: not-spam', ''))).toBeUndefined()
})

it('takes nothing else for a report', async () => {
  expect(await readReport(Buffer.from('Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nuntil Monday'))).toBe(
    undefined,
  )
  expect(await readReport(report('rfc822', 'Action: failed', ''))).toBeUndefined()
  expect(await readReport(report('delivery-status', ''))).toEqual({ kind: 'delivery', recipients: [] })
})

it('survives whatever stands in a report', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      const noise = Buffer.from(bytes).toString('latin1')
      await readReport(report('delivery-status', noise, `Final-Recipient:${noise}`, `Action: ${noise}`))
    }),
    { numRuns: 200 },
  )
})
