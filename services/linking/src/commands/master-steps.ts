import type { Actor } from '@umbel/kernel'
import type { ActiveLink } from '../domain/link.ts'
import type { LinkBook } from '../domain/link-book.ts'
import { lockAround, referringTo } from '../store/lock-around.ts'
import { finishSaga, reachStep, renewSaga, type Saga } from '../store/sagas.ts'
import { saveBook } from '../store/save-book.ts'
import type { Unit } from '../store/sql.ts'
import type { Deps } from './deps.ts'
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

type MasterSaga = Saga<MasterPlan, MasterAnswer>

/** The empty id: a service, for itself. */
export const onBehalfOf = ({ role, id }: Actor): string => (role === 'service' ? '' : id)

/** Every step from where the saga stands to its answer; any of them may have been done before. */
export async function walkSaga(deps: Deps, workspaceId: string, saga: MasterSaga, actor: Actor): Promise<MasterAnswer> {
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
  const renew = () => deps.transact(workspaceId, (unit) => renewSaga(unit, sagaId))
  const opened = await openChildren(deps, workspaceId, plan.newChildren, onBehalf, renew)
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
export async function pushed(deps: Deps, workspaceId: string, answer: MasterAnswer): Promise<MasterAnswer> {
  await pushRoles(deps)(workspaceId, [answer.masterId])
  await pushLinks(deps)(workspaceId, { touchedMasterId: answer.masterId })
  return answer
}

/** Duplicate and related links of the promoted ticket, made on it and made to it, become the master's. */
async function moveLinks(deps: Deps, unit: Unit, fromId: string, { plan, cause }: MasterSaga): Promise<void> {
  const toId = plan.masterId
  const referring = () => referringTo(unit, fromId)
  const book = await lockAround(unit, [fromId, toId], referring)
  const why = { cause, occurredAt: deps.now() }
  const sideLinks = [fromId, ...(await referring())]
    .flatMap((id) => book.linksOf(id))
    .filter(({ kind }) => kind !== 'child')
  for (const link of sideLinks) {
    if (link.ticketId !== fromId && link.targetId !== fromId) continue
    book.end(link, why)
    const moved = link.ticketId === fromId ? { ...link, ticketId: toId } : { ...link, targetId: toId }
    if (!standsIn(book, moved)) book.begin({ ...moved, linkId: deps.newId() }, why)
  }
  await saveBook(unit, book, { say: deps.say, pushedBy: 'caller' })
}

/** Whether the master has such a link already, or would be linked to itself. */
const standsIn = (book: LinkBook, { ticketId, targetId, kind }: ActiveLink): boolean =>
  ticketId === targetId || book.linksOf(ticketId).some((one) => one.targetId === targetId && one.kind === kind)
