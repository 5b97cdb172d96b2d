import { setTimeout as pause } from 'node:timers/promises'
import type { Fault, Strike } from './fault.ts'
import type { ScenarioName } from './scenarios.ts'
import type { ChaosServers } from './servers.ts'
import { reached } from './stage.ts'

const harm = (name: string, during: ScenarioName, work: (servers: ChaosServers) => Promise<void>): Fault => ({
  name,
  during,
  servers: true,
  async strike({ stage, begun }: Strike) {
    const { servers } = stage.desk
    if (servers === undefined) return false
    const id = await begun
    await reached(stage, id, Math.floor(stage.childIds.length * (0.1 + stage.random() * 0.4)))
    stage.recorder.record({ type: 'fault', what: name })
    await pause(Math.floor(stage.random() * 50))
    await work(servers)
    stage.recorder.record({ type: 'fault', what: `${name}: over` })
    return true
  },
})

export const serverFaults: readonly Fault[] = (['broadcast', 'close', 'pause', 'cancel'] as const).flatMap((during) => [
  harm('Postgres stops at once', during, (servers) => servers.crashPostgres()),
  harm('Kafka restarts', during, (servers) => servers.restart('kafka')),
  harm('Temporal restarts', during, (servers) => servers.restart('temporal')),
])
