import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { givenAddress } from './config.ts'
import { useGiven } from './given.ts'
import { kafkaJars } from './kafka-jars.ts'
import { exists } from './keep.ts'
import { takePort } from './ports.ts'
import { startReady } from './ready.ts'
import { run } from './run.ts'
import type { Folders, Server } from './server.ts'

const LEAN = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']

export interface KafkaOptions extends Folders {
  /** 0: any free one. */
  readonly port: number
  readonly controllerPort: number
  readonly heapMegabytes?: number
}

/** One Kafka broker in KRaft mode on loopback; its address is a broker list. Nothing starts when KAFKA_BROKERS is set. */
export async function startKafka(options: KafkaOptions): Promise<Server> {
  const given = givenAddress('KAFKA_BROKERS')
  if (given) return useGiven('KAFKA_BROKERS', given, () => describe(given.split(',')))
  const port = await takePort({ port: options.port, use: 'Kafka', variable: 'UMBEL_KAFKA_PORT' })
  const controller = {
    port: options.controllerPort,
    use: "Kafka's controller",
    variable: 'UMBEL_KAFKA_CONTROLLER_PORT',
  }
  const classPath = join(await kafkaJars(), '*')
  const config = await prepare(options.dataFolder, classPath, port, await takePort(controller))
  const address = `127.0.0.1:${port}`
  const command = {
    name: 'kafka',
    command: 'java',
    args: [`-Xmx${options.heapMegabytes ?? 512}m`, ...LEAN, '-cp', classPath, 'kafka.Kafka', config],
    logFolder: options.logFolder,
  }
  const child = await startReady(command, () => describe([address]))
  return { address, given: false, [Symbol.asyncDispose]: child.stop }
}

async function prepare(dataFolder: string, classPath: string, port: number, controller: number): Promise<string> {
  const folder = join(dataFolder, 'kafka')
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'server.properties')
  await writeFile(config, properties(join(folder, 'log'), port, controller))
  if (await exists(join(folder, 'log', 'meta.properties'))) return config
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', config]
  await run('java', [...LEAN, '-cp', classPath, ...format])
  return config
}

// Kafka wants 16 bytes in base64url that do not begin like an option
const clusterId = (): string => `U${randomBytes(16).toString('base64url').slice(1, 21)}g`

const properties = (logFolder: string, port: number, controller: number): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}
controller.listener.names=CONTROLLER
log.dirs=${logFolder}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=12
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
log.index.size.max.bytes=1048576
`

async function describe(brokers: string[]): Promise<void> {
  const client = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
    connectionTimeout: 2_000,
  })
  const admin = client.admin()
  try {
    await admin.connect()
    await admin.describeCluster()
  } finally {
    await admin.disconnect()
  }
}
