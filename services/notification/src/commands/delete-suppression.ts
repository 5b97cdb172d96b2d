import { type Actor, authorize, notFound } from '@umbel/kernel'
import type { Transact } from '../store/unit-of-work.ts'

export interface DeleteSuppression {
  readonly actor: Actor
  readonly workspaceId: string
  readonly address: string
}

/** Lets an address have mail again; what bounced before no longer counts against it. */
export const deleteSuppression =
  (transact: Transact) =>
  async ({ actor, workspaceId, address }: DeleteSuppression): Promise<void> => {
    authorize(actor, 'manage-deliveries')
    const found = await transact({ workspaceId }, ({ suppressions }) => suppressions.remove(address.toLowerCase()))
    if (!found) throw notFound('not-found', 'the address is not suppressed')
  }
