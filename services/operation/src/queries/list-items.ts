import { invalid, pageSize } from '@umbel/kernel'
import type { Scope } from '@umbel/messaging'
import type { Acting } from '../commands/acting.ts'
import { type Item, notificationStates } from '../domain/operation.ts'
import { getOperation, type ReadDeps } from './get-operation.ts'
import { type Page, seqOf, toPage } from './page.ts'
import { visibleTickets } from './visible-tickets.ts'

const states = ['planned', 'applied', 'skipped', 'failed']

export interface ListItems {
  readonly acting: Acting
  readonly operationId: string
  /** Empty: any. */
  readonly state: string
  readonly notification: string
  readonly pageSize: number
  readonly pageToken: string
}

/** Items in their order. Those of tickets that the actor may not see now are left out, so a page may be short. */
export const listItems =
  (deps: ReadDeps) =>
  async (scope: Scope, query: ListItems): Promise<Page<Item>> => {
    const { acting, state, notification } = query
    const operation = await getOperation(deps)(scope, acting, query.operationId)
    if (state !== '' && !states.includes(state))
      throw invalid('state-unknown', `state is one of ${states.join(', ')}`, { field: 'state' })
    if (notification !== '' && !notificationStates.some((known) => known === notification))
      throw invalid('notification-unknown', `notification is one of ${notificationStates.join(', ')}`, {
        field: 'notification',
      })
    const limit = pageSize(query.pageSize)
    const after = seqOf(query.pageToken)
    const found = await deps.transact(scope, ({ items }) =>
      items.list(operation.id, { state, notification, after, limit }),
    )
    const { rows, next } = toPage(found, limit)
    const ticketIds = rows.map(({ ticketId }) => ticketId)
    const visible = await visibleTickets(deps, scope.workspaceId, acting, ticketIds)
    return {
      // one that was chosen by an id nobody knows says nothing about any ticket
      rows: rows.filter(({ ticketId, ticketNumber }) => visible(ticketId) || ticketNumber === 0),
      next,
    }
  }
