import PostalMime from 'postal-mime'
import type { MailReport, RecipientReport } from '../domain/bounce.ts'
import { LIMITS, refuseLaborious } from './read-mail.ts'

const LONGEST_REPORT = 64 * 1024
const MOST_RECIPIENTS = 50
const COMPLAINTS: ReadonlySet<string> = new Set(['abuse', 'fraud', 'virus', 'other'])

/**
 * Reads a delivery status notification (RFC 3464, RFC 6533) or a feedback report (RFC 5965); undefined for any other
 * mail. Throws on what is no mail at all.
 */
export async function readReport(raw: Buffer): Promise<MailReport | undefined> {
  refuseLaborious(raw)
  const { attachments } = await PostalMime.parse(raw, LIMITS)
  const partOf = (...types: readonly string[]): string | undefined => {
    const part = attachments.find(({ mimeType }) => types.includes(mimeType))
    return part && textOf(part.content).slice(0, LONGEST_REPORT)
  }
  const status = partOf('message/delivery-status', 'message/global-delivery-status')
  if (status !== undefined) return { kind: 'delivery', recipients: recipientsOf(groupsOf(status)) }
  const feedback = partOf('message/feedback-report')
  return feedback === undefined ? undefined : complaintOf(groupsOf(feedback))
}

const textOf = (content: string | ArrayBuffer | Uint8Array): string =>
  typeof content === 'string' ? content : Buffer.from(content as Uint8Array).toString('utf8')

type Fields = ReadonlyMap<string, readonly string[]>

/** Groups of header-like fields, parted by empty lines; a line that begins with a space goes on with the one before. */
function groupsOf(text: string): Fields[] {
  const unfolded = text.replaceAll('\r\n', '\n').replaceAll(/\n[ \t]+/g, ' ')
  return unfolded.split(/\n{2,}/).map((group) => {
    const fields = new Map<string, string[]>()
    for (const line of group.split('\n')) {
      const colon = line.indexOf(':')
      if (colon < 1) continue
      const name = line.slice(0, colon).trim().toLowerCase()
      fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()])
    }
    return fields
  })
}

function recipientsOf(groups: readonly Fields[]): RecipientReport[] {
  return groups
    .filter((group) => group.has('final-recipient') || group.has('original-recipient'))
    .slice(0, MOST_RECIPIENTS)
    .map((group) => ({
      addresses: addressesIn(group, 'final-recipient', 'original-recipient'),
      action: (group.get('action')?.[0] ?? '').toLowerCase(),
      status: /^\d\.\d{1,3}\.\d{1,3}/.exec(group.get('status')?.[0] ?? '')?.[0] ?? '',
    }))
}

function complaintOf([group]: readonly Fields[]): MailReport | undefined {
  const type = group?.get('feedback-type')?.[0]?.toLowerCase() ?? ''
  if (group === undefined || !COMPLAINTS.has(type)) return undefined // `not-spam` takes a complaint back
  return { kind: 'complaint', addresses: addressesIn(group, 'original-rcpt-to') }
}

/** `rfc822; a@b.example` or `<a@b.example>`, in lower case. */
const addressesIn = (group: Fields, ...names: readonly string[]): string[] =>
  names
    .flatMap((name) => group.get(name) ?? [])
    .map((value) =>
      value
        .slice(value.indexOf(';') + 1)
        .replaceAll(/[<>\s]/g, '')
        .toLowerCase(),
    )
    .filter((address) => address.includes('@'))
