import { ItemOutcome, type TicketService } from '@umbel/contracts'
import { idFrom } from '@umbel/kernel/ids'
import type { RpcClient } from '@umbel/rpc'
import type { ApplyPage, Fence, OperationPage, PageOutcome } from '../commands/ports.ts'

type Ticket = RpcClient<typeof TicketService>

// the only step of broadcasts and closes; 0 is what happens outside of operations
const STEP = 1

/** One page of children (TicketService/ApplyOperationPage). The body has the operation's own id, so it is stored once. */
export const applyPage =
  (pages: Ticket): ApplyPage =>
  async (page) => {
    const { workspaceId, operationId, epoch, actorId, text, items } = page
    const answer = await pages.applyOperationPage({
      workspaceId,
      operationId,
      step: STEP,
      epoch: BigInt(epoch),
      actorId,
      effect: { effect: { case: page.kind, value: {} } },
      bodies: text === '' ? [] : [{ bodyId: bodyId(page), text }],
      items: items.map(({ ticketId, linkId }) => ({ ticketId, linkId, bodyId: bodyId(page) })),
    })
    return {
      halted: answer.halted,
      outcomes: answer.outcomes.map(({ ticketId, outcome, reason, version, notifies, requesterId, values }) => ({
        ticketId,
        state: words[outcome] ?? 'failed',
        reason,
        version: Number(version),
        notifies,
        requesterId,
        values,
      })),
    }
  }

const bodyId = ({ operationId, text }: OperationPage) => (text === '' ? '' : idFrom('body', operationId))

const words: Partial<Record<ItemOutcome, PageOutcome['state']>> = {
  [ItemOutcome.APPLIED]: 'applied',
  [ItemOutcome.SKIPPED]: 'skipped',
  [ItemOutcome.FAILED]: 'failed',
}

/** The fence of operations: raised from where pages go, moved from where people wait. */
export const fence = (ticket: Ticket, pages: Ticket): Fence => ({
  async arm({ workspaceId, operationId, epoch }) {
    await pages.armOperation({ workspaceId, operationId, epoch: BigInt(epoch) })
  },
  async halt({ workspaceId, operationId, epoch }) {
    const { applied, skipped } = await ticket.haltOperation({ workspaceId, operationId, epoch: BigInt(epoch) })
    return { outcomes: Number(applied + skipped) }
  },
  async resume({ workspaceId, operationId, epoch }) {
    await ticket.resumeOperation({ workspaceId, operationId, epoch: BigInt(epoch) })
  },
})
