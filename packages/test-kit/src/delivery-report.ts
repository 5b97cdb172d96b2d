interface Returned {
  readonly address: string
  /** `failed` unless told. */
  readonly action?: string
  /** RFC 3463; `5.1.1` unless told. */
  readonly status?: string
}

/** A mail server's report about one recipient (RFC 3464), as a raw mail. */
export const deliveryReport = ({ address, action = 'failed', status = '5.1.1' }: Returned): string =>
  [
    'From: MAILER-DAEMON@mx.customer.example',
    'Auto-Submitted: auto-replied',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="B"',
    '',
    '--B',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.customer.example',
    '',
    `Final-Recipient: rfc822; ${address}`,
    `Action: ${action}`,
    `Status: ${status}`,
    '',
    '--B--',
    '',
  ].join('\r\n')
