import { until } from '@umbel/test-kit'
import { type Api, ProblemError } from '../support/api.ts'
import type { Operation, Plan } from '../support/shapes.ts'
import type { Population } from './population.ts'

const PAUSES = 20
const MOST_MS = 60_000

/** Pauses and resumes a running operation again and again; how long each acknowledgement took, in ms, sorted. */
export async function measurePauses({ workspace, masterId }: Population): Promise<number[]> {
  const { agent } = workspace
  const { operation, applying } = await agent.post<Plan>(`/v1/masters/${masterId}/operations`, {
    kind: 'broadcast',
    text: 'We keep you informed.',
    holdSeconds: 0,
  })
  const path = `/v1/operations/${operation.id}`
  await agent.post(`${path}/start`, { planHash: operation.planHash, confirm: applying })
  const took: number[] = []
  let before = 0
  for (let at = 0; at < PAUSES; at += 1) {
    const moving = await until(async () => movedOn(await agent.get<Operation>(path), before), {
      deadlineMs: MOST_MS,
      what: 'the operation to go on',
    })
    if (moving.finishedAt !== null) break
    const begun = performance.now()
    if ((await told(agent, `${path}/pause`)) === undefined) break
    took.push(performance.now() - begun)
    const resumed = await told(agent, `${path}/resume`)
    if (resumed === undefined) break
    before = doneIn(resumed) // outcomes of mails that left earlier may be counted while it is paused
  }
  await until(async () => (await agent.get<Operation>(path)).finishedAt !== null, {
    deadlineMs: 600_000,
    what: 'its end',
  })
  return took.sort((a, b) => a - b)
}

/** The operation when it was told; none where it came to its end meanwhile. */
async function told(agent: Api, path: string): Promise<Operation | undefined> {
  try {
    return await agent.post<Operation>(path)
  } catch (error) {
    if (error instanceof ProblemError && error.problem.slug === 'operation-finished') return undefined
    throw error
  }
}

const doneIn = ({ progress }: Operation) => progress.applied + progress.sent

/** At its end, or with more done than `before` it was resumed: so that a pause meets pages and mails. */
export function movedOn(operation: Operation, before: number): Operation | undefined {
  return operation.finishedAt !== null || doneIn(operation) > before ? operation : undefined
}
