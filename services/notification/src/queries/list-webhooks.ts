import { type Actor, authorize, pageSize } from '@umbel/kernel'
import type { Transact } from '../store/unit-of-work.ts'
import { idPlaceOf, pageOf } from './pages.ts'

export interface ListPage {
  readonly actor: Actor
  readonly workspaceId: string
  /** 1 to 1,000; 0 means 50. */
  readonly pageSize: number
  readonly pageToken: string
}

/** The workspace's endpoints, the oldest first. */
export const listWebhooks =
  (transact: Transact) =>
  async ({ actor, workspaceId, pageToken, ...asked }: ListPage) => {
    authorize(actor, 'manage-deliveries')
    const size = pageSize(asked.pageSize)
    const after = idPlaceOf(pageToken)
    const found = await transact({ workspaceId }, ({ webhooks }) => webhooks.list(after, size + 1))
    return pageOf(found, size, ({ id }) => id)
  }
