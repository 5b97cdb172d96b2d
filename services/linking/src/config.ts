import { readEnv, setting } from '@umbel/service-kit'
import { type DatabaseUrls, readDatabaseUrls, readServiceDatabase } from '@umbel/service-kit/store'
import { z } from 'zod'

export interface LinkingConfig {
  /** rpc: what people wait for; background: consumers, relay, sweeps; all: both. */
  readonly role: 'rpc' | 'background' | 'all'
  readonly host: string
  /** 0: any free one. */
  readonly rpcPort: number
  readonly healthPort: number
  readonly databases: Pick<DatabaseUrls, 'app' | 'relay' | 'claimer'>
  readonly kafka: { readonly brokers: readonly string[]; readonly topicPrefix: string }
  readonly issuer: string
  readonly clientSecret: string
  readonly ticketAddress: string
  readonly logLevel: string
  /** Seconds between two checks of the same master's rollup. */
  readonly checkEveryS: number
  /** Milliseconds that an event may be on its way before what it says counts as lost. */
  readonly checkGraceMs: number
}

const shape = {
  LINKING_ROLE: setting.role,
  LINKING_HOST: setting.host,
  LINKING_RPC_PORT: setting.port(18_020),
  LINKING_HEALTH_PORT: setting.port(18_021),
  LINKING_CHECK_EVERY_S: z.coerce.number().int().positive().default(600).describe('600'),
  LINKING_CHECK_GRACE_MS: z.coerce.number().int().min(0).default(2_000).describe('2000'),
  KAFKA_BROKERS: setting.kafkaBrokers,
  KAFKA_TOPIC_PREFIX: setting.kafkaTopicPrefix,
  OIDC_ISSUER: setting.issuer,
  SERVICE_CLIENT_SECRET: setting.clientSecret,
  TICKET_RPC_ADDRESS: setting.address('127.0.0.1:18010'),
  LOG_LEVEL: setting.logLevel,
} as const

/** Reads the environment. Throws a SettingError that names each variable that is missing or wrong. */
export function readConfig(given: NodeJS.ProcessEnv = process.env): LinkingConfig {
  const env = readEnv(shape, given)
  return {
    role: env.LINKING_ROLE,
    host: env.LINKING_HOST,
    rpcPort: env.LINKING_RPC_PORT,
    healthPort: env.LINKING_HEALTH_PORT,
    databases: readDatabaseUrls('linking', given),
    kafka: { brokers: env.KAFKA_BROKERS, topicPrefix: env.KAFKA_TOPIC_PREFIX },
    issuer: env.OIDC_ISSUER,
    clientSecret: env.SERVICE_CLIENT_SECRET,
    ticketAddress: env.TICKET_RPC_ADDRESS,
    logLevel: env.LOG_LEVEL,
    checkEveryS: env.LINKING_CHECK_EVERY_S,
    checkGraceMs: env.LINKING_CHECK_GRACE_MS,
  }
}

/** The database that the migration brings up to date. */
export const readMigration = (env: NodeJS.ProcessEnv = process.env) => readServiceDatabase('linking', env)
