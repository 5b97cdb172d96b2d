import { type Mail, readMail } from '@umbel/test-kit'

export type MailPlace = 'header' | 'text' | 'html' | 'attachment'

/** A copy of a mail that holds these words in one place only. */
export async function plantInMail(mail: Mail, place: MailPlace, words: string): Promise<Mail> {
  const raw = planted[place](mail.raw.toString('latin1'), words)
  if (raw === mail.raw.toString('latin1')) throw new Error(`nothing could be planted into the ${place}`)
  return readMail(Buffer.from(raw, 'latin1'), mail.envelope)
}

const base64 = (text: string) => Buffer.from(text).toString('base64')

const planted: Record<MailPlace, (raw: string, words: string) => string> = {
  header: (raw, words) => `X-Thread: =?UTF-8?B?${base64(`ü ${words}`)}?=\r\n${raw}`,
  text: (raw, words) => intoPart(raw, 'text/plain', words),
  html: (raw, words) => intoPart(raw, 'text/html', `<p>${words}</p>`),
  attachment(raw, words) {
    const end = raw.lastIndexOf('\r\n--')
    const name = `=?UTF-8?B?${base64(`${words}.txt`)}?=`
    const part = [
      raw.slice(raw.indexOf('\r\n--') + 2).split('\r\n')[0],
      `Content-Type: application/octet-stream; name="${name}"`,
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      base64('nothing'),
    ]
    return `${raw.slice(0, end)}\r\n${part.join('\r\n')}${raw.slice(end)}`
  },
}

/** Decodes a part, adds the words at its end, and encodes it again. */
const intoPart = (raw: string, type: string, words: string): string =>
  raw.replace(new RegExp(`(Content-Type: ${type}[^]*?\r\n\r\n)([^]*?)(\r\n--)`), (_, head, body, end) => {
    const text = Buffer.concat([Buffer.from(body, 'base64'), Buffer.from(` ${words}`)])
    return `${head}${text.toString('base64').replaceAll(/.{76}/g, '$&\r\n')}${end}`
  })
