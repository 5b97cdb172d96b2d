import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  type ApplyOperationPageRequestSchema,
  ItemOutcome,
  type OperationPageOutcome,
  type TicketService,
} from '@umbel/contracts'
import { idFrom } from '@umbel/kernel/ids'
import { inHalves, type RpcClient } from '@umbel/rpc'
import type { ApplyPage, Fence, OperationPage, PageOutcome } from '../commands/ports.ts'
import { toWireEffect } from './operation-effect.ts'
import { toWireCause } from './wire-cause.ts'

type Ticket = RpcClient<typeof TicketService>

/**
 * One page of children (TicketService/ApplyOperationPage), in halves where it is more than one message holds: what an
 * earlier call did is told again. Bodies have ids of their own, so each is stored once.
 */
export const applyPage =
  (pages: Ticket): ApplyPage =>
  async (page) => {
    const answers = await inHalves(page.items, (items) => pages.applyOperationPage(toWirePage({ ...page, items })))
    return {
      halted: answers.some(({ halted }) => halted),
      outcomes: answers.flatMap(({ outcomes }) => outcomes.map(toOutcome)),
    }
  }

const toOutcome = ({ outcome, version, ...told }: OperationPageOutcome): PageOutcome => ({
  ticketId: told.ticketId,
  state: words[outcome] ?? 'failed',
  reason: told.reason,
  version: Number(version),
  notifies: told.notifies,
  moved: told.moved,
  before: told.before,
  after: told.after,
  requesterId: told.requesterId,
  values: told.values,
})

const toWirePage = (page: OperationPage): MessageInitShape<typeof ApplyOperationPageRequestSchema> => ({
  workspaceId: page.workspaceId,
  operationId: page.operationId,
  step: page.step,
  epoch: BigInt(page.epoch),
  actorId: page.actorId,
  effect: toWireEffect(page.effect),
  bodies: page.bodies
    .filter(({ index }) => page.items.some(({ body }) => body === index))
    .map(({ index, text }) => ({ bodyId: bodyId(page, index), text })),
  items: page.items.map(({ ticketId, linkId, body, plannedVersion }) => ({
    ticketId,
    linkId,
    bodyId: bodyId(page, body),
    plannedVersion: BigInt(plannedVersion),
  })),
  masterVersion: BigInt(page.masterVersion),
  ...(page.cause && { cause: toWireCause(page.cause) }),
})

const bodyId = ({ operationId }: OperationPage, index: number) =>
  index === 0 ? '' : idFrom('body', operationId, String(index))

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
    await ticket.haltOperation({ workspaceId, operationId, epoch: BigInt(epoch) })
  },
  async haltAndCount({ workspaceId, operationId, epoch }) {
    const asked = { workspaceId, operationId, epoch: BigInt(epoch), count: true }
    const { applied, skipped } = await ticket.haltOperation(asked)
    return Number(applied + skipped)
  },
  async resume({ workspaceId, operationId, epoch }) {
    await ticket.resumeOperation({ workspaceId, operationId, epoch: BigInt(epoch) })
  },
})
