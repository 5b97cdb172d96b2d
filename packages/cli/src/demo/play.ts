import type { Api } from '../api.ts'
import type { MasterJson, OperationJson } from '../shapes.ts'
import { type Customer, makeCast, token } from './cast.ts'
import { type CaughtMail, mailCatcher, sendMail } from './mail-catcher.ts'
import { foreignTokens, mailsWith, rollupDifferences } from './observe.ts'
import { comment, complain, gather, operate, ticketsOf } from './story.ts'
import { waitFor } from './wait-for.ts'

export const sabotages = ['leak', 'lose-mail', 'double-mail', 'stale-rollup'] as const
export type Sabotage = (typeof sabotages)[number]

export interface DemoOptions {
  readonly api: Api
  readonly slug: string
  readonly kafka: string
  readonly topicPrefix: string | undefined
  /** The mail catcher's page. */
  readonly mail: string
  /** Where the product sends its mails. */
  readonly smtp: string
  /** Where customers' answers go. */
  readonly replies: string
  readonly holdSeconds: number
  readonly sabotage: Sabotage | undefined
  readonly say: (line: string) => void
}

/** What the demo observed, in mailbox and API. */
export interface Observed {
  readonly children: number
  readonly broadcast: { readonly applied: number; readonly mails: number }
  readonly close: { readonly applied: number; readonly mails: number }
  readonly replies: number
  readonly foreignTokens: number
  readonly rollupDifferences: number
  readonly settledMs: number
}

/** Plays the login outage of eight customers and says what came out. */
export async function play(options: DemoOptions): Promise<Observed> {
  const { api, slug, say, sabotage, holdSeconds } = options
  const cast = makeCast(token())
  const secrets = [token(), token()]
  const [masterWord, noteWord] = secrets
  const catcher = mailCatcher(options.mail)
  const addresses = new Set(cast.map(({ email }) => email))
  const caught = () => catcher.mailsTo(addresses)

  say('Eight customers write in: eight upstream events on Kafka')
  await complain(options.kafka, options.topicPrefix, slug, cast)
  const tickets = await ticketsOf(api, slug, cast)
  const ids = tickets.map(({ id }) => id)
  const master = await gather(api, `Login failures after deployment ${masterWord}`, tickets)
  say(`"Login failures after deployment" is master #${master.number} with ${tickets.length} children`)
  for (const id of [master.id, ...ids]) await comment(api, id, `Only for us: the roll-back is under way. ${noteWord}`)
  say('Nine internal notes are written; no mail leaves for them')

  const leaked = sabotage === 'leak' ? ` (as ${cast[0]?.name} wrote)` : ''
  const broadcastText = `We found the cause of the login failures and are rolling it back.${leaked} Your Umbel team, ${token()}`
  const broadcast = await operate(api, master.id, {
    kind: 'broadcast',
    text: broadcastText,
    holdSeconds,
    // the leak check sees it, and would not let it out
    ...(sabotage === 'leak' ? { overrideReason: 'a leak on purpose' } : {}),
  })
  const informed = await waitForMails(caught, broadcastText, broadcast.operation.progress.sent)
  say(`Broadcast: ${broadcast.operation.progress.applied} applied, ${mailsWith(informed, broadcastText)} mails`)
  await spoil(
    options,
    catcher,
    informed.find(({ text }) => text.includes(broadcastText)),
  )

  const answer = await answerByMail(options, informed, cast[2], broadcastText)
  const latest = await waitFor('the answer in the rollup', async () => {
    const { rollup } = await api.get<MasterJson>(`/v1/masters/${master.id}`)
    const { latestReply } = rollup
    return latestReply !== null && latestReply.ticketId === ids[2] ? latestReply : undefined
  })
  say(`One customer answered by mail; the master's rollup shows it (${latest.occurredAt})`)
  const beforeClose = await api.get<MasterJson>(`/v1/masters/${master.id}`)

  const closeText = `Logins work again since this hour. Thank you for your patience, ${token()}`
  // whoever answered is closed too: without this, that child would be skipped as `customer-replied`
  const close = await operate(api, master.id, { kind: 'close', text: closeText, holdSeconds, includeReplied: true })
  await waitForMails(caught, closeText, close.operation.progress.sent)
  const fresh = await settledRollup(api, master.id, cast.length)
  const mails = await caught()
  say(`Bulk close: ${close.operation.progress.applied} applied, ${mailsWith(mails, closeText)} mails`)
  return {
    children: fresh.rollup.children.total,
    broadcast: counted(broadcast.operation, mails, broadcastText),
    close: counted(close.operation, mails, closeText),
    replies: await repliesIn(api, ids, answer),
    foreignTokens: await foreignTokens(api, cast, ids, secrets, mails),
    rollupDifferences: await rollupDifferences(api, master.id, sabotage === 'stale-rollup' ? beforeClose : fresh),
    settledMs: broadcast.settledMs,
  }
}

const counted = ({ progress }: OperationJson, mails: readonly CaughtMail[], text: string) => ({
  applied: progress.applied,
  mails: mailsWith(mails, text),
})

/** Waits until the catcher shows as many mails as were sent, which it may do a moment later. */
const waitForMails = (
  caught: () => Promise<readonly CaughtMail[]>,
  text: string,
  sent: number,
): Promise<readonly CaughtMail[]> =>
  waitFor('the mails', async () => {
    const mails = await caught()
    return mailsWith(mails, text) >= sent ? mails : undefined
  })

/** Harms the mailbox, as asked, so that the figures must show it. */
async function spoil(
  { sabotage, smtp }: DemoOptions,
  catcher: ReturnType<typeof mailCatcher>,
  victim: CaughtMail | undefined,
): Promise<void> {
  if (victim === undefined) return
  if (sabotage === 'lose-mail') await catcher.remove(victim.id)
  if (sabotage === 'double-mail')
    await sendMail(smtp, { from: victim.replyTo, to: victim.to, subject: victim.subject, text: victim.text })
}

/** The customer answers the broadcast, as a mail program would; the words of the answer come back. */
async function answerByMail(
  { replies }: DemoOptions,
  mails: readonly CaughtMail[],
  customer: Customer | undefined,
  text: string,
): Promise<string> {
  const mail = mails.find((each) => each.to === customer?.email && each.text.includes(text))
  if (customer === undefined || mail === undefined) throw new Error('nobody got the broadcast who could answer')
  const words = `Thank you, I can wait. ${customer.tokens[4]} ${token()}`
  await sendMail(replies, {
    from: { name: customer.name, address: customer.email },
    to: mail.replyTo,
    subject: `Re: ${mail.subject}`,
    inReplyTo: mail.messageId,
    references: mail.messageId,
    text: `${words}\n\nOn Monday Umbel wrote:\n> ${text}\n`,
  })
  return words
}

/** In how many threads the answer stands; one is right. */
async function repliesIn(api: Api, ids: readonly string[], words: string): Promise<number> {
  const found = await Promise.all(
    ids.map(async (id) => {
      const { items } = await api.get<{ items: { text: string }[] }>(`/v1/tickets/${id}/comments`, { limit: 1000 })
      return items.filter(({ text }) => text.includes(words)).length
    }),
  )
  return found.reduce((sum, count) => sum + count, 0)
}

/** The rollup once it shows every child closed. */
const settledRollup = (api: Api, masterId: string, children: number): Promise<MasterJson> =>
  waitFor('the rollup to show every child closed', async () => {
    const master = await api.get<MasterJson>(`/v1/masters/${masterId}`)
    return master.rollup.children.closed === children ? master : undefined
  })
