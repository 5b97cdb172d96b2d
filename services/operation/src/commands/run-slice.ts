import { isUmbelError, type UmbelError, unavailable } from '@umbel/kernel'
import { failpoint } from '@umbel/kernel/failpoint'
import { decidePage } from '../domain/control.ts'
import type { ItemOutcome, Operation } from '../domain/operation.ts'
import type { WaitingItem } from '../store/item-store.ts'
import type { Session, Transact } from '../store/unit-of-work.ts'
import { requireOperation } from './acting.ts'
import { type CloseDeps, closeRest, endIfDone } from './close-rest.ts'
import { pageOf } from './page.ts'
import type { Fence, PageAnswer } from './ports.ts'

export interface SliceDeps extends CloseDeps {
  readonly transact: Transact
  readonly fence: Fence
  /** How long a slice works before it reports, in ms. */
  readonly sliceMs: number
  /** The part of a page's time that is rested between two pages, so that people's work goes first. */
  readonly pageRest: number
  /** Milliseconds that only rise. */
  readonly clock: () => number
  readonly rest: (ms: number, signal: AbortSignal) => Promise<void>
  readonly measured: (page: { readonly ms: number; readonly outcomes: readonly ItemOutcome[] }) => void
}

/** Whoever waits for the slice. */
export interface SliceWatch {
  readonly signal: AbortSignal
  /** Something has been done; called after each page. */
  beat(): void
}

export interface SliceEnd {
  readonly operation: Operation
  /** Nothing more may be done until the operation is resumed. */
  readonly halted: boolean
}

/**
 * Page after page until the slice's time is up: ask what is wanted, send the page, write the outcomes down. Whatever
 * dies on the way, the page is sent again and answers the same. The first slice raises the fence, the last outcome
 * closes the operation.
 */
export const runSlice =
  (deps: SliceDeps) =>
  async (workspaceId: string, operationId: string, watch: SliceWatch): Promise<SliceEnd> => {
    const deadline = deps.clock() + deps.sliceMs
    for (;;) {
      const turn = await deps.transact({ workspaceId }, (session) => nextPage(session, operationId, deps.pageSize))
      const { operation, waiting } = turn
      const found = decidePage(operation)
      if (found === 'cancelled' && operation.items.pending > 0) {
        const { outcomes } = await halt(deps, workspaceId, operation)
        const ended = await closeRest(deps)(workspaceId, operation, outcomes === 0)
        return { operation: ended, halted: false }
      }
      if (found !== 'go' || waiting.length === 0) return { operation, halted: found !== 'go' }
      watch.beat()
      const began = deps.clock()
      const answer = await sendPage(deps, workspaceId, operation, waiting)
      await failpoint('operation.page.answered')
      const outcomes = outcomesOf(answer, waiting)
      const now = await deps.transact({ workspaceId }, (session) => recordPage(session, operationId, outcomes))
      await failpoint('operation.page.recorded')
      const ms = deps.clock() - began
      deps.measured({ ms, outcomes })
      watch.beat()
      if (now.items.pending === 0 || answer.halted) return { operation: now, halted: answer.halted }
      if (deps.clock() >= deadline || watch.signal.aborted) return { operation: now, halted: false }
      await deps.rest(ms * deps.pageRest, watch.signal)
    }
  }

interface Turn {
  readonly operation: Operation
  readonly waiting: readonly WaitingItem[]
}

/** The wanted state as it is now, and the next items. The hold ends here; so does what has nothing left to do. */
async function nextPage(session: Session, operationId: string, pageSize: number): Promise<Turn> {
  const { operations, items } = session
  const seen = await requireOperation(operations.find, operationId)
  const operation = seen.state === 'holding' ? await endHold(session, operationId) : seen
  const waiting = decidePage(operation) === 'go' ? await items.waiting(operationId, pageSize) : []
  if (waiting.length > 0 || operation.items.pending > 0 || operation.closedAt !== null) return { operation, waiting }
  await operations.hold(operationId)
  return { operation: await endIfDone(session, operationId), waiting }
}

async function endHold({ operations }: Session, operationId: string): Promise<Operation> {
  const operation = await requireOperation(operations.lock, operationId)
  return operation.state === 'holding' ? operations.save(operation, { state: 'running' }, '') : operation
}

const halt = ({ fence }: SliceDeps, workspaceId: string, { id, epoch }: Operation) =>
  fence.halt({ workspaceId, operationId: id, epoch })

/** What refuses a whole page refuses each of its items; what may pass later is the caller's to try again. */
async function sendPage(
  deps: SliceDeps,
  workspaceId: string,
  operation: Operation,
  waiting: readonly WaitingItem[],
): Promise<PageAnswer> {
  try {
    if (!operation.armed) await deps.fence.arm({ workspaceId, operationId: operation.id, epoch: operation.epoch })
    return await deps.applyPage(pageOf(workspaceId, operation, waiting))
  } catch (error) {
    if (!isUmbelError(error) || maySucceedLater(error)) throw error
    // ticket turns this service away, not these children: a key that rotates or a clock that is off is mended meanwhile
    if (error.kind === 'forbidden') throw unavailable('not-admitted', 'ticket admits no pages now', { cause: error })
    return { halted: false, outcomes: waiting.map(({ ticketId }) => failed(ticketId, error.slug)) }
  }
}

const maySucceedLater = ({ kind }: UmbelError) => kind === 'unavailable' || kind === 'conflict'

const failed = (ticketId: string, reason: string): ItemOutcome => ({
  ticketId,
  state: 'failed',
  reason,
  version: 0,
  notifies: false,
  requesterId: '',
  values: {},
})

/** Each item of a page that was not halted has an outcome, also one that the answer forgot. */
function outcomesOf({ halted, outcomes }: PageAnswer, waiting: readonly WaitingItem[]): readonly ItemOutcome[] {
  if (halted) return outcomes
  const told = new Set(outcomes.map(({ ticketId }) => ticketId))
  const forgotten = waiting.filter(({ ticketId }) => !told.has(ticketId))
  return [...outcomes, ...forgotten.map(({ ticketId }) => failed(ticketId, 'no-outcome'))]
}

async function recordPage(session: Session, operationId: string, outcomes: readonly ItemOutcome[]): Promise<Operation> {
  await session.operations.hold(operationId)
  await session.items.record(operationId, outcomes)
  return endIfDone(session, operationId, { armed: true, tell: outcomes.length > 0 })
}
