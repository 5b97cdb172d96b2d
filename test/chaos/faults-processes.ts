import { setTimeout as pause } from 'node:timers/promises'
import type { FailpointName } from '@umbel/kernel/failpoint'
import type { Fault, Strike } from './fault.ts'
import { type Kill, killPlan } from './kill-plan.ts'
import type { ScenarioName } from './scenarios.ts'
import { hook, reached, type Stage } from './stage.ts'

/** Longer than a consumer's session (6 s) and than an idle transaction may last (5 s). */
const FROZEN_MS = 7_500
const DEAD_MS = 300

const SKEWED_CLOCK = new URL('./skewed-clock.ts', import.meta.url).href

export const processNames = [
  'ticket-rpc',
  'ticket-background',
  'linking',
  'notification-rpc',
  'notification-background',
  'operation',
  'operation-worker',
  'gateway',
] as const

const told = ({ recorder }: Stage, what: string) => recorder.record({ type: 'fault', what })

async function restart({ desk }: Stage, name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const { processes } = desk.world
  if (!processes.ended(name)) await processes.stop(name)
  await processes.start(name, env)
}

/** kill -9 where the code says so. */
const atFailpoint = (failpoint: FailpointName, { victim, at, during }: Kill): Fault => ({
  name: `kill ${victim} at ${failpoint}@${at}`,
  during,
  async arm(stage) {
    if (failpoint.startsWith('notification.webhook')) await hook(stage)
    await restart(stage, victim, { UMBEL_FAILPOINTS: `${failpoint}=kill@${at}` })
  },
  async strike({ stage, over }) {
    const { processes } = stage.desk.world
    while (!processes.ended(victim) && !over.aborted) await pause(20)
    const hit = processes.ended(victim)
    told(stage, hit ? `${victim} died at ${failpoint}` : `${victim} never came to ${failpoint}`)
    await pause(DEAD_MS)
    await restart(stage, victim)
    return hit
  },
})

/** Waits until the operation is somewhere in its middle. */
async function midway({ stage, begun }: Strike): Promise<void> {
  const id = await begun
  await reached(stage, id, Math.floor(stage.childIds.length * (0.1 + stage.random() * 0.6)))
}

const atRandom = (victim: string, during: ScenarioName): Fault => ({
  name: `kill ${victim} at random`,
  during,
  async strike(strike) {
    const { stage } = strike
    await midway(strike)
    await pause(Math.floor(stage.random() * 60))
    await stage.desk.world.processes.kill(victim)
    told(stage, `${victim} was killed`)
    await pause(DEAD_MS)
    await restart(stage, victim)
    return true
  },
})

const frozen = (victim: string, during: ScenarioName): Fault => ({
  name: `freeze ${victim} past its session`,
  during,
  async strike(strike) {
    const { stage } = strike
    const { processes } = stage.desk.world
    await midway(strike)
    processes.freeze(victim)
    told(stage, `${victim} is frozen`)
    await pause(FROZEN_MS)
    processes.thaw(victim)
    told(stage, `${victim} goes on`)
    return true
  },
})

const skewed = (victim: string, minutes: number, during: ScenarioName): Fault => ({
  name: `clock of ${victim} ${minutes > 0 ? '+' : ''}${minutes} min`,
  during,
  arm: (stage) =>
    restart(stage, victim, {
      NODE_OPTIONS: `--import=${SKEWED_CLOCK}`,
      UMBEL_CLOCK_SKEW_MS: String(minutes * 60_000),
    }),
  async strike({ stage, over }) {
    told(stage, `the clock of ${victim} is off by ${minutes} min`)
    while (!over.aborted) await pause(20)
    await restart(stage, victim)
    return true
  },
})

export const failpointFaults: readonly Fault[] = Object.entries(killPlan).flatMap(([name, kills]) =>
  kills.map((kill) => atFailpoint(name as FailpointName, kill)),
)

const stories: readonly ScenarioName[] = ['broadcast', 'close', 'pause', 'cancel', 'undo', 'unlink', 'retry']

export const processFaults: readonly Fault[] = [
  ...processNames.map((name, at) => atRandom(name, stories[at % stories.length] ?? 'broadcast')),
  ...stories.map((story) => atRandom('ticket-background', story)),
  ...stories.map((story) => atRandom('operation-worker', story)),
  ...(['pause', 'cancel', 'broadcast'] as const).flatMap((story) => [
    frozen('operation-worker', story),
    frozen('ticket-background', story),
    frozen('notification-background', story),
  ]),
  frozen('linking', 'unlink'),
  frozen('operation', 'broadcast'),
  ...([5, -5] as const).flatMap((minutes) => [
    skewed('ticket-background', minutes, 'pause'),
    skewed('notification-background', minutes, 'broadcast'),
    skewed('operation', minutes, 'cancel'),
    skewed('operation-worker', minutes, 'close'),
    skewed('linking', minutes, 'unlink'),
  ]),
]
