import { recordedPlan, recordedStanding, whatHappened } from '../domain/standing-record.ts'
import type { Telling } from './operation-store.ts'
import { textDigest } from './record-hashes.ts'
import type { RecordStore } from './record-store.ts'

/** Writes down what somebody decided about an operation, once for each change; progress is the pages' to tell. */
export async function recordStanding(record: RecordStore, telling: Telling): Promise<void> {
  const { before, operation, streamVersion, actorId } = telling
  const isNew = streamVersion === 1
  const standing = recordedStanding(operation)
  const what = isNew ? 'planned' : whatHappened(recordedStanding(before), standing)
  if (what === undefined) return
  const plan = isNew ? { plan: recordedPlan(operation, textDigest) } : {}
  await record.append(operation.id, { what, actorId, details: { standing, ...plan } })
}
