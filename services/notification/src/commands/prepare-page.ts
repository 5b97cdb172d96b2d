import { destinationOf } from '../domain/destination.ts'
import { buildMail, cannotSend, type Mail, type MailNames, type Outgoing } from '../domain/mail.ts'
import type { State } from '../domain/notification.ts'
import type { Rest } from '../store/destination-store.ts'
import type { Due } from '../store/queue-row.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'

/** What the ticket service answers for one page. */
export interface OutgoingPage {
  readonly outgoing: readonly Outgoing[]
  readonly bodies: ReadonlyMap<string, string>
  readonly workspaceName: string
  readonly mailDomain: string
}

export type GetOutgoing = (
  workspaceId: string,
  keys: readonly { readonly ticketId: string; readonly commentId: string }[],
) => Promise<OutgoingPage>

/** Keyed hashes that name mails and threads. */
export interface NameMail {
  replyToken(workspaceId: string, ticketId: string): string
  names(workspaceId: string, ticketId: string, notificationId: string, mailDomain: string): MailNames
}

/** A mail that is ready to be leased and sent. */
export interface Prepared {
  readonly due: Due
  readonly mail: Mail
  readonly body: string
  /** The mail domain it goes to. */
  readonly destination: string
  /** Whether mail to there has failed lately. */
  readonly troubled: boolean
  /** The one mail that may try how the destination is. */
  readonly probe: boolean
}

interface Deps {
  readonly transact: Transact
  readonly getOutgoing: GetOutgoing
  readonly nameMail: NameMail
}

/**
 * Reads a page of due rows and what they say, with one call for all of them. Rows that can never be sent end here.
 * `blocked` are operations whose rows are due although they may not leave: a send that was in flight when a hold came.
 */
export const preparePage =
  ({ transact, getOutgoing, nameMail }: Deps) =>
  async (workspaceId: string, limit: number): Promise<{ ready: Prepared[]; blocked: string[]; found: number }> => {
    const page = await transact({ workspaceId }, async ({ queue, holds }) => {
      const due = await queue.page(limit)
      return { due, modes: await holds.share(operationsOf(due)) }
    })
    const blocked = [...page.modes].flatMap(([id, mode]) => (mode === 'open' ? [] : [id]))
    const free = page.due.filter(({ operationId }) => operationId === null || !blocked.includes(operationId))
    if (free.length === 0) return { ready: [], blocked, found: page.due.length }
    const said = await getOutgoing(workspaceId, free)
    const ready = await transact({ workspaceId }, (session) => sortOut(session, nameMail, free, said))
    return { ready, blocked, found: page.due.length }
  }

export const operationsOf = (due: readonly Due[]): string[] =>
  due.flatMap(({ operationId }) => (operationId === null ? [] : [operationId]))

async function sortOut(
  { workspaceId, queue, threads, destinations }: Session,
  nameMail: NameMail,
  due: readonly Due[],
  said: OutgoingPage,
) {
  const byComment = new Map(said.outgoing.map((one) => [one.commentId, one]))
  const suppressed = await threads.suppressed(said.outgoing.map((one) => one.recipientAddress.toLowerCase()))
  const ends: { due: Due; state: State; reason: string }[] = []
  const sendable: Sendable[] = []
  for (const row of due) {
    const outgoing = byComment.get(row.commentId)
    const body = outgoing && said.bodies.get(outgoing.bodyId)
    const reason = cannotSend(outgoing, row.recipientId)
    if (reason !== undefined || outgoing === undefined || body === undefined)
      ends.push({ due: row, state: 'skipped', reason: reason ?? 'not-found' })
    else if (suppressed.has(outgoing.recipientAddress.toLowerCase()))
      ends.push({ due: row, state: 'suppressed', reason: 'address-suppressed' })
    else sendable.push({ due: row, outgoing, body })
  }
  const troubled = await destinations.troubled([...new Set(sendable.map(toDestination))])
  const { going, resting } = whoMayGo(sendable, troubled)
  await queue.putOff(resting)
  const tokens = new Map(going.map((one) => [one.due.ticketId, nameMail.replyToken(workspaceId, one.due.ticketId)]))
  const known = await threads.open(tokens)
  await queue.end(ends) // the last: it locks what all of an operation's ends wait for
  return going.map((one) => {
    const names = nameMail.names(workspaceId, one.due.ticketId, one.due.id, said.mailDomain)
    const thread = known.get(one.due.ticketId) ?? { sentIds: [] }
    const mail = buildMail(one.outgoing, said.workspaceName, names, thread)
    const destination = toDestination(one)
    const rest = troubled.get(destination)
    return {
      due: one.due,
      body: one.body,
      mail,
      destination,
      troubled: rest !== undefined,
      probe: rest?.probe === true,
    }
  })
}

interface Sendable {
  readonly due: Due
  readonly outgoing: Outgoing
  readonly body: string
}

const toDestination = ({ outgoing }: Sendable): string => destinationOf(outgoing.recipientAddress)

/** A destination that rests gets nothing, or one mail to try; the rest comes back after it, not all at once. */
function whoMayGo(sendable: readonly Sendable[], troubled: ReadonlyMap<string, Rest>) {
  const going: Sendable[] = []
  const resting: { id: string; ms: number }[] = []
  const tried = new Set<string>()
  for (const one of sendable) {
    const rest = troubled.get(toDestination(one))
    const probe = rest?.probe === true && !tried.has(toDestination(one))
    if (rest === undefined || probe || (rest.ms === 0 && !rest.probe)) going.push(one)
    else resting.push({ id: one.due.id, ms: rest.ms + resting.length })
    tried.add(toDestination(one))
  }
  return { going, resting }
}
