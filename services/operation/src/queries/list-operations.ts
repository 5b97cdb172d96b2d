import { badPageToken, fitting, pageSize } from '@umbel/kernel'
import { isId, requireId } from '@umbel/kernel/ids'
import type { Scope } from '@umbel/messaging'
import { type Acting, permitted, requireMaster } from '../commands/acting.ts'
import type { Operation } from '../domain/operation.ts'
import type { ReadDeps } from './get-operation.ts'
import type { Page } from './page.ts'
import { visibleTickets } from './visible-tickets.ts'

export interface ListOperations {
  readonly acting: Acting
  /** Empty: of all masters. */
  readonly masterId: string
  readonly pageSize: number
  readonly pageToken: string
}

/** How many are read at once: each comes with its texts, 200,000 characters at most. */
const AT_ONCE = 100

/** Newest first. Operations on masters that the actor may not see are left out. */
export const listOperations =
  (deps: ReadDeps) =>
  async (scope: Scope, query: ListOperations): Promise<Page<Operation>> => {
    const { acting, masterId, pageToken } = query
    await permitted(deps, scope.workspaceId, acting, 'read-operation')
    if (masterId !== '') await requireMaster(deps, scope.workspaceId, acting, requireId(masterId, 'master_id'))
    if (pageToken !== '' && !isId(pageToken)) throw badPageToken()
    const limit = pageSize(query.pageSize)
    const atOnce = Math.min(limit, AT_ONCE)
    const rows: Operation[] = []
    let below = pageToken
    // a page ends at something that the actor may see: a token names nothing that is hidden
    for (;;) {
      const asked = { masterId, below, limit: atOnce }
      const found = await deps.transact(scope, ({ operations }) => operations.list(asked))
      const masterIds = found.map((operation) => operation.masterId)
      const visible = await visibleTickets(deps, scope.workspaceId, acting, masterIds)
      rows.push(...found.filter((operation) => visible(operation.masterId)))
      below = found.at(-1)?.id ?? ''
      const page = fitting(rows.slice(0, limit))
      if (page.length === limit || page.length < rows.length) return { rows: page, next: page.at(-1)?.id ?? '' }
      if (found.length < atOnce) return { rows, next: '' }
    }
  }
