import { type ChildEvent, type HistoryLine, type ItemRead, type MailEvent, only } from '../history.ts'
import { type Finding, linesOf, type Rule } from './finding.ts'

/** States that say that a mail has left. `unknown` says that it may have, once or twice. */
const SENT = 'sent'
const UNKNOWN = 'unknown'
const ENDS = new Set([SENT, UNKNOWN, 'failed', 'suppressed', 'skipped', 'withheld'])

/** Who is owed a mail gets it once; a second one is forgiven only where the outcome says that nobody can know. */
export const oneMailEach: Rule = (history) => {
  const children = new Map(only(history, 'child').map((child) => [child.ticketId, child]))
  const operations = new Map(only(history, 'operation').map((read) => [read.operationId, read]))
  const mails = only(history, 'mail')
  return only(history, 'item').flatMap((item) => {
    const child = children.get(item.ticketId)
    const text = operations.get(item.operationId)?.text ?? ''
    if (child === undefined || text === '') return []
    return mailsOf(item, sentTo(mails, child, text))
  })
}

/** The text of each operation is a word of its own, so that a mail tells whose it is. */
const sentTo = (mails: readonly HistoryLine<MailEvent>[], { email }: ChildEvent, text: string) =>
  mails.filter((mail) => mail.to.toLowerCase() === email.toLowerCase() && mail.text.includes(text))

function mailsOf(item: HistoryLine<ItemRead>, sent: readonly HistoryLine<MailEvent>[]): Finding[] {
  const { state, notification } = item
  if (state !== 'applied') return sent.length === 0 ? [] : [doubled(item, `${state}, and mailed all the same`, sent)]
  if (notification === null) return [lost(item, 'applied, and nobody was owed a mail')]
  if (!ENDS.has(notification)) return [lost(item, `its mail never came to an end: ${notification}`)]
  if (notification === UNKNOWN) return sameName(item, sent)
  if (notification === SENT && sent.length === 0) return [lost(item, 'said to be sent, and no mail came')]
  const most = notification === SENT ? 1 : 0
  if (sent.length <= most) return []
  return [doubled(item, `${notification}, and ${sent.length} mails came: ${namesOf(sent)}`, sent)]
}

/** A mail that was sent again must be recognisable as the same one. */
function sameName(item: HistoryLine<ItemRead>, sent: readonly HistoryLine<MailEvent>[]): Finding[] {
  const names = new Set(sent.map(({ messageId }) => messageId))
  return names.size < 2 ? [] : [doubled(item, `sent again under another name: ${namesOf(sent)}`, sent)]
}

const namesOf = (sent: readonly HistoryLine<MailEvent>[]) => sent.map(({ messageId }) => messageId).join(' and ')

const doubled = (item: HistoryLine<ItemRead>, what: string, lines: readonly HistoryLine[]): Finding => ({
  counter: 'doubled',
  rule: 'one-mail-each',
  what,
  operationId: item.operationId,
  ticketId: item.ticketId,
  lines: linesOf([item, ...lines]),
})

const lost = (item: HistoryLine<ItemRead>, what: string): Finding => ({ ...doubled(item, what, []), counter: 'lost' })

/** Mails of which nobody can say whether they came once or twice. */
export const unknownMails = (history: readonly HistoryLine[]): number =>
  only(history, 'item').filter(({ notification }) => notification === UNKNOWN).length
