import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freeSettings } from '@umbel/local'
import { type Server, startKafka, startPostgres, startTemporal } from '@umbel/local/infra'
import { until } from '@umbel/test-kit'

export type ServerName = 'postgres' | 'kafka' | 'temporal'

const VARIABLES = { postgres: 'DATABASE_URL', kafka: 'KAFKA_BROKERS', temporal: 'TEMPORAL_ADDRESS' } as const

/** Servers of the suite's own, which may die and come back where they were, with what they had. */
export interface ChaosServers extends AsyncDisposable {
  /** Ends it in order and starts it again. */
  restart(name: ServerName): Promise<void>
  /** Postgres without a goodbye: no checkpoint, every connection cut; then starts it again. */
  crashPostgres(): Promise<void>
}

export async function startChaosServers(logFolder: string): Promise<ChaosServers> {
  for (const variable of Object.values(VARIABLES)) delete process.env[variable] // never somebody else's servers
  const dataFolder = await mkdtemp(join(tmpdir(), 'umbel-chaos-'))
  await chmod(dataFolder, 0o755) // for Postgres, which runs as another user when we are root
  const folders = { dataFolder, logFolder }
  const { ports } = await freeSettings(dataFolder)
  const start: Readonly<Record<ServerName, () => Promise<Server>>> = {
    postgres: () => startPostgres({ ...folders, port: ports.postgres, fsync: true }),
    kafka: () => startKafka({ ...folders, port: ports.kafka, controllerPort: ports.kafkaController }),
    temporal: () => startTemporal({ ...folders, port: ports.temporal, uiPort: ports.temporalUi }),
  }
  const names = Object.keys(start) as ServerName[]
  const running = new Map<ServerName, Server>()
  const begin = async (name: ServerName) => {
    const { [VARIABLES[name]]: address, ...rest } = process.env
    process.env = rest // a server that its variable names would be taken for given
    const server = await start[name]()
    running.set(name, server)
    process.env[VARIABLES[name]] = address ?? server.address
  }
  for (const name of names) await begin(name)
  const restart = async (name: ServerName) => {
    await running.get(name)?.[Symbol.asyncDispose]()
    await begin(name)
  }
  return {
    restart,
    async crashPostgres() {
      const pid = await postmaster(join(dataFolder, 'postgres'))
      process.kill(pid, 'SIGQUIT') // what `pg_ctl stop -m immediate` sends
      await until(() => isGone(pid), { what: 'Postgres to be gone' })
      await restart('postgres')
    },
    async [Symbol.asyncDispose]() {
      for (const name of names) await running.get(name)?.[Symbol.asyncDispose]()
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function postmaster(cluster: string): Promise<number> {
  const [pid] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')
  return Number(pid)
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}
