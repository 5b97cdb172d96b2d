import type { Scope } from '@umbel/messaging'
import type { LinkBook } from '../domain/link-book.ts'
import { externalIdPhrases } from '../domain/phrases/phrases.ts'
import { createTally, type Tally } from '../domain/tally.ts'
import { type ExternalId, foldEvents, type TicketChange, type TicketEvent } from '../domain/ticket.ts'
import { findIdentities, type Identity, learnIdentities } from '../store/identities.ts'
import { lockTickets, mergeTickets } from '../store/known-tickets.ts'
import { addPhrases, type PhraseOwner } from '../store/leak-phrases.ts'
import { lockAround } from '../store/lock-around.ts'
import { followTickets } from '../store/move-contributions.ts'
import {
  dropPending,
  dropPendingPrimaries,
  lockNames,
  type PendingLink,
  pendingForMasters,
  pendingForNames,
  putPending,
} from '../store/pending-links.ts'
import { applyTally } from '../store/rollups.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { applyDeclared, type Declared } from './declared-links.ts'
import type { Deps } from './deps.ts'

export interface ApplyDeps extends Pick<Deps, 'say' | 'newId'> {
  /** Declarations that a rule of linking forbids; they change nothing. */
  readonly onImpossible: (count: number) => void
}

/**
 * Follows a batch of ticket events in the batch's transaction. Most tickets have no master and declare nothing: for those
 * a batch costs one statement for their names, one for their states and one probe for what they contribute.
 */
export const applyTicketEvents =
  (deps: ApplyDeps) =>
  async (unit: Required<Scope>, events: readonly TicketEvent[]): Promise<void> => {
    const changes = foldEvents(events)
    const declares = changes.some(({ declared }) => declared.length > 0)
    const identities = namesOf(changes)
    if (declares || identities.length > 0) await lockNames(unit, declares ? 'declaring' : 'naming')
    const fresh = await learnIdentities(unit, identities)
    await addPhrases(unit, fresh.map(toOwner))
    const waited = fresh.length > 0 ? await pendingForNames(unit, fresh) : []
    const tally = createTally()
    if (declares || waited.length > 0) return followDeclarations(deps, unit, changes, { waited, fresh, tally })
    await followStates(unit, changes, tally)
    await deps.say(unit, await applyTally(unit, tally))
  }

const namesOf = (changes: readonly TicketChange[]): Identity[] => [
  ...new Map(
    changes.flatMap(({ state, externalIds }) =>
      externalIds.map((name) => [nameKey(name), { ...name, ticketId: state.ticketId }] as const),
    ),
  ).values(),
]

const toOwner = ({ ticketId, id }: Identity): PhraseOwner => ({ ownerId: ticketId, phrases: externalIdPhrases(id) })

const nameKey = ({ source, id }: ExternalId): string => `${source}\u0000${id}`

async function followStates(unit: Unit, changes: readonly TicketChange[], tally: Tally): Promise<void> {
  const [first] = changes
  if (!first) return
  const causes = new Map(changes.map(({ state, cause }) => [state.ticketId, cause]))
  await followTickets(unit, await mergeTickets(unit, changes), {
    causeOf: (ticketId) => causes.get(ticketId) ?? first.cause,
    ticketsOf: (ids) => lockTickets(unit, ids),
    tally,
  })
}

interface Found {
  readonly waited: readonly PendingLink[]
  readonly fresh: readonly Identity[]
  readonly tally: Tally
}

/** Role rows are locked before tickets, as in every command, so that commands and batches cannot deadlock. */
async function followDeclarations(
  { say, newId, onImpossible }: ApplyDeps,
  unit: Unit,
  changes: readonly TicketChange[],
  { waited, fresh, tally }: Found,
): Promise<void> {
  const masters = changes.flatMap(({ state, declared }) =>
    declared.some(({ declaration }) => declaration.type === 'master') ? [state.ticketId] : [],
  )
  const resolve = resolver([...(await findIdentities(unit, targetsOf(changes))), ...fresh])
  const readers = () => pendingForMasters(unit, masters)
  const involved = [
    ...changes.flatMap(({ state, declared }) => (declared.length > 0 ? [state.ticketId] : [])),
    ...targetsOf(changes).flatMap((name) => resolve(name) ?? []),
    ...waited.flatMap(({ ticketId, target, targetId }) => [ticketId, targetId ?? resolve(target) ?? ticketId]),
  ]
  const book = await lockAround(unit, involved, async () => (await readers()).map(({ ticketId }) => ticketId))
  await followStates(unit, changes, tally)
  const declared = applyDeclared({ book, newId, resolve })
  // roles first: a master is mostly seen and declared by the same event, and what waited for its name needs the role
  declareMasters(changes, declared)
  for (const pending of waited) declared.retry(pending)
  declareLinks(changes, declared)
  for (const pending of await readers()) retryUnless(book, pending, declared)
  await savePending(unit, declared)
  onImpossible(declared.impossible)
  await saveBook(unit, book, { say, tally, pushedBy: 'background' })
}

function declareMasters(changes: readonly TicketChange[], declared: Declared): void {
  for (const { state, declared: said } of changes)
    for (const { declaration, cause, occurredAt } of said)
      if (declaration.type === 'master') declared.apply(state.ticketId, declaration, { cause, occurredAt })
}

function declareLinks(changes: readonly TicketChange[], declared: Declared): void {
  for (const { state, declared: said } of changes)
    for (const { declaration, cause, occurredAt } of said)
      if (declaration.type !== 'master') declared.apply(state.ticketId, declaration, { cause, occurredAt })
}

/** What waited for a master; a newer primary declaration of this batch has the last word. */
function retryUnless(book: LinkBook, pending: PendingLink, declared: Declared): void {
  const replaced = pending.primary && declared.replacedPrimaries.has(pending.ticketId)
  if (!replaced && pending.targetId !== null && book.isMaster(pending.targetId)) declared.retry(pending)
}

const targetsOf = (changes: readonly TicketChange[]): ExternalId[] =>
  changes.flatMap(({ declared }) =>
    declared.flatMap(({ declaration }) => (declaration.type === 'master' ? [] : [declaration.target])),
  )

function resolver(identities: readonly Identity[]): (name: ExternalId) => string | undefined {
  const tickets = new Map(identities.map((identity) => [nameKey(identity), identity.ticketId]))
  return (name) => tickets.get(nameKey(name))
}

async function savePending(unit: Unit, { replacedPrimaries, settled, waiting }: Declared): Promise<void> {
  await dropPendingPrimaries(unit, [...replacedPrimaries])
  await dropPending(unit, settled)
  await putPending(unit, [...waiting.values()])
}
