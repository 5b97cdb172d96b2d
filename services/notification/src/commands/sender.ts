import { isUmbelError } from '@umbel/kernel'
import { createBell } from '@umbel/messaging'
import type { Claimer, DueCause } from '../store/claimer.ts'
import type { Prepared } from './prepare-page.ts'
import type { PageSender } from './send-page.ts'

export interface SenderDeps {
  readonly claimer: Claimer
  readonly prepare: (
    workspaceId: string,
    limit: number,
  ) => Promise<{ ready: Prepared[]; blocked: string[]; found: number }>
  readonly pages: PageSender
  readonly sweep: (workspaceId: string, operationId: string, budgetMs: number) => Promise<boolean>
  readonly log: { warn(fields: object, message: string): void }
}

export interface Sender extends AsyncDisposable {
  /** Something became due: look now instead of at the next poll. */
  wake(): void
  /** Whether the last look found nothing to do and nothing is being sent. */
  idle(): boolean
}

const POLL_MS = 250
const AWAY_MS = 1_000
const PAGE = 500
/** Where several workspaces wait, each gets a short turn. */
const SHARED_PAGE = 64
const SWEEP_BUDGET_MS = 500

/** Sends what is due, for one workspace after the other, until disposed of; the window in hand is finished and recorded. */
export function startSender(deps: SenderDeps): Sender {
  const bell = createBell()
  let stopped = false
  let idle = false
  let wakes = 0
  const isStopped = () => stopped

  /** One workspace's trouble is its own: the others have their turns all the same. */
  const turn = async (workspaceId: string, work: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await work()
    } catch (error) {
      if (isUmbelError(error) && error.kind === 'unavailable') throw error
      deps.log.warn({ err: error, workspaceId }, 'a workspace could not be served and has its turn again')
      return true
    }
  }
  const sweep = ({ workspaceId, operationId }: DueCause): Promise<boolean> =>
    turn(workspaceId, async () => {
      await deps.sweep(workspaceId, operationId, SWEEP_BUDGET_MS)
      return false
    })
  const serve = (workspaceId: string, page: number): Promise<boolean> =>
    turn(workspaceId, async () => {
      await deps.pages.record(workspaceId)
      const { ready, blocked } = await deps.prepare(workspaceId, page)
      const away = await deps.pages.send(workspaceId, ready, isStopped)
      for (const operationId of blocked) await deps.sweep(workspaceId, operationId, SWEEP_BUDGET_MS)
      return away
    })

  /** A turn for each workspace; the milliseconds to wait before the next, 0 for none. */
  const round = async (): Promise<number> => {
    let away = false
    for (const cause of await deps.claimer.unsweptCauses()) away = (await sweep(cause)) || away
    // what could not be recorded is renewed, and so not due
    const workspaces = new Set([...deps.pages.owing(), ...(await deps.claimer.dueWorkspaces())])
    if (workspaces.size === 0) return POLL_MS
    idle = false
    const page = workspaces.size > 1 ? SHARED_PAGE : PAGE
    for (const workspaceId of workspaces) {
      if (stopped) break
      away = (await serve(workspaceId, page)) || away
    }
    return away ? AWAY_MS : 0
  }
  const loop = async () => {
    while (!stopped) {
      try {
        const before = wakes
        const rest = await round()
        idle = rest === POLL_MS && wakes === before // woken meanwhile: the round may have looked too early
        if (rest > 0) await bell.wait(rest)
      } catch (error) {
        deps.log.warn({ err: error }, 'the sender could not go on and tries again')
        await bell.wait(AWAY_MS)
      }
    }
  }
  const running = loop()
  return {
    wake() {
      idle = false
      wakes += 1
      bell.ring()
    },
    idle: () => idle && deps.pages.idle(),
    async [Symbol.asyncDispose]() {
      stopped = true
      bell.ring()
      await running
      await deps.pages[Symbol.asyncDispose]()
    },
  }
}
