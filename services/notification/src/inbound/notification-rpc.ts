import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { NotificationService, NotificationState } from '@umbel/contracts'
import { forbidden } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Call, Handlers } from '@umbel/rpc'
import type { MoveCause } from '../commands/hold-cause.ts'
import type { RetryCause } from '../commands/retry-cause.ts'
import type { CauseMode, State } from '../domain/notification.ts'
import type { ListNotifications, NotificationPage } from '../queries/list-notifications.ts'
import { type InboxRpcDeps, inboxRpc } from './inbox-rpc.ts'
import { type WebhookRpcDeps, webhookRpc } from './webhook-rpc.ts'

type View = NotificationPage['items'][number]

export interface NotificationRpcDeps extends WebhookRpcDeps, InboxRpcDeps {
  readonly moveCause: (command: MoveCause) => Promise<void>
  readonly retryCause: (command: RetryCause) => Promise<number>
  readonly list: (asked: ListNotifications) => Promise<NotificationPage>
  /** What a state is to everybody else. */
  readonly outcomeOf: Readonly<Record<State, NotificationState>>
}

interface CauseRequest {
  readonly workspaceId: string
  readonly operationId: string
  readonly epoch: bigint
}

/** umbel.notification.v1.NotificationService → commands and queries. */
export function notificationRpc(deps: NotificationRpcDeps): Handlers<typeof NotificationService> {
  const causeOf = async ({ workspaceId, operationId, epoch }: CauseRequest, call: Call) => {
    if (call.caller.kind !== 'service')
      throw forbidden('not-permitted', 'operations are controlled in their own service')
    requireId(workspaceId, 'workspace_id')
    requireId(operationId, 'operation_id')
    return { actor: await deps.actorOf(call, workspaceId), workspaceId, operationId, epoch }
  }
  const move = (mode: CauseMode) => async (request: CauseRequest, call: Call) => {
    await deps.moveCause({ ...(await causeOf(request, call)), mode, signal: call.signal })
    return {}
  }
  return {
    ...webhookRpc(deps),
    ...inboxRpc(deps),
    holdCause: move('held'),
    releaseCause: move('open'),
    withholdCause: move('withheld'),
    retryCause: async (request, call) => ({
      retried: BigInt(await deps.retryCause(await causeOf(request, call))),
    }),
    listNotifications: async (request, call) => {
      const { workspaceId } = request
      requireId(workspaceId, 'workspace_id')
      const page = await deps.list({ ...request, actor: await deps.actorOf(call, workspaceId) })
      return { notifications: page.items.map((item) => toWire(item, deps.outcomeOf)), nextPageToken: page.next }
    },
  }
}

const toWire = (view: View, outcomeOf: NotificationRpcDeps['outcomeOf']) => ({
  id: view.id,
  ticketId: view.ticketId,
  commentId: view.commentId,
  recipientId: view.recipientId,
  channel: view.channel,
  state: view.state,
  reason: view.reason,
  operationId: view.operationId ?? '',
  messageId: view.messageId,
  createdAt: timestampFromDate(view.createdAt),
  outcome: outcomeOf[view.state],
  deliveries: view.deliveries.map(({ attempt, at, result, detail }) => ({
    attempt,
    at: timestampFromDate(at),
    result,
    detail,
  })),
})
