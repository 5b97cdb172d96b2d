import { rounded, spreadOf } from './figures.ts'
import type { OperationFigures } from './operation.ts'

interface Stage {
  readonly name: string
  readonly processes: readonly string[]
  /** CPU ms per child in the model of `reliability.md` §8 for 10,000 children; 0: the model leaves it out. */
  readonly modelMs: number
  /** What we do that the prototype behind the model did not. */
  readonly beyond: string
}

const STAGES: readonly Stage[] = [
  {
    name: 'ticket pages and their relay',
    processes: ['ticket-background', 'postgres for ticket'],
    modelMs: 0.059 + 0.033,
    beyond:
      "pages come by gRPC with a stored effect for each child; the database's part holds people's updates and what mails ask as well",
  },
  {
    name: 'notification and its mail client',
    processes: ['notification-background', 'postgres for notification'],
    modelMs: 0.034 + 0.042,
    beyond:
      'each mail is leased and recorded, with its attempt, in windows of 16, which are told; the prototype recorded no result',
  },
  {
    name: 'linking',
    processes: ['linking', 'postgres for linking'],
    modelMs: 0.019,
    beyond: "also hears each of people's updates and keeps what the leak check knows",
  },
  {
    name: 'operation and its worker',
    processes: ['operation', 'operation-worker', 'postgres for operation', 'temporal'],
    modelMs: 0.03 + 0.005,
    beyond: 'a sealed leaf of the record for each child, and the outcome of each notification',
  },
  {
    name: 'broker',
    processes: ['kafka'],
    modelMs: 0.017,
    beyond:
      "an event for each window of mails besides those of tickets, people's updates, idle fetches; the JVM runs its first compiler only",
  },
  { name: 'mail sink', processes: ['sinks'], modelMs: 0.13, beyond: '' },
  {
    name: "people's updates",
    processes: ['gateway', 'ticket-rpc', 'notification-rpc', 'bench itself: load'],
    modelMs: 0,
    beyond: '20 updates a second all the while: the longer a run takes, the more of them each child carries',
  },
  { name: "Postgres' own work", processes: ['postgres'], modelMs: 0, beyond: 'log, checkpoints, vacuum' },
]

export interface StageFigure {
  readonly stage: string
  readonly ms: number
  readonly modelMs: number
  /** Measured over model, where there is one. */
  readonly times?: number
  /** Set above 1.5 times the model, and where there is none. */
  readonly why?: string
}

/** What each stage took, the median of the runs, next to its model. */
export function stagesOf(runs: readonly OperationFigures[]): StageFigure[] {
  return STAGES.map(({ name, processes, modelMs, beyond }) => {
    const sums = runs.map(({ cpuMsPerChildByStage: used }) =>
      processes.reduce((sum, process) => sum + (used[process] ?? 0), 0),
    )
    const ms = spreadOf(sums).median
    const times = modelMs === 0 ? undefined : rounded(ms / modelMs)
    const explained = times === undefined || times > 1.5
    return {
      stage: name,
      ms,
      modelMs: rounded(modelMs),
      ...(times !== undefined && { times }),
      ...(explained && { why: beyond }),
    }
  })
}

export const modelInAll = rounded(STAGES.reduce((sum, { modelMs }) => sum + modelMs, 0))
