import { readEnv, setting } from '@umbel/service-kit'
import { type DatabaseUrls, readDatabaseUrls, readServiceDatabase } from '@umbel/service-kit/store'
import { OPERATION_TASK_QUEUE } from '@umbel/workflows/client'
import { z } from 'zod'

export interface TemporalConfig {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  /** Where people see operations; empty: workflows link to nothing. */
  readonly consoleUrl: string
}

export interface OperationConfig {
  /** rpc: what people wait for; background: consumers, relay, sweep; all: both. The worker has no role. */
  readonly role: 'rpc' | 'background' | 'all'
  readonly host: string
  /** 0: any free one. */
  readonly rpcPort: number
  readonly healthPort: number
  readonly databases: Pick<DatabaseUrls, 'app' | 'relay' | 'claimer'>
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string }
  readonly temporal: TemporalConfig
  readonly issuer: string
  readonly clientSecret: string
  readonly peers: {
    readonly ticket: string
    readonly ticketPages: string
    readonly linking: string
    readonly notification: string
  }
  readonly logLevel: string
  /** Seconds that texts for customers wait before anything happens, unless the plan says otherwise. */
  readonly holdSeconds: number
  /** Children of one page: past 250 the gain is under 20 % and people's own work suffers. */
  readonly pageSize: number
  /** The part of a page's time that is rested after it. */
  readonly pageRest: number
  /** How long a slice works before it reports to the workflow, in ms. */
  readonly sliceMs: number
  /** How long the days last that customers have to answer before they are closed. */
  readonly daySeconds: number
  /** How long a workflow is trusted to run before it is looked for. */
  readonly watchSeconds: number
}

const shape = {
  OPERATION_ROLE: setting.role,
  OPERATION_HOST: setting.host,
  OPERATION_RPC_PORT: setting.port(18_040),
  OPERATION_HEALTH_PORT: setting.port(18_041),
  KAFKA_BROKERS: setting.kafkaBrokers,
  KAFKA_TOPIC_PREFIX: setting.kafkaTopicPrefix,
  TEMPORAL_ADDRESS: setting.address('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default').describe('default'),
  OPERATION_TASK_QUEUE: z.string().default(OPERATION_TASK_QUEUE).describe(OPERATION_TASK_QUEUE),
  OIDC_ISSUER: setting.issuer,
  SERVICE_CLIENT_SECRET: setting.clientSecret,
  TICKET_RPC_ADDRESS: setting.address('127.0.0.1:18010'),
  TICKET_PAGES_ADDRESS: setting.address('127.0.0.1:18012'),
  LINKING_RPC_ADDRESS: setting.address('127.0.0.1:18020'),
  NOTIFICATION_RPC_ADDRESS: setting.address('127.0.0.1:18030'),
  LOG_LEVEL: setting.logLevel,
  OPERATION_HOLD_SECONDS: z.coerce.number().int().min(0).max(86_400).default(15).describe('15'),
  OPERATION_PAGE_SIZE: z.coerce.number().int().min(1).max(1_000).default(250).describe('250'),
  OPERATION_PAGE_REST: z.coerce.number().min(0).max(10).default(0.3).describe('0.3'),
  OPERATION_SLICE_MS: z.coerce.number().int().min(1).max(20_000).default(2_000).describe('2000'),
  OPERATION_DAY_SECONDS: z.coerce.number().int().min(1).max(86_400).default(86_400).describe('86400'),
  OPERATION_WATCH_SECONDS: z.coerce.number().int().min(1).max(3_600).default(30).describe('30'),
  OPERATION_CONSOLE_URL: z.string().default('').describe('https://umbel.example'),
} as const

/** Reads the environment. Throws a SettingError that names each variable that is missing or wrong. */
export const readConfig = (given: NodeJS.ProcessEnv = process.env): OperationConfig => ({
  ...toConfig(readEnv(shape, given)),
  databases: readDatabaseUrls('operation', given),
})

const toConfig = (env: ReturnType<typeof readEnv<typeof shape>>): Omit<OperationConfig, 'databases'> => ({
  role: env.OPERATION_ROLE,
  host: env.OPERATION_HOST,
  rpcPort: env.OPERATION_RPC_PORT,
  healthPort: env.OPERATION_HEALTH_PORT,
  kafka: { brokers: env.KAFKA_BROKERS, topicPrefix: env.KAFKA_TOPIC_PREFIX },
  temporal: {
    address: env.TEMPORAL_ADDRESS,
    namespace: env.TEMPORAL_NAMESPACE,
    taskQueue: env.OPERATION_TASK_QUEUE,
    consoleUrl: env.OPERATION_CONSOLE_URL,
  },
  issuer: env.OIDC_ISSUER,
  clientSecret: env.SERVICE_CLIENT_SECRET,
  peers: {
    ticket: env.TICKET_RPC_ADDRESS,
    ticketPages: env.TICKET_PAGES_ADDRESS,
    linking: env.LINKING_RPC_ADDRESS,
    notification: env.NOTIFICATION_RPC_ADDRESS,
  },
  logLevel: env.LOG_LEVEL,
  holdSeconds: env.OPERATION_HOLD_SECONDS,
  pageSize: env.OPERATION_PAGE_SIZE,
  pageRest: env.OPERATION_PAGE_REST,
  sliceMs: env.OPERATION_SLICE_MS,
  daySeconds: env.OPERATION_DAY_SECONDS,
  watchSeconds: env.OPERATION_WATCH_SECONDS,
})

/** The database that the migration brings up to date. */
export const readMigration = (env: NodeJS.ProcessEnv = process.env) => readServiceDatabase('operation', env)
