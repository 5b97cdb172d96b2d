import nodemailer, { type SendMailOptions } from 'nodemailer'
import PostalMime from 'postal-mime'

/** A caught mail, whole: every header and decoded part as one text to search, and what threads it. */
export interface CaughtMail {
  readonly id: string
  readonly to: string
  readonly messageId: string
  readonly subject: string
  readonly replyTo: string
  readonly text: string
  /** Headers, text, HTML and attachment names, decoded. */
  readonly everything: string
}

/** The mail catcher of the local stack, over its HTTP API. */
export interface MailCatcher {
  /** Every caught mail to one of these addresses. */
  mailsTo(addresses: ReadonlySet<string>): Promise<readonly CaughtMail[]>
  /** Throws one away, as if it had never come. */
  remove(id: string): Promise<void>
}

interface Listed {
  readonly id: string
  readonly envelope: { readonly to: readonly { readonly address: string }[] }
}

export function mailCatcher(webUrl: string): MailCatcher {
  const read = async (id: string, to: string): Promise<CaughtMail> => {
    const raw = await (await ask(`${webUrl}/api/email/${id}/source`)).arrayBuffer()
    const mail = await PostalMime.parse(raw)
    const headers = mail.headers.map(({ key, value }) => `${key}: ${value}`).join('\n')
    const names = mail.attachments.map(({ filename }) => filename ?? '').join('\n')
    return {
      id,
      to,
      messageId: mail.messageId ?? '',
      subject: mail.subject ?? '',
      replyTo: mail.replyTo?.[0]?.address ?? '',
      text: mail.text ?? '',
      everything: [headers, JSON.stringify(mail.from), mail.subject, mail.text, mail.html, names].join('\n'),
    }
  }
  return {
    async mailsTo(addresses) {
      const listed = (await (await ask(`${webUrl}/api/email`)).json()) as readonly Listed[]
      const ours = listed.flatMap(({ id, envelope }) => {
        const to = envelope.to[0]?.address ?? ''
        return addresses.has(to) ? [{ id, to }] : []
      })
      return Promise.all(ours.map(({ id, to }) => read(id, to)))
    },
    remove: async (id) => void (await ask(`${webUrl}/api/email/${id}`, { method: 'DELETE' })),
  }
}

async function ask(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`the mail catcher answered ${response.status} to ${url}`)
  return response
}

/** Sends one mail over real SMTP. */
export async function sendMail(url: string, mail: SendMailOptions): Promise<void> {
  const transport = nodemailer.createTransport(url)
  try {
    await transport.sendMail(mail)
  } finally {
    transport.close()
  }
}
