import { type Actor, conflict, type ErrorKind, isUmbelError, refused, UmbelError } from '@umbel/kernel'
import { idFrom } from '@umbel/kernel/ids'
import type { LinkBook } from '../domain/link-book.ts'
import { lockBook } from '../store/books.ts'
import {
  type Failure,
  findSaga,
  finishSaga,
  insertSaga,
  leaseSaga,
  reachStep,
  releaseSaga,
  type Saga,
} from '../store/sagas.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import { causeOf, type Deps, type Write } from './deps.ts'
import { absorbStates, learnTickets } from './learn-tickets.ts'
import { type ChildResult, linkChildren } from './link-children.ts'
import { makeMaster } from './make-master.ts'
import { type NewChild, openChildren } from './open-children.ts'
import { pushLinks, pushRoles } from './push-to-ticket.ts'
import type { NewTicket } from './ticket-door.ts'

/** All that is needed to go on after a crash: every id is chosen before the first remote call. */
export interface MasterPlan {
  readonly masterId: string
  /** Null: the master is a ticket that is there already. */
  readonly ticket: NewTicket | null
  /** The promoted ticket: its duplicate and related links move to the new master, and it becomes the first child. */
  readonly promotedId: string | null
  readonly childIds: readonly string[]
  readonly newChildren: readonly NewChild[]
}

export interface MasterAnswer {
  readonly masterId: string
  readonly promoted: boolean
  readonly outcomes: readonly ChildResult[]
}

export interface MasterSagaDeps extends Deps {
  /** Who this agent is now; a service's own saga has the empty id. */
  readonly resolveActor: (workspaceId: string, actorId: string) => Promise<Actor>
}

type MasterSaga = Saga<MasterPlan, MasterAnswer>

/** The saga of a key; without a key every call is a saga of its own. */
export const sagaIdOf = ({ newId }: Deps, rpc: string, { workspaceId, actor, idempotency }: Write): string =>
  idempotency.key === '' ? newId() : idFrom('open-master', workspaceId, actor.id, rpc, idempotency.key)

/**
 * Starts a saga, or goes on with the one of the same key, and gives its answer. Throws `conflict`
 * (`idempotency-key-running`) while it runs elsewhere and `refused` (`idempotency-key-reused`) for another request.
 */
export async function playSaga(
  deps: MasterSagaDeps,
  write: Write,
  sagaId: string,
  plan: () => Promise<MasterPlan>,
): Promise<MasterAnswer> {
  const { workspaceId, actor, idempotency } = write
  const known = await deps.transact(workspaceId, (unit) => findSaga<MasterPlan, MasterAnswer>(unit, sagaId))
  if (!known) {
    const planned = await plan()
    const saga = {
      sagaId,
      actorId: onBehalfOf(actor),
      masterId: planned.masterId,
      plan: planned,
      cause: causeOf(deps, write),
    }
    const stored = { ...saga, digest: idempotency.digest }
    const fresh = await deps.transact(workspaceId, (unit) => insertSaga(unit, stored))
    if (!fresh) throw running()
    return run(
      deps,
      workspaceId,
      { ...saga, step: 'open', answer: undefined, failure: undefined, digest: Buffer.alloc(0) },
      actor,
    )
  }
  if (!known.digest.equals(Buffer.from(idempotency.digest)))
    throw refused('idempotency-key-reused', 'this idempotency key was used for another request')
  if (known.failure) throw toError(known.failure)
  if (known.answer) return pushed(deps, workspaceId, known.answer)
  const leased = await deps.transact(workspaceId, (unit) => leaseSaga<MasterPlan, MasterAnswer>(unit, sagaId))
  if (!leased) throw running()
  return run(deps, workspaceId, leased, actor)
}

/** Goes on with a saga that a crash or an outage left; does nothing while somebody else works on it. */
export const resumeSaga =
  (deps: MasterSagaDeps) =>
  async (workspaceId: string, sagaId: string): Promise<void> => {
    const saga = await deps.transact(workspaceId, (unit) => leaseSaga<MasterPlan, MasterAnswer>(unit, sagaId))
    if (!saga) return
    const actor = await deps.resolveActor(workspaceId, saga.actorId)
    await run(deps, workspaceId, saga, actor)
  }

async function run(deps: MasterSagaDeps, workspaceId: string, saga: MasterSaga, actor: Actor): Promise<MasterAnswer> {
  try {
    return await walk(deps, workspaceId, saga, actor)
  } catch (error) {
    await deps.transact(workspaceId, (unit) =>
      isFinal(error) ? finishSaga(unit, saga.sagaId, { failure: toFailure(error) }) : releaseSaga(unit, saga.sagaId),
    )
    throw error
  }
}

async function walk(deps: Deps, workspaceId: string, saga: MasterSaga, actor: Actor): Promise<MasterAnswer> {
  const { sagaId, plan, cause } = saga
  const onBehalf = onBehalfOf(actor)
  if (saga.step === 'open' && plan.ticket) {
    const state = await deps.tickets.open(workspaceId, plan.ticket, onBehalf)
    await deps.transact(workspaceId, (unit) => absorbStates(unit, [state], cause, deps.say))
  }
  if (saga.step !== 'children')
    await deps.transact(workspaceId, async (unit) => {
      await makeMaster(deps, unit, plan.masterId, cause)
      await reachStep(unit, sagaId, 'children')
    })
  await pushRoles(deps)(workspaceId, [plan.masterId])
  const opened = await openChildren(deps, workspaceId, plan.newChildren, onBehalf)
  const existing = [...(plan.promotedId ? [plan.promotedId] : []), ...plan.childIds]
  await learnTickets(deps)(workspaceId, existing)
  const answer = await deps.transact(workspaceId, async (unit) => {
    await absorbStates(unit, opened.states, cause, deps.say)
    if (plan.promotedId) await moveLinks(deps, unit, plan.promotedId, saga)
    const ticketIds = [...new Set([...existing, ...opened.states.map(({ ticketId }) => ticketId)])]
    const shared = { actor, masterId: plan.masterId, primary: true, purpose: 'customer', cause } as const
    const linked = await linkChildren(deps, unit, { ...shared, ticketIds })
    const answered = {
      masterId: plan.masterId,
      promoted: plan.promotedId !== null,
      outcomes: [...linked, ...opened.refused],
    }
    await finishSaga(unit, sagaId, { answer: answered })
    return answered
  })
  return pushed(deps, workspaceId, answer)
}

/** Answers once ticket knows the role and the links. */
async function pushed(deps: Deps, workspaceId: string, answer: MasterAnswer): Promise<MasterAnswer> {
  await pushRoles(deps)(workspaceId, [answer.masterId])
  await pushLinks(deps)(workspaceId, { touchedMasterId: answer.masterId })
  return answer
}

async function moveLinks(deps: Deps, unit: Unit, fromId: string, { plan, cause }: MasterSaga): Promise<void> {
  const book = await lockBook(unit, [fromId, plan.masterId])
  const why = { cause, occurredAt: deps.now() }
  for (const link of book.linksOf(fromId).filter(({ kind }) => kind !== 'child')) {
    book.end(link, why)
    moveLink(deps, book, { ...link, ticketId: plan.masterId }, why)
  }
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
}

function moveLink(
  deps: Deps,
  book: LinkBook,
  link: Parameters<LinkBook['begin']>[0],
  why: Parameters<LinkBook['begin']>[1],
) {
  if (link.targetId !== link.ticketId) book.begin({ ...link, linkId: deps.newId() }, why)
}

const running = () => conflict('idempotency-key-running', 'the first call with this key is still running')

const isFinal = (error: unknown): error is UmbelError =>
  isUmbelError(error) && error.kind !== 'unavailable' && error.kind !== 'conflict'

const toFailure = ({ kind, slug, message }: UmbelError): Failure => ({ kind, slug, message })
const toError = ({ kind, slug, message }: Failure) => new UmbelError(kind as ErrorKind, slug, message) // from toFailure

/** The empty id: a service, for itself. */
const onBehalfOf = ({ role, id }: Actor): string => (role === 'service' ? '' : id)
