import { failpoint } from '@umbel/kernel/failpoint'
import { decidePage } from '../domain/control.ts'
import type { ItemOutcome, Operation } from '../domain/operation.ts'
import { pageDue } from '../domain/pace.ts'
import type { Held } from '../store/operation-store.ts'
import type { Session } from '../store/unit-of-work.ts'
import { type CloseDeps, closeRest } from './close-rest.ts'
import { nextPage, type Turn } from './next-page.ts'
import type { PlaceOperations } from './place-operations.ts'
import type { Fence } from './ports.ts'
import { recordOutcomes } from './record-outcomes.ts'
import { sendPage } from './send-page.ts'

export interface SliceDeps extends CloseDeps {
  readonly fence: Fence
  /** Gives places to who waits for one. */
  readonly place: PlaceOperations
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
  /** Nothing more may be done until somebody says so. */
  readonly halted: boolean
  /** Nothing more may be done for so long. */
  readonly waitMs: number
}

export type RunSlice = (workspaceId: string, operationId: string, watch: SliceWatch) => Promise<SliceEnd>

/**
 * Page after page until the slice's time is up: ask what is wanted, send the page, write the outcomes down. Whatever
 * dies on the way, the page is sent again and answers the same. The first slice raises the fence, the last outcome
 * closes the operation, and its place goes to the next.
 */
export const runSlice =
  (deps: SliceDeps): RunSlice =>
  async (workspaceId, operationId, watch) => {
    const deadline = deps.clock() + deps.sliceMs
    for (;;) {
      const turn = await takeTurn(deps, workspaceId, operationId)
      const end = await endOfTurn(deps, workspaceId, turn)
      if (end !== undefined) return end
      watch.beat()
      const began = deps.clock()
      const { operation, halted } = await runPage(deps, workspaceId, turn, began)
      watch.beat()
      const closed = operation.closedAt !== null
      if (closed || operation.state === 'waiting') await deps.place(workspaceId)
      if (closed || halted || deps.clock() >= deadline || watch.signal.aborted) return { operation, halted, waitMs: 0 }
      await deps.rest((deps.clock() - began) * deps.pageRest, watch.signal)
    }
  }

/** What asked its customers and has waited long enough goes on in its second step, for which it needs a place. */
async function takeTurn(deps: SliceDeps, workspaceId: string, operationId: string): Promise<Turn> {
  const turn = await deps.transact({ workspaceId }, (session) => nextPage(session, operationId, deps))
  if (turn.operation.state !== 'queued') return turn
  await deps.place(workspaceId)
  return deps.transact({ workspaceId }, (session) => nextPage(session, operationId, deps))
}

/** Undefined: there is a page to send. */
async function endOfTurn(deps: SliceDeps, workspaceId: string, turn: Turn): Promise<SliceEnd | undefined> {
  const { operation, waiting, waitMs } = turn
  if (waitMs > 0) return { operation, halted: false, waitMs }
  const found = decidePage(operation)
  if (found === 'cancelled' && operation.items.pending > 0) {
    const { outcomes } = await deps.fence.halt({ workspaceId, operationId: operation.id, epoch: operation.epoch })
    const ended = await closeRest(deps)(workspaceId, operation, outcomes === 0)
    return { operation: ended, halted: false, waitMs: 0 }
  }
  if (found !== 'go') return { operation, halted: found === 'halted', waitMs: 0 }
  return waiting.length === 0 ? { operation, halted: false, waitMs: 0 } : undefined
}

async function runPage(deps: SliceDeps, workspaceId: string, turn: Turn, began: number) {
  const { halted, outcomes } = await sendPage(deps, workspaceId, turn.operation, turn.waiting)
  await failpoint('operation.page.answered')
  const operation = await deps.transact({ workspaceId }, (session) => recordPage(deps, session, turn, outcomes))
  await failpoint('operation.page.recorded')
  deps.measured({ ms: deps.clock() - began, outcomes })
  return { operation, halted }
}

async function recordPage(
  { endIfDone }: SliceDeps,
  session: Session,
  { operation, at }: Turn,
  outcomes: readonly ItemOutcome[],
): Promise<Operation> {
  const { id, rate, step } = operation
  const now = await session.operations.hold(id)
  await recordOutcomes(session, id, step, stillTrue(operation, now, outcomes))
  const pageDueAt = pageDue(rate, outcomes.length, at)
  return endIfDone(session, id, { armed: true, pageDueAt, tell: outcomes.length > 0 })
}

/**
 * A worker that was frozen between answer and record may come after the next step has begun, or after what failed was
 * planned again: what committed stays true, what failed is being tried anew.
 */
function stillTrue(sent: Held, now: Held | undefined, outcomes: readonly ItemOutcome[]): readonly ItemOutcome[] {
  if (sent.step !== now?.step) return []
  return sent.epoch === now.epoch ? outcomes : outcomes.filter(({ state }) => state !== 'failed')
}
