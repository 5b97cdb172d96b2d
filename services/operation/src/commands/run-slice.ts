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
 * Page after page until the slice's time is up: ask what is wanted, send the page, write the outcomes down while the
 * next one is sent. Whatever dies on the way, the page is sent again and answers the same. The first slice raises the
 * fence, the last outcome closes the operation, and its place goes to the next.
 */
export const runSlice =
  (deps: SliceDeps): RunSlice =>
  async (workspaceId, operationId, watch) => {
    const deadline = deps.clock() + deps.sliceMs
    await using air = createAir(deps, workspaceId)
    for (;;) {
      const began = deps.clock()
      const turn = await takeTurn(deps, workspaceId, operationId, air.sentUpTo())
      if (!hasPage(turn)) {
        const landed = await air.land() // an end is judged by what is written down
        if (landed === undefined) return endOfTurn(deps, workspaceId, turn)
        if (landed.closedAt !== null) return { operation: landed, halted: false, waitMs: 0 }
        continue
      }
      watch.beat()
      const halted = await air.send(turn, began)
      watch.beat()
      if (halted || deps.clock() >= deadline || watch.signal.aborted)
        return { operation: (await air.land()) ?? turn.operation, halted, waitMs: 0 }
      await deps.rest((deps.clock() - began) * deps.pageRest, watch.signal)
    }
  }

/** The page that has been answered and is being written down, at most one. */
interface Air extends AsyncDisposable {
  /** The place of the last item that was sent; 0 where everything that was sent is written down. */
  sentUpTo(): number
  /** Sends a page, and lets it be written down behind the one before it. True: it was halted. */
  send(turn: Turn, began: number): Promise<boolean>
  /** Waits until everything is written down; undefined: nothing was in the air. */
  land(): Promise<Operation | undefined>
}

function createAir(deps: SliceDeps, workspaceId: string): Air {
  let recording: Promise<Operation> | undefined
  let sentUpTo = 0

  const land = async () => {
    const operation = await recording
    recording = undefined
    sentUpTo = 0
    if (operation !== undefined && (operation.closedAt !== null || operation.state === 'waiting'))
      await deps.place(workspaceId)
    return operation
  }
  const record = async (turn: Turn, outcomes: readonly ItemOutcome[], began: number): Promise<Operation> => {
    await failpoint('operation.page.answered')
    const operation = await deps.transact({ workspaceId }, (session) => recordPage(deps, session, turn, outcomes))
    await failpoint('operation.page.recorded')
    deps.measured({ ms: deps.clock() - began, outcomes })
    return operation
  }
  return {
    sentUpTo: () => sentUpTo,
    land,
    async send(turn, began) {
      const { operation, waiting } = turn
      const { halted, outcomes } = await sendPage(deps, workspaceId, operation, waiting)
      await recording
      recording = record(turn, outcomes, began)
      recording.catch(() => {}) // told to whoever lands it
      sentUpTo = waiting.at(-1)?.seq ?? 0
      // the fence is noted as raised, and the next page's time as well, before anybody looks again
      if (halted || !operation.armed || operation.rate > 0) await recording
      return halted
    },
    // also where the slice fails: what is being written down ends with it
    [Symbol.asyncDispose]: async () => void (await Promise.allSettled([recording])),
  }
}

/** What asked its customers and has waited long enough goes on in its second step, for which it needs a place. */
async function takeTurn(deps: SliceDeps, workspaceId: string, operationId: string, after: number): Promise<Turn> {
  const next = (session: Session) => nextPage(session, operationId, { ...deps, after })
  const turn = await deps.transact({ workspaceId }, next)
  if (turn.operation.state !== 'queued') return turn
  await deps.place(workspaceId)
  return deps.transact({ workspaceId }, next)
}

const hasPage = ({ operation, waiting, waitMs }: Turn): boolean =>
  waitMs === 0 && decidePage(operation) === 'go' && waiting.length > 0

/** What there is instead of a page to send. */
async function endOfTurn(deps: SliceDeps, workspaceId: string, { operation, waitMs }: Turn): Promise<SliceEnd> {
  const found = decidePage(operation)
  if (waitMs === 0 && found === 'cancelled' && operation.items.pending > 0) {
    const stored = await deps.fence.haltAndCount({ workspaceId, operationId: operation.id, epoch: operation.epoch })
    const ended = await closeRest(deps)(workspaceId, operation, stored)
    return { operation: ended, halted: false, waitMs: 0 }
  }
  return { operation, halted: waitMs === 0 && found === 'halted', waitMs }
}

async function recordPage(
  { endIfDone }: SliceDeps,
  session: Session,
  { operation, waiting, at }: Turn,
  outcomes: readonly ItemOutcome[],
): Promise<Operation> {
  const { id, rate, step } = operation
  const now = await session.operations.hold(id)
  await recordOutcomes(session, id, step, stillTrue(operation, now, outcomes))
  await session.items.pass(id, waiting.at(-1)?.seq ?? 0)
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
