import type { ItemOutcome } from '../domain/operation.ts'
import type { Session } from '../store/unit-of-work.ts'

/** Gives items their outcomes and writes those of them that are for good into the record. The caller holds the lock. */
export async function recordOutcomes(
  { items, record }: Session,
  operationId: string,
  step: number,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  const requesterIds = outcomes.map(({ requesterId }) => requesterId)
  const [ended, open] = await Promise.all([
    items.record(operationId, outcomes),
    record.openPage(operationId, requesterIds),
  ])
  await record.appendPage(open, { step, outcomes, ended })
}
