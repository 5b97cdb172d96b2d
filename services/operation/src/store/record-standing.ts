import { type RecordedStanding, recordedPlan, recordedStanding, whatHappened } from '../domain/standing-record.ts'
import type { Telling } from './operation-store.ts'
import { textDigest } from './record-hashes.ts'
import type { RecordStore } from './record-store.ts'

/** Writes down what somebody decided about an operation, once for each change; progress is the pages' to tell. */
export async function recordStanding(record: RecordStore, { operation, actorId }: Telling): Promise<void> {
  const last = await record.lastStanding(operation.id)
  const now = recordedStanding(operation)
  const what = whatHappened(last && standingIn(last.content), now)
  if (what === undefined) return
  await record.append(operation.id, {
    what,
    actorId,
    details: { standing: now, ...(last === undefined ? { plan: recordedPlan(operation, textDigest) } : {}) },
  })
}

const standingIn = (content: string): RecordedStanding =>
  (JSON.parse(content) as { readonly standing: RecordedStanding }).standing
