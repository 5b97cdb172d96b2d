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
  for (let at = 0; at < PAUSES; at += 1) {
    const moving = await until(async () => movedOn(await agent.get<Operation>(path), took.length), {
      deadlineMs: MOST_MS,
      what: 'the operation to go on',
    })
    if (moving.finishedAt !== null) break
    const begun = performance.now()
    if (!(await told(agent, `${path}/pause`))) break
    took.push(performance.now() - begun)
    if (!(await told(agent, `${path}/resume`))) break
  }
  await until(async () => (await agent.get<Operation>(path)).finishedAt !== null, {
    deadlineMs: 600_000,
    what: 'its end',
  })
  return took.sort((a, b) => a - b)
}

/** Whether it could be told: it may have come to its end meanwhile. */
async function told(agent: Api, path: string): Promise<boolean> {
  try {
    await agent.post(path)
    return true
  } catch (error) {
    if (error instanceof ProblemError && error.problem.slug === 'operation-finished') return false
    throw error
  }
}

/** Under way, with something done since it was resumed: so that a pause meets pages and mails. */
function movedOn(operation: Operation, pauses: number): Operation | undefined {
  const ended = operation.finishedAt !== null
  return ended || operation.progress.applied + operation.progress.sent > pauses ? operation : undefined
}
