import { timestampFromDate } from '@bufbuild/protobuf/wkt'
import type { NotificationService } from '@umbel/contracts'
import type { Actor } from '@umbel/kernel'
import { requireId } from '@umbel/kernel/ids'
import type { Call, Handlers } from '@umbel/rpc'
import type { DeleteSuppression } from '../commands/delete-suppression.ts'
import type { MarkNoticeRead } from '../commands/mark-notice-read.ts'
import type { Notice } from '../domain/notice.ts'
import type { Suppression } from '../domain/suppression.ts'
import type { ListPage } from '../queries/list-webhooks.ts'

export interface InboxRpcDeps {
  readonly actorOf: (call: Call, workspaceId: string) => Promise<Actor>
  readonly listSuppressions: (asked: ListPage) => Promise<{ items: readonly Suppression[]; next: string }>
  readonly deleteSuppression: (command: DeleteSuppression) => Promise<void>
  readonly listNotices: (asked: ListPage) => Promise<{ items: readonly Notice[]; next: string }>
  readonly markNoticeRead: (command: MarkNoticeRead) => Promise<void>
}

type InboxMethods = 'listSuppressions' | 'deleteSuppression' | 'listNotices' | 'markNoticeRead'

/** Suppressed addresses and agents' notices: umbel.notification.v1.NotificationService → commands and queries. */
export function inboxRpc(deps: InboxRpcDeps): Pick<Handlers<typeof NotificationService>, InboxMethods> {
  const asked = async <R extends { readonly workspaceId: string }>(request: R, call: Call) => {
    const { workspaceId } = request
    requireId(workspaceId, 'workspace_id')
    return { ...request, actor: await deps.actorOf(call, workspaceId) }
  }
  return {
    listSuppressions: async (request, call) => {
      const { items, next } = await deps.listSuppressions(await asked(request, call))
      const suppressions = items.map(({ createdAt, ...one }) => ({ ...one, createdAt: timestampFromDate(createdAt) }))
      return { suppressions, nextPageToken: next }
    },
    deleteSuppression: async (request, call) => {
      await deps.deleteSuppression(await asked(request, call))
      return {}
    },
    listNotices: async (request, call) => {
      const { items, next } = await deps.listNotices(await asked(request, call))
      return { notices: items.map(toWire), nextPageToken: next }
    },
    markNoticeRead: async (request, call) => {
      await deps.markNoticeRead(await asked(request, call))
      return {}
    },
  }
}

const toWire = ({ id, kind, operationId, ticketId, text, at, readAt }: Notice) => ({
  id,
  kind,
  operationId,
  ticketId,
  text,
  at: timestampFromDate(at),
  ...(readAt === null ? {} : { readAt: timestampFromDate(readAt) }),
})
