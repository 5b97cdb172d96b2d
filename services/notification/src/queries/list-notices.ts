import { pageSize } from '@umbel/kernel'
import { isId } from '@umbel/kernel/ids'
import type { Transact } from '../store/unit-of-work.ts'
import type { ListPage } from './list-webhooks.ts'
import { pageOf, placeOf } from './pages.ts'

/** The calling agent's own notices, the latest first; whoever is no agent has none. */
export const listNotices =
  (transact: Transact) =>
  async ({ actor, workspaceId, pageToken, ...asked }: ListPage) => {
    const size = pageSize(asked.pageSize)
    const after = placeOf(pageToken)
    const found = isId(actor.id)
      ? await transact({ workspaceId }, ({ notices }) => notices.list(actor.id, after, size + 1))
      : []
    return pageOf(found, size, ({ place, id }) => `${place} ${id}`)
  }
