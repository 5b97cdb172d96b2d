import { isUmbelError, unavailable } from '@umbel/kernel'
import {
  type Bounce,
  decideBounce,
  decideSuppression,
  type MailedTo,
  type MailReport,
  noteOf,
} from '../domain/bounce.ts'
import type { MailedNotification } from '../store/bounce-store.ts'
import type { TokenOwner } from '../store/claimer.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import type { GetOutgoing } from './prepare-page.ts'

/** The mail that a bounce address belongs to. */
export interface BouncedMail {
  readonly workspaceId: string
  readonly notification: MailedNotification
}

export interface BounceNote {
  readonly workspaceId: string
  readonly ticketId: string
  /** The same key is the same note. */
  readonly key: string
  readonly text: string
}

/** Writes an internal comment on the ticket. */
export type AddNote = (note: BounceNote) => Promise<void>

export interface BounceDeps {
  readonly transact: Transact
  readonly ownerOfToken: (token: string) => Promise<TokenOwner | undefined>
  /** The second half of a notification's bounce address. */
  readonly bounceToken: (notificationId: string) => string
  readonly getOutgoing: GetOutgoing
  readonly addNote: AddNote
}

/** Both halves of a bounce address have this length. */
const HALF = 26

/** The one mail that a bounce address was given to; undefined for one that we never gave out. */
export const findBounced =
  ({ transact, ownerOfToken, bounceToken }: BounceDeps) =>
  async (token: string): Promise<BouncedMail | undefined> => {
    if (token.length !== 2 * HALF) return undefined
    const owner = await ownerOfToken(token.slice(0, HALF))
    if (owner === undefined) return undefined
    const { workspaceId, ticketId } = owner
    const mailed = await transact({ workspaceId }, ({ bounces }) => bounces.mailed(ticketId))
    const notification = mailed.find(({ id }) => bounceToken(id) === token.slice(HALF))
    return notification && { workspaceId, notification }
  }

/**
 * Takes a report about a mail of ours. It can end that mail's notification, suppress the address that the ticket has for
 * its requester if the report names it, and say so on the ticket; whatever else it says is not believed. A second time
 * changes nothing: should we die before the note is written, the reporter tries again.
 */
export const receiveBounce =
  ({ transact, getOutgoing, addNote }: BounceDeps) =>
  async ({ workspaceId, notification }: BouncedMail, report: MailReport): Promise<void> => {
    // asked before a transaction is begun
    const { outgoing } = await getOutgoing(workspaceId, [notification])
    const [now] = outgoing
    const same = now?.recipientId === notification.recipientId
    const to: MailedTo = {
      address: same ? now.recipientAddress.toLowerCase() : '',
      ccAddresses: (now?.ccAddresses ?? []).map((address) => address.toLowerCase()),
    }
    const bounce = decideBounce(report, to)
    if (bounce === undefined) return
    const { id, ticketId } = notification
    const text = await transact({ workspaceId }, (session) => apply(session, id, bounce))
    if (text === undefined) return
    await addNote({ workspaceId, ticketId, key: `bounce:${id}:${bounce.kind}`, text }).catch(unlessClosed)
    await transact({ workspaceId }, ({ bounces }) => bounces.noted(id, bounce.kind))
  }

/** What is still to be noted on the ticket. */
async function apply({ bounces, suppressions }: Session, id: string, bounce: Bounce): Promise<string | undefined> {
  const { kind, ended, address } = bounce
  if (ended && (await bounces.fail(id)) === 'in-flight')
    throw unavailable('mail-in-flight', 'the mail is not recorded as sent yet')
  const added = await bounces.add(id, bounce)
  const reason = decideSuppression(bounce, kind === 'soft' ? await bounces.softOf(address) : 0)
  if (added && reason !== undefined) await suppressions.add(address, reason)
  return (await bounces.isNoted(id, kind)) ? undefined : noteOf(bounce, reason !== undefined)
}

/** A ticket that was closed for good takes no note; its notification says the same. */
function unlessClosed(error: unknown): void {
  if (!isUmbelError(error) || error.slug !== 'ticket-closed') throw error
}
