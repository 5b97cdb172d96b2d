import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Server, startKafka, startPostgres, startTemporal } from '@umbel/local/infra'

const LOGS = fileURLToPath(new URL('../../.umbel/logs/test', import.meta.url))

/**
 * Postgres, Kafka and Temporal for one test run, on free ports and with data that dies with the run. A server that its
 * variable names is used instead. The variables are set for the workers.
 */
export async function startTestServers({ fsync = false } = {}): Promise<AsyncDisposable> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'umbel-test-'))
  await chmod(dataFolder, 0o755) // for Postgres, which runs as another user when we are root
  const folders = { dataFolder, logFolder: LOGS }
  const starts = await Promise.allSettled([
    startPostgres({ ...folders, port: 0, fsync }),
    startKafka({ ...folders, port: 0, controllerPort: 0 }),
    startTemporal({ ...folders, port: 0, uiPort: 0 }),
  ])
  const [postgres, kafka, temporal] = starts
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const end = () => endAll(started, dataFolder)
  const failures = starts.flatMap((start) => (start.status === 'rejected' ? [start.reason] : []))
  if (postgres.status === 'rejected' || kafka.status === 'rejected' || temporal.status === 'rejected') {
    await end()
    throw new AggregateError(failures, `The test servers did not start: ${failures.map(String).join(' ')}`)
  }
  process.env.DATABASE_URL = postgres.value.address
  process.env.KAFKA_BROKERS = kafka.value.address
  process.env.TEMPORAL_ADDRESS = temporal.value.address
  process.env.UMBEL_TEST_RUN = randomBytes(4).toString('hex')
  return { [Symbol.asyncDispose]: end }
}

/** Ends every server, also when one of them will not; then says which. */
async function endAll(servers: readonly Server[], dataFolder: string): Promise<void> {
  const ends = await Promise.allSettled(servers.map((server) => server[Symbol.asyncDispose]()))
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 })
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
  if (failures.length > 0) throw new AggregateError(failures, 'A test server did not end.')
}
