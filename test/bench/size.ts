import { rss } from './cpu.ts'
import { rounded, type Spread, spreadOf } from './figures.ts'
import { type Asked, type Bench, type Expected, measureOperation, type OperationFigures } from './operation.ts'
import { measurePauses } from './pauses.ts'
import { populate } from './population.ts'

/** What one number of children gave: the first, cold run of a broadcast, and the warm runs of each kind. */
export interface SizeFigures {
  readonly children: number
  readonly linkedS: number
  readonly cold: OperationFigures
  readonly broadcast: readonly OperationFigures[]
  readonly labels: readonly OperationFigures[]
  readonly close: readonly OperationFigures[]
  readonly webhook: readonly OperationFigures[]
  /** Updates of people that failed, over all runs of all kinds. */
  readonly interactiveErrors: number
  readonly pauseAcksMs: readonly number[]
  readonly rssIdleMb: Readonly<Record<string, number>>
  readonly rssMb: Readonly<Record<string, number>>
}

/** Children that are told before the warm runs: until then V8 interprets most of what it will have compiled. */
const WARM_CHILDREN = 4_000

type FigureName = {
  [Name in keyof OperationFigures]: OperationFigures[Name] extends number ? Name : never
}[keyof OperationFigures]

export const spread = (runs: readonly OperationFigures[], name: FigureName): Spread =>
  spreadOf(runs.map((run) => run[name]))

/**
 * Links, plans, broadcasts, labels and closes `children` children in a workspace of their own, `runs` times each, and says
 * how long it took.
 */
export async function measureSize(
  bench: Bench,
  { children, runs, say }: { readonly children: number; readonly runs: number; readonly say: (line: string) => void },
): Promise<SizeFigures> {
  const rssIdleMb = rss(bench.measure())
  say(`Making ${children} children …`)
  // signed in anew each time: all runs together may take longer than the hour that a token is good for
  const workspace = () => bench.world.workspace(`bench-${children}`)
  const population = await populate(bench.world, await workspace(), children)
  let interactiveErrors = 0
  const operation = async (asked: Asked, expects?: Expected) => {
    const figures = await measureOperation(bench, { ...population, workspace: await workspace() }, asked, expects)
    interactiveErrors += figures.interactive.errors
    return figures
  }
  const broadcast = (name: string, hooks = false) =>
    operation({ kind: 'broadcast', text: `We are rolling it back (${name}).` }, { mails: true, hooks })
  say('A first, cold broadcast …')
  const cold = await broadcast('cold')
  for (let told = children; told < WARM_CHILDREN; told += children) await broadcast(`warming after ${told}`)
  const each = async <T>(what: string, work: (run: number) => Promise<T>): Promise<T[]> => {
    const done: T[] = []
    for (let run = 1; run <= runs; run += 1) {
      say(`${what}, run ${run} of ${runs} …`)
      done.push(await work(run))
    }
    return done
  }
  const broadcasts = await each('Broadcast', (run) => broadcast(`run ${run}`))
  const rssMb = rss(bench.measure())
  const labels = await each('Labels', (run) => operation({ kind: 'labels', addLabels: [`run-${run}`] }))
  const close = await each('Close', async () => {
    const closed = await operation({ kind: 'close', includeReplied: true })
    await operation({ kind: 'set_status', status: 'open' })
    return closed
  })
  say('Pauses …')
  const pauseAcksMs = await measurePauses({ ...population, workspace: await workspace() })
  const { admin } = await workspace()
  const hook = await admin.post<{ id: string }>('/v1/webhooks', {
    url: bench.sinks.httpUrl,
    types: ['ticket.comment.added'],
  })
  const webhook = await each('Broadcast with a webhook', (run) => broadcast(`hooked ${run}`, true))
  await (await workspace()).admin.delete(`/v1/webhooks/${hook.id}`)
  return {
    children,
    linkedS: population.linkedS,
    cold,
    broadcast: broadcasts,
    labels,
    close,
    webhook,
    interactiveErrors,
    pauseAcksMs,
    rssIdleMb,
    rssMb,
  }
}

/** The value that 99 of 100 do not exceed. */
export const p99 = (sorted: readonly number[]): number =>
  rounded(sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0)
