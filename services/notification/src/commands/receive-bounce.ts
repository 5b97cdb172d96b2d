import { unavailable } from '@umbel/kernel'
import { type Bounce, decideBounce, type MailedTo, type MailReport, SOFT_LIMIT } from '../domain/bounce.ts'
import type { MailedNotification } from '../store/bounce-store.ts'
import type { TokenOwner } from '../store/claimer.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import type { GetOutgoing } from './prepare-page.ts'

/** The mail that a bounce address belongs to. */
export interface BouncedMail {
  readonly workspaceId: string
  readonly notification: MailedNotification
}

export interface BounceDeps {
  readonly transact: Transact
  readonly ownerOfToken: (token: string) => Promise<TokenOwner | undefined>
  /** The second half of a notification's bounce address. */
  readonly bounceToken: (notificationId: string) => string
  readonly getOutgoing: GetOutgoing
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
 * Takes a report about a mail of ours. It can end that mail's notification, and suppress the address that the ticket
 * has for its requester if the report names it; whatever else it says is not believed. A second time changes nothing.
 */
export const receiveBounce =
  ({ transact, getOutgoing }: BounceDeps) =>
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
    if (bounce !== undefined) await transact({ workspaceId }, (session) => apply(session, notification.id, bounce))
  }

async function apply({ bounces, suppressions }: Session, notificationId: string, bounce: Bounce): Promise<void> {
  const { kind, ended, address } = bounce
  if (ended && (await bounces.fail(notificationId)) === 'in-flight')
    throw unavailable('mail-in-flight', 'the mail is not recorded as sent yet')
  if (!(await bounces.add(notificationId, bounce)) || address === '') return
  if (kind === 'hard') await suppressions.add(address, 'hard-bounce')
  else if (kind === 'complaint') await suppressions.add(address, 'complaint')
  else if ((await bounces.softOf(address)) >= SOFT_LIMIT) await suppressions.add(address, 'soft-bounces')
}
