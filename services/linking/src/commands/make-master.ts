import type { Cause } from '../domain/cause.ts'
import { assertMayBecomeMaster } from '../domain/link.ts'
import { lockAround } from '../store/lock-around.ts'
import { dropPending, pendingForMasters } from '../store/pending-links.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { applyDeclared } from './declared-links.ts'
import type { Deps } from './deps.ts'

/**
 * Gives a ticket the master role; links that sources declared and that waited for it are made at once. Twice is once.
 * Throws `refused` (`is-child`).
 */
export async function makeMaster(deps: Deps, unit: Unit, ticketId: string, cause: Cause): Promise<void> {
  const waiting = () => pendingForMasters(unit, [ticketId])
  const book = await lockAround(unit, [ticketId], async () => (await waiting()).map((pending) => pending.ticketId))
  if (book.isMaster(ticketId)) return
  assertMayBecomeMaster(book, ticketId)
  book.setMaster({ ticketId, master: true, cause, reason: '' })
  const declared = applyDeclared({ book, newId: deps.newId, resolve: () => undefined })
  for (const pending of await waiting()) declared.retry(pending)
  await dropPending(unit, declared.settled)
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
}
