import type { ItemOutcome } from '../domain/operation.ts'
import type { Session } from '../store/unit-of-work.ts'

/** Gives items their outcomes and writes those of them that are for good into the record. The caller holds the lock. */
export async function recordOutcomes(
  { items, record }: Session,
  operationId: string,
  step: number,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  const ended = await items.record(operationId, outcomes)
  await record.appendPage(operationId, { step, outcomes, ended })
}
