import type { Transaction } from '@umbel/messaging'
import { rows, touched } from '@umbel/service-kit/store'
import type { Suppression, SuppressionReason } from '../domain/suppression.ts'

export interface SuppressionStore {
  /** The first reason stays. */
  add(address: string, reason: SuppressionReason): Promise<void>
  /** False: it was none. What bounced before is forgotten with it. */
  remove(address: string): Promise<boolean>
  /** By address, after this one. */
  list(after: string, limit: number): Promise<Suppression[]>
}

export function suppressionStore(trx: Transaction, workspaceId: string): SuppressionStore {
  return {
    async add(address, reason) {
      await touched(
        trx,
        'insert into suppression (workspace_id, address, reason) values (?, ?, ?) on conflict do nothing',
        [workspaceId, address, reason],
      )
    },
    async remove(address) {
      const bindings = [workspaceId, address]
      const found = await touched(trx, 'delete from suppression where workspace_id = ? and address = ?', bindings)
      await touched(trx, "update bounce set address = '' where workspace_id = ? and address = ?", bindings)
      return found > 0
    },
    list: (after, limit) =>
      rows<Suppression>(
        trx,
        `select address, reason, created_at as "createdAt" from suppression
          where workspace_id = ? and address > ? order by address limit ?`,
        [workspaceId, after, limit],
      ),
  }
}
