import { isUmbelError, type UmbelError, unavailable } from '@umbel/kernel'
import type { ItemOutcome, Operation } from '../domain/operation.ts'
import type { WaitingItem } from '../store/item-store.ts'
import { pageOf } from './page.ts'
import type { ApplyPage, Fence, PageAnswer } from './ports.ts'

interface Peers {
  readonly fence: Fence
  readonly applyPage: ApplyPage
}

/** What refuses a whole page refuses each of its items; what may pass later is the caller's to try again. */
export async function sendPage(
  { fence, applyPage }: Peers,
  workspaceId: string,
  operation: Operation,
  waiting: readonly WaitingItem[],
): Promise<PageAnswer> {
  try {
    if (!operation.armed) await fence.arm({ workspaceId, operationId: operation.id, epoch: operation.epoch })
    return complete(await applyPage(pageOf(workspaceId, operation, waiting)), waiting)
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
  moved: false,
  before: '',
  after: '',
  requesterId: '',
  values: {},
})

/** Each item of a page that was not halted has an outcome, also one that the answer forgot. */
function complete(answer: PageAnswer, waiting: readonly WaitingItem[]): PageAnswer {
  if (answer.halted) return answer
  const told = new Set(answer.outcomes.map(({ ticketId }) => ticketId))
  const forgotten = waiting.filter(({ ticketId }) => !told.has(ticketId))
  return {
    ...answer,
    outcomes: [...answer.outcomes, ...forgotten.map(({ ticketId }) => failed(ticketId, 'no-outcome'))],
  }
}
