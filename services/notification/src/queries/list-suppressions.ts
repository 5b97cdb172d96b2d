import { authorize, pageSize } from '@umbel/kernel'
import type { Transact } from '../store/unit-of-work.ts'
import type { ListPage } from './list-webhooks.ts'
import { addressPlaceOf, pageOf } from './pages.ts'

/** Addresses that get no mail of this workspace, and why. */
export const listSuppressions =
  (transact: Transact) =>
  async ({ actor, workspaceId, pageToken, ...asked }: ListPage) => {
    authorize(actor, 'manage-deliveries')
    const size = pageSize(asked.pageSize)
    const after = addressPlaceOf(pageToken)
    const found = await transact({ workspaceId }, ({ suppressions }) => suppressions.list(after, size + 1))
    return pageOf(found, size, ({ address }) => address)
  }
