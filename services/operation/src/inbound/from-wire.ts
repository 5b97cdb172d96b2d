import {
  fromWireStatus,
  type Idempotency,
  type PlanOperationRequest,
  type ChildrenFilter as WireFilter,
} from '@umbel/contracts'
import { invalid, type KeyedWrite } from '@umbel/kernel'
import type { Call } from '@umbel/rpc'
import type { Acting } from '../commands/acting.ts'
import type { ChildrenFilter, Target } from '../domain/plan.ts'

export const actingOf = ({ caller }: Call): Acting => ({ actorId: caller.actorId ?? '', callerId: caller.id })

/** A write as it is remembered: who, which rpc, under which key, asking for what. */
export const writeOf = (
  rpc: string,
  { workspaceId, idempotency }: { readonly workspaceId: string; readonly idempotency?: Idempotency | undefined },
  call: Call,
): KeyedWrite => ({
  workspaceId,
  actorId: call.caller.actorId ?? call.caller.id,
  rpc,
  key: idempotency?.key ?? '',
  digest: idempotency?.digest ?? new Uint8Array(),
})

export function targetOf({ target }: PlanOperationRequest): Target {
  switch (target?.target.case) {
    case 'all':
      return { kind: 'all' }
    case 'chosen':
      return { kind: 'chosen', ticketIds: target.target.value.ticketIds }
    case 'filter':
      return { kind: 'filter', filter: filterOf(target.target.value) }
    case undefined:
      throw invalid('target-missing', 'say which children: all, chosen or a filter', { field: 'target' })
  }
}

const filterOf = ({ statuses, labels, customerIds, projectIds, slaStates }: WireFilter): ChildrenFilter => ({
  statuses: statuses.map(toStatusWord),
  labels,
  customerIds,
  projectIds,
  slaStates,
})

function toStatusWord(wire: Parameters<typeof fromWireStatus>[0]): string {
  const word = fromWireStatus(wire)
  if (word === undefined)
    throw invalid('status-unknown', 'the filter names a status that is not known', { field: 'target' })
  return word
}
