import type { Address, Email } from 'postal-mime'

/** One mail as it was accepted, decoded. */
export interface Mail {
  /** With its angle brackets, as in the header. */
  readonly messageId: string
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Every value of a header, by its lower-case name. */
  header(name: string): readonly string[]
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly attachments: readonly { readonly name: string; readonly type: string; readonly content: Buffer }[]
  readonly raw: Buffer
}

/** The decoded form of a message that came with this envelope. */
export async function readMail(raw: Buffer, envelope: Mail['envelope']): Promise<Mail> {
  const { default: PostalMime } = await import('postal-mime')
  return toMail(raw, await PostalMime.parse(raw), envelope)
}

function toMail(raw: Buffer, email: Email, envelope: Mail['envelope']): Mail {
  const headers = email.headers.map(({ key, value }) => ({ name: key, value }))
  return {
    messageId: email.messageId ?? '',
    envelope,
    from: addresses(email.from)[0] ?? '',
    to: (email.to ?? []).flatMap(addresses),
    subject: email.subject ?? '',
    text: email.text ?? '',
    html: email.html ?? '',
    header: (name) => headers.filter((row) => row.name === name.toLowerCase()).map((row) => row.value),
    headers,
    attachments: email.attachments.map(({ filename, mimeType, content }) => ({
      name: filename ?? '',
      type: mimeType,
      content: typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
    })),
    raw,
  }
}

function addresses(address: Address | undefined): string[] {
  if (!address) return []
  return address.group ? address.group.map((member) => member.address) : [address.address]
}
