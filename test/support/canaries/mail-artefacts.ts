import type { Mail } from '@umbel/test-kit'
import type { Artefact } from '../oracle.ts'
import { customerScope } from './cast.ts'
import type { Played } from './story.ts'

/** A mail in all its parts; it belongs to the customer it was sent to, and to nobody where there is no such one. */
export function mailArtefacts(mail: Mail, played: readonly Played[]): Artefact[] {
  const what = `mail ${mail.messageId} to ${mail.envelope.to.join(', ')}`
  const scope = scopeOf(mail, played)
  const part = (channel: Artefact['channel'], bytes: Artefact['bytes']): Artefact => ({ channel, what, scope, bytes })
  const [head = ''] = mail.raw.toString('latin1').split('\r\n\r\n')
  const decoded = [...mail.headers.map(({ name, value }) => `${name}: ${value}`), JSON.stringify(mail.envelope)]
  return [
    part('header', [head, ...decoded, mail.subject, mail.from, ...mail.to].join('\n')),
    part('text', mail.text),
    part('html', mail.html),
    ...mail.attachments.flatMap(({ name, type, content }) => [
      part('attachment', `${name}\n${type}`),
      part('attachment', content),
    ]),
    part('mail', mail.raw),
  ]
}

function scopeOf({ envelope }: Mail, played: readonly Played[]): string[] {
  for (const { cast } of played)
    for (const person of [...cast.children, cast.related])
      if (envelope.to.length === 1 && envelope.to[0] === person.email) return customerScope(cast, person.owner)
  return []
}
